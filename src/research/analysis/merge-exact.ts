/**
 * Puts exact answers of shards together. Each person is in one shard, so cells add by putting their persons together, and
 * everything that is computed from cells afterwards is what the whole would have given, to the last digit.
 */
import type { ExactCell, ExactTable } from '../disclosure/table.ts'
import type { ExactAnswer } from './answer.ts'
import { inOrder } from './compile/read-table.ts'
import { type GroupedObservations, type Observation, observationsInOrder } from './statistics/observations.ts'

/** Associative and commutative. Throws when the answers are to different questions: a defect of the caller. */
export function mergeExact(answers: readonly [ExactAnswer, ...ExactAnswer[]]): ExactAnswer {
  const [first, ...others] = answers
  if (others.some((other) => other.kind !== first.kind))
    throw new TypeError('Answers to different questions do not merge.')
  const tables = Object.keys(first.tables).map((name) => [name, mergeTables(answers.map((one) => tableOf(one, name)))])
  const observations = answers.flatMap((answer) => answer.observations ?? [])
  return {
    kind: first.kind,
    tables: Object.fromEntries(tables),
    discovered: first.discovered,
    ...(observations.length > 0 && { observations: mergeObservations(observations) }),
  }
}

function tableOf(answer: ExactAnswer, name: string): ExactTable {
  const table = answer.tables[name]
  if (table === undefined) throw new TypeError(`An answer has no table ${name}.`)
  return table
}

function mergeTables(tables: readonly ExactTable[]): ExactTable {
  const groups = new Map<string, ExactCell[]>()
  for (const cell of tables.flatMap((table) => table.cells)) {
    const code = JSON.stringify(cell.key)
    const known = groups.get(code)
    if (known) known.push(cell)
    else groups.set(code, [cell])
  }
  const [first] = tables
  if (first === undefined) return { dimensions: [], cells: [] }
  const dimensions = first.dimensions.map((dimension, index) => ({
    ...dimension,
    levels: mergeLevels(tables.map((table) => table.dimensions[index]?.levels ?? [])),
  }))
  return { ...first, dimensions, cells: inOrder([...groups.values()].map(mergeCells)) }
}

/** Levels of the question come first and are the same everywhere; those found in the data follow in their order. */
function mergeLevels(levels: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = levels
  if (others.every((one) => one.length === first.length && one.every((level, index) => level === first[index]))) {
    return first
  }
  const common = first.filter((level) => levels.every((one) => one.includes(level)))
  const found = new Set(levels.flat().filter((level) => !common.includes(level)))
  return [...common, ...[...found].sort()]
}

/** Persons in ascending order, with their values. */
function mergeCells(cells: readonly ExactCell[]): ExactCell {
  const [only] = cells
  if (only !== undefined && cells.length === 1) return only
  const persons = cells.flatMap((cell) => Array.from(cell.persons, Number))
  const order = Uint32Array.from(persons.keys()).sort((left, right) => (persons[left] ?? 0) - (persons[right] ?? 0))
  const sorted = (values: readonly number[]): Float64Array =>
    Float64Array.from(order, (index) => values[index] ?? Number.NaN)
  const key = only?.key ?? []
  if (only?.values === undefined) return { key, persons: sorted(persons) }
  const values = Object.keys(only.values).map((name) => {
    return [name, sorted(cells.flatMap((cell) => Array.from(cell.values?.[name] ?? [])))]
  })
  return { key, persons: sorted(persons), values: Object.fromEntries(values) }
}

/** Columns of groups that one shard does not have are 0 there. */
function mergeObservations(all: readonly GroupedObservations[]): GroupedObservations {
  const groups = (all[0]?.groups ?? []).map((_, index) => [...new Set(all.flatMap((one) => one.groups[index] ?? []))])
  const columns = mergeColumns(all[0]?.columns ?? [], groups)
  const counts = new Map<string, Observation>()
  for (const one of all) {
    const place = columns.map((column) => one.columns.indexOf(column))
    for (const row of one.rows) {
      const values = place.map((index) => (index < 0 ? 0 : (row.values[index] ?? 0)))
      const code = JSON.stringify([values, row.outcome])
      counts.set(code, { values, outcome: row.outcome, persons: row.persons + (counts.get(code)?.persons ?? 0) })
    }
  }
  return { columns, groups, rows: observationsInOrder([...counts.values()]) }
}

/** Those of the first shard, and groups that only others found beside the groups they belong to. */
function mergeColumns(first: readonly string[], groups: GroupedObservations['groups']): readonly string[] {
  const starts = new Map(groups.map((group) => [group[0], group]))
  const inside = new Set(groups.flat())
  return first.flatMap((column) => starts.get(column) ?? (inside.has(column) ? [] : [column]))
}
