/** Identifier, HumanName, Address, ContactPoint → II, PN, AD, TEL (V3 data types §1.9–1.11). */
import type { Address, ContactPoint, Extension, HumanName, Identifier } from 'fhir/r4'
import { NO_SYSTEM, uuidOf } from '../../reading.ts'
import { NAME_QUALIFIER_EXTENSION, SOURCE_VALUE_EXTENSION } from '../../tables/urls.ts'
import { type Attributes, element, escaped, type Piece } from '../element.ts'
import { fits } from '../schema/simple-types.ts'
import { rootOf, type Writing } from '../writing.ts'
import { nullFlavorIn } from './nulls.ts'
import { interval } from './time.ts'

const URI_SYSTEM = 'urn:ietf:rfc:3986'

/** An instance identifier; undefined when it says nothing. */
export function id(held: Identifier | undefined, writing: Writing, name = 'id'): Piece | undefined {
  if (held === undefined) return undefined
  const attributes = idAttributes(held, writing)
  if (attributes !== undefined) return element(name, attributes)
  const flavor = nullFlavorIn(held) ?? nullFlavorIn(held._value)
  return flavor === undefined ? undefined : element(name, { nullFlavor: flavor })
}

/** `root` and `extension` of an identifier. */
export function idAttributes(held: Identifier, writing: Writing): Attributes | undefined {
  const { system, value } = held
  const authority = held.assigner?.display
  if (value === undefined || value === '') return undefined
  if (system === undefined) return bareId(value, authority)
  if (system === URI_SYSTEM) {
    const bare = /^urn:(?:oid|uuid):(.*)$/i.exec(value)?.[1] ?? ''
    if (fits('uid', bare)) return { root: bare, assigningAuthorityName: authority }
  }
  const { root, name } = rootOf(system, writing)
  return { root, extension: value, assigningAuthorityName: name ?? authority }
}

/** The schema wants a root (II): for an identifier of no system it is computed from nothing but the identifier. */
function bareId(value: string, authority: string | undefined): Attributes {
  return { root: uuidOf(NO_SYSTEM), extension: value, assigningAuthorityName: authority }
}

export function ids(held: readonly Identifier[] | undefined, writing: Writing, name = 'id'): Piece[] {
  return (held ?? []).flatMap((one) => id(one, writing, name) ?? [])
}

const NAME_USES: Readonly<Record<string, string>> = { usual: 'L', official: 'C', nickname: 'P', anonymous: 'A' }

/** A person's name. */
export function personName(held: HumanName, name = 'name'): Piece {
  const loose = held.text ?? ''
  const families = familyParts(held)
  const parts: Piece[] = [
    ...(held.prefix ?? []).map((words) => part('prefix', words)),
    ...(held.given ?? []).map((words, at) => part('given', words ?? '', held._given?.[at]?.extension)),
    ...families.map((words) => part('family', words, held._family?.extension)),
    ...(held.suffix ?? []).map((words) => part('suffix', words)),
  ].filter(({ xml }) => xml !== '')
  const valid = interval('validTime', held.period)
  const inner = `${escaped(loose)}${parts.map(({ xml }) => xml).join('')}${valid?.xml ?? ''}`
  const flavor = inner === '' ? (nullFlavorIn(held) ?? 'NI') : undefined
  return element(name, { nullFlavor: flavor, use: NAME_USES[held.use ?? ''] }, inner)
}

/** Several family names of the source are one string in FHIR; the parts stand beside it. */
function familyParts(held: HumanName): string[] {
  const parts = (held._family?.extension ?? []).flatMap(({ url, valueString }) =>
    url === SOURCE_VALUE_EXTENSION && valueString !== undefined ? [valueString] : [],
  )
  if (parts.length > 0) return parts
  return held.family === undefined ? [] : [held.family]
}

function part(name: string, words: string, extension?: readonly Extension[]): Piece {
  if (words === '') return { name, xml: '' }
  const qualifiers = (extension ?? []).flatMap(({ url, valueCode }) =>
    url === NAME_QUALIFIER_EXTENSION && valueCode !== undefined && fits('set_EntityNamePartQualifier', valueCode)
      ? [valueCode]
      : [],
  )
  return element(name, qualifiers.length === 0 ? {} : { qualifier: qualifiers.join(' ') }, escaped(words))
}

const PLACE_USES: Readonly<Record<string, string>> = { home: 'H', work: 'WP', temp: 'TMP', old: 'BAD' }

/** A postal address. */
export function address(held: Address, name = 'addr'): Piece {
  const one = (part: string, words: string | undefined): string =>
    words === undefined || words === '' ? '' : element(part, {}, escaped(words)).xml
  const inner = [
    escaped(held.text ?? ''),
    ...(held.line ?? []).map((line) => one('streetAddressLine', line ?? undefined)),
    one('city', held.city),
    one('county', held.district),
    one('state', held.state),
    one('postalCode', held.postalCode),
    one('country', held.country),
    interval('useablePeriod', held.period, 'IVL_TS')?.xml ?? '',
  ].join('')
  const flavor = inner === '' ? (nullFlavorIn(held) ?? 'NI') : undefined
  return element(name, { nullFlavor: flavor, use: PLACE_USES[held.use ?? ''] }, inner)
}

const SCHEMES: Readonly<Record<string, string>> = {
  phone: 'tel:',
  fax: 'fax:',
  email: 'mailto:',
  sms: 'sms:',
  pager: 'tel:',
}
const CONTACT_USES: Readonly<Record<string, string>> = { ...PLACE_USES, mobile: 'MC' }

/** A telephone number, mail address or the like; undefined when it says nothing. */
export function telecom(held: ContactPoint, name = 'telecom'): Piece | undefined {
  const value = held.value?.trim()
  const flavor = nullFlavorIn(held)
  if (!value) return flavor === undefined ? undefined : element(name, { nullFlavor: flavor })
  const scheme = SCHEMES[held.system ?? ''] ?? ''
  const stated = /^[a-z]+:/i.test(value) ? value : `${scheme}${value}`
  const use = held.system === 'pager' ? 'PG' : CONTACT_USES[held.use ?? '']
  return element(name, { use, value: uri(stated) }, interval('useablePeriod', held.period, 'IVL_TS')?.xml ?? '')
}

/** The schema wants a URI; only what makes it none is encoded. */
export function uri(value: string): string {
  return value
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/#(?=.*#)/g, '%23')
    .replace(/[[\]]/g, encodeURIComponent)
}

export function contactOf(held: {
  readonly address?: readonly Address[] | undefined
  readonly telecom?: readonly ContactPoint[] | undefined
}): Piece[] {
  return [
    ...(held.address ?? []).map((one) => address(one)),
    ...(held.telecom ?? []).flatMap((one) => telecom(one) ?? []),
  ]
}
