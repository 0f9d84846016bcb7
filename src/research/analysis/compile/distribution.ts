/** Distributions of a number per person: classes of a histogram, and the numbers themselves for means and percentiles. */
import { column, columns, equals } from '../../query/build.ts'
import { innerJoin, select, source } from '../../query/build-relations.ts'
import type { Rows } from '../../query/engine.ts'
import type { Analysis } from '../analysis.ts'
import { bandLabels, bandOf } from '../bands.ts'
import { type CompiledPart, result } from './compiled.ts'
import { compileDimensions, keyColumns } from './dimensions.ts'
import { firstEntries } from './entries.ts'
import { compileMeasure } from './measures.ts'
import { numberOf, readTable } from './read-table.ts'
import type { Compilation } from './scope.ts'

/** How the compilation calls the cohort of a measure. */
export const MEASURED_UNTIL = 'until'

export function compileDistribution(
  compilation: Compilation,
  { by, classes, measure }: Extract<Analysis, { kind: 'distribution' }>,
): CompiledPart {
  const dimensions = compileDimensions(compilation, by, 'e')
  const { relation, scale, whole } = compileMeasure(compilation, measure, MEASURED_UNTIL)
  const shown = [...keyColumns(dimensions), ...columns('e', 'person_id'), ...columns('v', 'value')]
  const valued = select({
    from: source(firstEntries(compilation), 'e'),
    joins: [
      innerJoin(relation, 'v', equals(column('v', 'person_id'), column('e', 'person_id'))),
      ...dimensions.flatMap((dimension) => dimension.joins),
    ],
    columns: shown,
  })
  const labels = bandLabels(classes, whole)
  const level = (value: number): string => labels[value] ?? ''
  const value = { name: 'value', acrossCells: 'once' as const, scale }
  return {
    results: [result('values', valued, shown)],
    read: (rows) => {
      const classified = withClass(rows('values'), dimensions.length, (found) => bandOf(found / scale, classes))
      return {
        tables: {
          classes: readTable(classified, [...dimensions, { name: 'class', levels: labels, level }]),
          values: readTable(rows('values'), dimensions, [value]),
        },
        discovered: [],
      }
    },
  }
}

/** A column after the keys, made from the value behind the person. */
function withClass({ columns: names, rows }: Rows, keys: number, classOf: (value: number) => number): Rows {
  return {
    columns: [...names.slice(0, keys), 'class', ...names.slice(keys)],
    rows: rows.map((row) => [...row.slice(0, keys), classOf(numberOf(row[keys + 1])), ...row.slice(keys)]),
  }
}
