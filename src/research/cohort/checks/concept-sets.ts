/** Concept sets that are empty, unused, double, undefined, or of another domain than the events they select. */
import { domains } from '../criteria/domains.ts'
import type { CohortExpression, ConceptSet, Filter } from '../definition.ts'
import { allCriteria, allDemographics } from '../walk.ts'
import { type Remark, remark } from './remark.ts'

interface Use {
  readonly id: number
  readonly path: string
}

export function checkConceptSets(expression: CohortExpression): readonly Remark[] {
  const uses = usesOf(expression)
  const used = new Set(uses.map(({ id }) => id))
  const defined = new Set(expression.conceptSets.map(({ id }) => id))
  return [
    ...uses
      .filter(({ id }) => !defined.has(id))
      .map(({ id, path }) => remark('warning', 'concept-set-undefined', path, { id })),
    ...expression.conceptSets.flatMap((set, index) => remarksOnSet(expression.conceptSets, set, index, used)),
    ...otherDomains(expression),
  ]
}

function usesOf(expression: CohortExpression): readonly Use[] {
  const { endStrategy } = expression
  const inFilters = (filters: readonly Filter[], path: string) =>
    filters.flatMap((filter) =>
      filter.kind === 'concept-set' && filter.conceptSet !== undefined
        ? [{ id: filter.conceptSet, path: `${path}.${filter.name}` }]
        : [],
    )
  return [
    ...allCriteria(expression).flatMap(({ criterion: { conceptSet, sourceConceptSet, filters, path } }) => [
      ...[conceptSet, sourceConceptSet].flatMap((id) => (id === undefined ? [] : [{ id, path }])),
      ...inFilters(filters, path),
    ]),
    ...allDemographics(expression).flatMap(({ filters, path }) => inFilters(filters, path)),
    ...(endStrategy?.kind === 'continuous-exposure' ? [{ id: endStrategy.drugConceptSet, path: '$.EndStrategy' }] : []),
  ]
}

function remarksOnSet(
  all: readonly ConceptSet[],
  set: ConceptSet,
  index: number,
  used: ReadonlySet<number>,
): readonly Remark[] {
  const path = `$.ConceptSets[${index}]`
  const { name } = set
  const double = all.slice(index + 1).find((other) => contentOf(other) === contentOf(set) && set.items.length > 0)
  return [
    ...(set.items.length === 0 ? [remark('warning', 'concept-set-empty', path, { name })] : []),
    ...(used.has(set.id) ? [] : [remark('warning', 'concept-set-unused', path, { name })]),
    ...(double ? [remark('warning', 'concept-set-duplicate', path, { name, other: double.name })] : []),
  ]
}

function contentOf(set: ConceptSet): string {
  return set.items
    .map(({ concept, excluded, descendants, mapped }) => [concept.id, excluded, descendants, mapped].join())
    .sort()
    .join(';')
}

/** Only where the author's tool wrote the domains of all concepts down, and none of them fits. */
function otherDomains(expression: CohortExpression): readonly Remark[] {
  return allCriteria(expression).flatMap(({ criterion }) => {
    const expected = domains[criterion.domain].vocabularyDomains
    const set = expression.conceptSets.find(({ id }) => id === criterion.conceptSet)
    const found = new Set(set?.items.map(({ concept }) => concept.domain))
    if (set === undefined || expected.length === 0 || found.size === 0 || found.has(undefined)) return []
    const fits = [...found].some((name) => expected.some((one) => name?.toLowerCase().includes(one.toLowerCase())))
    const parameters = { name: set.name, found: [...found].filter((domain) => domain !== undefined), expected }
    return fits ? [] : [remark('information', 'concept-set-of-other-domain', criterion.path, parameters)]
  })
}
