/**
 * The keys with certificates that a node signs XML with. `signature` ("NCP signature" of eHDSI) signs what other countries
 * read: assertions and SMP metadata; RSA, because the reference implementation signs and expects RSA-SHA256. `records` signs
 * audit messages and evidences, several for each transaction: ECDSA, a tenth of the work, and the key that speaks for the
 * country's professionals is not the one that is used all the time.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SealSigner } from '../assertions/assertions.ts'
import { AUTHORITY_CERTIFICATE, type Authority, issueSignatureCertificate, privateKeyPem } from './authority.ts'
import type { Subject } from './certificate.ts'
import { addKeyFile, type KeyFiles } from './key-folder.ts'
import { checkValidity, keyError } from './problems.ts'

export interface SigningKeyFiles {
  readonly key: string
  readonly certificate: string
  readonly make: () => Promise<KeyObject>
}

export const SIGNATURE: SigningKeyFiles = {
  key: 'signature.key.pem',
  certificate: 'signature.certificate.pem',
  make: async () => (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey,
}
export const RECORDS: SigningKeyFiles = {
  key: 'records.key.pem',
  certificate: 'records.certificate.pem',
  make: async () => (await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })).privateKey,
}
export const SIGNING_FILES = [SIGNATURE, RECORDS].flatMap(({ key, certificate }) => [key, certificate])

interface Certification {
  readonly authority: Authority
  readonly subject: Subject
}

export async function newSigningKey(
  { key: keyFile, certificate, make }: SigningKeyFiles,
  certification: Certification,
  now: Date,
): Promise<KeyFiles> {
  const key = privateKeyPem(await make())
  return { [keyFile]: key, [certificate]: certify(key, certification, now) }
}

/**
 * Completes a folder that lacks the key or its certificate. Whoever comes second uses the key that the first one made;
 * a key without certificate (the process died between the two) is certified.
 * @returns whether something was missing
 */
export async function addSigningKey(
  { key: keyFile, certificate: certificateFile, make }: SigningKeyFiles,
  directory: string,
  files: KeyFiles,
  certification: Certification,
  now: Date,
): Promise<boolean> {
  if (files[keyFile] !== undefined && files[certificateFile] !== undefined) return false
  // Keys of another authority are refused as they are; nothing is put beside them.
  if (files[AUTHORITY_CERTIFICATE] !== certification.authority.certificate) return false
  if (files[certificateFile] !== undefined) {
    const sentence = `The certificate ${certificateFile} is there without its key.`
    throw keyError('keys-damaged', sentence, 'Restore the key from a backup, or remove the certificate.', directory)
  }
  if (files[keyFile] === undefined) await addKeyFile(directory, keyFile, privateKeyPem(await make()))
  const key = files[keyFile] ?? (await readFile(join(directory, keyFile), 'utf8'))
  await addKeyFile(directory, certificateFile, certify(key, certification, now))
  return true
}

/** Undefined when the folder holds neither file: without `signature` the node cannot speak the IHE wire, all else works. */
export function signerFrom(
  { key: keyFile, certificate: certificateFile }: SigningKeyFiles,
  files: KeyFiles,
  directory: string,
  now: Date,
): SealSigner | undefined {
  const { [keyFile]: key, [certificateFile]: certificate } = files
  if (key === undefined && certificate === undefined) return undefined
  if (key === undefined || certificate === undefined) {
    const missing = key === undefined ? keyFile : certificateFile
    throw keyError('keys-damaged', `The key file ${missing} is gone.`, 'Restore it from a backup.', directory)
  }
  const privateKey = createPrivateKey(key)
  const parsed = new X509Certificate(certificate)
  if (!parsed.checkPrivateKey(privateKey)) throw new Error(`The key is not that of ${certificateFile}.`)
  checkValidity('The certificate with which this node signs', parsed, now, directory)
  return { privateKey, certificate }
}

function certify(key: string, { authority, subject }: Certification, now: Date): string {
  return issueSignatureCertificate(authority, { subject, publicKey: createPublicKey(key), now })
}
