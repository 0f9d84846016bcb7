/** Runs all checks on a cohort expression. */
import type { CohortExpression } from '../definition.ts'
import { checkConceptSets } from './concept-sets.ts'
import { checkCriteria } from './criteria.ts'
import { checkExits } from './exits.ts'
import { type Remark, remark } from './remark.ts'
import { checkWindows } from './windows.ts'

/** Remarks on a definition, errors first. Without remarks there is nothing to say against running it. */
export function checkDefinition(expression: CohortExpression): readonly Remark[] {
  const remarks: readonly Remark[] = [
    ...expression.unfinished.map((fault) => remark('error', 'unfinished', fault.path, { fault })),
    ...expression.withoutEffect.map((fault) => remark('warning', 'without-effect', fault.path, { fault })),
    ...expression.unread.map((path) => remark('information', 'member-unknown', path, {})),
    ...checkConceptSets(expression),
    ...checkCriteria(expression),
    ...checkWindows(expression),
    ...checkExits(expression),
  ]
  const order = { error: 0, warning: 1, information: 2 }
  return remarks.toSorted((one, other) => order[one.severity] - order[other.severity])
}
