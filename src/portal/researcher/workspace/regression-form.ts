/** A regression as a form: its outcome and what explains it, over cohorts of the study. Pure. */
import type { Analysis, CohortDefinition, Dimension, Measure } from '#research/analysis/analysis.ts'

export const REGRESSIONS = ['logistic-regression', 'linear-regression'] as const
export const COVARIATES = ['age', 'sex', 'age-group', 'calendar-year', 'follow-up-days'] as const
/** Of linear regressions. */
export const OUTCOMES = ['follow-up-days', 'age', 'days-until'] as const

export interface RegressionForm {
  readonly kind: (typeof REGRESSIONS)[number]
  /** Ids of saved cohorts. */
  readonly cohort: string
  /** Who enters it (logistic), or the days until somebody does. */
  readonly event: string
  readonly outcome: (typeof OUTCOMES)[number]
  readonly covariates: readonly (typeof COVARIATES)[number][]
}

export function readRegression(sent: URLSearchParams): RegressionForm {
  const one = <T extends string>(name: string, list: readonly T[], usual: T): T =>
    list.find((value) => value === sent.get(name)) ?? usual
  return {
    kind: one('regression', REGRESSIONS, 'logistic-regression'),
    cohort: sent.get('cohort') ?? '',
    event: sent.get('event') ?? '',
    outcome: one('outcome', OUTCOMES, 'follow-up-days'),
    covariates: COVARIATES.filter((one) => sent.getAll('covariate').includes(one)),
  }
}

export type RegressionFault = 'cohort-missing' | 'nothing-chosen' | 'outcome-explains-itself'

/** By the id of the field. */
export function regressionFaults(form: RegressionForm): ReadonlyMap<string, RegressionFault> {
  const faults = new Map<string, RegressionFault>()
  if (form.cohort === '') faults.set('cohort', 'cohort-missing')
  const needsEvent = form.kind === 'logistic-regression' || form.outcome === 'days-until'
  if (needsEvent && form.event === '') faults.set('event', 'cohort-missing')
  if (form.covariates.length === 0) faults.set('covariate', 'nothing-chosen')
  if (form.kind === 'linear-regression' && form.covariates.some((one) => one === form.outcome)) {
    faults.set('covariate', 'outcome-explains-itself')
  }
  return faults
}

/** @param cohorts definitions by id */
export function regressionOf(form: RegressionForm, cohorts: ReadonlyMap<string, CohortDefinition>): Analysis {
  const cohort = cohorts.get(form.cohort) ?? {}
  const event = cohorts.get(form.event) ?? {}
  const covariates = form.covariates.map(covariateOf)
  if (form.kind === 'logistic-regression') {
    return { kind: form.kind, cohort, covariates, outcome: { kind: 'has', cohort: event } }
  }
  const outcome: Measure =
    form.outcome === 'days-until' ? { kind: form.outcome, cohort: event } : { kind: form.outcome }
  return { kind: form.kind, cohort, covariates, outcome }
}

function covariateOf(kind: (typeof COVARIATES)[number]): Dimension | Measure {
  return kind === 'age-group' ? { kind, bounds: [0, 18, 40, 65] } : { kind }
}
