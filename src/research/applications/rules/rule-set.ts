/**
 * The rules of the procedure as data with a version: forms, clocks, enumerations, criteria, fees, roles. The implementing
 * acts of EHDS Art. 70 are still to come, so a new text is a new file, and a case keeps the version it began under.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'

const Text = z.object({ en: z.string().min(1), fr: z.string().min(1) })
const Day = z.iso.date()
const Count = z.int().positive()

const PeriodSchema = z.union([
  z.strictObject({ days: Count }),
  z.strictObject({ weeks: Count }),
  z.strictObject({ months: Count }),
  z.strictObject({ years: Count }),
  z.strictObject({ workingDays: Count }),
])

/** Equality with another answer; an answer that is not there counts as `false`. */
const Condition = z.strictObject({ field: z.string(), is: z.union([z.string(), z.boolean()]) })

const FieldSchema = z.strictObject({
  id: z.string().regex(/^[a-zA-Z]+$/),
  article: z.string(),
  type: z.enum([
    'text',
    'long-text',
    'choice',
    'choices',
    'attestations',
    'boolean',
    'number',
    'country',
    'period',
    'persons',
    'datasets',
  ]),
  label: Text,
  help: Text.optional(),
  required: z.union([z.boolean(), Condition]),
  options: z.array(z.strictObject({ code: z.string(), label: Text })).optional(),
  optionsFrom: z.enum(['applicantKinds', 'purposes', 'prohibitedUses', 'categories']).optional(),
  /** Characters of a text. */
  longest: Count.optional(),
  /** Bounds of a number. */
  least: z.int().optional(),
  most: z.int().optional(),
})

const FormSchema = z.strictObject({
  article: z.string(),
  sections: z.array(z.strictObject({ id: z.string(), label: Text, fields: z.array(FieldSchema) })),
})

export const CLOCK_IDS = [
  'completeApplication',
  'decision',
  'decisionAccelerated',
  'trustedHolderAssessment',
  'trustedHolderDecision',
  'askHolder',
  'holderDelivery',
  'makeAvailable',
  'requestAssessment',
  'requestResponse',
  'permitMax',
  'speDeletion',
  'publishResults',
  'publishDecision',
  'viewsOnFinding',
  'exclusionMax',
  'feeAgreement',
  'activityReport',
  'datasetDescriptionReview',
  'speAccessLogs',
] as const

const ClockSchema = z.strictObject({
  number: z.string(),
  id: z.enum(CLOCK_IDS),
  article: z.string(),
  /** The event it runs from. */
  from: z.string(),
  /** `immediately`: by the end of the next working day. */
  length: z.union([PeriodSchema, z.literal('immediately')]),
  /** `period`: ends on a working day (Reg. 1182/71). `limit`: what nobody may exceed, not lengthened by a holiday. */
  counting: z.enum(['period', 'limit']),
  responsible: z.string(),
  extension: z
    .strictObject({
      length: z.union([PeriodSchema, z.literal('stated')]),
      requires: z.string(),
      times: Count.optional(),
      before: z.strictObject({ months: Count }).optional(),
    })
    .optional(),
  when: z.literal('accelerated').optional(),
  soft: z.boolean().optional(),
  onExpiry: z.string().optional(),
  every: PeriodSchema.optional(),
  kind: z.literal('retention').optional(),
})

const CriterionSchema = z.strictObject({ code: z.string(), label: Text, consideration: z.boolean() })

const RuleSetSchema = z.strictObject({
  version: z.string().min(1),
  appliesFrom: Day,
  source: z.string(),
  applicantKinds: z.array(
    z.strictObject({ code: z.string(), label: Text, publicBody: z.boolean(), reducedFees: z.boolean() }),
  ),
  purposes: z.array(
    z.strictObject({
      code: z.enum(['a', 'b', 'c', 'd', 'e', 'f']),
      article: z.string(),
      label: Text,
      publicBodiesOnly: z.boolean(),
    }),
  ),
  prohibitedUses: z.array(z.strictObject({ code: z.string(), article: z.string(), label: Text })),
  categories: z.array(
    z.strictObject({
      letter: z.string(),
      code: z.string(),
      article: z.string(),
      label: Text,
      appliesFrom: Day,
      stricterNationalMeasures: z.boolean(),
    }),
  ),
  clocks: z.array(ClockSchema),
  criteria: z.strictObject({ 'data-permit': z.array(CriterionSchema), 'data-request': z.array(CriterionSchema) }),
  fees: z.strictObject({
    currency: z.literal('EUR'),
    article: z.string(),
    components: z.array(z.strictObject({ code: z.string(), article: z.string(), label: Text })),
  }),
  roles: z.array(z.strictObject({ code: z.string(), label: Text, article: z.string(), ofBody: z.boolean() })),
  /** Pairs of roles that one person may not hold in one case (Art. 55(2)); a body may remove or add pairs. */
  separation: z.array(z.tuple([z.string(), z.string()])),
  forms: z.strictObject({ 'data-permit': FormSchema, 'data-request': FormSchema }),
})

export type RuleSet = z.infer<typeof RuleSetSchema>
export type Form = z.infer<typeof FormSchema>
export type Field = z.infer<typeof FieldSchema>
export type ClockRule = z.infer<typeof ClockSchema>
export type ClockId = ClockRule['id']

/** Version → rules. */
export type RuleSets = ReadonlyMap<string, RuleSet>
export type RulesProblemCode = 'rules-unreadable'

/** Reads every version in a folder; two files of one version are a problem. */
export async function readRuleSets(folder: string): Promise<Result<RuleSets, RulesProblemCode>> {
  let names: readonly string[]
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  } catch {
    return unreadable('The folder of rules is missing.', folder)
  }
  const sets = new Map<string, RuleSet>()
  for (const name of names) {
    const file = join(folder, name)
    let json: unknown
    try {
      json = JSON.parse(await readFile(file, 'utf8'))
    } catch {
      return unreadable('The file of rules is not JSON.', file)
    }
    const read = readRuleSet(json, file)
    if (!read.ok) return read
    if (sets.has(read.value.version)) return unreadable(`The rules ${read.value.version} are there twice.`, file)
    sets.set(read.value.version, read.value)
  }
  return ok(sets)
}

export function readRuleSet(json: unknown, file = 'rules'): Result<RuleSet, RulesProblemCode> {
  const parsed = RuleSetSchema.safeParse(json)
  if (!parsed.success) {
    return unreadable('The file of rules is not as expected.', file, parsed.error.issues[0]?.path.join('.'))
  }
  const missing = CLOCK_IDS.find((id) => !parsed.data.clocks.some((clock) => clock.id === id))
  if (missing) return unreadable(`The rules lack the clock ${missing}.`, file, 'clocks')
  return ok(parsed.data)
}

/** The rules that a case begun on this day falls under: the newest that apply, or before all of them the first. */
export function rulesInForce(sets: RuleSets, day: string): RuleSet | undefined {
  const ordered = [...sets.values()].sort((a, b) => (a.appliesFrom < b.appliesFrom ? -1 : 1))
  return ordered.findLast(({ appliesFrom }) => appliesFrom <= day) ?? ordered[0]
}

export function clockRule(rules: RuleSet, id: ClockId): ClockRule {
  const found = rules.clocks.find((clock) => clock.id === id)
  if (!found) throw new Error(`The rules ${rules.version} lack the clock ${id}.`)
  return found
}

/** What may be chosen in a field, by code. */
export function optionsOf(rules: RuleSet, field: Field): readonly { readonly code: string; readonly label: Text }[] {
  return field.options ?? (field.optionsFrom ? rules[field.optionsFrom] : [])
}

export type Text = z.infer<typeof Text>

function unreadable(sentence: string, file: string, path?: string): Result<never, RulesProblemCode> {
  const place = { file, ...(path ? { path } : {}) }
  return failed('rules-unreadable', sentence, 'Correct the file in data/research/rules.', place)
}
