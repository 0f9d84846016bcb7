/** A question as the form holds it, and the analysis that it becomes. Pure. */

import type { Result } from '#platform/result/result.ts'
import type { Analysis, CohortDefinition, CountedCohort, Dimension, Measure } from '#research/analysis/analysis.ts'
import { type AnalysisProblemCode, readAnalysis } from '#research/analysis/read-analysis.ts'
import { narrowing } from '../cohorts/to-circe.ts'
import type { SavedCohort } from '../studies/study-store.ts'
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
  'cohort-counts',
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
  /** Of `cohort-counts`: all that are counted. */
  readonly cohorts: readonly string[]
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
    cohorts: [...new Set(sent.getAll('cohorts'))].slice(0, 100),
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
  if (kind === 'cohort-counts') {
    if (form.cohorts.length === 0) faults.set('cohorts', 'nothing-chosen')
  } else if (form.cohort === '') faults.set('cohort', 'cohort-missing')
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

/** Ids of the cohorts that the question is about. */
export function cohortsOf({ kind, cohort, cohorts }: QuestionForm): readonly string[] {
  return kind === 'cohort-counts' ? cohorts : [cohort]
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

/** A cohort that a question may be about. */
export type NamedCohort = Pick<SavedCohort, 'name' | 'definition'>

/** @param cohorts by id */
export function analysisOf(
  form: QuestionForm,
  cohorts: ReadonlyMap<string, NamedCohort>,
): Result<Analysis, AnalysisProblemCode> {
  const { kind } = form
  const definitions = new Map([...cohorts].map(([id, { definition }]) => [id, definition]))
  return readAnalysis(
    isRegression(kind) ? regressionOf({ ...form, kind }, definitions) : askedOf(form, kind, cohorts, definitions),
  )
}

function askedOf(
  form: QuestionForm,
  kind: Exclude<QuestionKind, RegressionForm['kind']>,
  cohorts: ReadonlyMap<string, NamedCohort>,
  definitions: ReadonlyMap<string, CohortDefinition>,
): Analysis {
  const by = form.by.map((one) => dimensionOf(one, form))
  const cohort = definitions.get(form.cohort) ?? {}
  const event = definitions.get(form.event) ?? {}
  switch (kind) {
    case 'attrition':
      return { kind: 'cohort-counts', cohorts: attritionSteps(cohort), by: [] }
    case 'cohort-counts':
      return { kind, cohorts: namedApart(form.cohorts.flatMap((id) => cohorts.get(id) ?? [])), by }
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

const LONGEST_NAME = 200

/** Each step of the narrowing cohort, called by its number and the name of the rule that was added. */
function attritionSteps(cohort: CohortDefinition): readonly CountedCohort[] {
  return narrowing(cohort).map((step, index) => ({
    name: `${index} ${step.name}`.trim().slice(0, LONGEST_NAME),
    cohort: step.cohort,
  }))
}

/** The number of a step, and the name of its rule; 0 is the entry. */
export function attritionStep(name: string): { readonly number: number; readonly rule: string } {
  const [number = ''] = name.split(' ', 1)
  return { number: Number(number), rule: name.slice(number.length + 1) }
}

/** Cohorts of the same name are told apart by a number. */
function namedApart(cohorts: readonly NamedCohort[]): readonly CountedCohort[] {
  const names = new Set<string>()
  return cohorts.map(({ name, definition }) => {
    const short = name.slice(0, LONGEST_NAME - 6)
    let own = short
    for (let times = 2; names.has(own); times += 1) own = `${short} (${times})`
    names.add(own)
    return { name: own, cohort: definition }
  })
}

function dimensionOf(kind: (typeof BY)[number], form: QuestionForm): Dimension {
  if (kind === 'age-group') return { kind, bounds: numbersIn(form.ages) ?? [] }
  return kind === 'condition' ? { kind, concepts: conceptsIn(form.conditions) ?? [] } : { kind }
}

function measureOf({ measure, measured }: QuestionForm, event: CohortDefinition): Measure {
  if (measure === 'days-until') return { kind: measure, cohort: event }
  return measure === 'measurement' ? { kind: measure, concepts: conceptsIn(measured) ?? [] } : { kind: measure }
}
