/**
 * The keys of one node: TLS for the border, one key that signs access tokens, one that seals the ledger, one (RSA) that
 * signs assertions on the IHE wire, and one that signs audit messages and evidences.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import type { JWK } from 'jose'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { SealSigner } from '../assertions/assertions.ts'
import { AUTHORITY_CERTIFICATE, type Authority, issueCertificate, privateKeyPem } from './authority.ts'
import { certificateFingerprint, type Subject } from './certificate.ts'
import { type KeyFiles, MARKER, readKeyFolder, setAside, writeKeyFolder } from './key-folder.ts'
import { checkValidity, keyError } from './problems.ts'
import { type Seal, sealWith } from './seal.ts'
import { addSigningKey, newSigningKey, RECORDS, SIGNATURE, SIGNING_FILES, signerFrom } from './signing-keys.ts'

export interface NodeKeys {
  readonly tls: {
    /** PEM, named as `node:tls` names them. The certificate serves as server and as client. */
    readonly key: string
    readonly cert: string
    /** The authority that peers are checked against. */
    readonly ca: string
    /** Hex SHA-256 of the DER of `cert`. */
    readonly fingerprint: string
    /** ISO 8601. */
    readonly expires: string
  }
  /** ES256. `kid` is the RFC 7638 thumbprint. */
  readonly token: { readonly kid: string; readonly privateKey: KeyObject; readonly publicJwk: JWK }
  readonly seal: Seal
  /** Signs assertions and SMP metadata. Undefined when the folder has no such key. */
  readonly signature: SealSigner | undefined
  /** Signs audit messages and evidences: a key of its own, or that of `signature` where there is none. */
  readonly records: SealSigner | undefined
}

export interface NodeKeyOptions {
  /** Makes the keys when they are not there yet; without it, absent keys are a problem. */
  readonly create?: { readonly authority: Authority; readonly subject: Subject; readonly hosts?: readonly string[] }
  readonly now?: Date
}

const TLS_KEY = 'tls.key.pem'
const TLS_CERTIFICATE = 'tls.certificate.pem'
const TOKEN_KEY = 'token.key.pem'
const SEAL_KEY = 'seal.key.pem'
const NAMES = [TLS_KEY, TLS_CERTIFICATE, AUTHORITY_CERTIFICATE, TOKEN_KEY, SEAL_KEY]

/**
 * Opens the keys in `directory`, a folder for nothing else; made once when `options.create` is given and reused later.
 * Rejects with `ProblemError<KeyProblemCode>`: missing, damaged, expired, or certified by another authority.
 */
export async function openNodeKeys(directory: string, options: NodeKeyOptions = {}): Promise<NodeKeys> {
  const now = options.now ?? new Date()
  let folder = await readKeyFolder(directory, NAMES, SIGNING_FILES)
  if (options.create && (folder.state === 'absent' || folder.state === 'unfinished')) {
    if (folder.state === 'unfinished') await setAside(directory, now)
    await writeKeyFolder(directory, await newKeys(options.create, now))
    folder = await readKeyFolder(directory, NAMES, SIGNING_FILES)
  }
  // Made by a version that knew no such keys.
  for (const kind of [SIGNATURE, RECORDS]) {
    if (!options.create || folder.state !== 'complete') break
    if (await addSigningKey(kind, directory, folder.files, options.create, now)) {
      folder = await readKeyFolder(directory, NAMES, SIGNING_FILES)
    }
  }
  switch (folder.state) {
    case 'complete':
      return keysFrom(folder.files, directory, options, now)
    case 'damaged':
      throw keyError('keys-damaged', `The key file ${folder.missing} is gone.`, 'Restore it from a backup.', directory)
    case 'foreign':
      throw keyError(
        'keys-folder-in-use',
        'The folder for keys holds other files.',
        'Use a folder of its own.',
        directory,
      )
    default:
      throw keyError('keys-missing', 'The keys of this node do not exist yet.', 'Create them first.', directory)
  }
}

async function newKeys(create: NonNullable<NodeKeyOptions['create']>, now: Date): Promise<KeyFiles> {
  const [tls, token, seal] = [pair(), pair(), pair()]
  const { authority, subject, hosts } = create
  const certificate = issueCertificate(authority, {
    subject,
    publicKey: tls.publicKey,
    now,
    ...(hosts ? { hosts } : {}),
  })
  return {
    [TLS_KEY]: privateKeyPem(tls.privateKey),
    [TLS_CERTIFICATE]: certificate,
    [AUTHORITY_CERTIFICATE]: authority.certificate,
    [TOKEN_KEY]: privateKeyPem(token.privateKey),
    [SEAL_KEY]: privateKeyPem(seal.privateKey),
    ...(await newSigningKey(SIGNATURE, create, now)),
    ...(await newSigningKey(RECORDS, create, now)),
    [MARKER]: `${JSON.stringify({ tls: certificateFingerprint(certificate), created: now.toISOString() })}\n`,
  }
}

function keysFrom(files: KeyFiles, directory: string, options: NodeKeyOptions, now: Date): NodeKeys {
  const text = (name: string): string => files[name] ?? ''
  try {
    const certificate = new X509Certificate(text(TLS_CERTIFICATE))
    const authority = new X509Certificate(text(AUTHORITY_CERTIFICATE))
    if (!certificate.checkPrivateKey(createPrivateKey(text(TLS_KEY)))) throw new Error('Key and certificate differ.')
    if (!certificate.verify(authority.publicKey)) throw new Error('The authority has not issued this certificate.')
    const expected = options.create?.authority.fingerprint
    if (expected !== undefined && expected !== certificateFingerprint(authority.raw)) {
      const sentence = 'These keys were certified by another authority than the one in use.'
      throw keyError('keys-other-authority', sentence, 'Remove this folder to have new keys made.', directory)
    }
    checkValidity('The TLS certificate of this node', certificate, now, directory)
    checkValidity('The certificate of the authority', authority, now, directory)
    const token = createPrivateKey(text(TOKEN_KEY))
    const signature = signerFrom(SIGNATURE, files, directory, now)
    return {
      tls: {
        key: text(TLS_KEY),
        cert: text(TLS_CERTIFICATE),
        ca: text(AUTHORITY_CERTIFICATE),
        fingerprint: certificateFingerprint(certificate.raw),
        expires: certificate.validToDate.toISOString(),
      },
      token: { ...publicJwkOf(token), privateKey: token },
      seal: sealWith(createPrivateKey(text(SEAL_KEY))),
      signature,
      records: signerFrom(RECORDS, files, directory, now) ?? signature,
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error
    const sentence = 'The keys of this node cannot be read or do not belong together.'
    throw keyError('keys-damaged', sentence, 'Restore the folder from a backup.', directory, error)
  }
}

function pair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

/** The public key as it is published, its `kid` being the RFC 7638 thumbprint. */
export function publicJwkOf(privateKey: KeyObject): { readonly kid: string; readonly publicJwk: JWK } {
  const { crv, kty, x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (crv !== 'P-256' || kty !== 'EC' || x === undefined || y === undefined) throw new Error('Not a P-256 key.')
  // RFC 7638 §3.2: the required members only, in lexicographic order.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  return { kid, publicJwk: { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' } }
}
