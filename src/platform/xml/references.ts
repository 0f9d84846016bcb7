/** The five entities and character references; no others exist without a DOCTYPE (XML 1.0 §4.1, 4.6). */
import { XmlFault } from './fault.ts'

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
/** Longest reference body we look at: enough for any number with leading zeros a person would write. */
const LONGEST = 32

/** A run of text with every reference replaced by its character. `offset` is where the run starts in the document. */
export function expandReferences(run: string, offset: number): string {
  let expanded = ''
  let at = 0
  for (;;) {
    const found = run.indexOf('&', at)
    if (found < 0) return expanded + run.slice(at)
    const end = run.slice(found, found + LONGEST).indexOf(';')
    if (end < 0) throw new XmlFault(offset + found, 'the character & must be written &amp;')
    expanded += run.slice(at, found) + referenced(run.slice(found + 1, found + end), offset + found)
    at = found + end + 1
  }
}

function referenced(body: string, at: number): string {
  const entity = Object.hasOwn(ENTITIES, body) ? ENTITIES[body] : undefined
  if (entity !== undefined) return entity
  const number = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(body)
  if (number === null) throw new XmlFault(at, `the entity &${body.slice(0, 20)}; is not known`)
  const code = number[1] === undefined ? Number.parseInt(number[2] ?? '', 10) : Number.parseInt(number[1], 16)
  if (!isXmlCharacter(code)) throw new XmlFault(at, `the reference &${body}; names a character that XML does not allow`)
  return String.fromCodePoint(code)
}

/** XML 1.0 production 2. */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}
