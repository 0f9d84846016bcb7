/** May a sum or mean be told? A few large contributions must not make it (NK and p-percent rules, as in ACRO). */
import type { DisclosureRules } from './rules.ts'

/** What is known of the contributions of the distinct persons of a cell to one measure. */
export interface Magnitude {
  /** Persons who have a value. */
  readonly contributors: number
  readonly sum: number
  readonly largest: number
  readonly second: number
  /** Shares of a sum mean nothing with contributions below zero. */
  readonly negative: boolean
}

export type DominanceFinding = 'pass' | 'fail' | 'review'

export function magnitudeOf(contributions: ArrayLike<number>): Magnitude {
  let [contributors, sum, largest, second, negative] = [0, 0, 0, 0, false]
  for (let index = 0; index < contributions.length; index += 1) {
    const value = contributions[index] ?? Number.NaN
    if (Number.isNaN(value)) continue
    contributors += 1
    sum += value
    negative ||= value < 0
    const size = Math.abs(value)
    if (size > largest) [largest, second] = [size, largest]
    else if (size > second) second = size
  }
  return { contributors, sum, largest, second, negative }
}

/** What the largest contributor, or the two largest, make of the sum. */
export function largestShare({ sum, largest, second }: Magnitude, n: number): number {
  return (n >= 2 ? largest + second : largest) / sum
}

/** How well the second largest could estimate the largest: what the others add, as a share of the largest. */
export function pRatio({ sum, largest, second }: Magnitude): number {
  return (sum - largest - second) / largest
}

/** A sum of nothing but zeros tells that everybody has zero: it fails. */
export function dominance(magnitude: Magnitude, { n, k, p }: DisclosureRules['dominance']): DominanceFinding {
  if (magnitude.negative) return 'review'
  if (magnitude.sum <= 0) return 'fail'
  return largestShare(magnitude, n) >= k || pRatio(magnitude) < p ? 'fail' : 'pass'
}
