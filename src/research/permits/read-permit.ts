/** A permit as it arrives → `Permit`. Strict: what this version does not know may be a restriction, so it is refused. */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { DisclosureRulesSchema } from '../disclosure/read-rules.ts'
import type { DatasetId, Permit, PermitId } from './permit.ts'

const Text = z.string().min(1).max(500)
const Time = z.iso.datetime()
const Day = z.iso.date()
const Year = z.int().min(1850).max(2200)
const Concepts = z.array(z.int().nonnegative()).min(1).max(10_000)

const PopulationSchema = z.strictObject({
  bornFrom: Year.exactOptional(),
  bornTo: Year.exactOptional(),
  genders: Concepts.exactOptional(),
  withCondition: Concepts.exactOptional(),
})

const ScopeSchema = z.strictObject({
  dataset: Text.transform((id) => id as DatasetId),
  release: Text.exactOptional(),
  tables: z
    .array(z.strictObject({ table: Text, columns: z.array(Text).min(1).max(500) }))
    .min(1)
    .max(200),
  period: z.strictObject({ from: Day, to: Day }),
  population: PopulationSchema,
})

const PersonSchema = z.strictObject({
  identifier: Text,
  name: Text,
  role: z.enum(['principal-investigator', 'authorised']),
})

const PermitSchema = z.strictObject({
  id: Text.transform((id) => id as PermitId),
  kind: z.enum(['data-permit', 'data-request']),
  format: z.literal(1),
  caseId: Text,
  ruleSet: Text,
  memberState: z.string().regex(/^[A-Z]{2}$/),
  body: z.strictObject({ id: Text, name: Text }),
  issued: Time,
  from: Time,
  until: Time,
  purposes: z.array(z.enum(['a', 'b', 'c', 'd', 'e', 'f'])).min(1),
  persons: z.array(PersonSchema).min(1).max(1000),
  datasets: z.array(ScopeSchema).min(1).max(1000),
  optOutAsOf: Time,
  optOutException: z.string().min(1).max(5000).exactOptional(),
  data: z.enum(['anonymised', 'pseudonymised']),
  tools: z.array(z.enum(['typed-query', 'sql', 'r'])).min(1),
  disclosure: DisclosureRulesSchema,
})

/** EHDS Art. 68(12): at most ten years, extended at most once by ten. */
const LONGEST_YEARS = 20

export function readPermit(content: unknown): Result<Permit, 'permit-malformed' | 'permit-contradiction'> {
  const read = PermitSchema.safeParse(content)
  if (!read.success) {
    const path = read.error.issues[0]?.path.join('.') ?? ''
    return failed('permit-malformed', 'The permit is not of the agreed form.', 'Have it issued again.', { path })
  }
  const permit: Permit = read.data
  const contradiction = contradictionOf(permit)
  if (!contradiction) return ok(permit)
  const [path, sentence] = contradiction
  return failed('permit-contradiction', sentence, 'Have the body that issued it correct it.', { path })
}

/** Path and sentence of the first thing that a lawful permit cannot say. */
function contradictionOf(permit: Permit): readonly [string, string] | undefined {
  const [issued, from, until] = [permit.issued, permit.from, permit.until].map((time) => new Date(time)) as [
    Date,
    Date,
    Date,
  ]
  const latest = new Date(from)
  latest.setUTCFullYear(latest.getUTCFullYear() + LONGEST_YEARS)
  if (from >= until) return ['until', 'The permit ends before it begins.']
  if (until > latest) return ['until', 'The permit is longer than the law allows.']
  // EHDS Art. 71(3): the register is read when the permit is approved, not later.
  if (new Date(permit.optOutAsOf) > issued) return ['optOutAsOf', 'The opt-outs were read after the permit was issued.']
  const days = permit.datasets.findIndex(({ period }) => period.from > period.to)
  if (days >= 0) return [`datasets.${days}.period`, 'The period of a dataset ends before it begins.']
  const named = permit.datasets.map(({ dataset }) => dataset)
  if (new Set(named).size < named.length) return ['datasets', 'A dataset is named twice.']
  if (permit.kind === 'data-request') {
    // EHDS Art. 69(1): an answer in an anonymised statistical format, and no access to the data behind it.
    if (permit.data !== 'anonymised') return ['data', 'A data request is answered with anonymised statistics only.']
    if (permit.tools.some((tool) => tool !== 'typed-query')) return ['tools', 'A data request gives no access to data.']
  }
  return undefined
}
