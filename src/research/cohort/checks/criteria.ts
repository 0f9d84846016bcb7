/** Criteria taken one by one and compared with each other. */
import { domains } from '../criteria/domains.ts'
import type { CohortExpression, Criterion, Filter, Range } from '../definition.ts'
import { allCriteria, allDemographics, type FoundCriterion, type Part } from '../walk.ts'
import { type Remark, remark } from './remark.ts'

export function checkCriteria(expression: CohortExpression): readonly Remark[] {
  const found = allCriteria(expression)
  return [
    ...found.flatMap(({ criterion, part }) => [
      ...remarksOnCriterion(criterion, part),
      ...oddities(criterion),
      ...rangeRemarks(criterion.filters, criterion.path),
    ]),
    ...allDemographics(expression).flatMap(({ filters, path }) => [
      ...rangeRemarks(filters, path),
      ...filters
        .filter(({ name }) => name === 'RaceCS' || name === 'EthnicityCS')
        .map(({ name }) => remark('warning', 'set-read-as-gender', path, { attribute: name.replace(/CS$/, '') })),
    ]),
    ...pairs(found),
  ]
}

function remarksOnCriterion(criterion: Criterion, part: Part): readonly Remark[] {
  const domain = domains[criterion.domain]
  const parameters = { domain: criterion.domain, part }
  const named = criterion.conceptSet !== undefined || criterion.sourceConceptSet !== undefined
  const type = Object.keys(domain.attributes).find((name) => name.endsWith('Type') && !name.startsWith('Period'))
  const hasType = criterion.filters.some(({ name }) => name === type || name === `${type}CS`)
  return [
    ...(domain.concept !== undefined && !named
      ? [remark('warning', 'no-concept-set', criterion.path, parameters)]
      : []),
    ...(type !== undefined && type !== 'VisitType' && !hasType
      ? [remark('information', 'record-type-open', criterion.path, parameters)]
      : []),
  ]
}

/** Where circe-be's SQL, which we follow, does something else than the attribute says. */
function oddities(criterion: Criterion): readonly Remark[] {
  const has = (name: string) => criterion.filters.some((filter) => filter.name === name)
  const { path, domain } = criterion
  return [
    ...(domain === 'DrugExposure' && has('OccurrenceEndDate')
      ? [remark('warning', 'end-date-reads-start', path, {})]
      : []),
    ...(domain === 'DrugEra' && has('GapDays') && has('EraLength')
      ? [remark('warning', 'gap-reads-length', path, {})]
      : []),
    ...(criterion.dateAdjustment && domains[domain].dateAdjustment === 'never'
      ? [remark('warning', 'date-adjustment-ignored', path, { domain })]
      : []),
  ]
}

function rangeRemarks(filters: readonly Filter[], path: string): readonly Remark[] {
  return filters.flatMap((filter) => {
    const place = `${path}.${filter.name}`
    if (filter.kind === 'period') {
      const { start, end } = filter.period
      return start !== undefined && end !== undefined && start > end
        ? [remark('warning', 'range-reversed', place, {})]
        : []
    }
    if (filter.kind !== 'date' && filter.kind !== 'number') return []
    return [
      ...(isReversed(filter.range) ? [remark('warning', 'range-reversed', place, {})] : []),
      ...(filter.kind === 'number' && isNegative(filter.name, filter.range)
        ? [remark('warning', 'range-negative', place, {})]
        : []),
    ]
  })
}

function isReversed({ value, extent }: Range<string> | Range<number>): boolean {
  return extent !== undefined && value > extent
}

/** Measured values may be negative; ages, lengths and numbers of things may not. */
function isNegative(name: string, { value, extent = 0 }: Range<number>): boolean {
  return !/Value|Ratio|RangeLow|RangeHigh/.test(name) && (value < 0 || extent < 0)
}

/** Two criteria of one domain and concept set in the same place: alike, or in contradiction. */
function pairs(found: readonly FoundCriterion[]): readonly Remark[] {
  return found.flatMap((one, index) =>
    found.slice(index + 1).flatMap((other): readonly Remark[] => {
      const parameters = { domain: one.criterion.domain, part: one.part, other: other.part }
      if (!seekSame(one.criterion, other.criterion)) return []
      if (sameContent(one.criterion, other.criterion) && disjoint(one, other))
        return [remark('warning', 'criteria-contradict', other.criterion.path, parameters)]
      return [remark('information', 'criteria-alike', other.criterion.path, parameters)]
    }),
  )
}

function seekSame(one: Criterion, other: Criterion): boolean {
  return (
    one.domain === other.domain &&
    one.conceptSet === other.conceptSet &&
    one.sourceConceptSet === other.sourceConceptSet
  )
}

function sameContent(one: Criterion, other: Criterion): boolean {
  const content = ({ path: _, correlated: __, ...rest }: Criterion) => JSON.stringify(rest)
  return content(one) === content(other)
}

/** No number of occurrences satisfies both. */
function disjoint(one: FoundCriterion, other: FoundCriterion): boolean {
  const [a, b] = [countRange(one), countRange(other)]
  if (a === undefined || b === undefined || windowsOf(one) !== windowsOf(other)) return false
  return a[1] < b[0] || b[1] < a[0]
}

function windowsOf({ correlated }: FoundCriterion): string {
  return JSON.stringify([correlated?.startWindow, correlated?.endWindow, correlated?.occurrence.distinct])
}

function countRange({ correlated }: FoundCriterion): readonly [number, number] | undefined {
  if (correlated === undefined) return undefined
  const { type, count } = correlated.occurrence
  if (type === 'exactly') return [count, count]
  return type === 'at-most' ? [0, count] : [count, Number.POSITIVE_INFINITY]
}
