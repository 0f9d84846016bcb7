/** Hex SHA-256 of the certificates with which a country signs, as the trust list has them. */
import { X509Certificate } from 'node:crypto'
import { plainFingerprint } from '#platform/http/connection.ts'
import type { Participant } from '../directory.ts'

export function sealFingerprints({ sealCertificates }: Pick<Participant, 'sealCertificates'>): readonly string[] {
  return sealCertificates.map((pem) => plainFingerprint(new X509Certificate(pem).fingerprint256))
}
