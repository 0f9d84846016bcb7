/** Every criterion of an expression with the part that it stands in. */
import type { CohortExpression, CorrelatedCriterion, Criterion, Demographic, Group } from './definition.ts'

export interface FoundCriterion {
  readonly criterion: Criterion
  /** Present where the criterion is looked for around other events. */
  readonly correlated?: CorrelatedCriterion
  readonly part: Part
}

/** What of the definition something belongs to. */
export type Part =
  | { readonly kind: 'entry' | 'additional' | 'censoring' }
  | { readonly kind: 'rule'; readonly name: string }

export interface FoundGroup {
  readonly group: Group
  readonly part: Part
}

/** The groups that are not inside another: additional criteria, inclusion rules. */
function outerGroups(expression: CohortExpression): readonly FoundGroup[] {
  const { additional, rules } = expression
  return [
    ...(additional ? [{ group: additional, part: { kind: 'additional' } as const }] : []),
    ...rules.map(({ name, group }) => ({ group, part: { kind: 'rule', name } as const })),
  ]
}

export function allCriteria(expression: CohortExpression): readonly FoundCriterion[] {
  const plain = (criteria: readonly Criterion[], part: Part) =>
    criteria.flatMap((criterion) => [{ criterion, part }, ...inside(criterion, part)])
  return [
    ...plain(expression.primary.criteria, { kind: 'entry' }),
    ...outerGroups(expression).flatMap(({ group, part }) => criteriaOf(group, part)),
    ...plain(expression.censoring, { kind: 'censoring' }),
  ]
}

function criteriaOf(group: Group, part: Part): readonly FoundCriterion[] {
  return [
    ...group.criteria.flatMap((correlated) => [
      { criterion: correlated.criterion, correlated, part },
      ...inside(correlated.criterion, part),
    ]),
    ...group.groups.flatMap((inner) => criteriaOf(inner, part)),
  ]
}

function inside(criterion: Criterion, part: Part): readonly FoundCriterion[] {
  return criterion.correlated ? criteriaOf(criterion.correlated, part) : []
}

export function allDemographics(expression: CohortExpression): readonly Demographic[] {
  const of = (group: Group): readonly Demographic[] => [
    ...group.demographics,
    ...group.criteria.flatMap(({ criterion }) => (criterion.correlated ? of(criterion.correlated) : [])),
    ...group.groups.flatMap(of),
  ]
  const own = [...expression.primary.criteria, ...expression.censoring].flatMap(({ correlated }) => correlated ?? [])
  return [...outerGroups(expression).map(({ group }) => group), ...own].flatMap(of)
}
