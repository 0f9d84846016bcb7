/** Tests invariants on a value and reports those that fail. */
import { type Run, report, reportNotChecked, type Scope } from '../run.ts'
import type { Invariant } from './invariant.ts'

export function checkInvariants(
  run: Run,
  invariants: readonly Invariant[],
  value: unknown,
  scope: Scope,
  path: string,
  profile: string,
  element: string,
): void {
  for (const invariant of invariants) {
    const { constraint } = invariant
    const verdict = invariant.test(value, scope, run)
    run.observe?.(invariant, value, scope, verdict)
    if (verdict === true) continue
    const blame = { profile, element, constraint: constraint.key }
    if (verdict === false)
      report(run, constraint.severity, 'invariant', path, `${constraint.human} (${constraint.key})`, blame)
    else {
      const sentence = `The rule ${constraint.key} could not be evaluated: ${constraint.human}`
      reportNotChecked(run, `${profile} ${constraint.key}`, path, sentence, blame)
    }
  }
}
