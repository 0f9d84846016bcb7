/** Identifiers, names, gender, dates and addresses in the data types of HL7 v3 (II, PN, CE, TS, AD), read and written. */
import { attribute, child, children, words } from '#platform/xml/access.ts'
import { escapeAttribute, escapeText } from '#platform/xml/serialise.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { Address, DiscoveredPatient, IheProfile } from '../exchange.ts'

export type Gender = DiscoveredPatient['gender']

const OID = /^[0-2](\.\d+)+$/
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

/** II → `system|value`; undefined without a root. A root alone is the whole identifier: a URI by itself. */
export function readIdentifier(element: XmlElement): string | undefined {
  const root = attribute(element, 'root')?.trim()
  if (root === undefined || root === '') return undefined
  const system = OID.test(root) ? `urn:oid:${root}` : UUID.test(root) ? `urn:uuid:${root.toLowerCase()}` : root
  const extension = attribute(element, 'extension')?.trim() ?? ''
  return extension === '' ? `urn:ietf:rfc:3986|${system}` : `${system}|${extension}`
}

/** The attributes of an II; undefined for an identifier that HL7 v3 cannot say. */
export function identifierAttributes(identifier: string): string | undefined {
  const bar = identifier.indexOf('|')
  const [system, value] = [identifier.slice(0, bar), identifier.slice(bar + 1)]
  if (bar < 0 || value === '') return undefined
  if (system === 'urn:ietf:rfc:3986') {
    const root = rootOf(value)
    return root === undefined ? undefined : `root="${root}"`
  }
  const root = rootOf(system)
  return root === undefined ? undefined : `root="${root}" extension="${escapeAttribute(value)}"`
}

function rootOf(system: string): string | undefined {
  const found = /^urn:(?:oid|uuid):(.+)$/.exec(system)?.[1]
  return found !== undefined && (OID.test(found) || UUID.test(found)) ? found : undefined
}

export interface PersonName {
  readonly family: string
  readonly given: readonly string[]
}

/** PN or EN; a name without parts is taken as it stands. */
export function readName(element: XmlElement): PersonName {
  const parts = (name: string): string[] => children(element, name).map(words).filter(Boolean)
  const [family, given] = [parts('family').join(' '), withoutSummary(parts('given'))]
  return family === '' && given.length === 0 ? { family: words(element), given } : { family, given }
}

export function writeName(family: string | undefined, given: readonly string[], profile: IheProfile): string {
  const written = profile === 'openncp' && given.length > 1 ? [...given, given.join(' ')] : given
  return written.map((name) => part('given', name)).join('') + part('family', family)
}

/** OpenNCP keeps only the last given name that it reads: there stand all of them together, once more. */
function withoutSummary(given: readonly string[]): readonly string[] {
  const others = given.slice(0, -1)
  return others.length > 1 && others.join(' ') === given.at(-1) ? others : given
}

/** HL7 AdministrativeGender; undefined for a code that is none of it. */
export function readGender(element: XmlElement | undefined): Gender | undefined {
  const code = attribute(element, 'code')?.trim().toUpperCase()
  if (code === 'M') return 'male'
  if (code === 'F') return 'female'
  if (code === 'UN') return 'other'
  return (code === undefined && attribute(element, 'nullFlavor') !== undefined) || code === 'U' ? 'unknown' : undefined
}

const GENDER_CODES: Readonly<Record<Exclude<Gender, 'unknown'>, string>> = { male: 'M', female: 'F', other: 'UN' }

export function genderAttributes(gender: Gender): string {
  return gender === 'unknown' ? 'nullFlavor="UNK"' : `code="${GENDER_CODES[gender]}" codeSystem="2.16.840.1.113883.5.1"`
}

/** TS → ISO date, as exact as it is; the time of day is dropped. Undefined for what is no date of the calendar. */
export function readDate(value: string): string | undefined {
  const [, year, month, day] =
    /^(\d{4})(?:(\d\d)(?:(\d\d)(?:\d+(?:\.\d+)?)?(?:[+-]\d{1,4})?)?)?$/.exec(value.trim()) ?? []
  if (year === undefined) return undefined
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  const whole = `${year}-${month ?? '01'}-${day ?? '01'}`
  const time = Date.parse(`${whole}T00:00:00Z`)
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== whole ? undefined : date
}

/** ISO date → TS. */
export function writeDate(date: string): string {
  return escapeAttribute(date.slice(0, 10).replaceAll('-', ''))
}

/** AD. OpenNCP asks with `streetName` and answers with `streetAddressLine`. */
export function readAddress(element: XmlElement | undefined): Address | undefined {
  const lines = [...children(element, 'streetAddressLine'), ...streetWithNumber(element)].map(words).filter(Boolean)
  const one = (name: string): string | undefined => words(child(element, name)) || undefined
  const address = {
    ...present('street', lines.join(', ') || undefined),
    ...present('city', one('city')),
    ...present('postalCode', one('postalCode')),
    ...present('country', one('country')),
  }
  return Object.keys(address).length === 0 ? undefined : address
}

function streetWithNumber(element: XmlElement | undefined): XmlElement[] {
  return [...children(element, 'streetName'), ...children(element, 'houseNumber')]
}

export function writeAddress(address: Address, street: 'streetName' | 'streetAddressLine'): string {
  return (
    part(street, address.street) +
    part('city', address.city) +
    part('country', address.country) +
    part('postalCode', address.postalCode)
  )
}

function part(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `<${name}>${escapeText(value)}</${name}>`
}

/** An object with the property, or without it when there is no value. */
export function present<Key extends string, T>(key: Key, value: T | undefined): { readonly [K in Key]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: T })
}
