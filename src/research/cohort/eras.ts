/** Periods of a person that overlap, or nearly, become one. */
import {
  addDays,
  ascending,
  atLeast,
  choose,
  column,
  columns,
  descending,
  integer,
  maximum,
  minimum,
  named,
  windowed,
} from '../query/build.ts'
import { select, source } from '../query/build-relations.ts'
import type { Relation } from '../query/tree.ts'

/**
 * Merges (person_id, start_date, end_date). Ends are moved by `lengthen` days before merging and back by `shorten` after it;
 * with both the same, periods fewer than that many days apart become one.
 */
export function mergedPeriods(periods: Relation, lengthen: number, shorten: number): Relation {
  const key = [column('g', 'person_id'), column('g', 'group_number')]
  return select({
    from: source(grouped(started(lengthened(periods, lengthen))), 'g'),
    groupBy: key,
    columns: [
      ...columns('g', 'person_id'),
      named('start_date', minimum(column('g', 'start_date'))),
      named('end_date', addDays(maximum(column('g', 'end_date')), -shorten)),
    ],
  })
}

function lengthened(periods: Relation, days: number): Relation {
  return select({
    from: source(periods, 'd'),
    columns: [...columns('d', 'person_id', 'start_date'), named('end_date', addDays(column('d', 'end_date'), days))],
  })
}

/** 1 where no earlier period of the person reaches this one. */
function started(periods: Relation): Relation {
  const [start, end] = [column('d', 'start_date'), column('d', 'end_date')]
  const reach = windowed(
    'maximum',
    end,
    { partitionBy: [column('d', 'person_id')], orderBy: [ascending(start), ascending(end)] },
    'before',
  )
  return select({
    from: source(periods, 'd'),
    columns: [
      ...columns('d', 'person_id', 'start_date', 'end_date'),
      named('is_start', choose([[atLeast(reach, start), integer(0)]], integer(1))),
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
