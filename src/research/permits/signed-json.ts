/**
 * JSON that one party signs and others verify offline: permits, lists of revocations, tasks, results. A compact JWS
 * (RFC 7515) over canonical JSON (RFC 8785) with a `typ` of its own for each kind, so that none passes for another.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose'
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import {
  type Algorithm,
  type Right,
  type TrustedKey,
  type TrustedParty,
  type TrustList,
  verifyingKey,
} from './trust-list.ts'

export type SignedProblemCode =
  | 'signed-malformed'
  | 'signed-too-large'
  | 'signed-kind'
  | 'signed-content'
  | 'signed-not-canonical'
  | 'signer-unknown'
  | 'signer-without-right'
  | 'key-unknown'
  | 'key-revoked'
  | 'key-not-valid-then'
  | 'signature-wrong'
  | 'issued-in-future'

/** One kind of signed JSON. */
export interface SignedKind<T> {
  /** `typ` of the header. */
  readonly typ: string
  /** As it stands in sentences: `permit`. */
  readonly noun: string
  /** What the signer must be allowed to sign. */
  readonly right: Right
  /** Characters at most. */
  readonly longest: number
  /** Says the path that is wrong when it fails. */
  read(content: unknown): Result<T>
  /** Whom the content names as its signer, of which country, and when he says he signed. */
  signedBy(content: T): { readonly party: string; readonly country: string; readonly issued: string }
}

export interface SigningKey {
  readonly kid: string
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
}

export interface Verified<T> {
  readonly content: T
  readonly signer: TrustedParty
  /** Hex SHA-256 of what was signed. The same content has one such hash, though it may have many signatures. */
  readonly hash: string
}

/** Difference between two clocks that is let through, in milliseconds. */
export const CLOCK_SKEW_MS = 60_000

export async function signJson<T>(content: T, kind: SignedKind<T>, key: SigningKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(canonicalJson(content)))
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: kind.typ })
    .sign(key.privateKey)
}

/** Checks, in this order: form and kind, content, who signed and whether he may, his key, the signature, the date. */
export async function verifyJson<T>(
  text: string,
  kind: SignedKind<T>,
  trust: TrustList,
  now: Date,
): Promise<Result<Verified<T>, SignedProblemCode>> {
  const opened = open(text, kind)
  if (!opened.ok) return opened
  const { content, kid, algorithm } = opened.value
  const { party, country, issued } = kind.signedBy(content)
  const signer = trust.party(party)
  if (!signer || signer.country !== country) {
    const sentence = `The ${kind.noun} names a signer that is not on the list of trusted parties of ${country}.`
    return failed('signer-unknown', sentence, 'Ask the operator of this node whether it should be there.')
  }
  if (!signer.rights.includes(kind.right)) {
    const sentence = `${signer.name} may not sign ${kind.right}.`
    return failed('signer-without-right', sentence, `Have the ${kind.noun} signed by the body that is competent.`)
  }
  const key = signer.keys.find((one) => one.kid === kid && one.algorithm === algorithm)
  const wrongKey = keyProblem(key, signer, kind.noun, issued)
  if (wrongKey) return wrongKey
  if (!key || !(await isSigned(text, key))) {
    const sentence = `The signature of the ${kind.noun} is not that of ${signer.name}: it was changed, or signed by somebody else.`
    return failed('signature-wrong', sentence, `Fetch the ${kind.noun} from ${signer.name} again.`)
  }
  if (Date.parse(issued) > now.getTime() + CLOCK_SKEW_MS) {
    const sentence = `The ${kind.noun} was signed in the future by the clock of this node.`
    return failed('issued-in-future', sentence, 'Compare the clocks of both sides.')
  }
  return ok({ content, signer, hash: signedHash(text) })
}

/** Of header and payload as they were signed; the signature itself is left out, as ECDSA has two for each content. */
export function signedHash(text: string): string {
  return createHash('sha256')
    .update(text.slice(0, text.lastIndexOf('.')))
    .digest('hex')
}

interface Opened<T> {
  readonly content: T
  readonly kid: string
  readonly algorithm: Algorithm
}

/** Nothing of this is believed yet. */
function open<T>(text: string, kind: SignedKind<T>): Result<Opened<T>, SignedProblemCode> {
  const again = `Ask for the ${kind.noun} again.`
  if (text.length > kind.longest) return failed('signed-too-large', `The ${kind.noun} is too large.`, again)
  const parts = partsOf(text)
  if (!parts) return failed('signed-malformed', `This is not a signed ${kind.noun}.`, again)
  const { alg, kid, typ, ...others } = parts.header
  // Whatever else a header says (`crit`, `jwk`, `x5c`, `b64`) would change what the signature means.
  const agreed = Object.keys(others).length === 0 && typeof kid === 'string'
  if (typ !== kind.typ || !agreed || (alg !== 'ES256' && alg !== 'EdDSA')) {
    return failed('signed-kind', `This is not a ${kind.noun} signed in an agreed way.`, again)
  }
  const content = kind.read(parts.payload)
  if (!content.ok) {
    const { sentence, next, place } = content.problem
    return failed('signed-content', sentence, next, place)
  }
  if (canonicalJson(parts.payload) !== parts.text) {
    return failed('signed-not-canonical', `The ${kind.noun} is not written in canonical JSON.`, 'Sign it as agreed.')
  }
  return ok({ content: content.value, kid, algorithm: alg })
}

function partsOf(text: string) {
  try {
    const [, payload, signature, ...more] = text.split('.')
    if (!payload || !signature || more.length > 0) return undefined
    const json = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(payload, 'base64url'))
    return { header: decodeProtectedHeader(text), text: json, payload: JSON.parse(json) as unknown }
  } catch {
    return undefined
  }
}

function keyProblem(
  key: TrustedKey | undefined,
  signer: TrustedParty,
  noun: string,
  issued: string,
): Failed<SignedProblemCode> | undefined {
  if (!key) {
    const sentence = `${signer.name} has no such key on the list of trusted parties.`
    return failed('key-unknown', sentence, 'Ask for its current keys, over a way that is trusted.')
  }
  if (key.revoked !== undefined) {
    const sentence = `The key with which the ${noun} was signed has been revoked.`
    return failed('key-revoked', sentence, `Ask ${signer.name} to sign the ${noun} with its present key.`)
  }
  const signed = Date.parse(issued)
  if (signed >= Date.parse(key.from) && signed < Date.parse(key.until)) return undefined
  const sentence = `The key with which the ${noun} was signed was not in use on that day.`
  return failed('key-not-valid-then', sentence, `Ask ${signer.name} to sign the ${noun} with its present key.`)
}

async function isSigned(text: string, key: TrustedKey): Promise<boolean> {
  try {
    await compactVerify(text, await verifyingKey(key), { algorithms: [key.algorithm] })
    return true
  } catch {
    return false
  }
}
