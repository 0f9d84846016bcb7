/**
 * How much work one evaluation may do, counted in steps so that the limit is the same on every machine: one step for a
 * concept visited, an attribute or a member row looked at, or 64 concepts of a set put together; more for a description.
 */
import { EclSignal, eclProblem } from './problems.ts'

export interface Budget {
  readonly limit: number
  readonly spent: number
  /** Stops the evaluation with `ecl-budget` when the limit is passed. */
  spend(steps: number): void
}

export const DEFAULT_BUDGET = 20_000_000
/** A term is decoded and folded, which costs about as much as visiting a few concepts. */
export const STEPS_PER_DESCRIPTION = 8

export function createBudget(limit: number, text: string): Budget {
  let spent = 0
  return {
    limit,
    get spent() {
      return spent
    },
    spend(steps) {
      spent += steps
      if (spent > limit) throw new EclSignal(exceeded(limit, text))
    },
  }
}

function exceeded(limit: number, text: string) {
  return eclProblem({
    code: 'ecl-budget',
    text,
    offset: 0,
    sentence: `evaluating the expression takes more than the ${limit} steps that are allowed.`,
    next: 'Narrow the expression: start from a smaller hierarchy, or search for longer words.',
  })
}
