/**
 * Where the parts of an XML text lie, found once for each seed, so that a change of one part is a cut at a known place.
 * Not a parser: seeds are known to be well formed, and what is made of them need not be.
 */

export interface Span {
  readonly from: number
  readonly to: number
}

export interface ElementSpan extends Span {
  readonly name: string
  /** After the `<`. */
  readonly startName: Span
  /** End of the start tag, after its `>`. */
  readonly inner: number
  /** After the `</`; absent for an empty element. */
  readonly endName?: Span
}

export interface Anatomy {
  /** One character for each byte of the text in UTF-8. */
  readonly text: string
  readonly elements: readonly ElementSpan[]
  /** Whole attributes with the white space before them. */
  readonly attributes: readonly Span[]
  /** What stands between quotes. */
  readonly attributeValues: readonly Span[]
  /** Character data that is not white space only. */
  readonly texts: readonly Span[]
}

const TAG =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([\w:.-]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>/g
const ATTRIBUTE = /\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*')/g

export function anatomyOf(bytes: Uint8Array): Anatomy {
  const text = Buffer.from(bytes).toString('latin1')
  const elements: ElementSpan[] = []
  const attributes: Span[] = []
  const attributeValues: Span[] = []
  const texts: Span[] = []
  const open: Omit<ElementSpan, 'to'>[] = []
  let last = 0
  for (const tag of text.matchAll(TAG)) {
    const from = tag.index
    const to = from + tag[0].length
    if (open.length > 0 && text.slice(last, from).trim() !== '') texts.push({ from: last, to: from })
    last = to
    const [, closing, name, inside, empty] = tag
    if (name === undefined) continue
    if (closing === '/') {
      const begun = open.pop()
      if (begun) elements.push({ ...begun, to, endName: { from: from + 2, to: from + 2 + name.length } })
      continue
    }
    const startName = { from: from + 1, to: from + 1 + name.length }
    for (const found of (inside ?? '').matchAll(ATTRIBUTE)) {
      const start = startName.to + found.index
      const end = start + found[0].length
      attributes.push({ from: start, to: end })
      attributeValues.push({ from: start + found[0].search(/["']/) + 1, to: end - 1 })
    }
    const element = { name, from, startName, inner: to }
    if (empty === '/') elements.push({ ...element, to })
    else open.push(element)
  }
  return { text, elements, attributes, attributeValues, texts }
}
