/** Certificate revocation lists (RFC 5280 §5): which serial numbers an authority has withdrawn. Full lists only. */
import { type KeyObject, verify } from 'node:crypto'
import { childrenOf, contentBytes } from '../keys/der.ts'
import { extensionsOf } from './signer-certificate.ts'

export interface RevocationList {
  /** The issuer's name, DER. */
  readonly issuer: Buffer
  readonly thisUpdate: Date
  /** RFC 5280 demands it; a list without it never grows stale, and is not accepted. */
  readonly nextUpdate: Date
  /** Serial numbers as hexadecimal digits in capitals, as Node writes them. */
  readonly revoked: ReadonlySet<string>
  isSignedBy(authority: KeyObject): boolean
}

const HASHES: ReadonlyMap<string, string> = new Map([
  // sha256/384/512WithRSAEncryption
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  // ecdsa-with-SHA256/384/512
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
])
/** A delta list names only what changed since another. */
const DELTA = '551d1b'
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18
const SEQUENCE = 0x30

/** Lists are kept by whoever loads them: the same bytes are read once. */
const READ = new WeakMap<Uint8Array, RevocationList | 'unreadable'>()

/** Undefined for what is no full list of version 1 or 2 with an algorithm that counts. */
export function readRevocationList(der: Uint8Array): RevocationList | undefined {
  const known = READ.get(der)
  if (known !== undefined) return known === 'unreadable' ? undefined : known
  const list = read(der)
  READ.set(der, list ?? 'unreadable')
  return list
}

function read(der: Uint8Array): RevocationList | undefined {
  try {
    const [body, algorithm, signature] = childrenOf(der)
    if (body === undefined || algorithm === undefined || signature === undefined) return undefined
    const fields = childrenOf(body)
    // version is an INTEGER, present in version 2 only
    const start = fields[0]?.[0] === 0x02 ? 1 : 0
    const [inner, issuer, thisUpdate, nextUpdate, ...rest] = fields.slice(start)
    const hash = HASHES.get(contentBytes(childrenOf(algorithm)[0] ?? Buffer.of(5, 0)).toString('hex'))
    if (hash === undefined || inner === undefined || !inner.equals(algorithm)) return undefined
    const [from, until] = [timeOf(thisUpdate), timeOf(nextUpdate)]
    if (issuer === undefined || from === undefined || until === undefined) return undefined
    const extensions = rest.find((field) => field[0] === 0xa0)
    if (extensions && extensionsOf(childrenOf(extensions)[0]).some(({ identifier }) => identifier === DELTA))
      return undefined
    const entries = rest.find((field) => field[0] === SEQUENCE)
    const value = contentBytes(signature).subarray(1)
    return {
      issuer,
      thisUpdate: from,
      nextUpdate: until,
      revoked: new Set(entries ? childrenOf(entries).map(serialOf) : []),
      isSignedBy: (authority) => verify(hash, body, authority, value),
    }
  } catch {
    // The reader of DER throws on bytes that are none.
    return undefined
  }
}

function serialOf(entry: Buffer): string {
  const [serial] = childrenOf(entry)
  if (serial === undefined) throw new RangeError('The entry has no serial number.')
  return serialDigits(contentBytes(serial).toString('hex'))
}

/** Without leading zeros, so that both ways of writing a number compare. */
export function serialDigits(hexadecimal: string): string {
  return hexadecimal.toUpperCase().replace(/^0+(?=.)/, '')
}

/** UTCTime (years 1950–2049) and GeneralizedTime, both in UTC with seconds (RFC 5280 §4.1.2.5). */
function timeOf(field: Buffer | undefined): Date | undefined {
  if (field === undefined || (field[0] !== UTC_TIME && field[0] !== GENERALIZED_TIME)) return undefined
  const digits = contentBytes(field).toString('latin1')
  const century = field[0] === GENERALIZED_TIME ? '' : digits < '50' ? '20' : '19'
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(century + digits) ?? []
  if (year === undefined) return undefined
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time.getTime()) ? undefined : time
}
