/**
 * The demo certificate authority: one self-signed root that certifies the nodes of a demonstration or a test. A country
 * in operation gets its certificates from a real authority and never runs this.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { ProblemError } from '#platform/result/problem-error.ts'
import { certificateFingerprint, makeCertificate, type Subject } from './certificate.ts'
import { type KeyFiles, MARKER, readKeyFolder, setAside, writeKeyFolder } from './key-folder.ts'
import { checkValidity, keyError } from './problems.ts'

export interface Authority {
  /** PEM. */
  readonly certificate: string
  /** Hex SHA-256 of its DER. */
  readonly fingerprint: string
  readonly privateKey: KeyObject
}

export interface AuthorityOptions {
  readonly subject?: Subject
  readonly validDays?: number
  readonly now?: Date
}

const KEY = 'authority.key.pem'
export const AUTHORITY_CERTIFICATE = 'authority.certificate.pem'
const DEMO_SUBJECT: Subject = { country: 'EU', organisation: 'Tessera demonstration', commonName: 'Tessera demo CA' }
const DAY_MS = 86_400_000
/** Clocks of other machines may be a little behind. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

/** Opens the authority in `directory`, made there when absent. Rejects with `ProblemError<KeyProblemCode>`. */
export async function createAuthority(directory: string, options: AuthorityOptions = {}): Promise<Authority> {
  const now = options.now ?? new Date()
  const { state } = await readKeyFolder(directory, [KEY, AUTHORITY_CERTIFICATE])
  if (state === 'unfinished') await setAside(directory, now)
  if (state === 'unfinished' || state === 'absent') await writeKeyFolder(directory, newAuthority(options, now))
  return openAuthority(directory, { now })
}

/** Opens an authority that exists. */
export async function openAuthority(directory: string, options: { readonly now?: Date } = {}): Promise<Authority> {
  const folder = await readKeyFolder(directory, [KEY, AUTHORITY_CERTIFICATE])
  if (folder.state !== 'complete') {
    if (folder.state === 'absent' || folder.state === 'unfinished') {
      throw keyError('keys-missing', 'There is no certificate authority here.', 'Create it first.', directory)
    }
    const code = folder.state === 'foreign' ? 'keys-folder-in-use' : 'keys-damaged'
    throw keyError(code, 'The folder of the certificate authority is not as written.', 'Use another folder.', directory)
  }
  const certificate = folder.files[AUTHORITY_CERTIFICATE] ?? ''
  try {
    const parsed = new X509Certificate(certificate)
    const privateKey = createPrivateKey(folder.files[KEY] ?? '')
    if (!parsed.checkPrivateKey(privateKey)) throw new Error('The key is not that of the certificate.')
    checkValidity('The certificate of the authority', parsed, options.now ?? new Date(), directory)
    return { certificate, fingerprint: certificateFingerprint(certificate), privateKey }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    const sentence = 'The key or the certificate of the authority cannot be read.'
    throw keyError('keys-damaged', sentence, 'Restore a backup, or remove the folder to start anew.', directory, error)
  }
}

function newAuthority(options: AuthorityOptions, now: Date): KeyFiles {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = makeCertificate(
    {
      subject: options.subject ?? DEMO_SUBJECT,
      publicKey,
      ...validity(now, options.validDays ?? 3650),
      use: { kind: 'authority' },
    },
    { privateKey },
  )
  return {
    [KEY]: privateKeyPem(privateKey),
    [AUTHORITY_CERTIFICATE]: certificate,
    [MARKER]: `${JSON.stringify({ authority: certificateFingerprint(certificate), created: now.toISOString() })}\n`,
  }
}

export interface SignatureCertificateRequest {
  readonly subject: Subject
  readonly publicKey: KeyObject
  readonly validDays?: number
  readonly now?: Date
}

export interface NodeCertificateRequest extends SignatureCertificateRequest {
  /** Host names and IPv4 addresses; by default 127.0.0.1, localhost and `<country>.localhost`. */
  readonly hosts?: readonly string[]
}

/** Certifies a node's key for TLS, as server and as client. Returns PEM. */
export function issueCertificate(authority: Authority, request: NodeCertificateRequest): string {
  return makeCertificate(
    {
      subject: request.subject,
      publicKey: request.publicKey,
      ...validity(request.now ?? new Date(), request.validDays ?? 825),
      use: { kind: 'node', hosts: request.hosts ?? hostsOf(request.subject) },
    },
    { privateKey: authority.privateKey, certificate: new X509Certificate(authority.certificate) },
  )
}

/** Certifies the key with which a node signs assertions and evidences. Returns PEM. */
export function issueSignatureCertificate(authority: Authority, request: SignatureCertificateRequest): string {
  return makeCertificate(
    {
      subject: request.subject,
      publicKey: request.publicKey,
      ...validity(request.now ?? new Date(), request.validDays ?? 825),
      use: { kind: 'signature' },
    },
    { privateKey: authority.privateKey, certificate: new X509Certificate(authority.certificate) },
  )
}

function hostsOf({ country }: Subject): readonly string[] {
  return ['127.0.0.1', 'localhost', `${country.toLowerCase()}.localhost`]
}

function validity(now: Date, days: number): { readonly validFrom: Date; readonly validUntil: Date } {
  return {
    validFrom: new Date(now.getTime() - CLOCK_TOLERANCE_MS),
    validUntil: new Date(now.getTime() + days * DAY_MS),
  }
}

export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
