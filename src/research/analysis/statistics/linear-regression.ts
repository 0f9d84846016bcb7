/**
 * Least squares from sums. Sums are of differences to a fixed shift: with a shift near the means the normal equations
 * keep their digits (Longley's data lose nearly all without it). Sums about one shift add up over shards and nodes.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { at, dot, invert, type Matrix, times } from './cholesky.ts'
import {
  CONSTANT,
  type Coefficient,
  dependent,
  meansOf,
  type Observations,
  type RegressionProblemCode,
  tooFew,
} from './observations.ts'

export interface LinearSums {
  readonly columns: readonly string[]
  /** Of each column and, last, of the outcome. */
  readonly shift: readonly number[]
  readonly persons: number
  readonly sums: readonly number[]
  /** Products of all pairs of columns (the outcome last), symmetric. */
  readonly products: Matrix
}

export interface LinearFit {
  readonly persons: number
  readonly degreesOfFreedom: number
  readonly coefficients: readonly Coefficient[]
  readonly residualDeviation: number
  readonly explained: number
}

/** `shift` absent: the means of these observations. Nodes that shall be added need one shift for all. */
export function linearSums(observations: Observations, shift = meansOf(observations)): LinearSums {
  const size = observations.columns.length + 1
  const sums = new Array<number>(size).fill(0)
  const products = Array.from({ length: size }, () => new Array<number>(size).fill(0))
  let persons = 0
  for (const row of observations.rows) {
    persons += row.persons
    const centred = [...row.values, row.outcome].map((value, index) => value - (shift[index] ?? 0))
    for (const [left, value] of centred.entries()) {
      sums[left] = (sums[left] ?? 0) + row.persons * value
      const line = products[left] ?? []
      for (const [right, other] of centred.entries()) line[right] = (line[right] ?? 0) + row.persons * value * other
    }
  }
  return { columns: observations.columns, shift, persons, sums, products }
}

/** Undefined when the two are of different questions or about different shifts. */
export function addLinearSums(left: LinearSums, right: LinearSums): LinearSums | undefined {
  if (!same(left.columns, right.columns) || !same(left.shift, right.shift)) return undefined
  return {
    columns: left.columns,
    shift: left.shift,
    persons: left.persons + right.persons,
    sums: left.sums.map((sum, index) => sum + (right.sums[index] ?? 0)),
    products: left.products.map((line, row) => line.map((sum, column) => sum + at(right.products, row, column))),
  }
}

/** The same persons about another shift: sums of parts, each about its own means, are brought together without losing digits. */
export function aboutShift({ columns, shift, persons, sums, products }: LinearSums, to: readonly number[]): LinearSums {
  const moved = shift.map((from, index) => from - (to[index] ?? 0))
  const by = (index: number): number => moved[index] ?? 0
  const sum = (index: number): number => sums[index] ?? 0
  return {
    columns,
    shift: to,
    persons,
    sums: sums.map((one, index) => one + persons * by(index)),
    products: products.map((line, row) =>
      line.map(
        (product, column) => product + sum(row) * by(column) + by(row) * sum(column) + persons * by(row) * by(column),
      ),
    ),
  }
}

export function same<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index])
}

/** Coefficients with standard errors. */
export function fitLinear(sums: LinearSums): Result<LinearFit, RegressionProblemCode> {
  const { columns, persons } = sums
  const few = tooFew(persons, columns.length)
  if (few) return few
  const outcome = columns.length
  const offsets = sums.sums.map((sum) => sum / persons)
  const spread = sums.products.map((line, row) =>
    line.map((product, column) => product - persons * (offsets[row] ?? 0) * (offsets[column] ?? 0)),
  )
  const scales = spread.map((line, index) => Math.sqrt(Math.max(0, line[index] ?? 0)))
  const scale = (index: number): number => scales[index] ?? 0
  for (const [index, column] of columns.entries()) if (!(scale(index) > 0)) return dependent(column)
  if (!(scale(outcome) > 0)) {
    return failed('regression-outcome-constant', 'The outcome is the same for everybody.', 'Choose another outcome.')
  }
  // Solved for correlations, which are of one size whatever the units are.
  const correlations = columns.map((_, row) =>
    columns.map((_column, column) => at(spread, row, column) / (scale(row) * scale(column))),
  )
  const inverted = invert(correlations)
  if (!inverted.ok) return dependent(columns[inverted.dependent] ?? '')
  const withOutcome = columns.map((_, row) => at(spread, row, outcome) / (scale(row) * scale(outcome)))
  const standardised = times(inverted.inverse, withOutcome)
  const slopes = standardised.map((value, index) => (value * scale(outcome)) / scale(index))
  const explained = dot(standardised, withOutcome)
  const degreesOfFreedom = persons - columns.length - 1
  const residual = (at(spread, outcome, outcome) * Math.max(0, 1 - explained)) / degreesOfFreedom
  const means = sums.shift.map((shift, index) => shift + (offsets[index] ?? 0))
  const scaledMeans = columns.map((_, index) => (means[index] ?? 0) / scale(index))
  const constantVariance = 1 / persons + dot(scaledMeans, times(inverted.inverse, scaledMeans))
  const constant = (means[outcome] ?? 0) - dot(slopes, means)
  return ok({
    persons,
    degreesOfFreedom,
    coefficients: [
      { name: CONSTANT, value: constant, standardError: Math.sqrt(residual * constantVariance) },
      ...columns.map((name, index) => ({
        name,
        value: slopes[index] ?? 0,
        standardError: Math.sqrt(residual * at(inverted.inverse, index, index)) / scale(index),
      })),
    ],
    residualDeviation: Math.sqrt(residual),
    explained,
  })
}
