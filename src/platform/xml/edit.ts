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

/**
 * A start tag (`<a x="1"/>`) with attributes changed, added at the end, or removed (undefined). Names are as written in
 * the tag, prefix included. The tag must be well formed, as those of a parsed document are. Linear in its length.
 */
export function withAttributes(startTag: string, changes: ReadonlyMap<string, string | undefined>): string {
  const parts: string[] = []
  const seen = new Set<string>()
  let copied = 0
  let at = behindName(startTag, 1)
  for (;;) {
    const from = at
    const name = behindSpace(startTag, from)
    if (name >= startTag.length || isClosing(startTag, name)) break
    const nameEnd = behindName(startTag, name)
    const quote = behindSpace(startTag, startTag.indexOf('=', nameEnd) + 1)
    const end = startTag.indexOf(startTag.charAt(quote), quote + 1) + 1
    if (end === 0) break
    const written = startTag.slice(name, nameEnd)
    if (changes.has(written)) {
      seen.add(written)
      const value = changes.get(written)
      parts.push(startTag.slice(copied, value === undefined ? from : quote))
      if (value !== undefined) parts.push(`"${escapeAttribute(value)}"`)
      copied = end
    }
    at = end
  }
  parts.push(startTag.slice(copied, Math.max(copied, at)))
  for (const [name, value] of changes) {
    if (value !== undefined && !seen.has(name)) parts.push(` ${name}="${escapeAttribute(value)}"`)
  }
  parts.push(startTag.slice(at))
  return parts.join('')
}

/** A start tag that has no content (`<a/>`) as one that is followed by some (`<a>`), with its qualified name. */
export function openedTag(startTag: string): { readonly tag: string; readonly name: string } | undefined {
  if (!startTag.endsWith('/>')) return undefined
  return { tag: `${startTag.slice(0, -2).trimEnd()}>`, name: startTag.slice(1, behindName(startTag, 1)) }
}

function isClosing(tag: string, at: number): boolean {
  const character = tag[at]
  return character === '>' || character === '/'
}

function behindSpace(tag: string, from: number): number {
  let at = from
  while (at < tag.length && ' \t\n\r'.includes(tag.charAt(at))) at++
  return at
}

function behindName(tag: string, from: number): number {
  let at = from
  while (at < tag.length && !' \t\n\r=/>'.includes(tag.charAt(at))) at++
  return at
}
