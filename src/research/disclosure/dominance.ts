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

/** A sum of nothing but zeros tells that everybody has zero: it fails, like every sum that is alike for all. */
export function dominance(magnitude: Magnitude, rules: DisclosureRules['dominance']): DominanceFinding {
  const { sum, largest, second, negative } = magnitude
  if (negative) return 'review'
  if (sum <= 0) return 'fail'
  const top = rules.n >= 2 ? largest + second : largest
  if (top / sum >= rules.k) return 'fail'
  return (sum - largest - second) / largest < rules.p ? 'fail' : 'pass'
}
