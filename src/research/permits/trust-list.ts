/**
 * Whom a node believes, known before anything arrives: the health data access bodies that sign permits, the bodies that
 * send tasks, the nodes that answer. Kept and changed by the operator; nothing received ever adds to it.
 */
import { type CryptoKey, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'

export type Algorithm = 'ES256' | 'EdDSA'

/** What a party may put its name under. */
export type Right = 'permits' | 'tasks' | 'results' | 'cases'

export interface TrustedKey {
  readonly kid: string
  readonly algorithm: Algorithm
  /** The public half. */
  readonly jwk: JWK
  /** ISO 8601: what it signed from `from` (inclusive) to `until` (exclusive) is believed, also long afterwards: permits live for years. */
  readonly from: string
  readonly until: string
  /** ISO 8601: lost or stolen. Nothing it signed is believed any more, as a thief can write any date. */
  readonly revoked?: string | undefined
}

export interface TrustedParty {
  readonly id: string
  readonly name: string
  /** ISO 3166-1 alpha-2; `EU` for the service of the Union. */
  readonly country: string
  readonly rights: readonly Right[]
  readonly keys: readonly TrustedKey[]
  /** Hex SHA-256 of the TLS certificates it connects with. */
  readonly certificates: readonly string[]
  /** X25519, base64url: with which other nodes make masks for secure sums. */
  readonly sumKey?: string | undefined
}

export interface TrustList {
  party(id: string): TrustedParty | undefined
  /** Who connects with this certificate (hex SHA-256). */
  holderOf(certificate: string): TrustedParty | undefined
  parties(): readonly TrustedParty[]
}

const Time = z.iso.datetime()
const Key = z.strictObject({
  kid: z.string().min(1).max(200),
  algorithm: z.enum(['ES256', 'EdDSA']),
  // No `d`: a list of public keys that holds a private one has leaked it.
  jwk: z.strictObject({
    kty: z.enum(['EC', 'OKP']),
    crv: z.enum(['P-256', 'Ed25519']),
    x: z.string(),
    y: z.string().optional(),
  }),
  from: Time,
  until: Time,
  revoked: Time.optional(),
})
const Party = z.strictObject({
  id: z.string().min(1).max(200),
  name: z.string().min(1).max(500),
  country: z.string().regex(/^[A-Z]{2}$/),
  rights: z.array(z.enum(['permits', 'tasks', 'results', 'cases'])),
  keys: z.array(Key),
  certificates: z.array(z.string().regex(/^[0-9a-f]{64}$/)),
  sumKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
})

/** @param parties as written in the node's configuration: an array of parties */
export function readTrustList(parties: unknown): Result<TrustList, 'trust-list-malformed'> {
  const read = z.array(Party).safeParse(parties)
  if (!read.success) {
    const issue = read.error.issues[0]
    const place = { path: issue?.path.join('.') ?? '' }
    return failed('trust-list-malformed', 'The list of trusted parties is not as agreed.', 'Correct it there.', place)
  }
  return trustList(read.data)
}

/** Ids, key ids and certificates name one party each, or the list is refused. */
export function trustList(parties: readonly TrustedParty[]): Result<TrustList, 'trust-list-malformed'> {
  const byId = new Map(parties.map((party) => [party.id, party]))
  const certificates = parties.flatMap((party) => party.certificates.map((hash) => [hash, party] as const))
  const byCertificate = new Map(certificates)
  const twiceKey = parties.find(({ keys }) => new Set(keys.map(({ kid }) => kid)).size < keys.length)
  if (byId.size < parties.length || byCertificate.size < certificates.length || twiceKey) {
    const sentence = 'The list of trusted parties names a party, a key or a certificate twice.'
    return failed('trust-list-malformed', sentence, 'Remove one of the two.')
  }
  return ok({
    party: (id) => byId.get(id),
    holderOf: (certificate) => byCertificate.get(certificate),
    parties: () => parties,
  })
}

/** The key as jose takes it; rejects when the list holds something that is no key. */
export async function verifyingKey({ jwk, algorithm }: TrustedKey): Promise<CryptoKey | Uint8Array> {
  return importJWK(jwk, algorithm)
}
