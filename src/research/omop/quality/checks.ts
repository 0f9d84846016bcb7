/** The checks that are run, with the percentage of rows that may fail each: data of OHDSI's Data Quality Dashboard. */
import { readFileSync } from 'node:fs'
import * as z from 'zod'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../data/omop/${name}`, import.meta.url), 'utf8'))

const TableCheck = z.strictObject({
  check: z.enum(['measurePersonCompleteness', 'measureConditionEraCompleteness', 'measureObservationPeriodOverlap']),
  table: z.string(),
  threshold: z.number(),
})

const FieldCheck = z.strictObject({
  check: z.enum([
    'isRequired',
    'isPrimaryKey',
    'isForeignKey',
    'fkDomain',
    'fkClass',
    'isStandardValidConcept',
    'measureValueCompleteness',
    'standardConceptRecordCompleteness',
    'sourceConceptRecordCompleteness',
    'sourceValueCompleteness',
    'plausibleValueLow',
    'plausibleValueHigh',
    'plausibleAfterBirth',
    'plausibleBeforeDeath',
    'plausibleStartBeforeEnd',
    'withinVisitDates',
  ]),
  table: z.string(),
  column: z.string(),
  threshold: z.number(),
  /** A bound, a domain, a class. `tomorrow` and `next-year` count from the day of the check. */
  value: z.string().optional(),
  /** The other table and column that the check compares with. */
  field: z.string().optional(),
})

const ConceptCheck = z.strictObject({
  check: z.enum(['plausibleGender', 'plausibleGenderUseDescendants', 'plausibleUnitConceptIds']),
  table: z.string(),
  column: z.string(),
  concept: z.int(),
  threshold: z.number(),
  gender: z.enum(['Male', 'Female']).optional(),
  units: z.array(z.int()).optional(),
})

const Checks = z.strictObject({
  version: z.string(),
  source: z.string(),
  tables: z.array(TableCheck),
  fields: z.array(FieldCheck),
  concepts: z.array(ConceptCheck),
})

export type TableCheck = Readonly<z.infer<typeof TableCheck>>
export type FieldCheck = Readonly<z.infer<typeof FieldCheck>>
export type ConceptCheck = Readonly<z.infer<typeof ConceptCheck>>
export type CheckName = (TableCheck | FieldCheck | ConceptCheck)['check']

export const QUALITY_CHECKS: Readonly<z.infer<typeof Checks>> = Checks.parse(read('quality-checks.json'))

const DIMENSIONS = ['completeness', 'uniqueness', 'accuracy', 'validity', 'consistency'] as const
export type Dimension = (typeof DIMENSIONS)[number]

const LabelRules = z.object({ version: z.string(), dimensions: z.record(z.enum(DIMENSIONS), z.array(z.string())) })

/** Which checks speak for which quality of Art. 78(3)(b). */
export const LABEL_RULES = LabelRules.parse(read('quality-label.json'))

export interface CheckResult {
  readonly check: CheckName
  readonly table: string
  readonly column?: string
  readonly concept?: number
  /** Rows (persons, values) that the check looked at, and those that broke it. */
  readonly rows: number
  readonly violated: number
  /** Percent that may break it. */
  readonly threshold: number
  readonly outcome: 'passed' | 'failed'
}

export function resultOf(
  check: Omit<CheckResult, 'rows' | 'violated' | 'outcome'>,
  rows: number,
  violated: number,
): CheckResult {
  const share = rows === 0 ? 0 : (100 * violated) / rows
  return { ...check, rows, violated, outcome: share > check.threshold ? 'failed' : 'passed' }
}
