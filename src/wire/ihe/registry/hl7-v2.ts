/**
 * The data types of HL7 v2.5 that stand in metadata as text: CX (identifier), XCN (person), XON (organisation), DTM
 * (IHE ITI TF-3 table 4.2.3.1.7-2). Readers forgive what gateways really send; what cannot be understood is undefined.
 */
import type { IheProfile } from '../exchange.ts'

const ESCAPES: Readonly<Record<string, string>> = { '|': 'F', '^': 'S', '&': 'T', '~': 'R', '\\': 'E' }
const CHARACTERS: ReadonlyMap<string, string> = new Map(Object.entries(ESCAPES).map(([one, letter]) => [letter, one]))

function withEscapes(text: string): string {
  return text.replace(/[|^&~\\]/g, (one) => `\\${ESCAPES[one] ?? ''}\\`)
}

function withoutEscapes(text: string): string {
  return text.replace(/\\([FSTRE])\\/g, (whole, letter: string) => CHARACTERS.get(letter) ?? whole)
}

/** Some writers escape `&` once more than XML asks. */
function once(text: string): string {
  return text.replaceAll('&amp;', '&').trim()
}

/** Universal id of an assigning authority, `&root&ISO`, as the system of an identifier. */
function systemOf(authority: string | undefined): string | undefined {
  const [namespace = '', root = '', type = ''] = (authority ?? '').split('&')
  const id = withoutEscapes(root || namespace).trim()
  if (/^(urn:oid:)?\d[\d.]*$/.test(id)) return id.startsWith('urn:') ? id : `urn:oid:${id}`
  return type === 'URI' && id !== '' ? id : undefined
}

function authorityOf(system: string): string {
  return system.startsWith('urn:oid:') ? `&${withEscapes(system.slice(8))}&ISO` : `&${withEscapes(system)}&URI`
}

function partsOf(identifier: string): readonly [system: string, value: string] {
  const at = identifier.indexOf('|')
  return at < 0 ? ['', identifier] : [identifier.slice(0, at), identifier.slice(at + 1)]
}

/** `ext^^^&root&ISO` → `system|value`; undefined when the identifier or its authority is empty. */
export function readCx(text: string): string | undefined {
  const [value = '', , , authority] = once(text).split('^')
  const system = systemOf(authority)
  const id = withoutEscapes(value).trim()
  return id === '' || system === undefined ? undefined : `${system}|${id}`
}

export function writeCx(identifier: string): string {
  const [system, value] = partsOf(identifier)
  return `${withEscapes(value)}^^^${authorityOf(system)}`
}

/**
 * The name of a person. By the standard it is `id^family^given`; eHDSI senders have the whole name in the first
 * component, with or without an authority behind it.
 */
export function readXcn(text: string): string {
  const [first = '', family = '', given = ''] = once(text).split('^')
  const name = [given, family].filter((part) => part.trim() !== '').join(' ')
  return withoutEscapes(name === '' ? (first.split('&')[0] ?? '') : name).trim()
}

export interface Institution {
  readonly name: string
  /** `system|value`; of an organisation that is an OID itself, `urn:ietf:rfc:3986|urn:oid:…` as FHIR writes it. */
  readonly identifier?: string
}

const URI_SYSTEM = 'urn:ietf:rfc:3986'

/** `name^^^^^^^^^oid` or `name^^^^^&oid&ISO^^^^ext`. */
export function readXon(text: string): Institution {
  const components = once(text).split('^')
  const name = withoutEscapes(components[0] ?? '').trim()
  const id = withoutEscapes(components[9] ?? '').trim()
  const system = systemOf(components[5])
  if (id === '') return { name }
  if (system !== undefined) return { name, identifier: `${system}|${id}` }
  return /^[\d.]+$/.test(id) ? { name, identifier: `${URI_SYSTEM}|urn:oid:${id}` } : { name }
}

export function writeXon({ name, identifier }: Institution): string {
  if (identifier === undefined) return withEscapes(name)
  const [system, value] = partsOf(identifier)
  if (system === URI_SYSTEM) return `${withEscapes(name)}^^^^^^^^^${withEscapes(value.replace(/^urn:oid:/, ''))}`
  return `${withEscapes(name)}^^^^^${authorityOf(system)}^^^^${withEscapes(value)}`
}

/** The reference implementation has the name first, and the institution's OID as its authority; IHE has an id first. */
export function writeXcn(name: string, profile: IheProfile, institution?: Institution): string {
  if (name === '') return ''
  if (profile === 'standard') return `^${withEscapes(name)}`
  const oid = institution?.identifier?.match(/^(?:urn:ietf:rfc:3986\|)?urn:oid:([\d.]+)/)?.[1]
  return oid === undefined ? withEscapes(name) : `${withEscapes(name)}^^^&${oid}&ISO`
}

/** XPN, the name of a patient: `family^given^further given names`. */
export function readXpn(text: string): { readonly family: string; readonly given: readonly string[] } {
  const [family = '', given = '', further = ''] = once(text)
    .split('^')
    .map((part) => withoutEscapes(part).trim())
  return { family, given: [given, ...further.split(' ')].filter((name) => name !== '') }
}

export function writeXpn(family: string, given: readonly string[]): string {
  const [first = '', ...further] = given
  return [family, first, further.join(' ')].map(withEscapes).join('^').replace(/\^+$/, '')
}

const DTM = /^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.\d{1,6})?([+-]\d{4})?$/

/**
 * DTM → ISO 8601, as exact as it is. Without an offset it is UTC (IHE ITI TF-3 4.2.3.1.7). The reference implementation
 * writes creation times with a clock of twelve hours: which half of the day was meant, nobody can tell, so it is taken as
 * it stands; its hour 24 is midnight at the beginning.
 */
export function readTime(text: string): string | undefined {
  const value = text.trim()
  if (/^\d{4}-\d{2}/.test(value)) return fromIso(value)
  const match = DTM.exec(value)
  if (match === null) return undefined
  const [, year = '', month, day, hour, minute = '00', second = '00', zone] = match
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  if (!isDay(year, month, day)) return undefined
  if (hour === undefined) return date
  const offset = zone === undefined ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`
  return fromIso(`${date}T${hour === '24' ? '00' : hour}:${minute}:${second === '60' ? '59' : second}${offset}`)
}

function isDay(year: string, month = '01', day = '01'): boolean {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
}

function fromIso(value: string): string | undefined {
  if (/^\d{4}-\d{2}(-\d{2})?$/.test(value)) return Number.isNaN(Date.parse(value)) ? undefined : value
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** ISO 8601 → DTM in UTC, as exact as it is down to the second; undefined when it is no time. */
export function writeTime(iso: string): string | undefined {
  if (/^\d{4}(-\d{2}){0,2}$/.test(iso)) return iso.replaceAll('-', '')
  const at = Date.parse(iso)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 19).replace(/[-T:]/g, '')
}
