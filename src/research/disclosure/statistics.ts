/** Rules for single numbers that are no cells of a table: percentiles, ratios, coefficients of a model. Extremes are never told. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { significant } from './noise.ts'
import type { DisclosureProblemCode } from './problems.ts'
import { MODEL_RULES } from './read-rules.ts'
import type { DisclosureRules } from './rules.ts'

/**
 * The value below which a share of the persons lies, to three significant digits.
 * @param values one for each distinct person, in any order
 * @param share above 0 and below 1: the smallest and the largest value are those of one person and never told
 */
export function percentile(
  values: ArrayLike<number>,
  share: number,
  { frequencyFloor }: DisclosureRules,
): Result<number, DisclosureProblemCode> {
  const sorted = Float64Array.from(values).sort()
  const at = Math.ceil(share * sorted.length) - 1
  const value = sorted[at]
  if (value === undefined || !(share > 0 && share < 1)) return tooFewBeyond()
  // Strictly beyond: persons who have the value itself do not hide him who stands alone above it.
  const below = sorted.findIndex((one) => one >= value)
  const above = sorted.length - 1 - sorted.findLastIndex((one) => one <= value)
  if (below < frequencyFloor || above < frequencyFloor) return tooFewBeyond()
  return ok(significant(value, MODEL_RULES.significantDigits))
}

/** Of two released numbers; nothing when either is hidden or the denominator is 0. */
export function ratio(numerator: number | null, denominator: number | null): number | null {
  if (numerator === null || denominator === null || denominator === 0) return null
  return significant(numerator / denominator, MODEL_RULES.significantDigits)
}

export interface FittedModel {
  /** Distinct persons who were fitted. */
  readonly persons: number
  /** With the intercept. */
  readonly coefficients: readonly { readonly name: string; readonly value: number; readonly standardError: number }[]
  /** Of each covariate that has few values (sex, a condition): distinct persons with each value. */
  readonly levels: readonly { readonly covariate: string; readonly persons: readonly number[] }[]
  /** Of a yes/no outcome: persons with and without it. */
  readonly outcomes?: readonly [number, number]
}

/**
 * May the coefficients be told? Not with fewer than ten degrees of freedom, nor when a value of a covariate, or an outcome, is that
 * of fewer persons than the floor: its coefficient would be their mean. Residuals, leverages and single fitted values never.
 * The cohort must have been released as a count first, so that the ledger knows it.
 */
export function releaseModel(
  model: FittedModel,
  { frequencyFloor }: DisclosureRules,
): Result<FittedModel['coefficients'], DisclosureProblemCode> {
  const freedom = model.persons - model.coefficients.length
  const counts = [...model.levels.flatMap(({ persons }) => persons), ...(model.outcomes ?? [])]
  const small = counts.some((count) => count > 0 && count < frequencyFloor)
  if (freedom < MODEL_RULES.degreesOfFreedom || small || model.persons < frequencyFloor) {
    return failed(
      'disclosure-model-too-small',
      'The model would tell about too few persons: too few degrees of freedom, or a value that too few have.',
      'Ask with a larger cohort, fewer covariates, or coarser ones.',
    )
  }
  const digits = MODEL_RULES.significantDigits
  return ok(
    model.coefficients.map(({ name, value, standardError }) => ({
      name,
      value: significant(value, digits),
      standardError: significant(standardError, digits),
    })),
  )
}

function tooFewBeyond() {
  return failed<DisclosureProblemCode>(
    'disclosure-too-few',
    'Too few persons lie beyond the percentile.',
    'Ask for one nearer to the middle, or about a larger group.',
  )
}
