/** A question as the form holds it, and the analysis that it becomes. Pure. */

import type { Result } from '#platform/result/result.ts'
import type { Analysis, CohortDefinition, Dimension, Measure } from '#research/analysis/analysis.ts'
import { type AnalysisProblemCode, readAnalysis } from '#research/analysis/read-analysis.ts'
import { narrowing } from '../cohorts/to-circe.ts'
import {
  COVARIATES,
  OUTCOMES,
  REGRESSIONS,
  type RegressionFault,
  type RegressionForm,
  regressionFaults,
  regressionOf,
} from '../workspace/regression-form.ts'

/** `attrition`: counts of the cohort as it narrows rule by rule. */
export const KINDS = [
  'count',
  'attrition',
  'rate',
  'time-series',
  'distribution',
  'survival',
  'characterisation',
  ...REGRESSIONS,
] as const
export type QuestionKind = (typeof KINDS)[number]
export const BY = ['age-group', 'sex', 'calendar-year', 'condition'] as const
export const MEASURES = ['age', 'follow-up-days', 'days-until', 'measurement'] as const
export const CHARACTERISED = ['condition', 'drug', 'procedure', 'measurement', 'visit'] as const

export interface QuestionForm {
  readonly kind: QuestionKind
  readonly title: string
  /** Ids of saved cohorts. */
  readonly cohort: string
  readonly event: string
  readonly by: readonly (typeof BY)[number][]
  /** As they were written: `0, 18, 40, 65`. */
  readonly ages: string
  readonly conditions: string
  readonly unit: 'month' | 'year'
  readonly measure: (typeof MEASURES)[number]
  readonly measured: string
  readonly classes: string
  readonly step: string
  readonly until: string
  readonly domains: readonly (typeof CHARACTERISED)[number][]
  /** Of regressions: what is explained (linear), and by what. */
  readonly outcome: RegressionForm['outcome']
  readonly covariates: RegressionForm['covariates']
  /** Member States that are asked. */
  readonly countries: readonly string[]
  readonly purpose: string
}

export function readQuestion(sent: URLSearchParams): QuestionForm {
  const text = (name: string, usual = ''): string => (sent.get(name) ?? usual).trim().slice(0, 500)
  const one = <T extends string>(name: string, list: readonly T[], usual: T): T =>
    list.find((value) => value === sent.get(name)) ?? usual
  const some = <T extends string>(name: string, list: readonly T[]): readonly T[] =>
    list.filter((value) => sent.getAll(name).includes(value))
  return {
    kind: one('kind', KINDS, 'count'),
    title: text('title').slice(0, 200),
    cohort: text('cohort'),
    event: text('event'),
    by: some('by', BY),
    ages: text('ages', '0, 18, 40, 65, 80'),
    conditions: text('conditions'),
    unit: one('unit', ['month', 'year'] as const, 'year'),
    measure: one('measure', MEASURES, 'age'),
    measured: text('measured'),
    classes: text('classes', '0, 20, 40, 60, 80'),
    step: text('step', '30'),
    until: text('until', '1825'),
    domains: some('domains', CHARACTERISED),
    outcome: one('outcome', OUTCOMES, 'follow-up-days'),
    covariates: some('covariate', COVARIATES),
    countries: sent.getAll('country').slice(0, 40),
    purpose: text('purpose'),
  }
}

export type QuestionFault = RegressionFault | 'no-numbers' | 'no-number' | 'no-concepts'

/** By the id of the field. */
export function questionFaults(form: QuestionForm): ReadonlyMap<string, QuestionFault> {
  const faults = new Map<string, QuestionFault>()
  const { kind, by } = form
  if (form.cohort === '') faults.set('cohort', 'cohort-missing')
  if (form.countries.length === 0) faults.set('country', 'nothing-chosen')
  if (form.purpose === '') faults.set('purpose', 'nothing-chosen')
  if (hasBy(kind) && by.includes('age-group') && numbersIn(form.ages) === undefined) faults.set('ages', 'no-numbers')
  if (hasBy(kind) && by.includes('condition') && conceptsIn(form.conditions) === undefined)
    faults.set('conditions', 'no-concepts')
  if (kind === 'distribution') {
    if (numbersIn(form.classes) === undefined) faults.set('classes', 'no-numbers')
    if (form.measure === 'measurement' && conceptsIn(form.measured) === undefined) faults.set('measured', 'no-concepts')
    if (form.measure === 'days-until' && form.event === '') faults.set('event', 'cohort-missing')
  }
  if (kind === 'survival') {
    if (form.event === '') faults.set('event', 'cohort-missing')
    for (const name of ['step', 'until'] as const) if (!/^[1-9]\d{0,4}$/.test(form[name])) faults.set(name, 'no-number')
  }
  if (kind === 'characterisation' && form.domains.length === 0) faults.set('domains', 'nothing-chosen')
  if (isRegression(kind)) for (const [field, fault] of regressionFaults({ ...form, kind })) faults.set(field, fault)
  return faults
}

export function hasBy(kind: QuestionKind): boolean {
  return kind !== 'characterisation' && kind !== 'attrition' && !isRegression(kind)
}

export function isRegression(kind: QuestionKind): kind is RegressionForm['kind'] {
  return REGRESSIONS.some((one) => one === kind)
}

/** Rising numbers with commas or spaces between them. */
function numbersIn(text: string): readonly number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  const numbers = parts.map(Number)
  const isGood =
    numbers.length > 0 && numbers.every((one, index) => Number.isFinite(one) && one > (numbers[index - 1] ?? -Infinity))
  return isGood ? numbers : undefined
}

function conceptsIn(text: string): readonly number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  const isGood = parts.length > 0 && parts.length <= 100 && parts.every((part) => /^[1-9]\d{0,14}$/.test(part))
  return isGood ? parts.map(Number) : undefined
}

export interface PreparedQuestion {
  /** One for each task; of an attrition the name of the rule that was added, empty for the entry. */
  readonly parts: readonly { readonly name: string; readonly analysis: Analysis }[]
}

/** @param cohorts definitions by id */
export function analysesOf(
  form: QuestionForm,
  cohorts: ReadonlyMap<string, CohortDefinition>,
): Result<PreparedQuestion, AnalysisProblemCode> {
  const cohort = cohorts.get(form.cohort) ?? {}
  const event = cohorts.get(form.event) ?? {}
  const wanted =
    form.kind === 'attrition'
      ? narrowing(cohort).map((step) => ({ name: step.name, analysis: { kind: 'count', cohort: step.cohort, by: [] } }))
      : [
          {
            name: '',
            analysis: isRegression(form.kind)
              ? regressionOf({ ...form, kind: form.kind }, cohorts)
              : analysisOf(form, form.kind, cohort, event),
          },
        ]
  const parts: { readonly name: string; readonly analysis: Analysis }[] = []
  for (const { name, analysis } of wanted) {
    const read = readAnalysis(analysis)
    if (!read.ok) return read
    parts.push({ name, analysis: read.value })
  }
  return { ok: true, value: { parts } }
}

function analysisOf(
  form: QuestionForm,
  kind: Exclude<QuestionKind, 'attrition' | RegressionForm['kind']>,
  cohort: CohortDefinition,
  event: CohortDefinition,
): Analysis {
  const by = form.by.map((one) => dimensionOf(one, form))
  switch (kind) {
    case 'count':
    case 'rate':
      return { kind, cohort, by }
    case 'time-series':
      return { kind, cohort, unit: form.unit, by: by.filter((one) => one.kind !== 'calendar-year') }
    case 'distribution':
      return { kind, cohort, by, measure: measureOf(form, event), classes: numbersIn(form.classes) ?? [] }
    case 'survival':
      return { kind, cohort, event, by, step: Number(form.step), until: Number(form.until) }
    case 'characterisation':
      return { kind, cohort, domains: form.domains }
  }
}

function dimensionOf(kind: (typeof BY)[number], form: QuestionForm): Dimension {
  if (kind === 'age-group') return { kind, bounds: numbersIn(form.ages) ?? [] }
  return kind === 'condition' ? { kind, concepts: conceptsIn(form.conditions) ?? [] } : { kind }
}

function measureOf({ measure, measured }: QuestionForm, event: CohortDefinition): Measure {
  if (measure === 'days-until') return { kind: measure, cohort: event }
  return measure === 'measurement' ? { kind: measure, concepts: conceptsIn(measured) ?? [] } : { kind: measure }
}
