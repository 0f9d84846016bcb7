/**
 * Changing a document in place: the text is cut and pasted, so that everything else (comments, processing instructions,
 * CDATA, white space, the order and the quotes of attributes, line ends) stays as it came, to the character.
 */
import { ok, type Result } from '#platform/result/result.ts'
import { type ParseOptions, parseXmlText } from './parse.ts'
import { escapeAttribute } from './serialise.ts'
import type { XmlDocument, XmlElement, XmlProblemCode, XmlSpan } from './tree.ts'

export interface EditableXml {
  readonly document: XmlDocument
  span(element: XmlElement): XmlSpan
  /** The text between two offsets, as it came. */
  slice(from: number, to: number): string
  /**
   * The document with these changes, in UTF-8 (an XML declaration that says otherwise is corrected). Without changes:
   * the very bytes that came. Edits may not overlap; two at one place are applied in the order given.
   */
  edited(edits: readonly XmlEdit[]): Uint8Array
}

/** Puts `text`, which is XML, in the place of what stands between two offsets. */
export interface XmlEdit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Parses a document for changing it; the same limits and problems as `parseXml`. */
export function openXml(bytes: Uint8Array, options: ParseOptions = {}): Result<EditableXml, XmlProblemCode> {
  const spans = new Map<XmlElement, XmlSpan>()
  const parsed = parseXmlText(bytes, options, spans)
  if (!parsed.ok) return parsed
  const { document, text } = parsed.value
  const original = originalOffsets(text)
  const slice = (from: number, to: number): string => text.slice(original(from), original(to))
  return ok({
    document,
    span(element) {
      const span = spans.get(element)
      if (span === undefined) throw new Error('the element is not of this document')
      return span
    },
    slice,
    edited(edits) {
      if (edits.length === 0) return bytes
      const parts: string[] = []
      let at = 0
      for (const { from, to, text: put } of [...edits].sort((left, right) => left.from - right.from)) {
        if (original(from) < at) throw new Error('two changes of a document overlap')
        parts.push(text.slice(at, original(from)), put)
        at = original(to)
      }
      parts.push(text.slice(at))
      const mark = bytes[0] === 0xef && bytes[1] === 0xbb ? '\uFEFF' : ''
      parts[0] = mark + declaredUtf8(parts[0] ?? '')
      return Buffer.from(parts.join(''), 'utf8')
    },
  })
}

/** Offsets in the normalised text → offsets in the text as it came: each CR LF is one character longer there. */
function originalOffsets(text: string): (offset: number) => number {
  const dropped: number[] = []
  for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 2)) dropped.push(at - dropped.length)
  if (dropped.length === 0) return (offset) => offset
  return (offset) => {
    let low = 0
    let high = dropped.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((dropped[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return offset + low
  }
}

/** The beginning of the document; no element stands before the end of the declaration, so no change does. */
function declaredUtf8(text: string): string {
  return text.replace(
    /^(<\?xml\s[^>]*?encoding\s*=\s*)(["'])(.*?)\2/,
    (whole, before: string, quote: string, name: string) =>
      /^utf-?8$/i.test(name) ? whole : `${before}${quote}UTF-8${quote}`,
  )
}

const ATTRIBUTE = /(\s+)([^\s=/>"']+)(\s*=\s*)("[^"]*"|'[^']*')/g

/**
 * A start tag (`<a x="1"/>`) with attributes changed, added at the end, or removed (undefined). Names are as written in
 * the tag, prefix included.
 */
export function withAttributes(startTag: string, changes: ReadonlyMap<string, string | undefined>): string {
  const seen = new Set<string>()
  const changed = startTag.replace(ATTRIBUTE, (whole, space: string, name: string, equals: string) => {
    if (!changes.has(name)) return whole
    seen.add(name)
    const value = changes.get(name)
    return value === undefined ? '' : `${space}${name}${equals}"${escapeAttribute(value)}"`
  })
  const added = [...changes].flatMap(([name, value]) =>
    value === undefined || seen.has(name) ? [] : [` ${name}="${escapeAttribute(value)}"`],
  )
  if (added.length === 0) return changed
  const close = /\s*\/?>$/.exec(changed)?.index ?? changed.length
  return changed.slice(0, close) + added.join('') + changed.slice(close)
}
