/** A cohort expression → statements. */
import type { CohortExpression, EndStrategy } from '../definition.ts'
import { describeCriterion, describeGroup, type Names } from './criteria.ts'
import { type Statement, statement } from './statement.ts'

/** Everything that the expression says, in the order in which it is applied; concept sets last. */
export function describeCohort(expression: CohortExpression): readonly Statement[] {
  const names: Names = (id) => expression.conceptSets.find((set) => set.id === id)?.name ?? `#${id}`
  const { primary, additional, rules, censoring } = expression
  return [
    statement(
      'entry',
      { limit: primary.limit, priorDays: primary.priorDays, postDays: primary.postDays },
      primary.criteria.map((criterion) => describeCriterion(criterion, names)),
    ),
    ...(additional
      ? [statement('additional', { limit: expression.qualifiedLimit }, [describeGroup(additional, names)])]
      : []),
    ...rules.map(({ name, description, group }, index) =>
      statement('rule', { number: index + 1, name, description }, [describeGroup(group, names)]),
    ),
    statement('expression-limit', { limit: expression.expressionLimit }),
    describeExit(expression.endStrategy, names),
    ...censoring.map((criterion) => statement('censored-by', {}, [describeCriterion(criterion, names)])),
    statement('collapse', { days: expression.eraPad }),
    ...describeCensorWindow(expression),
    ...describeConceptSets(expression),
  ]
}

function describeExit(strategy: EndStrategy | undefined, names: Names): Statement {
  if (strategy === undefined) return statement('exit-observation-end', {})
  if (strategy.kind === 'date-offset')
    return statement('exit-date-offset', { from: strategy.from, days: strategy.days })
  const { drugConceptSet, gapDays, offset, daysSupply } = strategy
  return statement('exit-exposure', {
    name: names(drugConceptSet),
    gapDays,
    offset,
    ...(daysSupply !== undefined && { daysSupply }),
  })
}

function describeCensorWindow({ censorWindow }: CohortExpression): readonly Statement[] {
  if (censorWindow.start === undefined && censorWindow.end === undefined) return []
  return [statement('censor-window', censorWindow)]
}

function describeConceptSets({ conceptSets }: CohortExpression): readonly Statement[] {
  return conceptSets.map(({ name, items }) =>
    statement(
      'concept-set',
      { name, empty: items.length === 0 },
      items.map(({ concept, excluded, descendants, mapped }) =>
        statement('concept', { id: concept.id, name: concept.name, excluded, descendants, mapped }),
      ),
    ),
  )
}
