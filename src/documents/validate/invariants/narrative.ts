/**
 * txt-1 and txt-2: the narrative is well-formed XHTML of the formatting elements that FHIR allows, and says something
 * (R4 narrative.html 2.20.1). One pass over the text, no DOM. `xml:lang`, which publishers write beside `lang`, is allowed.
 */

const ELEMENTS = new Set(
  `a abbr acronym address b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr
   i img kbd li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var`.split(/\s+/),
)
const ATTRIBUTES = new Set(
  `abbr accesskey align axis char charoff class colspan dir headers id lang rowspan scope span style tabindex title valign
   xmlns xml:lang xml:space`.split(/\s+/),
)
const OWN_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'name'],
  img: ['src', 'alt', 'border', 'height', 'width', 'longdesc'],
  blockquote: ['cite'],
  q: ['cite'],
  table: ['summary', 'width', 'border', 'frame', 'rules', 'cellspacing', 'cellpadding'],
  col: ['width'],
  colgroup: ['width'],
  th: ['width'],
  td: ['width', 'nowrap'],
}
const XHTML = 'http://www.w3.org/1999/xhtml'
const TAG = /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:\s+[A-Za-z:_-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y
const ATTRIBUTE = /([A-Za-z:_-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const ENTITY = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/
const COMMENT_END = '-->'

export interface NarrativeVerdict {
  /** txt-1: well formed, and only of what is allowed. */
  readonly allowed: boolean
  /** txt-2: holds text or an image. */
  readonly says: boolean
}

const REFUSED: NarrativeVerdict = { allowed: false, says: true }

export function judgeNarrative(html: string): NarrativeVerdict {
  const open: string[] = []
  let at = skipSpace(html, 0)
  let says = false
  let roots = 0
  if (ENTITY.test(html)) return REFUSED
  while (at < html.length) {
    const next = html.indexOf('<', at)
    const textEnd = next < 0 ? html.length : next
    if (textEnd > at) {
      const blank = isBlank(html, at, textEnd)
      if (open.length === 0 && !blank) return REFUSED
      if (!blank) says = true
    }
    if (next < 0) break
    if (html.startsWith('<!--', next)) {
      const end = html.indexOf(COMMENT_END, next + 4)
      if (end < 0) return REFUSED
      at = end + COMMENT_END.length
      continue
    }
    TAG.lastIndex = next
    const tag = TAG.exec(html)
    if (!tag) return REFUSED
    const [, closing, name = '', attributes = '', selfClosing] = tag
    at = TAG.lastIndex
    if (closing) {
      if (open.pop() !== name || attributes !== '' || selfClosing) return REFUSED
      continue
    }
    if (open.length === 0 && (name !== 'div' || roots++ > 0)) return REFUSED
    if (!ELEMENTS.has(name) || !attributesAllowed(name, attributes)) return REFUSED
    if (name === 'img') says = true
    if (!selfClosing) open.push(name)
  }
  return { allowed: open.length === 0 && roots === 1, says }
}

function attributesAllowed(element: string, attributes: string): boolean {
  if (attributes === '') return true
  const seen = new Set<string>()
  for (const [, name = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    if (seen.has(name)) return false
    seen.add(name)
    if (name === 'xmlns' && (double ?? single) !== XHTML) return false
    if (!ATTRIBUTES.has(name) && !OWN_ATTRIBUTES[element]?.includes(name)) return false
  }
  return true
}

function skipSpace(html: string, from: number): number {
  let at = from
  while (at < html.length && html.charCodeAt(at) <= 32) at++
  return at
}

function isBlank(html: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (html.charCodeAt(at) > 32) return false
  return true
}
