/**
 * Random numbers that depend on a seed only: the small fast counter generator (sfc32), one stream for each person. Not for
 * secrets.
 */

/** Uniform in [0, 1). */
export type Random = () => number

/** A stream of its own for each different text. */
export function randomFrom(seed: string): Random {
  let [a, b, c] = seedWords(seed)
  let counter = 1
  const next = (): number => {
    const value = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + value
    return (value >>> 0) / 4294967296
  }
  for (let round = 0; round < 12; round += 1) next()
  return next
}

/** Three words of 32 bits from a text (FNV-1a with three offsets). */
function seedWords(seed: string): [number, number, number] {
  const words: [number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x7f4a7c15]
  for (let index = 0; index < seed.length; index += 1) {
    const code = seed.charCodeAt(index)
    words[0] = Math.imul(words[0] ^ code, 0x01000193)
    words[1] = Math.imul(words[1] ^ (code + index), 0x85ebca6b)
    words[2] = Math.imul(words[2] ^ (code * 31), 0xc2b2ae35)
  }
  return words
}

/** Standard normal (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Exponential with mean 1: the hazard that is used up when the event happens. */
export function exponential(random: Random): number {
  return -Math.log(1 - random())
}

/** Triangular between the first and the last with its peak in the middle one. */
export function triangular(random: Random, [lowest, mode, highest]: readonly [number, number, number]): number {
  const at = random()
  const peak = (mode - lowest) / (highest - lowest)
  return at < peak
    ? lowest + Math.sqrt(at * (highest - lowest) * (mode - lowest))
    : highest - Math.sqrt((1 - at) * (highest - lowest) * (highest - mode))
}

/** Index drawn with the given weights. */
export function weighted(random: Random, weights: readonly number[]): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return index
  }
  return weights.length - 1
}

/** Integer from `lowest` to `highest`, both inclusive. */
export function integerBetween(random: Random, lowest: number, highest: number): number {
  return lowest + Math.floor(random() * (highest - lowest + 1))
}
