/** Criteria, their filters and their groups → statements. */
import { domains } from '../criteria/domains.ts'
import type { CorrelatedCriterion, Criterion, Filter, Group } from '../definition.ts'
import { isEmpty } from '../groups.ts'
import { type EventsParameters, type Statement, statement } from './statement.ts'

/** The name of a concept set. */
export type Names = (id: number) => string

export function describeCriterion(criterion: Criterion, names: Names): Statement {
  return statement('criterion', eventsOf(criterion, names), insideOf(criterion, names))
}

function eventsOf({ domain, conceptSet, first }: Criterion, names: Names): EventsParameters {
  if (conceptSet !== undefined) return { domain, first, concepts: { set: names(conceptSet) } }
  return { domain, first, concepts: domains[domain].concept === undefined ? 'none' : 'any' }
}

function insideOf(criterion: Criterion, names: Names): readonly Statement[] {
  const { sourceConceptSet, dateAdjustment, filters, correlated } = criterion
  return [
    ...(sourceConceptSet === undefined ? [] : [statement('source-concept-set', { name: names(sourceConceptSet) })]),
    ...(dateAdjustment ? [statement('dates-adjusted', dateAdjustment)] : []),
    ...filters.map((filter) => describeFilter(filter, names)),
    ...(correlated && !isEmpty(correlated) ? [statement('having', {}, [describeGroup(correlated, names)])] : []),
  ]
}

function describeFilter(filter: Filter, names: Names): Statement {
  const attribute = filter.name.replace(/CS$/, '')
  switch (filter.kind) {
    case 'date':
      return statement('date', { attribute, range: filter.range })
    case 'number':
      return statement('number', { attribute, range: filter.range })
    case 'text':
      return statement('text', { attribute, text: filter.text })
    case 'concepts':
      return statement('concepts', {
        attribute,
        exclude: filter.exclude,
        names: filter.concepts.map(({ id, name }) => (name === '' ? `${id}` : name)),
      })
    case 'concept-set':
      if (filter.conceptSet === undefined) return statement('filled', { attribute, exclude: filter.exclude })
      return statement('concept-set-filter', { attribute, exclude: filter.exclude, name: names(filter.conceptSet) })
    case 'abnormal':
      return statement('abnormal', {})
    case 'period':
      return statement('period', filter.period)
  }
}

export function describeGroup(group: Group, names: Names): Statement {
  return statement('group', { type: group.type, count: group.count, empty: isEmpty(group) }, [
    ...group.criteria.map((criterion) => describeCorrelated(criterion, names)),
    ...group.demographics.map(({ filters }) =>
      statement(
        'demographic',
        { empty: filters.length === 0 },
        filters.map((filter) => describeFilter(filter, names)),
      ),
    ),
    ...group.groups.map((inner) => describeGroup(inner, names)),
  ])
}

function describeCorrelated(correlated: CorrelatedCriterion, names: Names): Statement {
  const { criterion, occurrence, startWindow, endWindow, restrictVisit, ignoreObservationPeriod } = correlated
  return statement(
    'occurs',
    {
      ...eventsOf(criterion, names),
      type: occurrence.type,
      count: occurrence.count,
      ...(occurrence.distinct && { distinct: occurrence.distinct }),
      windows: endWindow ? [startWindow, endWindow] : [startWindow],
      restrictVisit,
      ignoreObservationPeriod,
    },
    insideOf(criterion, names),
  )
}
