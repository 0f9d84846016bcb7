/** What disclosure control must know before the sums of a regression leave a node: who stands behind which of them. Pure. */
import type { Magnitude } from '../disclosure/dominance.ts'
import type { SummedModel } from '../disclosure/model-sums.ts'
import type { ExactCell, ExactTable } from '../disclosure/table.ts'
import { type GroupedObservations, type Observation, personsOf } from './statistics/observations.ts'

/** @param weights of a round of a logistic regression, by row: how they lie is looked at too */
export function modelFacts(
  observations: GroupedObservations,
  kind: 'linear' | 'logistic',
  weights?: readonly number[],
): SummedModel {
  const persons = personsOf(observations)
  const withOutcome = personsOf({ ...observations, rows: observations.rows.filter(({ outcome }) => outcome !== 0) })
  const weight: ValueOf = (_, at) => weights?.[at] ?? 0
  const inLevels = weights ? levels(observations).map((level) => magnitude(observations, weight, level)) : []
  return {
    persons,
    parameters: parametersOf(observations),
    magnitudes: [...numericSums(observations, kind), ...inLevels].filter(({ contributors }) => contributors > 0),
    ...(kind === 'logistic' && { outcomes: [withOutcome, persons - withOutcome] as const }),
    ...(weights && { weights: magnitude(observations, weight) }),
  }
}

/** The constant, the numbers, and of each group the levels that somebody is in but for one. */
function parametersOf({ columns, groups, rows }: GroupedObservations): number {
  const grouped = new Set(groups.flat())
  const present = (column: string): boolean => {
    const at = columns.indexOf(column)
    return rows.some(({ values }) => values[at] !== 0)
  }
  const numbers = columns.filter((column) => !grouped.has(column)).length
  return groups.reduce((sum, group) => sum + Math.max(0, group.filter(present).length - 1), 1 + numbers)
}

type ValueOf = (row: Observation, at: number) => number

function levels({ columns, groups }: GroupedObservations): readonly ValueOf[] {
  const grouped = new Set(groups.flat())
  return columns.flatMap((column, at) => (grouped.has(column) ? [(row: Observation) => row.values[at] ?? 0] : []))
}

/** Each product of two columns of which one is more than yes or no: a sum that some may dominate. */
function numericSums(observations: GroupedObservations, kind: 'linear' | 'logistic'): readonly Magnitude[] {
  const { columns, groups } = observations
  const grouped = new Set(groups.flat())
  const numbers = columns.flatMap((column, at): ValueOf[] =>
    grouped.has(column) ? [] : [(row) => row.values[at] ?? 0],
  )
  const outcome: ValueOf = (row) => row.outcome
  const flags: readonly ValueOf[] = [() => 1, ...levels(observations), ...(kind === 'logistic' ? [outcome] : [])]
  const amounts = kind === 'linear' ? [...numbers, outcome] : numbers
  return amounts.flatMap((amount, index) =>
    [...flags, ...amounts.slice(index)].map((factor) =>
      magnitude(observations, (row, at) => amount(row, at) * factor(row, at), factor),
    ),
  )
}

/** @param counts who does not count has 0 here: of a level that nobody is in nothing is told; absent: everybody */
function magnitude({ rows }: GroupedObservations, amountOf: ValueOf, counts: ValueOf = () => 1): Magnitude {
  let [contributors, sum, largest, second, negative] = [0, 0, 0, 0, false]
  for (const [at, row] of rows.entries()) {
    if (row.persons === 0 || counts(row, at) === 0) continue
    const value = amountOf(row, at)
    const size = Math.abs(value)
    contributors += row.persons
    sum += value * row.persons
    negative ||= value < 0
    if (size > largest) [largest, second] = [size, row.persons > 1 ? size : largest]
    else if (size > second) second = size
  }
  return { contributors, sum, largest, second, negative }
}

/** Persons by each pair of groups (or by the only one), without the levels that nobody is in. */
export function groupPairs(table: ExactTable): readonly ExactTable[] {
  const all = table.dimensions.map((_, at) => at)
  const pairs = all.flatMap((left) => all.slice(left + 1).map((right) => [left, right]))
  return (all.length === 1 ? [all] : pairs).map((kept) => projected(table, kept))
}

function projected({ dimensions, cells }: ExactTable, kept: readonly number[]): ExactTable {
  const joined = new Map<string, { readonly key: readonly string[]; readonly persons: number[] }>()
  for (const { key, persons } of cells) {
    const own = kept.map((at) => key[at] ?? '')
    const code = JSON.stringify(own)
    const cell = joined.get(code) ?? { key: own, persons: [] }
    joined.set(code, cell)
    for (const person of Array.from(persons, Number)) cell.persons.push(person)
  }
  const found: readonly ExactCell[] = [...joined.values()].filter(({ persons }) => persons.length > 0)
  return {
    dimensions: kept.map((at, index) => ({
      name: dimensions[at]?.name ?? '',
      levels: (dimensions[at]?.levels ?? []).filter((level) => found.some(({ key }) => key[index] === level)),
    })),
    cells: found,
  }
}
