/** The rules of a permit as they arrive → `DisclosureRules`; the defaults, and the floors that no permit goes below. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import data from '../../../data/disclosure/rules.json' with { type: 'json' }
import type { DisclosureProblemCode } from './problems.ts'
import type { DisclosureRules } from './rules.ts'

const Share = z.number().positive().max(1)

/** Strict: what this version does not know may be a restriction. The order of the steps is no rule: it cannot be chosen. */
export const DisclosureRulesSchema = z.strictObject({
  version: z.string().min(1).max(100),
  frequencyFloor: z.int().positive(),
  perturbation: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('round'), base: z.int().positive() }),
    z.strictObject({ kind: z.literal('cell-key'), spread: z.int().positive().max(100) }),
  ]),
  zerosShownFor: z.array(z.string().min(1).max(500)).max(1000),
  dominance: z.strictObject({ n: z.int().positive().max(2), k: Share, p: z.number().nonnegative() }),
  privacyBudget: z.strictObject({ epsilon: z.number().positive(), perAnswer: z.number().positive() }).exactOptional(),
  smallCells: z.enum(['hide', 'refuse']).exactOptional(),
  refusalsBeforeReview: z.int().positive().exactOptional(),
})

const RulesFile = z.object({
  version: z.string(),
  defaults: DisclosureRulesSchema.omit({ version: true }),
  floors: z.object({
    frequencyFloor: z.int().min(5),
    roundingBase: z.int().positive(),
    spread: z.int().positive(),
    dominanceShare: Share,
    pRatio: z.number().nonnegative(),
    epsilonPerAnswer: z.number().positive(),
    refusalsBeforeReview: z.int().positive(),
  }),
  models: z.object({
    degreesOfFreedom: z.int().positive(),
    significantDigits: z.int().min(1).max(6),
    personsPerParameter: z.int().positive(),
  }),
  tables: z.object({ entries: z.int().positive(), hiddenTogether: z.int().positive() }),
  exposure: z.object({ numbers: z.int().positive() }),
})

const file = RulesFile.parse(data)

export const DEFAULT_RULES: DisclosureRules = { version: file.version, ...file.defaults }
export const MODEL_RULES = file.models
export const TABLE_LIMITS = file.tables
export const EXPOSURE_LIMITS = file.exposure
const FLOORS = file.floors

export function refusalsBeforeReview(rules: DisclosureRules): number {
  return rules.refusalsBeforeReview ?? file.defaults.refusalsBeforeReview ?? FLOORS.refusalsBeforeReview
}

/** Reads rules from outside and holds them against the floors. */
export function readDisclosureRules(value: unknown): Result<DisclosureRules, DisclosureProblemCode> {
  const parsed = DisclosureRulesSchema.safeParse(value)
  if (parsed.success) return withinFloors(parsed.data)
  const issue = parsed.error.issues[0]
  return failed(
    'disclosure-rules-invalid',
    `The rules of disclosure control are not readable: ${issue?.message ?? 'unknown form'}.`,
    'Ask the health data access body for a corrected permit.',
    { path: issue?.path.join('.') ?? '' },
  )
}

/** Rules that are as strict as the floors, or stricter. */
export function withinFloors(rules: DisclosureRules): Result<DisclosureRules, DisclosureProblemCode> {
  const laxer = laxerThanFloors(rules)
  if (laxer === undefined) return ok(rules)
  return failed(
    'disclosure-rules-too-lax',
    `The rules of disclosure control are laxer than this node allows: ${laxer}.`,
    'Ask the health data access body for stricter rules.',
    { path: laxer },
  )
}

function laxerThanFloors(rules: DisclosureRules): string | undefined {
  const { perturbation, dominance, privacyBudget } = rules
  if (rules.frequencyFloor < FLOORS.frequencyFloor) return 'frequencyFloor'
  if (perturbation.kind === 'round' && perturbation.base < FLOORS.roundingBase) return 'perturbation.base'
  if (perturbation.kind === 'cell-key' && perturbation.spread < FLOORS.spread) return 'perturbation.spread'
  // One contributor alone (n = 1) is a laxer question than two together.
  if (dominance.n < 2) return 'dominance.n'
  if (dominance.k > FLOORS.dominanceShare) return 'dominance.k'
  if (dominance.p < FLOORS.pRatio) return 'dominance.p'
  if (privacyBudget && privacyBudget.perAnswer > FLOORS.epsilonPerAnswer) return 'privacyBudget.perAnswer'
  if (refusalsBeforeReview(rules) > FLOORS.refusalsBeforeReview) return 'refusalsBeforeReview'
  return undefined
}
