/** An entry of the operator's own list of peers, made from what a person gives: addresses, and certificates in PEM. Pure. */
import { X509Certificate } from 'node:crypto'
import { plainFingerprint } from '#platform/http/connection.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type IheEndpoints, SERVICES, type ServiceKind } from './directory.ts'
import { Peer } from './peers-file.ts'

export interface PeerEntry {
  readonly country: string
  /** With or without `urn:oid:`. */
  readonly homeCommunityId: string
  /** `patient-identification` and `patient-summary` when absent. */
  readonly services?: readonly string[] | undefined
  /** PEM, one each: the TLS certificates of its endpoints and clients. */
  readonly certificates: readonly string[]
  /** Hex SHA-256 of further ones that were reviewed before. */
  readonly fingerprints?: readonly string[]
  /** PEM, one each: the certificates with which it signs assertions. */
  readonly sealCertificates: readonly string[]
  /** JWK of the keys that sign its access tokens. */
  readonly tokenKeys?: readonly unknown[]
  readonly fhirBase?: string | undefined
  readonly ihe?: IheEndpoints | undefined
  readonly smp?: string | undefined
  /** Relative to the list. */
  readonly searchMask?: string | undefined
  readonly reviewedBy: string
}

export type PeerEntryProblemCode = 'peer-incomplete' | 'certificate-invalid' | 'peer-invalid'

/** The place of a problem is the field: `certificates`, `sealCertificates.0`, `fhirBase`, … */
export function peerOf(entry: PeerEntry, now: Date): Result<Peer, PeerEntryProblemCode> {
  const { fhirBase, ihe, smp, searchMask } = entry
  if (fhirBase === undefined && ihe === undefined && smp === undefined) {
    const sentence = 'The entry names no way to the country.'
    return failed('peer-incomplete', sentence, 'Give its FHIR, IHE or SMP address.', { path: 'ihe' })
  }
  const certificates = readAll(entry.certificates, 'certificates')
  if (!certificates.ok) return certificates
  const seals = readAll(entry.sealCertificates, 'sealCertificates')
  if (!seals.ok) return seals
  const fingerprints = certificates.value.map(({ fingerprint256 }) => plainFingerprint(fingerprint256))
  const parsed = Peer.safeParse({
    country: entry.country.toUpperCase(),
    homeCommunityId: entry.homeCommunityId.replace(/^urn:oid:/, ''),
    services: entry.services ?? (['patient-identification', 'patient-summary'] satisfies ServiceKind[]),
    certificates: [...new Set([...(entry.fingerprints ?? []), ...fingerprints])],
    tokenKeys: entry.tokenKeys ?? [],
    sealCertificates: seals.value.map(String),
    ...(fhirBase === undefined ? {} : { fhirBase: fhirBase.replace(/\/$/, '') }),
    ...(ihe === undefined ? {} : { ihe }),
    ...(smp === undefined ? {} : { smp: smp.replace(/\/$/, '') }),
    ...(searchMask === undefined ? {} : { searchMask }),
    reviewed: { by: entry.reviewedBy, at: now.toISOString() },
  })
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  const allowed = issue?.path[0] === 'services' ? ` Services are: ${SERVICES.join(', ')}.` : ''
  const sentence = `The entry is not right: ${issue?.message ?? 'unknown'}.${allowed}`
  return failed('peer-invalid', sentence, 'Correct this value.', { path: issue?.path.join('.') ?? '' })
}

function readAll(
  pems: readonly string[],
  field: string,
): Result<readonly X509Certificate[], Extract<PeerEntryProblemCode, 'certificate-invalid'>> {
  const read: X509Certificate[] = []
  for (const [index, pem] of pems.entries()) {
    try {
      read.push(new X509Certificate(pem))
    } catch {
      const sentence = 'This is no certificate in PEM.'
      return failed('certificate-invalid', sentence, 'Ask the country for its certificate.', {
        path: `${field}.${index}`,
      })
    }
  }
  return ok(read)
}
