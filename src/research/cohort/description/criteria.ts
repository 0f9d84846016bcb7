/** Criteria, their filters and their groups → statements. */
import { domains } from '../criteria/domains.ts'
import type {
  CorrelatedCriterion,
  Criterion,
  DateAdjustment,
  Filter,
  Group,
  Range,
  Window,
  WindowBound,
} from '../definition.ts'
import { isEmpty } from '../groups.ts'
import { type Statement, statement } from './statement.ts'

/** The name of a concept set. */
export type Names = (id: number) => string

export function describeCriterion(criterion: Criterion, names: Names): Statement {
  return statement('criterion', headOf(criterion, names), insideOf(criterion, names))
}

function headOf({ domain, conceptSet, first }: Criterion, names: Names): Statement['parameters'] {
  if (conceptSet !== undefined) return { domain, first, name: names(conceptSet) }
  return { domain, first, anyConcept: domains[domain].concept !== undefined }
}

function insideOf(criterion: Criterion, names: Names): readonly Statement[] {
  const { sourceConceptSet, dateAdjustment, filters, correlated } = criterion
  return [
    ...(sourceConceptSet === undefined ? [] : [statement('source-concept-set', { name: names(sourceConceptSet) })]),
    ...(dateAdjustment ? [describeAdjustment(dateAdjustment)] : []),
    ...filters.map((filter) => describeFilter(filter, names)),
    ...(correlated && !isEmpty(correlated) ? [statement('having', {}, [describeGroup(correlated, names)])] : []),
  ]
}

function describeAdjustment(adjustment: DateAdjustment): Statement {
  return statement('dates-adjusted', { ...adjustment })
}

function describeFilter(filter: Filter, names: Names): Statement {
  const attribute = filter.name
  switch (filter.kind) {
    case 'date':
    case 'number':
      return statement(filter.kind, { attribute, ...rangeParameters(filter.range) })
    case 'text':
      return statement('text', { attribute, ...filter.text })
    case 'concepts':
      return statement('concepts', {
        attribute,
        exclude: filter.exclude,
        list: filter.concepts.map(({ id, name }) => (name === '' ? `${id}` : name)).join(', '),
      })
    case 'concept-set':
      if (filter.conceptSet === undefined) return statement('filled', { attribute, exclude: filter.exclude })
      return statement('concept-set-filter', { attribute, exclude: filter.exclude, name: names(filter.conceptSet) })
    case 'abnormal':
      return statement('abnormal')
    case 'period': {
      const { start, end } = filter.period
      return statement('period', { ...(start !== undefined && { start }), ...(end !== undefined && { end }) })
    }
  }
}

function rangeParameters(range: Range<string> | Range<number>): Statement['parameters'] {
  const { operator, value, extent } = range
  return { operator, value, ...(extent !== undefined && { extent }) }
}

export function describeGroup(group: Group, names: Names): Statement {
  return statement('group', { type: group.type, count: group.count, empty: isEmpty(group) }, [
    ...group.criteria.map((criterion) => describeCorrelated(criterion, names)),
    ...group.demographics.map(({ filters }) =>
      statement(
        'demographic',
        {},
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
      ...headOf(criterion, names),
      type: occurrence.type,
      count: occurrence.count,
      ...(occurrence.distinct && { distinct: occurrence.distinct }),
      ...windowParameters('start', startWindow),
      ...(endWindow && windowParameters('end', endWindow)),
      restrictVisit,
      ignoreObservationPeriod,
    },
    insideOf(criterion, names),
  )
}

/** `startFrom`, `startTo`, `startAround`, `startEvent`, and the same with `end`; open bounds as `before` and `after`. */
function windowParameters(prefix: 'start' | 'end', window: Window): Statement['parameters'] {
  return {
    [`${prefix}From`]: boundParameter(window.start),
    [`${prefix}To`]: boundParameter(window.end),
    [`${prefix}Around`]: window.around,
    [`${prefix}Event`]: window.event,
  }
}

function boundParameter(bound: WindowBound): number | string {
  return bound.kind === 'days' ? bound.days : bound.side
}
