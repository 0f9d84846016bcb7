/**
 * Numbers of up to 18 digits, SCTIDs above all, as two halves of nine decimal digits: `high * 10^9 + low`. A JavaScript
 * number loses the last digits beyond 2^53, and BigInt is slow and allocates; two 32-bit halves do neither, keep the
 * order, and print without arithmetic.
 */

import { enlarged } from './growing.ts'

const HALF = 1_000_000_000

export interface Pair {
  high: number
  low: number
}

/** Writes the halves into `pair`; false when the text is no number of 1 to 18 digits without a leading zero. */
export function parsePair(text: string, pair: Pair): boolean {
  const length = text.length
  if (length === 0 || length > 18) return false
  const cut = length > 9 ? length - 9 : 0
  let high = 0
  let low = 0
  for (let index = 0; index < length; index += 1) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return false
    if (index < cut) high = high * 10 + digit
    else low = low * 10 + digit
  }
  pair.high = high
  pair.low = low
  return text.charCodeAt(0) !== 48
}

export function formatPair(high: number, low: number): string {
  return high === 0 ? String(low) : String(high) + String(low + HALF).slice(1)
}

function slotOf(high: number, low: number, mask: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high + 0x7f4a7c15, 0x85ebca6b)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 13)) & mask
}

/** Open addressing; a slot holds position + 1, or 0. `pairs`: high, low of each position, one after the other. */
export function findPair(slots: Uint32Array, pairs: Uint32Array, high: number, low: number): number {
  const mask = slots.length - 1
  for (let slot = slotOf(high, low, mask); ; slot = (slot + 1) & mask) {
    const position = (slots[slot] as number) - 1
    if (position < 0) return -1
    if (pairs[position * 2 + 1] === low && pairs[position * 2] === high) return position
  }
}

/** Enters a pair that is not in the table. The table must have a free slot. */
export function enterPair(slots: Uint32Array, high: number, low: number, position: number): void {
  const mask = slots.length - 1
  let slot = slotOf(high, low, mask)
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  slots[slot] = position + 1
}

/** A table of at most half its slots used, for all pairs. */
export function hashPairs(pairs: Uint32Array, count = pairs.length >>> 1, room = count): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(slotCount(room))
  for (let position = 0; position < count; position += 1) {
    enterPair(slots, pairs[position * 2] as number, pairs[position * 2 + 1] as number, position)
  }
  return slots
}

export function slotCount(entries: number): number {
  return 2 ** Math.max(3, Math.ceil(Math.log2(entries * 2 + 1)))
}

export interface PairTable {
  readonly size: number
  /** high, low of each position; its tail is not yet used. Valid until the next `enter`. */
  readonly pairs: Uint32Array
  /** Position of the pair, -1 when it is not there. */
  find(high: number, low: number): number
  /** Position of the pair, which is entered when it is new. */
  enter(high: number, low: number): number
}

/** Pairs numbered in order of first use. */
export function pairTable(capacity = 1024): PairTable {
  let pairs = new Uint32Array(capacity * 2)
  let slots = new Uint32Array(slotCount(capacity))
  let size = 0
  return {
    get size() {
      return size
    },
    get pairs() {
      return pairs
    },
    find: (high, low) => findPair(slots, pairs, high, low),
    enter(high, low) {
      const known = findPair(slots, pairs, high, low)
      if (known >= 0) return known
      if (size * 2 === pairs.length) pairs = enlarged(pairs)
      pairs[size * 2] = high
      pairs[size * 2 + 1] = low
      size += 1
      if (size * 2 > slots.length) slots = hashPairs(pairs, size, size * 2)
      else enterPair(slots, high, low, size - 1)
      return size - 1
    },
  }
}
