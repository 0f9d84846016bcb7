/** II, PN, ON, AD, TEL → Identifier, HumanName, Address, ContactPoint (V3 data types §1.9–1.11). */
import type { Address, ContactPoint, Extension, HumanName, Identifier } from 'fhir/r4'
import { attribute, child, children, elements, oneLine, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { type Reading, systemNamed, systemOf } from '../reading.ts'
import { NAME_QUALIFIER_EXTENSION, SOURCE_VALUE_EXTENSION } from '../tables/urls.ts'
import { nullFlavorExtension } from './nulls.ts'
import { period } from './time.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const OID = /^[0-9]+(?:\.[0-9]+)+$/

/** An instance identifier: system and value, or the root alone as a URI. */
export function identifier(element: XmlElement, reading: Reading): Identifier | undefined {
  const root = attribute(element, 'root')?.trim()
  const extension = attribute(element, 'extension')?.trim()
  if (!root && !extension) {
    // Some documents write the identifier between the tags.
    const text = words(element)
    return text === '' ? undefined : { value: text }
  }
  const uri = root ? rootUri(root, extension === undefined ? undefined : reading) : undefined
  const authority = attribute(element, 'assigningAuthorityName')
  const named = root && extension ? systemNamed(root, authority) : undefined
  if (named && extension) return { system: named, value: extension }
  if (named === null && extension)
    return { value: extension, ...(authority ? { assigner: { display: authority } } : {}) }
  const assigner = authority ? { assigner: { display: authority } } : {}
  if (extension) return { ...(uri ? { system: uri } : {}), value: extension, ...assigner }
  return uri === undefined ? undefined : { system: 'urn:ietf:rfc:3986', value: uri, ...assigner }
}

function rootUri(root: string, reading: Reading | undefined): string {
  if (UUID.test(root)) return `urn:uuid:${root.toLowerCase()}`
  if (OID.test(root)) return reading ? systemOf(reading, root) : `urn:oid:${root}`
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(root) ? root : `urn:oid:${root.replace(/\s/g, '')}`
}

export function identifiers(owner: XmlElement | undefined, reading: Reading, name = 'id'): Identifier[] {
  return children(owner, name).flatMap((element) => identifier(element, reading) ?? [])
}

const NAME_USES: Readonly<Record<string, HumanName['use']>> = {
  L: 'usual',
  C: 'official',
  OR: 'official',
  P: 'nickname',
  A: 'anonymous',
}

/** A person's name; text between parts, or a name without parts, is kept as `text`. */
export function humanName(element: XmlElement): HumanName | undefined {
  const parts = (name: string): XmlElement[] => children(element, name).filter((part) => words(part) !== '')
  const families = parts('family')
  const givens = parts('given')
  const use = NAME_USES[(attribute(element, 'use') ?? '').split(' ')[0] ?? '']
  const text = looseText(element)
  const unmapped = families.slice(1).map(words)
  const name: HumanName = {
    ...(use === undefined ? {} : { use }),
    ...(text === '' ? {} : { text }),
    ...(families.length > 0
      ? { family: [words(families[0]), ...unmapped].join(' '), _family: familyElement(families) }
      : {}),
    ...(givens.length > 0 ? { given: givens.map(words), _given: givens.map((part) => partElement([part]) ?? {}) } : {}),
    prefix: parts('prefix').map(words),
    suffix: parts('suffix').map(words),
  }
  if (name._given?.every((part) => Object.keys(part).length === 0)) name._given = undefined
  const valid = period(child(element, 'validTime'))
  if (valid !== undefined) name.period = valid
  const nulls = families.length + givens.length === 0 && text === '' ? nullFlavorExtension(element) : []
  if (nulls.length > 0) name.extension = nulls
  return families.length + givens.length > 0 || text !== '' || nulls.length > 0 ? name : undefined
}

/** Several family names become one string in FHIR; the parts stay readable beside it. */
function familyElement(families: readonly XmlElement[]): { extension: Extension[] } | undefined {
  const qualifiers = partElement(families)?.extension ?? []
  const parts =
    families.length < 2
      ? []
      : families.map((part): Extension => ({ url: SOURCE_VALUE_EXTENSION, valueString: words(part) }))
  const extension = [...qualifiers, ...parts]
  return extension.length > 0 ? { extension } : undefined
}

function partElement(parts: readonly XmlElement[]): { extension: Extension[] } | undefined {
  const extension = parts.flatMap((part) =>
    (attribute(part, 'qualifier') ?? '')
      .split(/\s+/)
      .filter((qualifier) => qualifier !== '')
      .map((qualifier): Extension => ({ url: NAME_QUALIFIER_EXTENSION, valueCode: qualifier })),
  )
  return extension.length > 0 ? { extension } : undefined
}

/** Text directly inside an element that otherwise consists of parts. */
export function looseText(element: XmlElement): string {
  return oneLine(element.children.filter((node) => typeof node === 'string').join(' '))
}

export function humanNames(owner: XmlElement | undefined): HumanName[] {
  return children(owner, 'name').flatMap((element) => humanName(element) ?? [])
}

const ADDRESS_USES: Readonly<Record<string, Address['use']>> = {
  H: 'home',
  HP: 'home',
  HV: 'home',
  WP: 'work',
  DIR: 'work',
  PUB: 'work',
  TMP: 'temp',
  BAD: 'old',
}

const LINE_PARTS = new Set([
  'streetAddressLine',
  'deliveryAddressLine',
  'streetName',
  'streetNameBase',
  'streetNameType',
  'houseNumber',
  'houseNumberNumeric',
  'buildingNumberSuffix',
  'additionalLocator',
  'unitID',
  'unitType',
  'careOf',
  'postBox',
  'direction',
  'deliveryInstallationType',
  'deliveryInstallationArea',
  'deliveryInstallationQualifier',
  'deliveryMode',
  'deliveryModeIdentifier',
  'streetNameDirection',
  'censusTract',
])

/** A postal address. Street, number and the like become lines in the order in which the source gives them. */
export function address(element: XmlElement): Address | undefined {
  const stated = elements(element).filter((part) => words(part) !== '')
  const text = looseText(element)
  const nulls = stated.length === 0 && text === '' ? nullFlavorExtension(element) : []
  if (stated.length === 0 && text === '' && nulls.length === 0) return undefined
  const one = (...names: readonly string[]): string | undefined => {
    const found = stated.filter(({ name }) => names.includes(name)).map(words)
    return found.length === 0 ? undefined : found.join(', ')
  }
  const use = ADDRESS_USES[(attribute(element, 'use') ?? '').split(' ')[0] ?? '']
  const valid = period(child(element, 'useablePeriod'))
  return {
    ...(nulls.length > 0 ? { extension: nulls } : {}),
    ...(use === undefined ? {} : { use }),
    ...(text === '' ? {} : { text }),
    line: stated.filter(({ name }) => LINE_PARTS.has(name)).map(words),
    city: one('city'),
    district: one('county', 'precinct'),
    state: one('state'),
    postalCode: one('postalCode'),
    country: one('country'),
    ...(valid === undefined ? {} : { period: valid }),
  }
}

export function addresses(owner: XmlElement | undefined): Address[] {
  return children(owner, 'addr').flatMap((element) => address(element) ?? [])
}

const TELECOM_SYSTEMS: Readonly<Record<string, ContactPoint['system']>> = {
  tel: 'phone',
  fax: 'fax',
  mailto: 'email',
  http: 'url',
  https: 'url',
  sms: 'sms',
}

const TELECOM_USES: Readonly<Record<string, ContactPoint['use']>> = {
  H: 'home',
  HP: 'home',
  HV: 'home',
  WP: 'work',
  DIR: 'work',
  PUB: 'work',
  MC: 'mobile',
  TMP: 'temp',
  BAD: 'old',
}

/** A telecommunication address; the scheme becomes the system, the rest the value. */
export function contactPoint(element: XmlElement): ContactPoint | undefined {
  const value = attribute(element, 'value')?.trim()
  if (!value) {
    const extension = nullFlavorExtension(element)
    return extension.length > 0 ? { extension } : undefined
  }
  const [, scheme, rest] = /^([a-z]+):(.*)$/is.exec(value) ?? []
  const system = TELECOM_SYSTEMS[scheme?.toLowerCase() ?? '']
  const use = (attribute(element, 'use') ?? '').split(' ').flatMap((word) => TELECOM_USES[word] ?? [])[0]
  const bare = system === undefined || system === 'url' ? value : (rest ?? '').trim()
  if (bare === '') return undefined
  return { system: system ?? (/@/.test(value) ? 'email' : 'other'), value: bare, ...(use === undefined ? {} : { use }) }
}

export function contactPoints(owner: XmlElement | undefined): ContactPoint[] {
  return children(owner, 'telecom').flatMap((element) => contactPoint(element) ?? [])
}
