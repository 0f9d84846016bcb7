/**
 * A strict reader of XML 1.0 with namespaces, in one pass and linear time. It refuses DOCTYPE altogether: clinical
 * documents have none, and with it go entity bombs and external entities.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { decodeXml } from './decode.ts'
import { XmlFault } from './fault.ts'
import { endOfName, isQualifiedName } from './names.ts'
import { NamespaceScope } from './namespaces.ts'
import { expandReferences } from './references.ts'
import type { XmlAttribute, XmlDocument, XmlElement, XmlLimits, XmlNode, XmlProblemCode, XmlSpan } from './tree.ts'

export const XML_LIMITS: XmlLimits = { bytes: 64 * 1024 * 1024, depth: 256, nodes: 2_000_000 }

export interface ParseOptions {
  readonly file?: string
  readonly limits?: Partial<XmlLimits>
}

/**
 * Parses a document. The problem names line and column and says what is wrong in a sentence that a person understands.
 * Nothing outside the bytes is ever read.
 */
export function parseXml(bytes: Uint8Array, options: ParseOptions = {}): Result<XmlDocument, XmlProblemCode> {
  const parsed = parseXmlText(bytes, options)
  return parsed.ok ? ok(parsed.value.document) : parsed
}

/** A document with the text it was read from. */
export interface XmlText {
  readonly document: XmlDocument
  /** As decoded: line ends are as they came. */
  readonly text: string
}

/**
 * As `parseXml`, for those who change a document in place (edit.ts).
 * @param spans filled with the place of every element; offsets count in the text with line ends normalised to a line feed
 */
export function parseXmlText(
  bytes: Uint8Array,
  options: ParseOptions = {},
  spans?: Map<XmlElement, XmlSpan>,
): Result<XmlText, XmlProblemCode> {
  const limits = { ...XML_LIMITS, ...options.limits }
  if (bytes.length > limits.bytes) {
    return failed(
      'xml-too-large',
      `The document has ${bytes.length} bytes; at most ${limits.bytes} are read.`,
      'Send a smaller document, or raise the limit.',
      options.file === undefined ? undefined : { file: options.file },
    )
  }
  const decoded = decodeXml(bytes, options.file)
  if (!decoded.ok) return decoded
  const { text, encoding } = decoded.value
  const source = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  try {
    return ok({ document: { root: new Reader(source, limits, spans).document(), encoding }, text })
  } catch (fault) {
    if (!(fault instanceof XmlFault)) throw fault
    return fault.describe(source, options.file)
  }
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = []
const LESS = 0x3c
const GREATER = 0x3e
const SLASH = 0x2f
const EQUALS = 0x3d
/** Characters that no XML document may hold; lone surrogates cannot come out of the decoder. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/

interface OpenElement extends XmlElement {
  readonly children: XmlNode[]
}

interface Frame {
  readonly element: OpenElement
  readonly qualified: string
  readonly mark: number
}

/** Parser state for one document. */
class Reader {
  readonly #source: string
  readonly #limits: XmlLimits
  readonly #namespaces = new NamespaceScope()
  readonly #stack: Frame[] = []
  readonly #names = new Map<string, { readonly prefix: string; readonly local: string }>()
  #at = 0
  #nodes = 0
  #line = 1
  #nextNewline: number
  #nextAmpersand = -1
  #nextSectionEnd = -1
  #text = ''
  readonly #spans: Map<XmlElement, XmlSpan> | undefined

  constructor(source: string, limits: XmlLimits, spans: Map<XmlElement, XmlSpan> | undefined) {
    this.#source = source
    this.#limits = limits
    this.#spans = spans
    this.#nextNewline = source.indexOf('\n')
  }

  document(): XmlElement {
    const bad = this.#source.search(FORBIDDEN)
    if (bad >= 0) {
      const code = this.#source.charCodeAt(bad).toString(16).toUpperCase().padStart(4, '0')
      throw new XmlFault(bad, `the character U+${code} may not stand in an XML document`)
    }
    this.#prolog()
    const root = this.#element()
    this.#at = this.#misc(this.#at)
    if (this.#at < this.#source.length) {
      const what = this.#source.charCodeAt(this.#at) === LESS ? 'a second root element' : 'text'
      throw new XmlFault(this.#at, `there is ${what} after the end of the document`)
    }
    return root
  }

  #prolog(): void {
    const source = this.#source
    if (source.startsWith('<?xml') && isSpace(source.charCodeAt(5))) {
      const end = source.indexOf('?>')
      if (end < 0) throw new XmlFault(0, 'the XML declaration is not closed by ?>')
      const declaration = source.slice(0, end + 2)
      if (!XML_DECLARATION.test(declaration)) throw new XmlFault(0, 'the XML declaration is not well formed')
      this.#at = end + 2
    }
    this.#at = this.#misc(this.#at)
    if (this.#at >= source.length) throw new XmlFault(this.#at, 'there is no root element; the document is empty')
    if (source.charCodeAt(this.#at) !== LESS) throw new XmlFault(this.#at, 'there is text before the root element')
  }

  /** Skips comments, processing instructions and white space outside the root. */
  #misc(from: number): number {
    const source = this.#source
    let at = from
    for (;;) {
      at = skipSpace(source, at)
      if (source.startsWith('<!--', at)) at = this.#comment(at)
      else if (source.startsWith('<?', at)) at = this.#instruction(at)
      else if (source.startsWith('<!', at)) {
        if (/^<!DOCTYPE/i.test(source.slice(at, at + 9))) {
          throw new XmlFault(at, 'the document has a DOCTYPE, which is refused for safety', 'xml-doctype')
        }
        throw new XmlFault(at, 'this declaration may not stand here')
      } else return at
    }
  }

  /** Reads the root and everything in it, without recursion. */
  #element(): XmlElement {
    const source = this.#source
    const root = this.#startTag()
    while (this.#stack.length > 0) {
      const less = source.indexOf('<', this.#at)
      if (less < 0) throw this.#endsInside()
      if (less > this.#at) this.#characters(this.#at, less)
      this.#at = less
      const next = source.charCodeAt(less + 1)
      if (next === SLASH) this.#endTag()
      else if (next === 0x21) this.#bang()
      else if (next === 0x3f) this.#at = this.#instruction(less)
      else this.#startTag()
    }
    return root
  }

  #endsInside(): XmlFault {
    const open = this.#stack[this.#stack.length - 1]
    return new XmlFault(
      this.#source.length,
      `the document ends inside the element <${open?.qualified ?? ''}> that was opened on line ${open?.element.line ?? 1}`,
    )
  }

  /** Adds the text between two tags; references are expanded, `]]>` refused. */
  #characters(from: number, to: number): void {
    const source = this.#source
    if (this.#nextSectionEnd < from) this.#nextSectionEnd = nextOf(source, ']]>', from)
    if (this.#nextSectionEnd < to) throw new XmlFault(this.#nextSectionEnd, 'the characters ]]> may not stand in text')
    if (this.#nextAmpersand < from) this.#nextAmpersand = nextOf(source, '&', from)
    const plain = this.#nextAmpersand >= to
    this.#text += plain ? source.slice(from, to) : expandReferences(source.slice(from, to), from)
  }

  #flushText(): void {
    if (this.#text === '') return
    this.#stack[this.#stack.length - 1]?.element.children.push(this.#text)
    this.#text = ''
  }

  #bang(): void {
    const source = this.#source
    const at = this.#at
    if (source.startsWith('<!--', at)) {
      this.#at = this.#comment(at)
    } else if (source.startsWith('<![CDATA[', at)) {
      const end = source.indexOf(']]>', at + 9)
      if (end < 0) throw new XmlFault(at, 'the CDATA section is not closed by ]]>')
      this.#text += source.slice(at + 9, end)
      this.#at = end + 3
    } else throw new XmlFault(at, 'this declaration may not stand inside an element')
  }

  #comment(at: number): number {
    const end = this.#source.indexOf('--', at + 4)
    if (end < 0) throw new XmlFault(at, 'the comment is not closed by -->')
    if (this.#source.charCodeAt(end + 2) !== GREATER)
      throw new XmlFault(end, 'two hyphens may not stand inside a comment')
    return end + 3
  }

  #instruction(at: number): number {
    const end = this.#source.indexOf('?>', at + 2)
    if (end < 0) throw new XmlFault(at, 'the processing instruction is not closed by ?>')
    const nameEnd = Math.min(endOfName(this.#source, at + 2), end)
    const target = this.#source.slice(at + 2, nameEnd)
    if (!isQualifiedName(target) || target.includes(':'))
      throw new XmlFault(at, 'the processing instruction has no valid name')
    if (target.toLowerCase() === 'xml') throw new XmlFault(at, 'an XML declaration may only stand at the very start')
    if (nameEnd < end && !isSpace(this.#source.charCodeAt(nameEnd))) {
      throw new XmlFault(nameEnd, 'a space is missing after the name of the processing instruction')
    }
    return end + 2
  }

  #endTag(): void {
    const source = this.#source
    const at = this.#at
    const frame = this.#stack[this.#stack.length - 1]
    if (frame === undefined) throw new XmlFault(at, 'there is an end tag without a start tag')
    const { qualified } = frame
    let end = at + 2 + qualified.length
    if (
      !source.startsWith(qualified, at + 2) ||
      (source.charCodeAt(end) !== GREATER && !isSpace(source.charCodeAt(end)))
    ) {
      const found = source.slice(at + 2, endOfName(source, at + 2))
      if (source.indexOf('>', at) < 0) throw this.#endsInside()
      throw new XmlFault(
        at,
        `the element <${qualified}> (opened on line ${frame.element.line}) is closed by </${found.slice(0, 80)}>`,
      )
    }
    end = skipSpace(source, end)
    if (end >= source.length) throw this.#endsInside()
    if (source.charCodeAt(end) !== GREATER) throw new XmlFault(end, `the end tag </${qualified}> is not closed by >`)
    const span = this.#spans?.get(frame.element)
    if (span !== undefined) this.#spans?.set(frame.element, { ...span, contentEnd: at, end: end + 1 })
    this.#close(end + 1)
  }

  #close(next: number): void {
    this.#flushText()
    const frame = this.#stack.pop()
    if (frame !== undefined) this.#namespaces.leave(frame.mark)
    this.#at = next
  }

  #startTag(): XmlElement {
    this.#flushText()
    const source = this.#source
    const start = this.#at
    while (this.#nextNewline >= 0 && this.#nextNewline < start) {
      this.#line++
      this.#nextNewline = source.indexOf('\n', this.#nextNewline + 1)
    }
    const nameEnd = endOfName(source, start + 1)
    const qualified = source.slice(start + 1, nameEnd)
    const name = this.#name(qualified, start)
    if (this.#stack.length >= this.#limits.depth) {
      throw new XmlFault(start, `elements are nested more than ${this.#limits.depth} deep`, 'xml-too-deep')
    }
    const mark = this.#namespaces.enter()
    const raw = this.#attributes(nameEnd, qualified)
    this.#nodes += 1 + raw.length
    if (this.#nodes > this.#limits.nodes) {
      throw new XmlFault(
        start,
        `there are more than ${this.#limits.nodes} elements and attributes`,
        'xml-too-many-nodes',
      )
    }
    const element: OpenElement = {
      name: name.local,
      namespace: this.#namespaces.ofElement(name.prefix, start),
      prefix: name.prefix,
      attributes: raw.length === 0 ? NO_ATTRIBUTES : this.#resolve(raw),
      children: [],
      line: this.#line,
      bindings: this.#namespaces.innermost,
    }
    this.#stack[this.#stack.length - 1]?.element.children.push(element)
    this.#stack.push({ element, qualified, mark })
    const closed = source.charCodeAt(this.#at) === SLASH
    const content = this.#at + (closed ? 2 : 1)
    this.#spans?.set(element, { start, content, contentEnd: content, end: content })
    if (closed) this.#close(content)
    else this.#at = content
    return element
  }

  #name(qualified: string, at: number): { readonly prefix: string; readonly local: string } {
    const known = this.#names.get(qualified)
    if (known !== undefined) return known
    if (!isQualifiedName(qualified)) {
      if (qualified === '')
        throw new XmlFault(
          at,
          at >= this.#source.length - 1
            ? 'the document ends inside a tag'
            : 'the character < must be written &lt; in text',
        )
      throw new XmlFault(at, `"${qualified.slice(0, 80)}" is not a valid name`)
    }
    const colon = qualified.indexOf(':')
    const name =
      colon < 0
        ? { prefix: '', local: qualified }
        : { prefix: qualified.slice(0, colon), local: qualified.slice(colon + 1) }
    this.#names.set(qualified, name)
    return name
  }

  /** Reads attributes up to `>` or `/>`; leaves the position on it. Namespace declarations go to the scope. */
  #attributes(from: number, qualified: string): RawAttribute[] {
    const source = this.#source
    const found: RawAttribute[] = []
    let at = from
    for (;;) {
      const spaced = skipSpace(source, at)
      const code = source.charCodeAt(spaced)
      if (code === GREATER || (code === SLASH && source.charCodeAt(spaced + 1) === GREATER)) {
        this.#at = spaced
        return found
      }
      if (spaced >= source.length) throw new XmlFault(spaced, `the document ends inside the tag <${qualified}>`)
      if (spaced === at) throw new XmlFault(at, `the tag <${qualified}> is not well formed here`)
      const nameEnd = endOfName(source, spaced)
      const name = source.slice(spaced, nameEnd)
      at = this.#attributeValue(found, name, spaced, nameEnd, qualified)
    }
  }

  #attributeValue(found: RawAttribute[], name: string, start: number, nameEnd: number, qualified: string): number {
    const source = this.#source
    const parts = name === '' ? undefined : this.#name(name, start)
    if (parts === undefined) throw new XmlFault(start, `the tag <${qualified}> is not well formed here`)
    const equals = skipSpace(source, nameEnd)
    if (equals >= source.length) throw new XmlFault(equals, `the document ends inside the tag <${qualified}>`)
    if (source.charCodeAt(equals) !== EQUALS)
      throw new XmlFault(start, `the attribute ${name} of <${qualified}> has no value`)
    const open = skipSpace(source, equals + 1)
    const quote = source.charCodeAt(open)
    if (open >= source.length) throw new XmlFault(open, `the document ends inside the tag <${qualified}>`)
    if (quote !== 0x22 && quote !== 0x27)
      throw new XmlFault(open, `the value of the attribute ${name} is not in quotes`)
    const close = source.indexOf(quote === 0x22 ? '"' : "'", open + 1)
    if (close < 0) throw new XmlFault(open, `the value of the attribute ${name} of <${qualified}> is not closed`)
    const value = attributeText(source, open + 1, close, name)
    if (name === 'xmlns') this.#namespaces.declare('', value, start)
    else if (parts.prefix === 'xmlns') this.#namespaces.declare(parts.local, value, start)
    else found.push({ prefix: parts.prefix, local: parts.local, value, start })
    return close + 1
  }

  /** Gives attributes their namespaces and refuses two of one name, in linear time. */
  #resolve(raw: readonly RawAttribute[]): XmlAttribute[] {
    const seen = raw.length > 8 ? new Set<string>() : undefined
    const resolved: XmlAttribute[] = []
    for (const { prefix, local, value, start } of raw) {
      const namespace = prefix === '' ? '' : this.#namespaces.ofAttribute(prefix, start)
      const twice = seen
        ? seen.has(`${namespace} ${local}`)
        : resolved.some((held) => held.name === local && held.namespace === namespace)
      if (twice) throw new XmlFault(start, `the attribute ${local} stands twice in one tag`)
      seen?.add(`${namespace} ${local}`)
      resolved.push(prefix === '' ? { name: local, namespace, value } : { name: local, namespace, value, prefix })
    }
    return resolved
  }
}

interface RawAttribute {
  readonly prefix: string
  readonly local: string
  readonly value: string
  readonly start: number
}

const XML_DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.\d+"|'1\.\d+')(?:\s+encoding\s*=\s*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>$/

/** Attribute-value normalisation (XML 1.0 §3.3.3): literal white space becomes spaces, references are expanded. */
function attributeText(source: string, from: number, to: number, name: string): string {
  let plain = true
  for (let at = from; at < to; at++) {
    const code = source.charCodeAt(at)
    if (code === LESS) throw new XmlFault(at, `the character < must be written &lt; in the attribute ${name}`)
    if (code === 0x26 || code === 0x0a || code === 0x09) plain = false
  }
  if (plain) return source.slice(from, to)
  // Only literal white space is normalised, so it goes first: &#10; stays a line feed.
  return expandReferences(source.slice(from, to).replace(/[\n\t]/g, ' '), from)
}

function nextOf(source: string, wanted: string, from: number): number {
  const found = source.indexOf(wanted, from)
  return found < 0 ? source.length : found
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d
}

function skipSpace(source: string, from: number): number {
  let at = from
  while (isSpace(source.charCodeAt(at))) at++
  return at
}
