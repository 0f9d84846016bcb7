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
