/**
 * Everything that can happen to a case, as events. They are the only thing that is stored; state, clocks, register and
 * report are folds over them. Schemas and types are one, because events also arrive from other bodies.
 */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Permit } from '../../permits/permit.ts'
import { readPermit } from '../../permits/read-permit.ts'
import { AnswersSchema, ApplicationSchema, CountryCode, PersonSchema } from '../rules/application.ts'

export const ROLES = [
  'applicant',
  'member',
  'intake',
  'assessor',
  'data-holder',
  'data-preparer',
  'output-checker',
  'coordinator',
  'auditor',
  'public',
  'system',
] as const
export type Role = (typeof ROLES)[number]

const Identifier = z.string().min(1).max(500)
/** What a person wrote; never empty, because reasons are owed (Art. 68(4), 68(9)). */
const Words = z.string().trim().min(1).max(20_000)
/** Written in one way, so that moments compare as text. */
const Moment = z.iso.datetime().transform((moment) => new Date(moment).toISOString())
const Day = z.iso.date()
const Cents = z.int().nonnegative()
const Months = z.int().positive()

const ActorSchema = z.strictObject({
  /** `system|value`; for the node itself its country. */
  person: Identifier,
  role: z.enum(ROLES),
  /** Of a data holder or a body. */
  organisation: Identifier.optional(),
})
export type Actor = z.infer<typeof ActorSchema>

const PermitValue = z.unknown().transform((value, context): Permit => {
  const read = readPermit(value)
  if (read.ok) return read.value
  context.addIssue({ code: 'custom', message: read.problem.sentence })
  return z.NEVER
})

/** `country`: the node where it happened. */
const envelope = { at: Moment, country: CountryCode, by: ActorSchema }

function ofCase<const Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({ kind: z.literal(kind), ...envelope, ...shape })
}
/** `memberState`: whose decision it is about (Art. 68(5): each body decides for what is held there). */
function ofPart<const Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({ kind: z.literal(kind), ...envelope, memberState: CountryCode, ...shape })
}

const begins = { caseId: z.uuid(), ruleSet: Identifier, homeCountry: CountryCode }
const CriterionNote = z.strictObject({ code: Identifier, met: z.boolean(), reason: Words })

const CaseEventSchemas = [
  ofCase('drafted', { ...begins, applicationKind: ApplicationSchema.shape.kind, answers: AnswersSchema }),
  ofCase('edited', { answers: AnswersSchema }),
  ofCase('member-added', { person: PersonSchema }),
  ofCase('member-removed', { identifier: Identifier }),
  ofCase('submitted', { application: ApplicationSchema }),
  /** The first event at the body of another Member State (Art. 67(3)). */
  ofCase('received', { ...begins, application: ApplicationSchema, submittedAt: Moment }),
  ofCase('withdrawn', {}),
] as const

/** Until the decision. */
const DecisionEventSchemas = [
  ofPart('forwarded', {}),
  ofPart('completion-asked', { questions: z.array(Words).min(1).max(100) }),
  ofPart('completed', { application: ApplicationSchema }),
  ofPart('completeness-confirmed', {}),
  ofPart('lapsed', {}),
  ofPart('criteria-assessed', { criteria: z.array(CriterionNote).min(1).max(50) }),
  ofPart('question-asked', { question: Words }),
  ofPart('question-answered', { answer: Words }),
  ofPart('sent-to-trusted-holder', { holder: Identifier }),
  ofPart('proposal-made', { holder: Identifier, proposal: z.enum(['grant', 'refuse']), reasons: Words }),
  ofPart('decision-extended', { months: Months, reasons: Words }),
  ofPart('fee-estimated', { items: z.array(z.strictObject({ component: Identifier, cents: Cents })).max(50) }),
  ofPart('fee-accepted', {}),
  ofPart('costs-charged', { cents: Cents, reasons: Words }),
  ofPart('conversion-proposed', { reasons: Words }),
  ofPart('conversion-answered', { agreed: z.boolean() }),
  ofPart('refused', { justification: Words }),
  ofPart('decision-published', { summary: Words }),
  ofPart('part-closed', {}),
] as const

/** From the decision on. */
const PermitEventSchemas = [
  ofPart('granted', { permit: PermitValue }),
  ofPart('data-asked', { holder: Identifier }),
  ofPart('delivery-delayed', { holder: Identifier, months: Months, reasons: Words }),
  ofPart('delivered', { holder: Identifier, release: Identifier }),
  ofPart('preparation-extended', { until: Day, reasons: Words }),
  ofPart('made-available', { environment: Identifier }),
  ofPart('responded', { reference: Identifier }),
  ofPart('amendment-asked', { reasons: Words }),
  ofPart('amendment-decided', { granted: z.boolean(), reasons: Words, permit: PermitValue.optional() }),
  ofPart('extension-asked', { until: Moment, evidence: Words }),
  ofPart('extension-decided', { granted: z.boolean(), reasons: Words, permit: PermitValue.optional() }),
  ofPart('fee-disputed', { reasons: Words }),
  ofPart('fee-set', { cents: Cents, reasons: Words }),
  ofPart('finding-notified', {
    finding: Identifier,
    against: z.enum(['user', 'holder']),
    holder: Identifier.optional(),
    description: Words,
    viewsUntil: Day,
  }),
  ofPart('views-stated', { finding: Identifier, views: Words }),
  ofPart('finding-concluded', {
    finding: Identifier,
    confirmed: z.boolean(),
    reasons: Words,
    fineCents: Cents.optional(),
  }),
  ofPart('suspended', { reasons: Words }),
  ofPart('resumed', { reasons: Words }),
  ofPart('excluded', { finding: Identifier, party: Identifier, until: Day }),
  ofPart('ended', { why: z.enum(['expired', 'given-back', 'revoked']), reasons: Words }),
  ofPart('data-deleted', {}),
  ofPart('results-published', { reference: Words, product: z.boolean() }),
  ofPart('publication-extended', { until: Day, reasons: Words }),
] as const

const CaseEventSchema = z.discriminatedUnion('kind', [
  ...CaseEventSchemas,
  ...DecisionEventSchemas,
  ...PermitEventSchemas,
])

export type CaseEvent = z.infer<typeof CaseEventSchema>
export type DecisionEvent = z.infer<(typeof DecisionEventSchemas)[number]>
export type PermitEvent = z.infer<(typeof PermitEventSchemas)[number]>
export type PartEvent = DecisionEvent | PermitEvent
export type EventKind = CaseEvent['kind']
export type EventOf<Kind extends EventKind> = Extract<CaseEvent, { readonly kind: Kind }>

export function isPartEvent(event: CaseEvent): event is PartEvent {
  return 'memberState' in event
}

/** An event as it was stored, or as another body sent it. */
export function readEvent(json: unknown): Result<CaseEvent, 'event-malformed'> {
  const read = CaseEventSchema.safeParse(json)
  if (read.success) return ok(read.data)
  const path = read.error.issues[0]?.path.join('.') ?? ''
  return failed('event-malformed', 'An event of a case is not as agreed.', 'Compare the versions of both sides.', {
    path,
  })
}
