/** Rows of an engine → the exact table that disclosure control takes. */
import type { ExactCell, ExactTable, TableMeasure } from '../../disclosure/table.ts'
import type { Cell, Rows } from '../../query/engine.ts'

export interface ReadDimension {
  readonly name: string
  readonly levels: readonly string[]
  /** Word for what the column holds. */
  readonly level: (value: number) => string
  /** A person may be in several levels. */
  readonly overlapping?: true
  readonly apartWithin?: string
}

export interface ReadMeasure extends TableMeasure {
  /** What a value in the rows is divided by; 1 when absent. */
  readonly scale?: number
}

interface GrowingCell {
  readonly key: readonly string[]
  readonly persons: number[]
  readonly values: readonly number[][]
}

/**
 * Columns of a row: one for each dimension, the person, one for each measure. Levels that the question did not foresee
 * (somebody younger than 0) get a place at the end: nothing is dropped.
 */
export function readTable(
  { rows }: Rows,
  dimensions: readonly ReadDimension[],
  measures: readonly ReadMeasure[] = [],
): ExactTable {
  const cells = new Map<string, GrowingCell>()
  const person = dimensions.length
  for (const row of rows) {
    const numbers = dimensions.map((_, index) => numberOf(row[index]))
    const code = numbers.join(' ')
    let cell = cells.get(code)
    if (cell === undefined) {
      const key = dimensions.map((dimension, index) => dimension.level(numbers[index] ?? Number.NaN))
      cell = { key, persons: [], values: measures.map(() => []) }
      cells.set(code, cell)
    }
    cell.persons.push(numberOf(row[person]))
    for (const [index, { scale = 1 }] of measures.entries()) {
      cell.values[index]?.push(numberOf(row[person + 1 + index]) / scale)
    }
  }
  const found = [...cells.values()]
  return {
    dimensions: dimensions.map(({ name, levels, overlapping, apartWithin }, index) => ({
      name,
      levels: withFound(levels, found, index),
      ...(overlapping && { overlapping }),
      ...(apartWithin !== undefined && { apartWithin }),
    })),
    ...(measures.length > 0 && { measures: measures.map(({ name, acrossCells }) => ({ name, acrossCells })) }),
    cells: inOrder(found.map((cell) => finished(cell, measures))),
  }
}

/** NaN for what is not a number: a person without a value. */
export function numberOf(cell: Cell | undefined): number {
  return typeof cell === 'number' ? cell : Number.NaN
}

function withFound(levels: readonly string[], cells: readonly GrowingCell[], index: number): readonly string[] {
  return [...new Set([...levels, ...cells.map((cell) => cell.key[index] ?? '')])]
}

function finished(cell: GrowingCell, measures: readonly TableMeasure[]): ExactCell {
  const persons = Float64Array.from(cell.persons)
  if (measures.length === 0) return { key: cell.key, persons }
  const values = measures.map(({ name }, index) => [name, Float64Array.from(cell.values[index] ?? [])] as const)
  return { key: cell.key, persons, values: Object.fromEntries(values) }
}

/** By key, so that the same answer looks the same from every engine. */
export function inOrder(cells: readonly ExactCell[]): readonly ExactCell[] {
  const code = (cell: ExactCell): string => JSON.stringify(cell.key)
  return [...cells].sort((left, right) => (code(left) < code(right) ? -1 : 1))
}
