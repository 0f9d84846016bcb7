/** Why disclosure control gives nothing. No sentence says which rule was met by which persons: that would be an answer. */
import { type Failed, failed } from '#platform/result/result.ts'

export type DisclosureProblemCode =
  | 'disclosure-rules-invalid'
  | 'disclosure-rules-too-lax'
  | 'disclosure-table-invalid'
  | 'disclosure-table-too-fine'
  | 'disclosure-small-cells'
  | 'disclosure-too-few'
  | 'disclosure-not-protectable'
  | 'disclosure-needs-review'
  | 'disclosure-refusals-exhausted'
  | 'disclosure-ledger-full'
  | 'disclosure-budget-spent'
  | 'disclosure-model-too-small'
  | 'secure-sum-incomplete'
  | 'secure-sum-invalid'

/**
 * One answer for "fewer persons than the floor" and for "too close to an earlier answer": told apart, the two would let a
 * number be found by asking for ever larger groups.
 */
export const TOO_FEW = failed<DisclosureProblemCode>(
  'disclosure-too-few',
  'The answer would be about too few persons, alone or together with what was answered before.',
  'Ask about a larger group, or use the earlier answers.',
)

export function tableInvalid(why: string): Failed<DisclosureProblemCode> {
  return failed('disclosure-table-invalid', `The exact table is not well formed: ${why}.`, 'Correct the analysis.')
}
