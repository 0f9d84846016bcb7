/** Events of a criterion around the events of a table: which pairs of the two lie in the windows. */
import { addDays, and, atLeast, atMost, column, columns, equals } from '../query/build.ts'
import { innerJoin, select, source } from '../query/build-relations.ts'
import type { Expression, Relation } from '../query/tree.ts'
import type { Compilation, EventTable } from './compilation.ts'
import { criterionEvents } from './criteria/criterion.ts'
import type { CorrelatedCriterion, Window, WindowBound } from './definition.ts'

/** (person_id, event_id) of the index event once for each found event, with `counted` where distinct values count. */
export function windowedEvents(compilation: Compilation, correlated: CorrelatedCriterion, index: EventTable): Relation {
  const { distinct } = correlated.occurrence
  const found = criterionEvents(compilation, correlated.criterion, distinct)
  const conditions = [
    ...(correlated.ignoreObservationPeriod ? [] : [inObservationPeriod]),
    ...windowConditions(correlated.startWindow, correlated.ignoreObservationPeriod),
    ...(correlated.endWindow ? windowConditions(correlated.endWindow, correlated.ignoreObservationPeriod) : []),
    ...(correlated.restrictVisit
      ? [equals(column('a', 'visit_occurrence_id'), column('p', 'visit_occurrence_id'))]
      : []),
  ]
  return select({
    from: source(index.relation, 'p'),
    joins: [innerJoin(found, 'a', equals(column('p', 'person_id'), column('a', 'person_id')))],
    ...(conditions.length > 0 && { where: and(...conditions) }),
    columns: [...columns('p', 'person_id', 'event_id'), ...(distinct ? columns('a', 'counted') : [])],
  })
}

const inObservationPeriod = and(
  atLeast(column('a', 'start_date'), column('p', 'op_start_date')),
  atMost(column('a', 'start_date'), column('p', 'op_end_date')),
)

function windowConditions(window: Window, ignoreObservationPeriod: boolean): readonly Expression[] {
  const index = column('p', window.around === 'index-end' ? 'end_date' : 'start_date')
  const event = column('a', window.event === 'event-end' ? 'end_date' : 'start_date')
  const from = boundDate(window.start, index, ignoreObservationPeriod)
  const to = boundDate(window.end, index, ignoreObservationPeriod)
  return [...(from ? [atLeast(event, from)] : []), ...(to ? [atMost(event, to)] : [])]
}

/** An open bound is the end of the observation period; undefined where that is ignored. */
function boundDate(bound: WindowBound, index: Expression, ignoreObservationPeriod: boolean): Expression | undefined {
  if (bound.kind === 'days') return addDays(index, bound.days)
  if (ignoreObservationPeriod) return undefined
  return column('p', bound.side === 'before' ? 'op_start_date' : 'op_end_date')
}
