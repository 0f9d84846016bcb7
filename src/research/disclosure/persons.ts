/**
 * Persons as disclosure control sees them: 52-bit keys under a secret of the node, so that neither its database nor a dump of
 * its memory names anybody, while one person has one key in every table, permit and year.
 */
import { createCipheriv, createHmac } from 'node:crypto'
import type { PersonIds } from './table.ts'

/** Ascending, without repeats; whole numbers below 2^52, so that the sum of two is exact in a double. */
export type PersonKeys = Float64Array

const KEY_RANGE = 2 ** 52
const BLOCK = 16

/** Makes keys of one dataset. */
export type KeyOf = (ids: PersonIds) => Float64Array

/**
 * AES-256 of the person's number as a keyed one-way function: a block for each person, all in one call (a million in well under
 * a second, where a million HMACs take several). Two of a million persons share a key with a probability of 0.0001.
 * @param secret at least 32 bytes; the same for all replicas, and for as long as answers shall stay the same
 */
export function personKeyMaker(secret: Uint8Array, dataset: string): KeyOf {
  if (secret.length < 32) throw new TypeError('The secret of disclosure control has at least 32 bytes.')
  const key = createHmac('sha256', secret).update(`tessera disclosure persons 1\0${dataset}`).digest()
  return (ids) => {
    const blocks = Buffer.alloc(ids.length * BLOCK)
    for (let index = 0; index < ids.length; index += 1) {
      writeWholeNumber(blocks, index * BLOCK, ids[index])
    }
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
    const images = cipher.update(blocks)
    const keys = new Float64Array(ids.length)
    for (let index = 0; index < ids.length; index += 1) {
      const at = index * BLOCK
      keys[index] = images.readUIntBE(at, 6) * 16 + ((images[at + 6] ?? 0) >> 4)
    }
    return keys
  }
}

/** As a signed number of 64 bits; a number and a bigint of the same value give the same bytes. */
function writeWholeNumber(bytes: Buffer, at: number, id: number | bigint | undefined): void {
  if (typeof id === 'bigint') {
    bytes.writeBigInt64BE(BigInt.asIntN(64, id), at)
    return
  }
  if (id === undefined || !Number.isSafeInteger(id)) throw new TypeError('The number of a person is a whole number.')
  bytes.writeInt32BE(Math.floor(id / 2 ** 32), at)
  bytes.writeUInt32BE(id >>> 0, at + 4)
}

/** Sorted, each once. */
export function distinct(keys: Float64Array): PersonKeys {
  const sorted = keys.slice().sort()
  let kept = 0
  for (let index = 0; index < sorted.length; index += 1) {
    if (index > 0 && sorted[index] === sorted[index - 1]) continue
    sorted[kept] = sorted[index] ?? 0
    kept += 1
  }
  return sorted.slice(0, kept)
}

/** The same for the same persons in any order, whatever made the set: the sum of their keys modulo 2^52. */
export function accumulate(keys: PersonKeys): number {
  let sum = 0
  for (const key of keys) {
    sum += key
    if (sum >= KEY_RANGE) sum -= KEY_RANGE
  }
  return sum
}
