/** Counts and time series: persons by what they were when they entered. */
import { column, columns, countRows, named, yearOf } from '../../query/build.ts'
import { select, source } from '../../query/build-relations.ts'
import type { Expression, Relation } from '../../query/tree.ts'
import type { Analysis } from '../analysis.ts'
import { type CompiledPart, result } from './compiled.ts'
import {
  type CompiledDimension,
  compileDimensions,
  FIXED_BY,
  keyColumns,
  monthLabel,
  monthNumber,
  monthsOf,
  overTime,
} from './dimensions.ts'
import { entries, firstEntries } from './entries.ts'
import { readTable } from './read-table.ts'
import type { Compilation } from './scope.ts'

/** Each person in the cell of their first entry. */
export function compileCount(compilation: Compilation, { by }: Extract<Analysis, { kind: 'count' }>): CompiledPart {
  const dimensions = compileDimensions(compilation, by, 'e')
  const shown = [...keyColumns(dimensions), ...columns('e', 'person_id')]
  const persons = select({
    from: source(firstEntries(compilation), 'e'),
    joins: dimensions.flatMap((dimension) => dimension.joins),
    columns: shown,
  })
  return {
    results: [result('persons', persons, shown)],
    read: (rows) => ({ tables: { persons: readTable(rows('persons'), dimensions) }, discovered: [] }),
  }
}

/** Each person once in every unit of time in which they enter, with the number of their entries. */
export function compileTimeSeries(
  compilation: Compilation,
  { by, unit }: Extract<Analysis, { kind: 'time-series' }>,
): CompiledPart {
  const fixing = { name: unit, fixes: FIXED_BY[unit] }
  const dimensions = [timeUnit(compilation, unit), ...overTime(compileDimensions(compilation, by, 'e'), by, fixing)]
  const { relation, shown } = entriesByPerson(compilation, dimensions)
  return {
    results: [result('entries', relation, shown)],
    read: (rows) => ({
      tables: { entries: readTable(rows('entries'), dimensions, [{ name: 'entries', acrossCells: 'add' }]) },
      discovered: [],
    }),
  }
}

/** (k0, k1, …, person_id, entries), each person once in a cell. */
export function entriesByPerson(compilation: Compilation, dimensions: readonly CompiledDimension[]) {
  const keys = keyColumns(dimensions)
  const shown = [...keys, ...columns('e', 'person_id'), named('entries', countRows())]
  const relation: Relation = select({
    from: source(entries(compilation), 'e'),
    joins: dimensions.flatMap((dimension) => dimension.joins),
    groupBy: [...keys.map((key): Expression => key.expression), column('e', 'person_id')],
    columns: shown,
  })
  return { relation, shown }
}

function timeUnit(compilation: Compilation, unit: 'month' | 'year'): CompiledDimension {
  const start = column('e', 'start_date')
  const months = monthsOf(compilation.period)
  const years = [...new Set(months.map((month) => Math.floor(month / 12)))]
  // Somebody may enter in several units of time.
  const shared = { name: unit, joins: [], overlapping: true as const }
  return unit === 'month'
    ? { ...shared, levels: months.map(monthLabel), level: monthLabel, expression: monthNumber(start) }
    : { ...shared, levels: years.map(String), level: String, expression: yearOf(start) }
}
