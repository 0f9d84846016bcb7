/** Random wishes in random order, most of which the state allows, so that walks get far. */
import fc from 'fast-check'
import type { PermitId } from '../../permits/permit.ts'
import type { Command, CommandKind } from '../case/commands.ts'
import { decide } from '../case/decide.ts'
import { type CaseEvent, ROLES, type Role } from '../case/events.ts'
import { evolve } from '../case/evolve.ts'
import type { CaseState, PartStatus } from '../case/state.ts'
import { type CaseRow, type PartRow, TABLE } from '../case/table.ts'
import type { Procedure } from '../procedure.ts'
import type { CaseKind } from '../rules/application.ts'
import { actor, answersFor, CASE_ID, HOLDER, permitTerms } from './example-case.ts'

/** Lawful payloads of every command; `n` varies them. */
export function anyWish(
  { rules }: Procedure,
  kind: CommandKind,
  role: Role,
  at: string,
  n: number,
  caseKind: CaseKind = 'data-permit',
): Command {
  const later = (days: number) => new Date(Date.parse(at) + days * 86_400_000).toISOString()
  const criteria = rules.criteria[caseKind].map(({ code }) => code)
  const applicationKind = n % 2 ? 'data-permit' : 'data-request'
  const reasons = 'Reasons.'
  const { from: _from, until: _until, ...amended } = permitTerms('FR', '', `permit-${n}`)
  const terms = { ...permitTerms('FR', later(365 + n), `permit-${n}`), from: at }
  const payloads: Partial<Record<CommandKind, object>> = {
    draft: { caseId: CASE_ID, applicationKind, answers: answersFor(applicationKind) },
    edit: { answers: { title: `Title ${n}` } },
    'add-member': { person: { identifier: `https://id.example|${n}`, name: 'N', role: 'authorised' } },
    'remove-member': { identifier: `https://id.example|${n}` },
    'ask-completion': { questions: ['What?'] },
    complete: { answers: { sources: `Source ${n}` } },
    assess: { criteria: criteria.map((code) => ({ code, met: n % 7 !== 0, reason: reasons })) },
    'ask-question': { question: 'Why?' },
    'answer-question': { answer: 'So.' },
    'send-to-trusted-holder': { holder: HOLDER.FR },
    propose: { holder: HOLDER.FR, proposal: n % 2 ? 'grant' : 'refuse', reasons },
    'extend-decision': { months: 1 + (n % 4), reasons },
    'estimate-fee': { items: n % 2 ? [] : [{ component: 'procedure', cents: 10 * n }] },
    'charge-costs': { cents: n, reasons },
    'propose-conversion': { reasons },
    'answer-conversion': { agreed: n % 2 === 0 },
    grant: { terms },
    refuse: { justification: reasons },
    'publish-decision': { summary: 'Summary.' },
    'ask-holder': { holder: HOLDER.FR },
    'delay-delivery': { holder: HOLDER.FR, months: 1 + (n % 4), reasons },
    deliver: { holder: HOLDER.FR, release: 'r1' },
    'extend-preparation': { until: later(90 + n).slice(0, 10), reasons },
    'make-available': { environment: 'spe-1' },
    respond: { reference: 'answer' },
    'ask-amendment': { reasons },
    'decide-amendment': { granted: n % 2 === 0, reasons, terms: amended },
    'ask-extension': { until: later(800 + n), evidence: reasons },
    'decide-extension': { granted: n % 2 === 0, reasons, permitId: `permit-x${n}` as PermitId },
    'dispute-fee': { reasons },
    'set-fee': { cents: n, reasons },
    'notify-finding': {
      finding: `f${n % 3}`,
      against: 'user',
      description: 'Finding.',
      viewsUntil: later(20).slice(0, 10),
    },
    'state-views': { finding: `f${n % 3}`, views: 'Views.' },
    'conclude-finding': {
      finding: `f${n % 3}`,
      confirmed: n % 2 === 0,
      reasons,
      ...(n % 4 === 0 ? { revoke: true } : {}),
    },
    suspend: { reasons },
    resume: { reasons },
    end: { why: n % 4 ? 'expired' : 'given-back', reasons },
    'publish-results': { reference: 'doi', product: n % 2 === 0 },
    'extend-publication': { until: later(1000).slice(0, 10), reasons },
  }
  const where = TABLE[kind].level === 'part' ? { memberState: 'FR' } : {}
  return { kind, at, by: actor(role), ...where, ...payloads[kind] } as Command
}

export const KINDS = Object.keys(TABLE) as CommandKind[]
const step = fc.record({
  /** Mostly something that the state allows, so that walks go far. */
  follow: fc.integer({ min: 0, max: 9 }),
  pick: fc.nat(1000),
  role: fc.constantFrom(...ROLES),
  n: fc.nat(50),
  hours: fc.integer({ min: 1, max: 24 * 25 }),
})

export interface Step {
  readonly follow: number
  readonly pick: number
  readonly role: Role
  readonly n: number
  readonly hours: number
}

/** What the table lets a role do in a status. */
function possibleCommands(role: Role, status: PartStatus, kind: CaseKind): readonly CommandKind[] {
  return (Object.entries(TABLE) as [CommandKind, CaseRow | PartRow][])
    .filter(([, row]) => row.level === 'part' && row.by.includes(role) && row.from.includes(status))
    .filter(([, row]) => row.level === 'case' || row.only === undefined || row.only === kind)
    .map(([command]) => command)
}

/** What brings a case on; taken in half of the steps, so that walks get far. */
const FORWARD: Partial<Readonly<Record<PartStatus, readonly (readonly [Role, CommandKind])[]>>> = {
  'completeness-check': [['intake', 'confirm-complete']],
  incomplete: [['applicant', 'complete']],
  assessment: [
    ['assessor', 'assess'],
    ['intake', 'estimate-fee'],
    ['applicant', 'accept-fee'],
    ['applicant', 'answer-question'],
    ['coordinator', 'grant'],
  ],
  'with-trusted-holder': [['data-holder', 'propose']],
  'conversion-proposed': [['applicant', 'answer-conversion']],
  granted: [
    ['data-preparer', 'ask-holder'],
    ['output-checker', 'respond'],
  ],
  'data-asked': [['data-holder', 'deliver']],
  'data-received': [
    ['data-preparer', 'make-available'],
    ['output-checker', 'respond'],
  ],
  ended: [
    ['data-preparer', 'delete-data'],
    ['applicant', 'publish-results'],
    ['coordinator', 'publish-decision'],
    ['coordinator', 'close'],
  ],
}

function nextWish(
  procedure: Procedure,
  state: CaseState | undefined,
  { follow, pick, role, n }: Step,
  at: string,
): Command {
  const wish = (kind: CommandKind, by: Role, caseKind?: CaseKind) => anyWish(procedure, kind, by, at, n, caseKind)
  const part = state?.parts.FR
  if (follow === 0) return wish(KINDS[pick % KINDS.length] ?? 'draft', role)
  if (!state) return wish('draft', 'applicant')
  if (!part) return wish((['edit', 'add-member', 'submit', 'submit'] as const)[pick % 4] ?? 'submit', 'applicant')
  if (follow === 1 && n % 5 === 0) return wish('withdraw', 'applicant')
  const forward = (follow > 4 && FORWARD[part.status]) || undefined
  const possible =
    forward ?? ROLES.flatMap((one) => possibleCommands(one, part.status, part.kind).map((kind) => [one, kind] as const))
  const chosen = possible[pick % Math.max(1, possible.length)]
  return chosen ? wish(chosen[1], chosen[0], part.kind) : wish('close', 'coordinator')
}

/** Steps of one walk. */
export const walkSteps = fc.array(step, { minLength: 20, maxLength: 60 })

export interface Walked {
  readonly command: Command
  readonly before: CaseState | undefined
  readonly accepted: boolean
  readonly events: readonly CaseEvent[]
  readonly at: string
}

/** Gives every wish of a walk to `decide`, one after another; what is refused changes nothing. */
export function* walk(steps: readonly Step[], procedure: Procedure): Generator<Walked> {
  let state: CaseState | undefined
  let now = Date.parse('2029-04-03T10:00:00Z')
  for (const one of steps) {
    now += one.hours * 3_600_000
    const at = new Date(now).toISOString()
    const command = nextWish(procedure, state, one, at)
    const decided = decide(state, command, procedure)
    const events = decided.ok ? decided.value : []
    yield { command, before: state, accepted: decided.ok, events, at }
    for (const event of events) state = evolve(state, event)
  }
}
