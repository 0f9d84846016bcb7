/** What a signer's certificate says that Node does not tell: its countries and its key usage (RFC 5280 §4). */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { childrenOf, contentBytes } from '../keys/der.ts'
import { remembering } from './remembering.ts'

export interface SignerCertificate {
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  /** Hex SHA-256 of its DER. */
  readonly fingerprint: string
  /** `C=` of its subject, when there is exactly one of two capital letters. */
  readonly country: string | undefined
  /** Absent when the certificate does not restrict its use. */
  readonly keyUsage?: KeyUsage
  /** Critical extensions that no code here understands: such a certificate must not be used (§4.2). */
  readonly unknownCritical: boolean
}

export interface KeyUsage {
  readonly digitalSignature: boolean
  /** nonRepudiation, also called contentCommitment. */
  readonly nonRepudiation: boolean
  readonly keyCertSign: boolean
  readonly crlSign: boolean
}

const COUNTRY = '550406'
const KEY_USAGE = '551d0f'
/** Key usage, subject alternative name, basic constraints, certificate policies, authority key, extended key usage. */
const UNDERSTOOD = new Set([KEY_USAGE, '551d11', '551d13', '551d20', '551d23', '551d25'])

const KNOWN = remembering<{ readonly certificate: SignerCertificate | undefined }>(256)

/** @param base64 DER in base64, or PEM. Undefined when it is no certificate. */
export function readSignerCertificate(base64: string): SignerCertificate | undefined {
  return KNOWN(base64, () => ({ certificate: read(base64) })).certificate
}

function read(base64: string): SignerCertificate | undefined {
  try {
    const x509 = new X509Certificate(base64.startsWith('-----') ? base64 : Buffer.from(base64, 'base64'))
    const { subject, extensions } = fieldsOf(x509.raw)
    const usage = extensions.find(({ identifier }) => identifier === KEY_USAGE)
    return {
      x509,
      publicKey: x509.publicKey,
      fingerprint: createHash('sha256').update(x509.raw).digest('hex'),
      country: countryOf(subject),
      ...(usage && { keyUsage: keyUsageOf(usage.value) }),
      unknownCritical: extensions.some(({ critical, identifier }) => critical && !UNDERSTOOD.has(identifier)),
    }
  } catch {
    // Neither Node nor the reader of DER could make sense of these bytes; both throw, and the bytes are a stranger's.
    return undefined
  }
}

export interface Extension {
  /** Hex of the content of its object identifier. */
  readonly identifier: string
  readonly critical: boolean
  readonly value: Buffer
}

interface Fields {
  readonly issuer: Buffer
  readonly subject: Buffer
  readonly extensions: readonly Extension[]
}

/** Issuer, subject and extensions of a certificate, as DER. */
export function fieldsOf(certificate: Uint8Array): Fields {
  const [body = Buffer.alloc(0)] = childrenOf(certificate)
  const fields = childrenOf(body)
  // version [0] is absent in certificates of version 1, which are still in use in MyHealth@EU.
  const start = fields[0]?.[0] === 0xa0 ? 1 : 0
  const issuer = fields[start + 2]
  const subject = fields[start + 4]
  if (issuer === undefined || subject === undefined) throw new RangeError('The certificate has no subject.')
  const extensions = fields.find((field) => field[0] === 0xa3)
  return { issuer, subject, extensions: extensions ? extensionsOf(childrenOf(extensions)[0]) : [] }
}

/** Extensions ::= SEQUENCE OF SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING } */
export function extensionsOf(list: Uint8Array | undefined): readonly Extension[] {
  return (list ? childrenOf(list) : []).map((item) => {
    const parts = childrenOf(item)
    const [identifier, second] = parts
    const value = parts.at(-1)
    if (identifier === undefined || value === undefined) throw new RangeError('The extension is empty.')
    return {
      identifier: contentBytes(identifier).toString('hex'),
      critical: second?.[0] === 0x01 && second[2] !== 0,
      value: contentBytes(value),
    }
  })
}

function countryOf(subject: Buffer): string | undefined {
  const countries = childrenOf(subject).flatMap((set) =>
    childrenOf(set).flatMap((pair) => {
      const [type, value] = childrenOf(pair)
      if (type === undefined || value === undefined) return []
      return contentBytes(type).toString('hex') === COUNTRY ? [contentBytes(value).toString('latin1')] : []
    }),
  )
  const [only, another] = countries
  return only !== undefined && another === undefined && /^[A-Z]{2}$/.test(only) ? only : undefined
}

/** BIT STRING: bit 0 is the highest of the byte after the number of unused bits. */
function keyUsageOf(value: Buffer): KeyUsage {
  const [, first = 0] = contentBytes(value)
  const has = (bit: number): boolean => (first & (0x80 >> bit)) !== 0
  return { digitalSignature: has(0), nonRepudiation: has(1), keyCertSign: has(5), crlSign: has(6) }
}
