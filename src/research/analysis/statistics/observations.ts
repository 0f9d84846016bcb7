/** What regressions are computed from: each different combination of values once, with the number of persons who have it. */
import { type Failed, failed } from '#platform/result/result.ts'

export interface Observation {
  /** Values of the columns, in their order. */
  readonly values: readonly number[]
  readonly outcome: number
  readonly persons: number
}

export interface Observations {
  /** Names of the columns, without the constant. */
  readonly columns: readonly string[]
  readonly rows: readonly Observation[]
}

/** As they are collected: each group of a covariate has a column of 0 and 1, so that what shards hold adds up. */
export interface GroupedObservations extends Observations {
  /** For each covariate that is a group: its columns, the one of reference first. */
  readonly groups: readonly (readonly string[])[]
}

export interface Coefficient {
  /** `constant`, or a column. */
  readonly name: string
  readonly value: number
  readonly standardError: number
}

export type RegressionProblemCode =
  | 'regression-too-few-persons'
  | 'regression-dependent-columns'
  | 'regression-outcome-constant'
  | 'regression-separated'

export const CONSTANT = 'constant'

/** Without the columns of groups that nobody is in, and of the first group of each covariate, which others are compared with. */
export function withReferences({ columns, rows, groups }: GroupedObservations): Observations {
  const present = new Set(columns.filter((_, index) => rows.some((row) => row.persons > 0 && row.values[index] !== 0)))
  const dropped = new Set(
    groups.flatMap((group) => [
      ...group.filter((column) => !present.has(column)),
      ...group.filter((column) => present.has(column)).slice(0, 1),
    ]),
  )
  const kept = [...columns.keys()].filter((index) => !dropped.has(columns[index] ?? ''))
  return {
    columns: kept.map((index) => columns[index] ?? ''),
    rows: rows.map((row) => ({ ...row, values: kept.map((index) => row.values[index] ?? 0) })),
  }
}

/** The same rows in the same order give the same digits. */
export function observationsInOrder(rows: readonly Observation[]): readonly Observation[] {
  const coded = rows.map((row) => [JSON.stringify([row.values, row.outcome]), row] as const)
  return coded.sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row)
}

export function personsOf(observations: Observations): number {
  return observations.rows.reduce((sum, row) => sum + row.persons, 0)
}

/** Mean of each column and, last, of the outcome. */
export function meansOf({ columns, rows }: Observations): readonly number[] {
  const sums = new Array<number>(columns.length + 1).fill(0)
  let persons = 0
  for (const row of rows) {
    persons += row.persons
    for (const [index, value] of [...row.values, row.outcome].entries())
      sums[index] = (sums[index] ?? 0) + row.persons * value
  }
  return sums.map((sum) => (persons === 0 ? 0 : sum / persons))
}

export function tooFew(persons: number, columns: number): Failed<RegressionProblemCode> | undefined {
  if (persons > columns + 1) return undefined
  return failed(
    'regression-too-few-persons',
    `There are ${persons} persons for ${columns + 1} coefficients.`,
    'Ask for fewer covariates, or widen the cohort.',
  )
}

export function dependent(column: string): Failed<RegressionProblemCode> {
  return failed(
    'regression-dependent-columns',
    `The covariate ${column} is constant, or the covariates before it determine it.`,
    'Leave it out, or join its groups.',
  )
}
