/** A regression that was fitted from the sums of several nodes, as it is shown: coefficients with intervals and p-values. */
import { ok, type Result } from '#platform/result/result.ts'
import { fitLinear } from '../../analysis/statistics/linear-regression.ts'
import type { LogisticFit } from '../../analysis/statistics/logistic-regression.ts'
import type { Coefficient, RegressionProblemCode } from '../../analysis/statistics/observations.ts'
import { twoSidedQuantile, twoSidedTail } from '../../analysis/statistics/tails.ts'
import { significant } from '../../disclosure/noise.ts'
import { MODEL_RULES } from '../../disclosure/read-rules.ts'
import type { Pooled } from './pooled.ts'

export interface ModelCoefficient extends Coefficient {
  /** Ends of the 95 % interval. */
  readonly low: number
  readonly high: number
  /** Chance of a coefficient so far from zero if it were zero. */
  readonly p: number
}

export interface FittedTogether {
  readonly coefficients: readonly ModelCoefficient[]
  /** Groups that the others are compared with. */
  readonly references: readonly string[]
}

const OUTSIDE = 0.05

export function linearModel(pool: Pooled): Result<FittedTogether, RegressionProblemCode> {
  const fit = fitLinear(pool.sums)
  if (!fit.ok) return fit
  const { coefficients, degreesOfFreedom } = fit.value
  return ok({ coefficients: inferred(coefficients, degreesOfFreedom), references: pool.references })
}

/** Wald's intervals, as R's `summary(glm)` gives p-values. */
export function logisticModel({ references }: Pooled, { coefficients }: LogisticFit): FittedTogether {
  return { coefficients: inferred(coefficients, Number.POSITIVE_INFINITY), references }
}

function inferred(coefficients: readonly Coefficient[], degreesOfFreedom: number): readonly ModelCoefficient[] {
  const quantile = twoSidedQuantile(OUTSIDE, degreesOfFreedom)
  return coefficients.map((one) => ({
    ...one,
    low: one.value - quantile * one.standardError,
    high: one.value + quantile * one.standardError,
    p: twoSidedTail(one.value / one.standardError, degreesOfFreedom),
  }))
}

/** Digits that may be told of a model: what leaves the coordinator, as what leaves a single node. */
export function toldModel({ coefficients, references }: FittedTogether): FittedTogether {
  const told = (value: number): number => significant(value, MODEL_RULES.significantDigits)
  return {
    coefficients: coefficients.map(({ name, value, standardError, low, high, p }) => ({
      ...{ name, value: told(value), standardError: told(standardError), low: told(low), high: told(high), p: told(p) },
    })),
    references,
  }
}
