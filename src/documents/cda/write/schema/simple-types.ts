/**
 * The simple types of the schema (V3 data types, datatypes-base.xsd): which text an attribute of each may hold. Attributes
 * of data types have the same type wherever they stand; that of `value` depends on the element.
 */
import { LISTS } from './vocabulary.ts'

type ListName = keyof typeof LISTS
export type SimpleType = 'bl' | 'cs' | 'ID' | 'int' | 'real' | 'ts' | 'uid' | 'url' | 'moment or amount' | ListName

const INTEGER = /^[+-]?\d{1,20}$/
const REAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const STAMP = /^(?:\d{1,8}|(?:\d{9,14}|\d{14}\.\d+)(?:[+-]\d{1,4})?)$/
const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/
const UUID = /^[0-9a-zA-Z]{8}(?:-[0-9a-zA-Z]{4}){3}-[0-9a-zA-Z]{12}$/
const NAME = /^[A-Za-z_][\w.-]*$/
/** What xs:anyURI holds without doubt (RFC 3986 §3, with any letters): no brackets, percent signs as escapes only. */
const URI = new RegExp(
  [
    '^(?:[a-z][a-z0-9+.-]*:(?!//)', // a scheme
    '|(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@:]*@)?[^/?#@:]*(?::\\d{1,5})?(?=[/?#]|$)', // with a host
    '|(?!//)(?![^/?#]*:))', // or neither
    '(?:[^%#[\\]]|%[0-9a-f]{2})*(?:#(?:[^%#[\\]]|%[0-9a-f]{2})*)?$',
  ].join(''),
  'i',
)

/** Whether a text may stand as a value of the type. */
export function fits(type: SimpleType, text: string): boolean {
  switch (type) {
    case 'bl':
      return text === 'true' || text === 'false'
    case 'cs':
      return text !== '' && !/\s/.test(text)
    case 'ID':
      return NAME.test(text)
    case 'int':
      return INTEGER.test(text)
    case 'real':
      return REAL.test(text)
    case 'ts':
      return STAMP.test(text)
    case 'uid':
      return OID.test(text) || UUID.test(text)
    case 'url':
      return URI.test(text)
    case 'moment or amount':
      return STAMP.test(text) || REAL.test(text)
    default:
      return isListed(type, text)
  }
}

/** Types whose name begins with `set_` take several codes. */
function isListed(type: ListName, text: string): boolean {
  const list: ReadonlySet<string> = LISTS[type]
  return type.startsWith('set_') ? text.split(' ').every((one) => list.has(one)) : list.has(text)
}

/** Attributes of data types by name, where they are the same in all of them. */
const BY_NAME: Readonly<Record<string, SimpleType>> = {
  ID: 'ID',
  code: 'cs',
  codeSystem: 'uid',
  inclusive: 'bl',
  institutionSpecified: 'bl',
  mediaType: 'cs',
  nullFlavor: 'NullFlavor',
  operator: 'SetOperator',
  qualifier: 'set_EntityNamePartQualifier',
  representation: 'BinaryDataEncoding',
  root: 'uid',
  unit: 'cs',
}
const USES: Readonly<Record<string, SimpleType>> = {
  addr: 'set_PostalAddressUse',
  telecom: 'set_TelecommunicationAddressUse',
}
/** `value` by the element, or by the type that the element names. */
const VALUES: Readonly<Record<string, SimpleType>> = {
  reference: 'url',
  telecom: 'url',
  repeatNumber: 'int',
  sequenceNumber: 'int',
  versionNumber: 'int',
  independentInd: 'bl',
  preferenceInd: 'bl',
  seperatableInd: 'bl',
  BL: 'bl',
  INT: 'int',
  PQ: 'real',
  REAL: 'real',
  TS: 'ts',
}

/** Whether an attribute of an element of a data type may have a value; attributes of plain text may have any. */
export function mayStand(element: string, attribute: string, value: string, dataType: string | undefined): boolean {
  const type = typeOf(element, attribute, dataType)
  return type === undefined || fits(type, value)
}

function typeOf(element: string, attribute: string, dataType: string | undefined): SimpleType | undefined {
  if (attribute === 'value') return VALUES[dataType ?? element] ?? VALUES[element] ?? 'moment or amount'
  if (attribute === 'use') return USES[element] ?? 'set_EntityNameUse'
  return BY_NAME[attribute]
}
