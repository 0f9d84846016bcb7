/**
 * Does a signer count? Its certificate is on the reviewed trust list itself, or was issued by an authority that is; it is
 * in its time, meant for signing, and not revoked. Nothing is fetched, nothing is learned from what a message says.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { AssertionTrust } from '../assertions/assertions.ts'
import { remembering } from './remembering.ts'
import { readRevocationList, serialDigits } from './revocation-list.ts'
import { fieldsOf, readSignerCertificate, type SignerCertificate } from './signer-certificate.ts'

export const SIGNER_PROBLEMS = [
  'signer-unlisted',
  'signer-out-of-time',
  'signer-use',
  'signer-revoked',
  'signer-revocation-unknown',
] as const
export type SignerProblemCode = (typeof SIGNER_PROBLEMS)[number]

const LONGEST_PATH = 4
const TLS_ONLY = new Set(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])

/** Decides on a signer whose signature is genuine; `trust` is what the trust list says of the signer's country. */
export function checkSigner(
  signer: SignerCertificate,
  trust: AssertionTrust,
  now: Date,
): Result<SignerCertificate, SignerProblemCode> {
  const listed = trust.signers.some((pem) => readSignerCertificate(pem)?.fingerprint === signer.fingerprint)
  const authorities = certificatesOf(trust.authorities)
  const issuer = issuerOf(signer, authorities, now)
  if (!listed && issuer === undefined) {
    return refused('signer-unlisted', 'The certificate of the signer is not on the trust list.')
  }
  if (!inTime(signer, now))
    return refused('signer-out-of-time', 'The certificate of the signer is not valid at this time.')
  const unfit = useProblem(signer, listed)
  if (unfit !== undefined) return refused('signer-use', unfit)
  return issuer === undefined ? ok(signer) : checkPath(signer, issuer, authorities, trust, now)
}

/** From the certificate upwards, as far as the listed authorities go: each in its time, each allowed to issue. */
function checkPath(
  signer: SignerCertificate,
  issuer: SignerCertificate,
  authorities: readonly SignerCertificate[],
  trust: AssertionTrust,
  now: Date,
): Result<SignerCertificate, SignerProblemCode> {
  let [below, above]: [SignerCertificate, SignerCertificate | undefined] = [signer, issuer]
  for (let length = 0; above !== undefined && length < LONGEST_PATH; length++) {
    if (!inTime(above, now))
      return refused('signer-out-of-time', 'An authority of the signer is not valid at this time.')
    const revocation = revocationProblem(below, above, trust.revocationLists, now)
    if (revocation === 'signer-revoked') return refused(revocation, 'The certificate of the signer has been revoked.')
    if (revocation !== undefined) {
      return refused(
        revocation,
        'Whether the certificate of the signer is revoked cannot be told: the list is out of date.',
      )
    }
    below = above
    above = issuerOf(below, authorities, now)
  }
  return ok(signer)
}

function useProblem({ x509, keyUsage, unknownCritical }: SignerCertificate, listed: boolean): string | undefined {
  if (unknownCritical) return 'The certificate of the signer has a critical extension that is not understood.'
  if (keyUsage && !keyUsage.digitalSignature && !keyUsage.nonRepudiation) {
    return 'The certificate of the signer is not for signing.'
  }
  // A certificate on the list was reviewed as it is; what an authority issues must be meant for it.
  if (listed) return undefined
  if (x509.ca) return 'The certificate of the signer is that of an authority.'
  const extended = x509.keyUsage
  if (extended?.every((use) => TLS_ONLY.has(use))) {
    return 'The certificate of the signer is for connections only.'
  }
  return undefined
}

/**
 * An authority that issued the certificate, best one in its time (an authority renews its certificate under the same
 * name and key); a certificate that signed itself has none above it.
 */
function issuerOf(
  certificate: SignerCertificate,
  authorities: readonly SignerCertificate[],
  now: Date,
): SignerCertificate | undefined {
  const issuers = authorities.filter(
    (authority) =>
      authority.fingerprint !== certificate.fingerprint &&
      authority.x509.ca &&
      authority.keyUsage?.keyCertSign !== false &&
      ISSUED(`${certificate.fingerprint} ${authority.fingerprint}`, () => hasIssued(authority, certificate)),
  )
  return issuers.find((issuer) => inTime(issuer, now)) ?? issuers[0]
}

const ISSUED = remembering<boolean>(1024)

function hasIssued({ x509: authority, publicKey }: SignerCertificate, { x509 }: SignerCertificate): boolean {
  return x509.checkIssued(authority) && x509.verify(publicKey)
}

function certificatesOf(pems: readonly string[]): readonly SignerCertificate[] {
  return pems.flatMap((pem) => readSignerCertificate(pem) ?? [])
}

function inTime({ x509 }: SignerCertificate, now: Date): boolean {
  return x509.validFromDate <= now && now <= x509.validToDate
}

/** RFC 5280 §6.3: a list that is out of date or not genuine leaves the question open, and then nobody passes. */
function revocationProblem(
  { x509 }: SignerCertificate,
  authority: SignerCertificate,
  lists: readonly Uint8Array[],
  now: Date,
): 'signer-revoked' | 'signer-revocation-unknown' | undefined {
  if (lists.length === 0) return undefined
  const { subject } = fieldsOf(authority.x509.raw)
  const read = lists.map((der) => readRevocationList(der))
  const own = read.filter((list) => list !== undefined).filter(({ issuer }) => issuer.equals(subject))
  const genuine = own.filter((list) => authority.keyUsage?.crlSign !== false && list.isSignedBy(authority.publicKey))
  if (genuine.some(({ revoked }) => revoked.has(serialDigits(x509.serialNumber)))) return 'signer-revoked'
  const current = genuine.some(({ thisUpdate, nextUpdate }) => thisUpdate <= now && now <= nextUpdate)
  // Whose list it is that cannot be read nobody knows.
  if (read.includes(undefined)) return 'signer-revocation-unknown'
  return own.length === 0 || current ? undefined : 'signer-revocation-unknown'
}

function refused(code: SignerProblemCode, sentence: string) {
  return failed(code, sentence, 'Compare the certificate with the trust list of the Union.')
}
