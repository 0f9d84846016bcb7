/** One bit for each concept, in plain memory: for marking while a loop runs, where a call into WebAssembly for each concept would cost more than the loop. */

export type DenseBits = Uint32Array

export function createBits(count: number): DenseBits {
  return new Uint32Array((count + 31) >>> 5)
}

export function bitsOf(ordinals: Uint32Array, count: number): DenseBits {
  const bits = createBits(count)
  for (const ordinal of ordinals) setBit(bits, ordinal)
  return bits
}

export function setBit(bits: DenseBits, ordinal: number): void {
  const word = ordinal >>> 5
  bits[word] = (bits[word] ?? 0) | (1 << (ordinal & 31))
}

export function hasBit(bits: DenseBits, ordinal: number): boolean {
  return ((bits[ordinal >>> 5] ?? 0) & (1 << (ordinal & 31))) !== 0
}

/** The marked ordinals, ascending. */
export function ordinalsOf(bits: DenseBits): Uint32Array {
  let size = 0
  for (const word of bits) size += ones(word)
  const ordinals = new Uint32Array(size)
  let next = 0
  for (let index = 0; index < bits.length; index += 1) {
    for (let word = bits[index] ?? 0; word !== 0; word &= word - 1) {
      ordinals[next] = (index << 5) + 31 - Math.clz32(word & -word)
      next += 1
    }
  }
  return ordinals
}

/** Number of bits that are set (the parallel count of Hacker's Delight, 5-1). */
function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
