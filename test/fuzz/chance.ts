/** Chance that is the same each time for the same seed: what was found can be found again. */

export interface Chance {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number
  /** True in that share of cases. */
  yes(share: number): boolean
  /** One of a list that is not empty. */
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T
}

/** @param path further numbers that tell one stream from another, e.g. of a reader and an input */
export function chanceOf(seed: number, ...path: readonly number[]): Chance {
  let state = path.reduce((mixed, part) => scramble(mixed ^ Math.imul(part + 1, 0x9e3779b1)), scramble(seed | 0))
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    return scramble(state) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    yes: (share) => next() < share,
    pick(list) {
      const at = below(list.length)
      if (!(at in list)) throw new RangeError('Nothing to pick from.')
      return list[at] as (typeof list)[number]
    },
  }
}

/** Spreads every bit over all of 32 (murmur3's finaliser). */
function scramble(value: number): number {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return (second ^ (second >>> 16)) >>> 0
}
