/** Groups of criteria: which events of a table satisfy all, any, at least or at most so many of them. */
import {
  and,
  atLeast,
  atMost,
  column,
  columns,
  compare,
  count,
  countDistinctOfPerson,
  countRows,
  equals,
  integer,
  named,
} from '../query/build.ts'
import { innerJoin, leftJoin, select, semiJoin, source, unionAll } from '../query/build-relations.ts'
import type { CompareOperator, Expression, Relation } from '../query/tree.ts'
import { type Compilation, type EventTable, eventColumns } from './compilation.ts'
import { demographicAttributes } from './criteria/demographics.ts'
import { filtering } from './criteria/filters.ts'
import type { CorrelatedCriterion, CountColumn, Demographic, Group, Occurrence } from './definition.ts'
import { windowedEvents } from './windows.ts'

export function isEmpty(group: Group): boolean {
  return group.criteria.length + group.demographics.length + group.groups.length === 0
}

/** (person_id, event_id) of the events that satisfy the group, each once. An empty group is satisfied by all. */
export function groupMatches(compilation: Compilation, group: Group, events: EventTable): Relation {
  if (isEmpty(group)) return compilation.steps.view('every_event', identified(events))
  const parts = [
    ...group.criteria.map((criterion) => correlatedMatches(compilation, criterion, events)),
    ...group.demographics.map((demographic) => demographicMatches(compilation, demographic, events)),
    ...group.groups.map((inner) => groupMatches(compilation, inner, events)),
  ]
  const found = unionAll(
    ...parts.map((part, index) =>
      select({
        from: source(part, 'm'),
        columns: [named('index_id', integer(index)), ...columns('m', 'person_id', 'event_id')],
      }),
    ),
  )
  // Only "at most" and "at least 0" let pass an event for which nothing is found.
  const join = group.type === 'at-most' || (group.type === 'at-least' && group.count === 0) ? leftJoin : innerJoin
  const key = [column('e', 'person_id'), column('e', 'event_id')]
  return compilation.steps.make(
    'group',
    select({
      from: source(events.relation, 'e'),
      joins: [join(found, 'f', ...sameEvent('e', 'f'))],
      groupBy: key,
      having: enough(group, parts.length),
      columns: columns('e', 'person_id', 'event_id'),
    }),
  )
}

function identified(events: EventTable): Relation {
  return select({ from: source(events.relation, 'e'), columns: columns('e', 'person_id', 'event_id') })
}

function sameEvent(left: string, right: string): readonly Expression[] {
  return ['person_id', 'event_id'].map((name) => equals(column(left, name), column(right, name)))
}

function enough(group: Group, parts: number): Expression {
  const found = count(column('f', 'index_id'))
  switch (group.type) {
    case 'all':
      return equals(found, integer(parts))
    case 'any':
      return atLeast(found, integer(1))
    case 'at-least':
      return atLeast(found, integer(group.count))
    case 'at-most':
      return atMost(found, integer(group.count))
  }
}

const occurrenceOperators: Readonly<Record<Occurrence['type'], CompareOperator>> = {
  exactly: '=',
  'at-most': '<=',
  'at-least': '>=',
}

/** (person_id, event_id) of the events around which the criterion occurs as often as it must. */
function correlatedMatches(compilation: Compilation, criterion: CorrelatedCriterion, events: EventTable): Relation {
  const { type, count: wanted, distinct } = criterion.occurrence
  const windowed = windowedEvents(compilation, criterion, events)
  const occurs = (counted: Expression) => compare(occurrenceOperators[type], counted, integer(wanted))
  if (type === 'at-most' || wanted === 0) return occurrencesOrNone(compilation, windowed, events, distinct, occurs)
  return compilation.steps.make(
    'occurrences',
    select({
      from: source(windowed, 'w'),
      groupBy: [column('w', 'person_id'), column('w', 'event_id')],
      having: occurs(distinct ? countDistinctOfPerson(column('w', 'counted')) : countRows()),
      columns: columns('w', 'person_id', 'event_id'),
    }),
  )
}

/** Events around which nothing at all was found count too. */
function occurrencesOrNone(
  compilation: Compilation,
  windowed: Relation,
  events: EventTable,
  distinct: CountColumn | undefined,
  occurs: (counted: Expression) => Expression,
): Relation {
  return compilation.steps.make(
    'occurrences',
    select({
      from: source(events.relation, 'e'),
      joins: [leftJoin(windowed, 'w', ...sameEvent('e', 'w'))],
      groupBy: [column('e', 'person_id'), column('e', 'event_id')],
      having: occurs(distinct ? countDistinctOfPerson(column('w', 'counted')) : count(column('w', 'event_id'))),
      columns: columns('e', 'person_id', 'event_id'),
    }),
  )
}

function demographicMatches(compilation: Compilation, demographic: Demographic, events: EventTable): Relation {
  const { joins, conditions } = filtering(compilation, demographic.filters, demographicAttributes, {
    column: (name) => column('e', name),
    personId: column('e', 'person_id'),
    start: column('e', 'start_date'),
    end: column('e', 'end_date'),
  })
  return compilation.steps.make(
    'demographics',
    select({
      from: source(events.relation, 'e'),
      joins,
      ...(conditions.length > 0 && { where: and(...conditions) }),
      columns: columns('e', 'person_id', 'event_id'),
      distinct: true,
    }),
  )
}

/** Events of a criterion that satisfy its own group, looked for around each of them in its observation period. */
export function restrictedTo(
  compilation: Compilation,
  events: Relation,
  group: Group,
  counted: CountColumn | undefined,
): Relation {
  if (isEmpty(group)) return events
  const observed = compilation.steps.make('observed', inObservationPeriods(compilation, events))
  const matches = groupMatches(compilation, group, { relation: observed, oneOfEach: false })
  const names = [...eventColumns, 'sort_date', ...(counted ? ['counted'] : [])]
  return compilation.steps.make(
    'restricted',
    select({
      from: source(events, 'q'),
      joins: [semiJoin(matches, 'm', ...sameEvent('q', 'm'))],
      columns: columns('q', ...names),
    }),
  )
}

/** Events with the observation period that each starts in; others fall out. */
function inObservationPeriods(compilation: Compilation, events: Relation): Relation {
  const started = column('q', 'start_date')
  return select({
    from: source(events, 'q'),
    joins: [
      innerJoin(compilation.observationPeriods(), 'o', equals(column('q', 'person_id'), column('o', 'person_id'))),
    ],
    where: and(
      atMost(column('o', 'observation_period_start_date'), started),
      atLeast(column('o', 'observation_period_end_date'), started),
    ),
    columns: [
      ...columns('q', ...eventColumns),
      named('op_start_date', column('o', 'observation_period_start_date')),
      named('op_end_date', column('o', 'observation_period_end_date')),
    ],
  })
}
