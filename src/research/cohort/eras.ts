/** Periods of a person that overlap, or nearly, become one. */
import {
  addDays,
  and,
  ascending,
  atLeast,
  choose,
  column,
  columns,
  descending,
  integer,
  isNull,
  maximum,
  minimum,
  named,
  next,
  not,
  previous,
  windowed,
} from '../query/build.ts'
import { select, source, unionAll } from '../query/build-relations.ts'
import type { Expression, Relation } from '../query/tree.ts'
import type { Steps } from './steps.ts'

/**
 * Merges (person_id, start_date, end_date). Ends are moved by `lengthen` days before merging and back by `shorten` after it;
 * with both the same, periods fewer than that many days apart become one. Most persons have one period only, of which
 * nothing has to be found out.
 */
export function mergedPeriods(steps: Steps, periods: Relation, lengthen: number, shorten: number): Relation {
  const begun = steps.make('begun', started(lengthened(periods, lengthen)))
  const only = and(isNull(column('b', 'before')), isNull(column('b', 'after')))
  const of = (where: Expression, ...names: readonly string[]) =>
    select({ from: source(begun, 'b'), where, columns: columns('b', 'person_id', 'start_date', 'end_date', ...names) })
  return select({
    from: source(unionAll(of(only), several(of(not(only), 'is_start'))), 'm'),
    columns: [
      ...columns('m', 'person_id', 'start_date'),
      named('end_date', addDays(column('m', 'end_date'), -shorten)),
    ],
  })
}

/** Of persons with several periods. */
function several(begun: Relation): Relation {
  return select({
    from: source(grouped(begun), 'g'),
    groupBy: [column('g', 'person_id'), column('g', 'group_number')],
    columns: [
      ...columns('g', 'person_id'),
      named('start_date', minimum(column('g', 'start_date'))),
      named('end_date', maximum(column('g', 'end_date'))),
    ],
  })
}

function lengthened(periods: Relation, days: number): Relation {
  return select({
    from: source(periods, 'd'),
    columns: [...columns('d', 'person_id', 'start_date'), named('end_date', addDays(column('d', 'end_date'), days))],
  })
}

/** `is_start`: 1 where no earlier period of the person reaches this one. `before`, `after`: NULL where he has none there. */
function started(periods: Relation): Relation {
  const [person, start, end] = [column('d', 'person_id'), column('d', 'start_date'), column('d', 'end_date')]
  const over = { partitionBy: [person], orderBy: [ascending(start), ascending(end)] }
  const reach = windowed('maximum', end, over, 'before')
  return select({
    from: source(periods, 'd'),
    columns: [
      ...columns('d', 'person_id', 'start_date', 'end_date'),
      named('is_start', choose([[atLeast(reach, start), integer(0)]], integer(1))),
      named('before', previous(person, over)),
      named('after', next(person, over)),
    ],
  })
}

function grouped(periods: Relation): Relation {
  const order = [
    ascending(column('s', 'start_date')),
    descending(column('s', 'is_start')),
    ascending(column('s', 'end_date')),
  ]
  const number = windowed(
    'sum',
    column('s', 'is_start'),
    { partitionBy: [column('s', 'person_id')], orderBy: order },
    'running',
  )
  return select({
    from: source(periods, 's'),
    columns: [...columns('s', 'person_id', 'start_date', 'end_date'), named('group_number', number)],
  })
}
