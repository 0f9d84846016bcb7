/** Entries and person-time in the same cells: numerator and denominator of rates. */
import { add, atMost, column, columns, daysBetween, equals, greatest, least, named, sum } from '../../query/build.ts'
import { innerJoin, rows, select, source } from '../../query/build-relations.ts'
import type { Expression, Relation } from '../../query/tree.ts'
import type { Analysis, Dimension } from '../analysis.ts'
import { type CompiledPart, result } from './compiled.ts'
import { entriesByPerson } from './count.ts'
import {
  type CompiledDimension,
  compileDimensions,
  FIXED_BY,
  type Fixing,
  keyColumns,
  monthsOf,
  overTime,
} from './dimensions.ts'
import { readTable } from './read-table.ts'
import type { Compilation } from './scope.ts'

export function compileRate(compilation: Compilation, { by }: Extract<Analysis, { kind: 'rate' }>): CompiledPart {
  const compiled = compileDimensions(compilation, by, 'e')
  const dimensions = overTime(compiled, by, fixingOf(compiled, by))
  const entered = entriesByPerson(compilation, dimensions)
  const keys = keyColumns(dimensions)
  const timed = [...keys, ...columns('e', 'person_id'), named('days', sum(column('e', 'days')))]
  const time = select({
    from: source(personTime(compilation, by), 'e'),
    joins: dimensions.flatMap((dimension) => dimension.joins),
    groupBy: [...keys.map((key): Expression => key.expression), column('e', 'person_id')],
    columns: timed,
  })
  return {
    results: [result('entries', entered.relation, entered.shown), result('time', time, timed)],
    read: (found) => ({
      tables: {
        entries: readTable(found('entries'), dimensions, [{ name: 'entries', acrossCells: 'add' }]),
        time: readTable(found('time'), dimensions, [{ name: 'personDays', acrossCells: 'add' }]),
      },
      discovered: [],
    }),
  }
}

/** The finest unit of time among the dimensions. */
function fixingOf(compiled: readonly CompiledDimension[], by: readonly Dimension[]): Fixing | undefined {
  const named = (kind: Dimension['kind']) => compiled[by.findIndex((one) => one.kind === kind)]?.name
  const [month, year] = [named('calendar-month'), named('calendar-year')]
  if (month !== undefined) return { name: month, fixes: FIXED_BY.month }
  return year === undefined ? undefined : { name: year, fixes: FIXED_BY.year }
}

/**
 * (person_id, start_date, sex, birth_year, days): observed time in the period, cut where a dimension changes. Ages are
 * differences of calendar years, so that they change with the year only.
 */
function personTime(compilation: Compilation, by: readonly Dimension[]): Relation {
  const start = column('o', 'observation_period_start_date')
  const end = column('o', 'observation_period_end_date')
  const observed = compilation.table(
    'observation_period',
    'person_id',
    'observation_period_start_date',
    'observation_period_end_date',
  )
  const person = compilation.table('person', 'person_id', 'gender_concept_id', 'year_of_birth')
  const first = greatest(start, column('s', 'first_day'))
  const last = least(end, column('s', 'last_day'))
  return compilation.made('time', () =>
    select({
      from: source(observed, 'o'),
      joins: [
        innerJoin(
          slices(compilation.period, by),
          's',
          atMost(start, column('s', 'last_day')),
          atMost(column('s', 'first_day'), end),
        ),
        innerJoin(person, 'p', equals(column('p', 'person_id'), column('o', 'person_id'))),
      ],
      columns: [
        ...columns('o', 'person_id'),
        named('start_date', first),
        named('sex', column('p', 'gender_concept_id')),
        named('birth_year', column('p', 'year_of_birth')),
        named('days', add(daysBetween(first, last), 1)),
      ],
    }),
  )
}

/** (first_day, last_day): the period whole, by year or by month, whichever the dimensions need. */
function slices(period: Compilation['period'], by: readonly Dimension[]): Relation {
  const kinds = new Set(by.map((dimension) => dimension.kind))
  const day = (month: number): string => `${isoMonth(month)}-01`
  const starts = monthsOf(period).filter((month, index) => {
    if (index === 0 || kinds.has('calendar-month')) return true
    return month % 12 === 0 && (kinds.has('age-group') || kinds.has('calendar-year'))
  })
  return rows(
    [
      { name: 'first_day', type: 'date' },
      { name: 'last_day', type: 'date' },
    ],
    starts.map((month, index) => {
      const next = starts[index + 1]
      return [
        { type: 'date', value: index === 0 ? period.from : day(month) },
        { type: 'date', value: next === undefined ? period.to : dayBefore(day(next)) },
      ]
    }),
  )
}

function isoMonth(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`
}

function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10)
}
