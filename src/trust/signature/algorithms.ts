/**
 * The algorithms that signatures of this node use and accept (RFC 6931; eHDSI: RSA-SHA256). Everything else is refused:
 * SHA-1, HMAC, DSA and `none` have no entry here.
 */
import { type KeyObject, sign, verify } from 'node:crypto'

export const XML_SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
export const ENVELOPED = `${XML_SIGNATURE}enveloped-signature`
const MORE = 'http://www.w3.org/2001/04/xmldsig-more#'
export const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

export type Hash = 'sha256' | 'sha384' | 'sha512'

const DIGESTS: ReadonlyMap<string, Hash> = new Map([
  [SHA256, 'sha256'],
  [`${MORE}sha384`, 'sha384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'sha512'],
])

interface SignatureAlgorithm {
  readonly hash: Hash
  readonly keyType: 'rsa' | 'ec'
}

const SIGNATURES: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  [`${MORE}rsa-sha256`, { hash: 'sha256', keyType: 'rsa' }],
  [`${MORE}rsa-sha384`, { hash: 'sha384', keyType: 'rsa' }],
  [`${MORE}rsa-sha512`, { hash: 'sha512', keyType: 'rsa' }],
  [`${MORE}ecdsa-sha256`, { hash: 'sha256', keyType: 'ec' }],
  [`${MORE}ecdsa-sha384`, { hash: 'sha384', keyType: 'ec' }],
  [`${MORE}ecdsa-sha512`, { hash: 'sha512', keyType: 'ec' }],
])

/** Bits below which an RSA key protects nothing any more (SOG-IS agreed mechanisms). */
const SMALLEST_RSA = 2048

export const digestOf = (algorithm: string): Hash | undefined => DIGESTS.get(algorithm)
export const signatureOf = (algorithm: string): SignatureAlgorithm | undefined => SIGNATURES.get(algorithm)

/** The algorithm for a key of ours. */
export function algorithmFor(key: KeyObject): string {
  return key.asymmetricKeyType === 'rsa' ? `${MORE}rsa-sha256` : `${MORE}ecdsa-sha256`
}

/** Can this key make or check signatures of the algorithm? */
export function fits({ keyType }: SignatureAlgorithm, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== keyType) return false
  return keyType === 'ec' || (key.asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA
}

/** ECDSA values are r and s one behind the other, not DER (RFC 6931 §2.3.6). */
export function signBytes(algorithm: string, bytes: Buffer, key: KeyObject): Buffer {
  const known = signatureOf(algorithm)
  if (known === undefined || !fits(known, key)) throw new TypeError(`This key cannot sign with ${algorithm}.`)
  return sign(known.hash, bytes, { key, dsaEncoding: 'ieee-p1363' })
}

export function verifyBytes({ hash }: SignatureAlgorithm, bytes: Buffer, key: KeyObject, value: Buffer): boolean {
  return verify(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, value)
}
