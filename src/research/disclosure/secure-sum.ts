/**
 * Sums over nodes of which the coordinator sees the totals only. Each pair of nodes shares a secret; from it both make the same
 * masks, which one adds and the other subtracts, modulo 2^64. Each share looks random; all of them together give the sum.
 *
 * What it does not do: a coordinator who conspires with all nodes but one learns that one's values; and the total itself is an
 * answer: what goes in has passed disclosure control at its node. A node that is missing makes the sum unusable, until every other
 * node gives out the masks that it had made with the missing one, for this round only (`recoveryShare`). They must never
 * be given for a node whose share the coordinator has: its values would stand bare.
 */
import { createCipheriv, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { DisclosureProblemCode } from './problems.ts'

const MODULUS = 64

/** The secret of this node with one other, the same on both sides. */
export interface Pair {
  /** Name of the other node. */
  readonly node: string
  /** 32 bytes. */
  readonly secret: Uint8Array
}

export interface SecureSumRound {
  /** Never used twice by the same nodes: the masks would be the same, and a difference would stand bare. */
  readonly round: string
  /** Name of this node. */
  readonly node: string
  readonly pairs: readonly Pair[]
}

/** Both sides get the same: X25519, then HKDF-SHA-256 bound to the names of the two. */
export function pairSecret(own: KeyObject, other: KeyObject, names: readonly [string, string]): Uint8Array {
  const shared = diffieHellman({ privateKey: own, publicKey: other })
  const info = `tessera secure sum 1\0${[...names].sort().join('\0')}`
  return new Uint8Array(hkdfSync('sha256', shared, new Uint8Array(0), info, 32))
}

/** What a node sends: its whole numbers (negative ones too), masked. */
export function shareOf(values: readonly bigint[], round: SecureSumRound): readonly bigint[] {
  const masks = round.pairs.map((pair) => signedMasks(round, pair, values.length))
  return values.map((value, index) => wrap(masks.reduce((sum, mask) => sum + (mask[index] ?? 0n), value)))
}

/** What a node adds afterwards, so that the sum of those who answered can be read without the missing one. */
export function recoveryShare(
  missing: string,
  length: number,
  round: SecureSumRound,
): Result<readonly bigint[], DisclosureProblemCode> {
  const pair = round.pairs.find(({ node }) => node === missing)
  if (!pair) return invalid(`${missing} takes no part in this round`)
  return ok(signedMasks(round, pair, length).map((mask) => wrap(-mask)))
}

export interface SecureSumShares {
  /** Every node that made masks for this round. */
  readonly nodes: readonly string[]
  readonly shares: ReadonlyMap<string, readonly bigint[]>
  /** For each missing node what each other one gave out. */
  readonly recovered?: ReadonlyMap<string, ReadonlyMap<string, readonly bigint[]>>
}

/** The totals as signed numbers of 64 bits, and whose values they hold; or who is missing. */
export function totalOf({
  nodes,
  shares,
  recovered,
}: SecureSumShares): Result<
  { readonly totals: readonly bigint[]; readonly nodes: readonly string[] },
  DisclosureProblemCode
> {
  const present = nodes.filter((node) => shares.has(node))
  const unknown = [...shares.keys()].find((node) => !nodes.includes(node))
  if (unknown !== undefined) return invalid(`${unknown} takes no part in this round`)
  const bare = present.find((node) => recovered?.has(node))
  if (bare !== undefined) return invalid(`the masks of ${bare} were given out although it has answered`)
  const missing = nodes.filter((node) => !shares.has(node))
  const lacking = missing.filter((node) => present.some((other) => !recovered?.get(node)?.has(other)))
  if (lacking.length > 0 || present.length < 2) return incomplete(missing)
  const vectors = [
    ...shares.values(),
    ...missing.flatMap((node) => present.map((other) => recovered?.get(node)?.get(other) ?? [])),
  ]
  const length = vectors[0]?.length ?? 0
  if (vectors.some((vector) => vector.length !== length)) return invalid('the shares have different lengths')
  const totals = Array.from({ length }, (_, index) =>
    BigInt.asIntN(
      MODULUS,
      vectors.reduce((sum, vector) => sum + (vector[index] ?? 0n), 0n),
    ),
  )
  return ok({ totals, nodes: present })
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(MODULUS, value)
}

/** AES-256 in counter mode over zeros, with a key for each pair and round; the node that comes first by name adds. */
function signedMasks({ round, node }: SecureSumRound, pair: Pair, length: number): readonly bigint[] {
  if (pair.secret.length < 32) throw new TypeError('The secret of two nodes has at least 32 bytes.')
  if (pair.node === node) throw new TypeError('A node has no secret with itself.')
  const key = new Uint8Array(
    hkdfSync('sha256', pair.secret, new Uint8Array(0), `tessera secure sum round\0${round}`, 32),
  )
  const stream = createCipheriv('aes-256-ctr', key, new Uint8Array(16)).update(Buffer.alloc(length * 8))
  const sign = node < pair.node ? 1n : -1n
  return Array.from({ length }, (_, index) => sign * stream.readBigUInt64BE(index * 8))
}

function invalid(why: string) {
  return failed<DisclosureProblemCode>(
    'secure-sum-invalid',
    `The shares of the secure sum do not fit together: ${why}.`,
    'Begin a new round.',
  )
}

function incomplete(missing: readonly string[]) {
  return failed<DisclosureProblemCode>(
    'secure-sum-incomplete',
    `The secure sum cannot be read: ${missing.length > 0 ? `${missing.join(', ')} did not answer` : 'it needs two nodes'}.`,
    'Wait for the missing nodes, ask the others to give out their masks with them, or begin a new round without them.',
  )
}
