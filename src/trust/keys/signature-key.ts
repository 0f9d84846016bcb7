/**
 * The key that signs assertions, SMP metadata, audit messages and evidences ("NCP signature" of eHDSI, as opposed to the
 * seal of our own ledger). RSA, because the reference implementation signs and expects RSA-SHA256.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SealSigner } from '../assertions/assertions.ts'
import { AUTHORITY_CERTIFICATE, type Authority, issueSignatureCertificate, privateKeyPem } from './authority.ts'
import type { Subject } from './certificate.ts'
import { addKeyFile, type KeyFiles } from './key-folder.ts'
import { checkValidity, keyError } from './problems.ts'

const KEY = 'signature.key.pem'
const CERTIFICATE = 'signature.certificate.pem'
export const SIGNATURE_FILES = [KEY, CERTIFICATE] as const

interface Certification {
  readonly authority: Authority
  readonly subject: Subject
}

export async function newSignatureKey(certification: Certification, now: Date): Promise<KeyFiles> {
  const key = await newKeyPem()
  return { [KEY]: key, [CERTIFICATE]: certify(key, certification, now) }
}

/**
 * Completes a folder that lacks the key or its certificate. Whoever comes second uses the key that the first one made;
 * a key without certificate (the process died between the two) is certified.
 * @returns whether something was missing
 */
export async function addSignatureKey(
  directory: string,
  files: KeyFiles,
  certification: Certification,
  now: Date,
): Promise<boolean> {
  if (SIGNATURE_FILES.every((name) => files[name] !== undefined)) return false
  // Keys of another authority are refused as they are; nothing is put beside them.
  if (files[AUTHORITY_CERTIFICATE] !== certification.authority.certificate) return false
  if (files[CERTIFICATE] !== undefined) {
    const sentence = `The certificate ${CERTIFICATE} is there without its key.`
    throw keyError('keys-damaged', sentence, 'Restore the key from a backup, or remove the certificate.', directory)
  }
  if (files[KEY] === undefined) await addKeyFile(directory, KEY, await newKeyPem())
  const key = files[KEY] ?? (await readFile(join(directory, KEY), 'utf8'))
  await addKeyFile(directory, CERTIFICATE, certify(key, certification, now))
  return true
}

/** Undefined when the folder holds neither file: the node cannot speak the IHE wire, all else works. */
export function signatureFrom(files: KeyFiles, directory: string, now: Date): SealSigner | undefined {
  const { [KEY]: key, [CERTIFICATE]: certificate } = files
  if (key === undefined && certificate === undefined) return undefined
  if (key === undefined || certificate === undefined) {
    const missing = key === undefined ? KEY : CERTIFICATE
    throw keyError('keys-damaged', `The key file ${missing} is gone.`, 'Restore it from a backup.', directory)
  }
  const privateKey = createPrivateKey(key)
  const parsed = new X509Certificate(certificate)
  if (!parsed.checkPrivateKey(privateKey)) throw new Error('The key is not that of the signature certificate.')
  checkValidity('The certificate with which this node signs', parsed, now, directory)
  return { privateKey, certificate }
}

async function newKeyPem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKeyPem(privateKey)
}

function certify(key: string, { authority, subject }: Certification, now: Date): string {
  return issueSignatureCertificate(authority, { subject, publicKey: createPublicKey(key), now })
}
