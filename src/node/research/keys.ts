/**
 * The keys of a health data access body, apart from those of the border: one signs permits, tasks, results and messages
 * about cases; one makes masks for secure sums; and the secret under which disclosure control knows persons.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JWK } from 'jose'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { SigningKey } from '#research/permits/signed-json.ts'
import type { TrustedParty } from '#research/permits/trust-list.ts'
import { privateKeyPem } from '#trust/keys/authority.ts'
import { writeKeyFolder } from '#trust/keys/key-folder.ts'
import { publicJwkOf } from '#trust/keys/node-keys.ts'

export interface ResearchKeys {
  readonly signing: SigningKey & { readonly publicJwk: JWK }
  /** X25519. */
  readonly sums: KeyObject
  /** 32 bytes; with another one, the same question would get other noise. */
  readonly secret: Uint8Array
  /** ISO 8601. */
  readonly made: string
}

const SIGNING = 'signing.key.pem'
const SUMS = 'sums.key.pem'
const SECRET = 'disclosure.secret'
const MADE = 'made'
const SECRET_BYTES = 32

/** Makes the folder whole or not at all; one that is there stays, whatever is in it. True when it was made now. */
export async function makeResearchKeys(folder: string, now: Date): Promise<boolean> {
  if (!(await isAbsent(folder))) return false
  try {
    return await writeKeyFolder(folder, {
      [SIGNING]: privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
      [SUMS]: privateKeyPem(generateKeyPairSync('x25519').privateKey),
      [SECRET]: randomBytes(SECRET_BYTES).toString('base64url'),
      [MADE]: now.toISOString(),
    })
  } catch (error) {
    const sentence = 'The keys of the health data access body cannot be written.'
    const next = 'The folder above must be writable, and this one no mounted volume: it appears whole, by a new name.'
    throw keyProblem('research-keys-not-made', sentence, next, folder, error)
  }
}

/** Rejects with a `ProblemError` when they are missing or damaged. */
export async function openResearchKeys(folder: string): Promise<ResearchKeys> {
  if (await isAbsent(folder)) {
    const sentence = 'The keys of the health data access body have not been made yet.'
    const next = 'Make them with `tessera research keys`, or restore them from a backup.'
    throw keyProblem('research-keys-missing', sentence, next, folder)
  }
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      const sentence = `The key file ${name} of the health data access body cannot be read.`
      throw keyProblem('research-keys-missing', sentence, 'Restore the folder from a backup.', folder, error)
    })
  const [signing, sums, secret, made] = await Promise.all([SIGNING, SUMS, SECRET, MADE].map(read))
  try {
    const privateKey = createPrivateKey(signing ?? '')
    const { kid, publicJwk } = publicJwkOf(privateKey)
    const sumKey = createPrivateKey(sums ?? '')
    if (sumKey.asymmetricKeyType !== 'x25519') throw new Error('The key for sums is of another kind.')
    const bytes = new Uint8Array(Buffer.from(secret ?? '', 'base64url'))
    if (bytes.length !== SECRET_BYTES) throw new Error('The secret is cut off.')
    return {
      signing: { kid, algorithm: 'ES256', privateKey, publicJwk },
      sums: sumKey,
      secret: bytes,
      made: new Date(made ?? '').toISOString(),
    }
  } catch (error) {
    const sentence = 'The keys of the health data access body are damaged.'
    throw keyProblem('research-keys-damaged', sentence, 'Restore the folder from a backup.', folder, error)
  }
}

/** An empty folder holds nothing that could be lost; one that may not be looked into could. */
async function isAbsent(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
}

function keyProblem(code: string, sentence: string, next: string, file: string, cause?: unknown): ProblemError {
  return new ProblemError({ code, sentence, next, place: { file } }, cause)
}

export interface PartyOf {
  readonly id: string
  readonly name: string
  readonly country: string
  /** Hex SHA-256 of the TLS certificates that the node connects with. */
  readonly certificates: readonly string[]
}

/** Keys sign for so long; what they have signed is believed afterwards too, as permits live for ten years (Art. 68(12)). */
const KEY_YEARS = 5

/** How the body stands on the trust list: in one node it decides, coordinates, and answers for the data. */
export function partyOf(keys: ResearchKeys, { id, name, country, certificates }: PartyOf): TrustedParty {
  const { kid, publicJwk } = keys.signing
  const { kty, crv, x, y } = publicJwk
  const until = new Date(keys.made)
  until.setUTCFullYear(until.getUTCFullYear() + KEY_YEARS)
  const { x: sumKey } = createPublicKey(keys.sums).export({ format: 'jwk' })
  const jwk = { kty: kty ?? '', ...(crv && { crv }), ...(x && { x }), ...(y && { y }) }
  return {
    id,
    name,
    country,
    rights: ['permits', 'tasks', 'results', 'cases'],
    keys: [{ kid, algorithm: 'ES256', jwk, from: keys.made, until: until.toISOString() }],
    certificates,
    ...(typeof sumKey === 'string' ? { sumKey } : {}),
  }
}
