/**
 * Logistic regression by iteratively reweighted least squares (Newton's method). Of each iteration only sums are needed:
 * who fits adds those of all shards or nodes, and sends the next coefficients.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { at, dot, invert, type Matrix, times } from './cholesky.ts'
import { same } from './linear-regression.ts'
import {
  CONSTANT,
  type Coefficient,
  dependent,
  type Observations,
  type RegressionProblemCode,
  tooFew,
} from './observations.ts'

/** About given coefficients. Columns are seen as (value - shift) / scale, so that the system is well conditioned. */
export interface LogisticSums {
  readonly columns: readonly string[]
  readonly persons: number
  readonly withOutcome: number
  readonly logLikelihood: number
  /** The constant first. */
  readonly score: readonly number[]
  readonly information: Matrix
}

/** The same for all who take part; only precision depends on it. */
export interface Scaling {
  readonly shift: readonly number[]
  readonly scale: readonly number[]
}

export interface LogisticFit {
  readonly persons: number
  readonly withOutcome: number
  readonly degreesOfFreedom: number
  readonly coefficients: readonly Coefficient[]
  readonly logLikelihood: number
  readonly iterations: number
}

/** Gives the sums at these coefficients (constant first, of the scaled columns). */
export type SumsAt = (coefficients: readonly number[]) => LogisticSums | Promise<LogisticSums>

const MOST_ITERATIONS = 40
/** Newton's decrement: about the square of the distance to the best fit, in standard errors. */
const CONVERGED = 1e-22
/** So near, the likelihood no longer shows in its digits which step is better, and whole steps are right. */
const NEAR = 1e-6
/** A variance so many times that without covariates is not an estimate any more. */
const RUN_AWAY = 1e4

/** The outcome is 0 or 1. */
export function logisticSums(
  { columns, rows }: Observations,
  { shift, scale }: Scaling,
  coefficients: readonly number[],
): LogisticSums {
  const size = columns.length + 1
  const score = new Array<number>(size).fill(0)
  const information = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  let persons = 0
  let withOutcome = 0
  let logLikelihood = 0
  for (const row of rows) {
    const scaled = [1, ...row.values.map((value, index) => (value - (shift[index] ?? 0)) / (scale[index] ?? 1))]
    const linear = dot(coefficients, scaled)
    const chance = 1 / (1 + Math.exp(-linear))
    const weight = row.persons * chance * (1 - chance)
    persons += row.persons
    if (row.outcome !== 0) withOutcome += row.persons
    logLikelihood -= row.persons * Math.log1p(Math.exp(row.outcome !== 0 ? -linear : linear))
    for (const [left, value] of scaled.entries()) {
      score[left] = (score[left] ?? 0) + row.persons * ((row.outcome !== 0 ? 1 : 0) - chance) * value
      const line = information[left] ?? []
      for (const [right, other] of scaled.entries()) line[right] = (line[right] ?? 0) + weight * value * other
    }
  }
  return { columns, persons, withOutcome, logLikelihood, score, information }
}

/** Chance of the outcome in each row at these coefficients, the constant first. */
export function chancesOf(
  { rows }: Observations,
  { shift, scale }: Scaling,
  coefficients: readonly number[],
): readonly number[] {
  return rows.map(({ values }) => {
    const scaled = [1, ...values.map((value, index) => (value - (shift[index] ?? 0)) / (scale[index] ?? 1))]
    return 1 / (1 + Math.exp(-dot(coefficients, scaled)))
  })
}

/** Undefined when the two are of different questions. Both must be about the same coefficients and scaling. */
export function addLogisticSums(left: LogisticSums, right: LogisticSums): LogisticSums | undefined {
  if (!same(left.columns, right.columns)) return undefined
  return {
    columns: left.columns,
    persons: left.persons + right.persons,
    withOutcome: left.withOutcome + right.withOutcome,
    logLikelihood: left.logLikelihood + right.logLikelihood,
    score: left.score.map((sum, index) => sum + (right.score[index] ?? 0)),
    information: left.information.map((line, row) =>
      line.map((sum, column) => sum + at(right.information, row, column)),
    ),
  }
}

/** Coefficients with standard errors, in the units of the columns. */
export async function fitLogistic(
  columns: readonly string[],
  scaling: Scaling,
  sumsAt: SumsAt,
): Promise<Result<LogisticFit, RegressionProblemCode>> {
  const { persons, withOutcome } = await sumsAt([0, ...columns.map(() => 0)])
  const few = tooFew(persons, columns.length)
  if (few) return few
  if (withOutcome === 0 || withOutcome === persons) {
    return failed('regression-outcome-constant', 'The outcome is the same for everybody.', 'Choose another outcome.')
  }
  let coefficients: readonly number[] = [Math.log(withOutcome / (persons - withOutcome)), ...columns.map(() => 0)]
  let sums = await sumsAt(coefficients)
  const start = invert(sums.information)
  if (!start.ok) return dependent(columns[start.dependent - 1] ?? CONSTANT)
  for (let iteration = 1; iteration <= MOST_ITERATIONS; iteration += 1) {
    const inverted = invert(sums.information)
    if (!inverted.ok || runsAway(inverted.inverse, start.inverse)) return separated()
    const step = times(inverted.inverse, sums.score)
    const moved = await forward(coefficients, step, sums, sumsAt)
    if (moved === undefined) return ok(describe(columns, scaling, coefficients, sums, inverted.inverse, iteration))
    coefficients = moved.coefficients
    sums = moved.sums
  }
  return separated()
}

/** Where the outcome is told without error, the information about a coefficient dies away while it grows. */
function runsAway(covariance: Matrix, atStart: Matrix): boolean {
  return covariance.some((_, index) => at(covariance, index, index) > RUN_AWAY * at(atStart, index, index))
}

/** A whole step, or a part of it when the likelihood would fall. Undefined at the best fit. */
async function forward(
  coefficients: readonly number[],
  step: readonly number[],
  sums: LogisticSums,
  sumsAt: SumsAt,
): Promise<{ readonly coefficients: readonly number[]; readonly sums: LogisticSums } | undefined> {
  const decrement = dot(step, sums.score)
  if (decrement < CONVERGED) return undefined
  for (let part = 1; part > 1e-4; part /= 2) {
    const next = coefficients.map((value, index) => value + part * (step[index] ?? 0))
    const found = await sumsAt(next)
    if (decrement < NEAR || found.logLikelihood > sums.logLikelihood) return { coefficients: next, sums: found }
  }
  return undefined
}

function separated(): Result<never, RegressionProblemCode> {
  return failed(
    'regression-separated',
    'The covariates tell the outcome without error, so that no coefficients fit best.',
    'Leave out the covariate that decides, or join its groups.',
  )
}

/** Back to the units of the columns: the constant changes with every shift. */
function describe(
  columns: readonly string[],
  { shift, scale }: Scaling,
  scaled: readonly number[],
  sums: LogisticSums,
  covariance: Matrix,
  iterations: number,
): LogisticFit {
  const towards = [1, ...columns.map((_, index) => -(shift[index] ?? 0) / (scale[index] ?? 1))]
  const slopes = columns.map((name, index) => ({
    name,
    value: (scaled[index + 1] ?? 0) / (scale[index] ?? 1),
    standardError: Math.sqrt(at(covariance, index + 1, index + 1)) / (scale[index] ?? 1),
  }))
  const constant = {
    name: CONSTANT,
    value: dot(towards, scaled),
    standardError: Math.sqrt(dot(towards, times(covariance, towards))),
  }
  return {
    persons: sums.persons,
    withOutcome: sums.withOutcome,
    degreesOfFreedom: sums.persons - columns.length - 1,
    coefficients: [constant, ...slopes],
    logLikelihood: sums.logLikelihood,
    iterations,
  }
}

/** Means and deviations of these observations; columns that do not vary keep their unit. */
export function scalingOf(observations: Observations): Scaling {
  const { columns, rows } = observations
  const shift = new Array<number>(columns.length).fill(0)
  const squares = new Array<number>(columns.length).fill(0)
  let persons = 0
  for (const row of rows) {
    persons += row.persons
    for (const [index, value] of row.values.entries()) shift[index] = (shift[index] ?? 0) + row.persons * value
  }
  for (const [index, sum] of shift.entries()) shift[index] = persons === 0 ? 0 : sum / persons
  for (const row of rows) {
    for (const [index, value] of row.values.entries()) {
      squares[index] = (squares[index] ?? 0) + row.persons * (value - (shift[index] ?? 0)) ** 2
    }
  }
  return { shift, scale: squares.map((sum) => (sum > 0 ? Math.sqrt(sum / persons) : 1)) }
}
