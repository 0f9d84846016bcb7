/** Whether an expression is in the set that an expression constraint describes. */
import type { Ecl, EvaluationOptions } from '../../ecl/ecl.ts'
import type { EclResult } from '../../ecl/problems.ts'
import { expressionSubject } from './subject.ts'
import type { Expression } from './syntax.ts'

/**
 * `expression` must be valid in the edition of `ecl`. Membership of reference sets, descriptions and direct parents are
 * things of concepts: an expression has none. Errors: as `Ecl.matches`.
 */
export function expressionMatches(
  ecl: Ecl,
  constraint: string,
  expression: Expression,
  options?: EvaluationOptions,
): EclResult<boolean> {
  return ecl.matchesSubject(constraint, (evaluation) => expressionSubject(evaluation, expression), options)
}

/** Whether the expression is the concept, or lies under it. */
export function expressionIsA(ecl: Ecl, expression: Expression, sctid: string): EclResult<boolean> {
  return expressionMatches(ecl, `<< ${sctid}`, expression)
}
