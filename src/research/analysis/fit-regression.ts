/** From the exact answer of a regression to a fitted model, with what disclosure control must know of it. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { FittedModel } from '../disclosure/statistics.ts'
import type { ExactAnswer } from './answer.ts'
import { fitLinear, linearSums } from './statistics/linear-regression.ts'
import { fitLogistic, logisticSums, scalingOf } from './statistics/logistic-regression.ts'
import {
  type GroupedObservations,
  personsOf,
  type RegressionProblemCode,
  withReferences,
} from './statistics/observations.ts'

export type FitProblemCode = RegressionProblemCode | 'regression-no-data'

/** Exact: goes to `releaseModel` of disclosure control, after the cohort was released as a count. */
export async function fitRegression({ kind, observations }: ExactAnswer): Promise<Result<FittedModel, FitProblemCode>> {
  if (observations === undefined || observations.rows.length === 0) {
    const sentence = 'Nobody has a value of the outcome and of every covariate.'
    return failed('regression-no-data', sentence, 'Choose other covariates, or widen the cohort.')
  }
  const fitted = withReferences(observations)
  const levels = levelsOf(observations)
  if (kind === 'linear-regression') {
    const fit = fitLinear(linearSums(fitted))
    return fit.ok ? ok({ persons: fit.value.persons, coefficients: fit.value.coefficients, levels }) : fit
  }
  const scaling = scalingOf(fitted)
  const fit = await fitLogistic(fitted.columns, scaling, (at) => logisticSums(fitted, scaling, at))
  if (!fit.ok) return fit
  const { persons, withOutcome, coefficients } = fit.value
  return ok({ persons, coefficients, levels, outcomes: [withOutcome, persons - withOutcome] })
}

/** Persons in each group of each covariate, the group of reference too. */
function levelsOf(observations: GroupedObservations): FittedModel['levels'] {
  const place = new Map(observations.columns.map((column, index) => [column, index]))
  return observations.groups.map((group) => ({
    covariate: group[0] ?? '',
    persons: group.map((column) => {
      const at = place.get(column) ?? -1
      return personsOf({ ...observations, rows: observations.rows.filter((row) => row.values[at] === 1) })
    }),
  }))
}
