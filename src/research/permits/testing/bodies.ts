/** For tests: bodies of two countries, a coordinator and nodes, with their keys and the list that trusts them. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import type { SigningKey } from '../signed-json.ts'
import {
  type Algorithm,
  type Right,
  readTrustList,
  type TrustedKey,
  type TrustedParty,
  type TrustList,
} from '../trust-list.ts'

export interface TestKey extends SigningKey {
  readonly trusted: TrustedKey
}

export const KEY_FROM = '2026-01-01T00:00:00Z'
export const KEY_UNTIL = '2036-01-01T00:00:00Z'

export function testKey(kid: string, algorithm: Algorithm = 'ES256', more: Partial<TrustedKey> = {}): TestKey {
  const { privateKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const trusted = { kid, algorithm, jwk: publicJwk(privateKey), from: KEY_FROM, until: KEY_UNTIL, ...more }
  return { kid, algorithm, privateKey, trusted }
}

function publicJwk(privateKey: KeyObject): JWK {
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { ...(kty && { kty }), ...(crv && { crv }), ...(x && { x }), ...(y && { y }) }
}

export function testParty(
  id: string,
  country: string,
  rights: readonly Right[],
  keys: readonly TestKey[],
  certificate?: string,
): TrustedParty {
  const certificates = certificate === undefined ? [] : [certificate]
  return { id, name: `Party ${id}`, country, rights, keys: keys.map(({ trusted }) => trusted), certificates }
}

/** Goes the way of a configuration, so that what tests trust could be written down. */
export function trusting(...parties: readonly TrustedParty[]): TrustList {
  const read = readTrustList(JSON.parse(JSON.stringify(parties)))
  if (!read.ok) throw new Error(`${read.problem.sentence} ${read.problem.place?.path}`)
  return read.value
}
