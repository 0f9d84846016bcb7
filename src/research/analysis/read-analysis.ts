/** Reads a question from unknown JSON: tasks of other bodies, forms of researchers. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Analysis, Dimension } from './analysis.ts'
import { boundsProblem } from './bands.ts'

export type AnalysisProblemCode = 'analysis-unreadable' | 'analysis-too-fine'

const concepts = z.array(z.int().positive()).min(1).max(100)
const cohort = z.record(z.string(), z.unknown())
const bounds = z
  .array(z.number())
  .max(200)
  .superRefine((list, context) => {
    const problem = boundsProblem(list)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

const dimension = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('age-group'), bounds }),
  z.strictObject({ kind: z.literal('sex') }),
  z.strictObject({ kind: z.literal('calendar-year') }),
  z.strictObject({ kind: z.literal('calendar-month') }),
  z.strictObject({ kind: z.literal('condition'), concepts }),
])
const by = z.array(dimension).max(4)

const measure = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('days-until'), cohort }),
  z.strictObject({ kind: z.literal('age') }),
  z.strictObject({ kind: z.literal('follow-up-days') }),
  z.strictObject({ kind: z.literal('measurement'), concepts }),
])
const has = z.strictObject({ kind: z.literal('has'), cohort })
const covariates = z.array(z.union([dimension, measure])).max(30)
/** An attrition has one for each rule, a study a shelf of them; each is some steps of one program. */
const MOST_COHORTS = 100
const cohorts = z
  .array(z.strictObject({ name: z.string().min(1).max(200), cohort }))
  .min(1)
  .max(MOST_COHORTS)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'two cohorts have the same name')
const days = z.int().positive().max(50_000)

/** A question as it arrives; `readAnalysis` also refuses tables that are too fine. */
export const AnalysisSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count'), cohort, by }),
  z.strictObject({ kind: z.literal('cohort-counts'), cohorts, by }),
  z.strictObject({ kind: z.literal('rate'), cohort, by }),
  z.strictObject({ kind: z.literal('time-series'), cohort, unit: z.enum(['month', 'year']), by }),
  z.strictObject({ kind: z.literal('distribution'), cohort, measure, by, classes: bounds }),
  z.strictObject({ kind: z.literal('survival'), cohort, event: cohort, by, step: days, until: days }),
  z.strictObject({
    kind: z.literal('characterisation'),
    cohort,
    domains: z.array(z.enum(['condition', 'drug', 'procedure', 'measurement', 'visit'])).min(1),
  }),
  z.strictObject({ kind: z.literal('linear-regression'), cohort, outcome: measure, covariates }),
  z.strictObject({ kind: z.literal('logistic-regression'), cohort, outcome: has, covariates }),
]) satisfies z.ZodType<Analysis>

/** Cells that a table may have, at most; months and years are counted as if the period were a century. */
const MOST_CELLS = 1_000_000
const MONTHS = 1200

export function readAnalysis(json: unknown): Result<Analysis, AnalysisProblemCode> {
  const read = AnalysisSchema.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    const path = ['$', ...(issue?.path ?? [])].map(String).join('.')
    return failed(
      'analysis-unreadable',
      `The question cannot be read at ${path}: ${issue?.message ?? 'it is empty'}.`,
      'Correct the question at the place named.',
      { path },
    )
  }
  if (cellsOf(read.data) > MOST_CELLS) {
    return failed(
      'analysis-too-fine',
      `The table would have more than ${MOST_CELLS} cells, nearly all of them with hardly anybody.`,
      'Ask for fewer dimensions, or wider groups.',
    )
  }
  return ok(read.data)
}

function cellsOf(question: Analysis): number {
  const dimensions = 'by' in question ? question.by : []
  const grid = dimensions.reduce((cells, one) => cells * levelsOf(one), 1)
  switch (question.kind) {
    case 'distribution':
      return grid * (question.classes.length + 1)
    case 'cohort-counts':
      return grid * question.cohorts.length
    case 'survival':
      return grid * 2 * (Math.floor(question.until / question.step) + 1)
    case 'time-series':
      return grid * (question.unit === 'month' ? MONTHS : MONTHS / 12)
    default:
      return grid
  }
}

function levelsOf(one: Dimension): number {
  switch (one.kind) {
    case 'age-group':
      return one.bounds.length + 1
    case 'sex':
      return 3
    case 'calendar-year':
      return MONTHS / 12
    case 'calendar-month':
      return MONTHS
    case 'condition':
      return one.concepts.length + 1
  }
}
