/** The rules of FHIR primitive types (R4 datatypes.html 2.24.0.1). Each check answers what is wrong, or nothing. */

export type PrimitiveCheck = (value: unknown) => string | undefined

/** Characters below space other than tab and line ends. */
const CONTROL = /[^\t\n\r\u{20}-\u{10FFFF}]/u
const NOT_BLANK = /\S/
const CODE = /^\S+(?:\s\S+)*$/
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const URI = /^\S+$/
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/
const UUID = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const BASE64 = /^[0-9a-zA-Z+/=\s]+$/
const DATE = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/
const TIME_OF_DAY = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?'
const ZONE = '(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))'
const DATE_TIME = new RegExp(`^(\\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\\d|3[01])(?:T${TIME_OF_DAY}${ZONE})?)?)?$`)
const INSTANT = new RegExp(`^(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T${TIME_OF_DAY}${ZONE}$`)
const TIME = new RegExp(`^${TIME_OF_DAY}$`)
/** 1 MB, the most a string may hold (R4 datatypes.html#string). */
const LONGEST = 1024 * 1024
const LARGEST_INTEGER = 2_147_483_647

const CHECKS: Readonly<Record<string, PrimitiveCheck>> = {
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'is not true or false'),
  integer: (value) => integer(value, -LARGEST_INTEGER - 1, 'a whole number of 32 bits'),
  unsignedInt: (value) => integer(value, 0, 'a whole number from 0 on'),
  positiveInt: (value) => integer(value, 1, 'a whole number from 1 on'),
  decimal: (value) => (typeof value === 'number' && Number.isFinite(value) ? undefined : 'is not a number'),
  string: characters,
  markdown: characters,
  xhtml: (value) => (typeof value === 'string' ? undefined : 'is not a string'),
  code: (value) => matching(value, CODE, 'a code (no spaces at its ends, single spaces inside)'),
  id: (value) => matching(value, ID, 'an id (A-Z, a-z, 0-9, - and . up to 64 characters)'),
  uri: (value) => matching(value, URI, 'a URI without spaces'),
  url: (value) => matching(value, URI, 'a URL without spaces'),
  canonical: (value) => matching(value, URI, 'a canonical URL without spaces'),
  oid: (value) => matching(value, OID, 'an OID written urn:oid:…'),
  uuid: (value) => matching(value, UUID, 'a UUID in small letters written urn:uuid:…'),
  base64Binary: base64,
  date: (value) => dated(value, DATE, 'a date (YYYY, YYYY-MM or YYYY-MM-DD)'),
  dateTime: (value) => dated(value, DATE_TIME, 'a date or a date with time, seconds and time zone'),
  instant: (value) => dated(value, INSTANT, 'an instant with date, time, seconds and time zone'),
  time: (value) => matching(value, TIME, 'a time hh:mm:ss'),
}

/** The check of a primitive type; undefined for other types. */
export function primitiveCheck(type: string): PrimitiveCheck | undefined {
  return Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined
}

function integer(value: unknown, least: number, what: string): string | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= LARGEST_INTEGER
    ? undefined
    : `is not ${what}`
}

function characters(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'is not a string'
  if (value === '') return 'is an empty string'
  if (!NOT_BLANK.test(value)) return 'holds only white space'
  if (value.length > LONGEST) return 'is longer than 1 MB'
  return CONTROL.test(value) ? 'holds a control character' : undefined
}

function matching(value: unknown, rule: RegExp, what: string): string | undefined {
  if (typeof value !== 'string') return 'is not a string'
  return rule.test(value) ? undefined : `is not ${what}`
}

function base64(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'is not a string'
  if (!BASE64.test(value)) return 'is not base64'
  let letters = value.length
  if (/\s/.test(value)) letters = value.replace(/\s+/g, '').length
  return letters % 4 === 0 ? undefined : 'is not base64: its length is no multiple of four'
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function dated(value: unknown, rule: RegExp, what: string): string | undefined {
  if (typeof value !== 'string') return 'is not a string'
  const parts = rule.exec(value)
  if (!parts) return `is not ${what}`
  const year = Number(parts[1])
  const month = Number(parts[2] ?? 1)
  const day = Number(parts[3] ?? 1)
  if (year === 0) return 'has year 0000'
  if (day > (DAYS[month - 1] ?? 31) || (month === 2 && day === 29 && !isLeap(year)))
    return 'is a day that does not exist'
  return undefined
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}
