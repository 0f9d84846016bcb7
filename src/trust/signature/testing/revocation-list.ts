/** Writes revocation lists for tests (RFC 5280 §5.1), signed by an authority of a test. */
import { sign, X509Certificate } from 'node:crypto'
import { bits, explicit, objectIdentifier, octets, positiveInteger, sequence, time } from '../../keys/der.ts'
import { fieldsOf } from '../signer-certificate.ts'
import type { TestAuthority } from './signers.ts'

export interface TestListOptions {
  /** PEM. */
  readonly revoked: readonly string[]
  readonly thisUpdate: Date
  readonly nextUpdate?: Date
  readonly delta?: boolean
  /** Another key than that of the authority. */
  readonly signedBy?: TestAuthority
}

const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))

export function testRevocationList(authority: TestAuthority, options: TestListOptions): Uint8Array {
  const { subject } = fieldsOf(new X509Certificate(authority.certificate).raw)
  const entries = options.revoked.map((pem) => {
    const serial = Buffer.from(new X509Certificate(pem).serialNumber, 'hex')
    return sequence(positiveInteger(serial), time(options.thisUpdate))
  })
  const delta = sequence(sequence(objectIdentifier('2.5.29.27'), octets(positiveInteger(Buffer.of(1)))))
  const body = sequence(
    positiveInteger(Buffer.of(1)),
    ECDSA_WITH_SHA256,
    subject,
    time(options.thisUpdate),
    ...(options.nextUpdate ? [time(options.nextUpdate)] : []),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    ...(options.delta ? [explicit(0, delta)] : []),
  )
  const { privateKey } = options.signedBy ?? authority
  return sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, privateKey)))
}
