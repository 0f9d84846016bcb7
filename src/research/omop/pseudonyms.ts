/**
 * Pseudonyms of one permit: each person gets another integer, and if wished another shift of all their days. Both come from a key that
 * is made for the permit alone, so that what two permits show of one person cannot be joined. The key stays with the body's
 * service; a node that answers receives the mapping of its own persons and nothing else (EHDS Art. 66(3), 73(1)).
 */
import { createHmac } from 'node:crypto'
import { failed, ok, type Result } from '#platform/result/result.ts'

/** Computes keyed hashes without giving the key away: in process, or a service of the body. */
export interface PseudonymKey {
  /** Which key it is, for the ledger; not secret. */
  readonly id: string
  /** HMAC-SHA-256 of each message, 32 bytes; many at once, since the service may be far away. */
  macs(messages: readonly string[]): Promise<readonly Uint8Array[]>
}

export interface Pseudonym {
  /** Positive, below 2^53: every engine and JSON carry it exactly. */
  readonly pseudonym: number
  /** Days to add to every day of this person; 0 when days are not shifted. */
  readonly shift: number
}

export interface PseudonymOptions {
  readonly permit: string
  /** Days of this person move by the same -n to n days, n at most 366. Absent: days stay. */
  readonly shiftDays?: number
}

/** Person of the release → what the permit shows of them. */
export type Pseudonyms = ReadonlyMap<number, Pseudonym>

export type PseudonymProblemCode = 'pseudonym-collision' | 'pseudonym-options-wrong'

/** At least as long as the hash (RFC 2104, 3). */
const KEY_BYTES = 32
const MAC_BYTES = 32
const AT_ONCE = 10_000

/**
 * A key that lies in the memory of this process.
 * @param secret 32 random bytes or more, made for one permit and kept by the body
 */
export function pseudonymKeyOf(id: string, secret: Uint8Array): PseudonymKey {
  if (secret.byteLength < KEY_BYTES) throw new RangeError('A key for pseudonyms has at least 32 bytes.')
  const kept = Uint8Array.from(secret)
  const mac = (message: string) => createHmac('sha256', kept).update(message, 'utf8').digest()
  return { id, macs: async (messages) => messages.map(mac) }
}

/**
 * Pseudonyms of these persons of one dataset. The permit and the dataset are part of what is hashed: a key that is used for a
 * second permit by mistake still gives other pseudonyms.
 */
export async function pseudonymsOf(
  key: PseudonymKey,
  dataset: string,
  persons: Iterable<number>,
  { permit, shiftDays = 0 }: PseudonymOptions,
): Promise<Result<Pseudonyms, PseudonymProblemCode>> {
  if (!Number.isInteger(shiftDays) || shiftDays < 0 || shiftDays > 366) {
    return failed('pseudonym-options-wrong', 'Days can be shifted by 0 to 366 days.', 'Correct the permit.')
  }
  const given = new Map<number, Pseudonym>()
  const taken = new Set<number>()
  const all = [...new Set(persons)]
  const macsOf = (what: 'person' | 'days', some: readonly number[]) =>
    key.macs(some.map((person) => JSON.stringify([what, permit, dataset, person])))
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE)
    const numbers = await macsOf('person', some)
    const shifts = shiftDays === 0 ? [] : await macsOf('days', some)
    for (const [index, person] of some.entries()) {
      const pseudonym = numberOf(numbers[index])
      const shift = shiftDays === 0 ? 0 : shiftOf(shifts[index], shiftDays)
      if (taken.has(pseudonym)) return collision()
      taken.add(pseudonym)
      given.set(person, { pseudonym, shift })
    }
  }
  return ok(given)
}

/**
 * 52 bits, never 0. Two of n persons collide with a probability of about n² / 2^53: 1 in 90 for ten million persons; then the permit
 * needs another key, because a second rule for the second person would depend on the order of asking.
 */
function numberOf(mac: Uint8Array | undefined): number {
  return Number(bitsOf(mac, 0) >> 12n) + 1
}

function bitsOf(mac: Uint8Array | undefined, offset: number): bigint {
  if (mac?.byteLength !== MAC_BYTES) throw new Error('The service of the key gave no HMAC of 32 bytes.')
  return Buffer.from(mac.buffer, mac.byteOffset, mac.byteLength).readBigUInt64BE(offset)
}

function collision(): Result<never, PseudonymProblemCode> {
  return failed(
    'pseudonym-collision',
    'Two persons would share one pseudonym.',
    'Make another key for the permit; this happens by chance and is no error of the data.',
  )
}

/** Even over -n to n: 64 bits modulo at most 733 differ from even by less than 10^-16. */
function shiftOf(mac: Uint8Array | undefined, days: number): number {
  return Number(bitsOf(mac, 8) % BigInt(2 * days + 1)) - days
}
