/**
 * The keys of a health data access body, apart from those of the border: one signs permits, tasks, results and messages
 * about cases; one makes masks for secure sums; and the secret under which disclosure control knows persons.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { JWK } from 'jose'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { SigningKey } from '#research/permits/signed-json.ts'
import type { TrustedParty } from '#research/permits/trust-list.ts'
import { privateKeyPem } from '#trust/keys/authority.ts'
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

/** Makes the folder whole or not at all; one that is there stays. */
export async function makeResearchKeys(folder: string, now: Date): Promise<void> {
  if ((await readFile(join(folder, MADE)).catch(() => undefined)) !== undefined) return
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  const unfinished = await mkdtemp(`${folder}.new-`)
  const files: readonly (readonly [string, string])[] = [
    [SIGNING, privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    [SUMS, privateKeyPem(generateKeyPairSync('x25519').privateKey)],
    [SECRET, randomBytes(SECRET_BYTES).toString('base64url')],
    [MADE, now.toISOString()],
  ]
  for (const [name, content] of files) await writeFile(join(unfinished, name), content, { mode: 0o600 })
  try {
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
}

/** Rejects with a `ProblemError` when they are missing or damaged. */
export async function openResearchKeys(folder: string): Promise<ResearchKeys> {
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      const sentence = `The key file ${name} of the health data access body cannot be read.`
      throw keyProblem('research-keys-missing', sentence, 'Have it made, or restore it from a backup.', folder, error)
    })
  const [signing, sums, secret, made] = await Promise.all([SIGNING, SUMS, SECRET, MADE].map(read))
  try {
    const privateKey = createPrivateKey(signing ?? '')
    const { kid, publicJwk } = publicJwkOf(privateKey)
    const bytes = new Uint8Array(Buffer.from(secret ?? '', 'base64url'))
    if (bytes.length !== SECRET_BYTES) throw new Error('The secret is cut off.')
    return {
      signing: { kid, algorithm: 'ES256', privateKey, publicJwk },
      sums: createPrivateKey(sums ?? ''),
      secret: bytes,
      made: new Date(made ?? '').toISOString(),
    }
  } catch (error) {
    const sentence = 'The keys of the health data access body are damaged.'
    throw keyProblem('research-keys-damaged', sentence, 'Restore the folder from a backup.', folder, error)
  }
}

function keyProblem(code: string, sentence: string, next: string, file: string, cause: unknown): ProblemError {
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
