/** The events that may open the cohort: primary events, then those that the additional criteria leave. */
import {
  addDays,
  and,
  ascending,
  atLeast,
  atMost,
  column,
  columns,
  descending,
  equals,
  integer,
  named,
  rowNumber,
} from '../query/build.ts'
import { innerJoin, select, semiJoin, source, unionAll } from '../query/build-relations.ts'
import type { Relation } from '../query/tree.ts'
import { type Compilation, type EventTable, eventColumns, periodColumns } from './compilation.ts'
import { criterionEvents } from './criteria/criterion.ts'
import type { CohortExpression, Limit, PrimaryCriteria } from './definition.ts'
import { groupMatches, isEmpty } from './groups.ts'

/** Events inside one of the observation periods that was long enough; when somebody asks, numbered within each person from 1. */
function primaryEvents(compilation: Compilation, expression: CohortExpression, periods: Relation): EventTable {
  const { primary } = expression
  const numbered = select({
    from: source(openingEvents(compilation, primary), 'e'),
    joins: [innerJoin(periods, 'o', equals(column('e', 'person_id'), column('o', 'person_id')))],
    where: observedLongEnough(primary),
    columns: [
      ...columns('e', 'person_id', 'start_date', 'end_date', 'visit_occurrence_id'),
      named('event_id', needsNumbers(expression) ? eventNumber(primary.limit) : column('e', 'event_id')),
      named('op_start_date', column('o', 'observation_period_start_date')),
      named('op_end_date', column('o', 'observation_period_end_date')),
    ],
  })
  return {
    relation: compilation.steps.make('primary_events', limited(numbered, 'event_id', primary.limit)),
    oneOfEach: primary.limit !== 'all',
  }
}

/** Numbers tell the events of a person apart where one of them is chosen, or something is looked for around each. */
function needsNumbers(expression: CohortExpression): boolean {
  const { primary, additional, rules, expressionLimit, endStrategy, censoring } = expression
  const chosen = primary.limit !== 'all' || expressionLimit !== 'all'
  const around = additional !== undefined || rules.length > 0 || censoring.length > 0
  return chosen || around || endStrategy?.kind === 'continuous-exposure'
}

/** Events of all primary criteria, with the number of theirs, wherever they lie. */
export function openingEvents(compilation: Compilation, primary: PrimaryCriteria): Relation {
  return unionAll(
    ...primary.criteria.map((criterion, index) =>
      select({
        from: source(criterionEvents(compilation, criterion), 'c'),
        columns: [named('criterion', integer(index)), ...columns('c', ...eventColumns, 'sort_date')],
      }),
    ),
  )
}

function observedLongEnough({ priorDays, postDays }: PrimaryCriteria) {
  const start = column('e', 'start_date')
  const [from, to] = [column('o', 'observation_period_start_date'), column('o', 'observation_period_end_date')]
  return and(
    atLeast(start, from),
    atMost(start, to),
    atMost(addDays(from, priorDays), start),
    atMost(addDays(start, postDays), to),
  )
}

/** Ties that the language leaves open are settled, so that every engine and every run gives the same cohort. */
function eventNumber(limit: Limit) {
  const first = limit === 'last' ? descending(column('e', 'sort_date')) : ascending(column('e', 'sort_date'))
  const ties = [
    column('e', 'event_id'),
    column('e', 'criterion'),
    column('o', 'observation_period_start_date'),
    column('o', 'observation_period_end_date'),
  ]
  return rowNumber({ partitionBy: [column('e', 'person_id')], orderBy: [first, ...ties.map(ascending)] })
}

/** Keeps the event whose number is 1, unless all are wanted. */
function limited(numbered: Relation, number: string, limit: Limit): Relation {
  if (limit === 'all') return numbered
  return select({
    from: source(numbered, 'n'),
    where: equals(column('n', number), integer(1)),
    columns: columns('n', ...eventColumns, ...periodColumns),
  })
}

/** Events of a step, one of each person unless all are wanted. */
export function oneOfEach(compilation: Compilation, purpose: string, events: EventTable, limit: Limit): EventTable {
  if (limit === 'all' || events.oneOfEach) return events
  const start = column('e', 'start_date')
  const numbered = select({
    from: source(events.relation, 'e'),
    columns: [
      ...columns('e', ...eventColumns, ...periodColumns),
      named(
        'ordinal',
        rowNumber({
          partitionBy: [column('e', 'person_id')],
          orderBy: [limit === 'last' ? descending(start) : ascending(start), ascending(column('e', 'event_id'))],
        }),
      ),
    ],
  })
  return { relation: compilation.steps.make(purpose, limited(numbered, 'ordinal', limit)), oneOfEach: true }
}

/** Primary events that satisfy the additional criteria; the qualified limit applies only where these are given. */
export function qualifiedEvents(compilation: Compilation, expression: CohortExpression, periods: Relation): EventTable {
  const primary = primaryEvents(compilation, expression, periods)
  const { additional } = expression
  if (additional === undefined) return primary
  const satisfying = isEmpty(additional)
    ? primary.relation
    : compilation.steps.make('satisfying', keepMatches(primary, groupMatches(compilation, additional, primary)))
  return oneOfEach(compilation, 'qualified', { ...primary, relation: satisfying }, expression.qualifiedLimit)
}

/** Events whose (person_id, event_id) is among the matches. */
export function keepMatches(events: EventTable, matches: Relation): Relation {
  return select({
    from: source(events.relation, 'e'),
    joins: [
      semiJoin(
        matches,
        'm',
        equals(column('e', 'person_id'), column('m', 'person_id')),
        equals(column('e', 'event_id'), column('m', 'event_id')),
      ),
    ],
    columns: columns('e', ...eventColumns, ...periodColumns),
  })
}
