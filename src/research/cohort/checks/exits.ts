/** Limits, inclusion rules without content, and how persons leave the cohort. */
import type { CohortExpression, Limit } from '../definition.ts'
import { isEmpty } from '../groups.ts'
import { type Remark, remark } from './remark.ts'

export function checkExits(expression: CohortExpression): readonly Remark[] {
  const { endStrategy, rules, censorWindow } = expression
  return [
    ...rules
      .filter(({ group }) => isEmpty(group))
      .map(({ name, path }) => remark('warning', 'rule-empty', path, { name })),
    ...limits(expression),
    ...(keepsAllForever(expression) ? [remark('warning', 'no-exit', '$.EndStrategy', {})] : []),
    ...(endStrategy?.kind === 'date-offset' && endStrategy.from === 'start' && endStrategy.days === 0
      ? [remark('warning', 'exit-on-start-day', '$.EndStrategy', {})]
      : []),
    ...(censorWindow.start !== undefined && censorWindow.end !== undefined && censorWindow.start > censorWindow.end
      ? [remark('warning', 'range-reversed', '$.CensorWindow', {})]
      : []),
    ...drugsOutsideExit(expression),
  ]
}

const width: Readonly<Record<Limit, number>> = { first: 0, last: 1, all: 2 }

/** A later limit cannot bring back what an earlier one has taken away. */
function limits({ primary, additional, qualifiedLimit, expressionLimit }: CohortExpression): readonly Remark[] {
  const qualified = additional === undefined ? primary.limit : qualifiedLimit
  return [
    ...(width[primary.limit] < width[qualified]
      ? [remark('warning', 'limits-widen', '$.QualifiedLimit', { earlier: primary.limit, later: qualified })]
      : []),
    ...(Math.min(width[primary.limit], width[qualified]) < width[expressionLimit]
      ? [remark('warning', 'limits-widen', '$.ExpressionLimit', { earlier: qualified, later: expressionLimit })]
      : []),
  ]
}

function keepsAllForever(expression: CohortExpression): boolean {
  const { primary, additional, qualifiedLimit, expressionLimit, endStrategy } = expression
  const allQualified = additional === undefined || qualifiedLimit === 'all'
  return endStrategy === undefined && primary.limit === 'all' && expressionLimit === 'all' && allQualified
}

/** Cohorts that open with a drug usually end with it. */
function drugsOutsideExit({ primary, conceptSets, endStrategy }: CohortExpression): readonly Remark[] {
  const exit = endStrategy?.kind === 'continuous-exposure' ? endStrategy.drugConceptSet : undefined
  return primary.criteria.flatMap(({ conceptSet, path }) => {
    const set = conceptSets.find(({ id }) => id === conceptSet)
    const isDrug = set?.items.some(({ concept }) => concept.domain?.toLowerCase() === 'drug')
    return set && isDrug && set.id !== exit ? [remark('information', 'drug-not-in-exit', path, { name: set.name })] : []
  })
}
