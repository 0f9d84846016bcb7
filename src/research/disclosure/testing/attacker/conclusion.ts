/** What the attacker concludes of a small cell, and whether that is to have recovered it. */
import type { Target } from './population.ts'

export interface Conclusion {
  readonly target: Target
  readonly mean: number
  readonly deviation: number
}

/** Before any question: anything from 1 to floor - 1 alike. */
export function beliefOfSmall(floor: number): { readonly mean: number; readonly deviation: number } {
  return { mean: floor / 2, deviation: Math.sqrt((floor * (floor - 2)) / 12) }
}

/** He is sure of it (95 % within one and a half persons either way), and it is so. */
export function recovered({ target, mean, deviation }: Conclusion): boolean {
  return 1.96 * deviation < 1.5 && Math.abs(mean - target.truth) < 1.5
}
