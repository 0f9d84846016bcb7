/** Random wishes in random order: nothing happens that the law's picture of a case does not allow, and nothing is lost. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import type { PermitId } from '../../permits/permit.ts'
import { clocksOf, standingOf } from '../clocks/clocks.ts'
import type { Procedure } from '../procedure.ts'
import type { CaseKind } from '../rules/application.ts'
import { actor, answersFor, CASE_ID, HOLDER, permitTerms, procedureIn } from '../testing/example-case.ts'
import type { Command, CommandKind } from './commands.ts'
import { decide } from './decide.ts'
import { type CaseEvent, ROLES, type Role, readEvent } from './events.ts'
import { evolve, replay } from './evolve.ts'
import type { CaseState, PartStatus } from './state.ts'
import { type CaseRow, type PartRow, TABLE } from './table.ts'

let procedure: Procedure
before(async () => {
  procedure = await procedureIn('FR')
})

/** Written from the picture of the state machine, not from the table: status → what may follow it. */
const FOLLOWS: Readonly<Record<PartStatus, string>> = {
  'completeness-check': 'incomplete assessment withdrawn',
  incomplete: 'completeness-check lapsed withdrawn',
  assessment: 'incomplete with-trusted-holder conversion-proposed granted refused withdrawn',
  'with-trusted-holder': 'proposal-received withdrawn',
  'proposal-received': 'conversion-proposed granted refused withdrawn',
  'conversion-proposed': 'assessment withdrawn',
  granted: 'data-asked responded ended',
  'data-asked': 'data-received ended',
  'data-received': 'available responded ended',
  available: 'ended',
  responded: 'closed',
  ended: 'closed',
  refused: 'closed',
  lapsed: 'closed',
  withdrawn: 'closed',
  closed: '',
}

/** Lawful payloads of every command; `n` varies them. */
function wish(kind: CommandKind, role: Role, at: string, n: number, caseKind: CaseKind = 'data-permit'): Command {
  const later = (days: number) => new Date(Date.parse(at) + days * 86_400_000).toISOString()
  const criteria = procedure.rules.criteria[caseKind].map(({ code }) => code)
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

const KINDS = Object.keys(TABLE) as CommandKind[]
const step = fc.record({
  /** Mostly something that the state allows, so that walks go far. */
  follow: fc.integer({ min: 0, max: 9 }),
  pick: fc.nat(1000),
  role: fc.constantFrom(...ROLES),
  n: fc.nat(50),
  hours: fc.integer({ min: 1, max: 24 * 25 }),
})

interface Step {
  readonly follow: number
  readonly pick: number
  readonly role: Role
  readonly n: number
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

function nextWish(state: CaseState | undefined, { follow, pick, role, n }: Step, at: string): Command {
  const part = state?.parts.FR
  if (follow === 0) return wish(KINDS[pick % KINDS.length] ?? 'draft', role, at, n)
  if (!state) return wish('draft', 'applicant', at, n)
  if (!part)
    return wish((['edit', 'add-member', 'submit', 'submit'] as const)[pick % 4] ?? 'submit', 'applicant', at, n)
  if (follow === 1 && n % 5 === 0) return wish('withdraw', 'applicant', at, n)
  const forward = (follow > 4 && FORWARD[part.status]) || undefined
  const possible =
    forward ?? ROLES.flatMap((one) => possibleCommands(one, part.status, part.kind).map((kind) => [one, kind] as const))
  const chosen = possible[pick % Math.max(1, possible.length)]
  return chosen ? wish(chosen[1], chosen[0], at, n, part.kind) : wish('close', 'coordinator', at, n)
}

test('random walks make no illegal step, and their events tell the whole state', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      let state: CaseState | undefined
      let now = Date.parse('2029-04-03T10:00:00Z')
      const events: CaseEvent[] = []
      for (const one of steps) {
        now += one.hours * 3_600_000
        const at = new Date(now).toISOString()
        const command = nextWish(state, one, at)
        const decided = decide(state, command, procedure)
        if (!decided.ok) continue
        assert.ok(decided.value.length > 0)
        assert.ok(TABLE[command.kind].by.includes(command.by.role))
        for (const event of decided.value) {
          const before = state?.parts.FR?.status
          state = evolve(state, event)
          events.push(event)
          const after = state.parts.FR?.status
          if (after) reached.add(after)
          if (before && after && after !== before) {
            assert.ok(FOLLOWS[before].split(' ').includes(after), `${event.kind}: ${before} → ${after}`)
          }
        }
      }
      checkWhole(state, events, new Date(now).toISOString())
    }),
    // A fixed seed, so that which statuses are reached does not depend on luck.
    { numRuns: 300, seed: 20290326 },
  )
  assert.deepEqual(
    Object.keys(FOLLOWS).filter((status) => !reached.has(status)),
    [],
    'every status was reached by some walk',
  )
})

function checkWhole(state: CaseState | undefined, events: readonly CaseEvent[], now: string): void {
  if (!state) return
  // What was stored as JSON and read again gives the same state.
  const again = events.map((event) => {
    const read = readEvent(JSON.parse(JSON.stringify(event)))
    assert.ok(read.ok, JSON.stringify(read))
    return read.value
  })
  assert.deepEqual(replay(again), state)
  assert.equal(state.version, events.length)
  const part = state.parts.FR
  const clocks = clocksOf(state, procedure)
  if (part?.status === 'closed') assert.deepEqual(clocks, [])
  for (const clock of clocks) {
    const { standing, daysLeft } = standingOf(clock, procedure, now)
    assert.equal(standing === 'paused', clock.due === undefined)
    if (clock.due) assert.ok(clock.due >= clock.from, clock.id)
    if (standing === 'overdue') assert.ok((daysLeft ?? 0) < 0)
  }
  // Nobody held two roles that are kept apart.
  for (const roles of Object.values(state.hands)) {
    for (const [a, b] of procedure.rules.separation) {
      assert.ok(!(roles.some((role) => role === a) && roles.some((role) => role === b)), `${a} and ${b}`)
    }
  }
}

test('what the table does not name is refused for every role in every state', () => {
  const seen = new Map<string, CaseState>()
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
      let state: CaseState | undefined
      let now = Date.parse('2029-04-03T10:00:00Z')
      for (const one of steps) {
        now += one.hours * 3_600_000
        const decided = decide(state, nextWish(state, one, new Date(now).toISOString()), procedure)
        if (decided.ok) for (const event of decided.value) state = evolve(state, event)
        if (state?.parts.FR) seen.set(state.parts.FR.status, state)
      }
    }),
    { numRuns: 40, seed: 7 },
  )
  assert.ok(seen.size >= 10)
  let refused = 0
  for (const [status, state] of seen) {
    for (const kind of KINDS) {
      const row = TABLE[kind]
      for (const role of ROLES) {
        const allowed = row.level === 'part' && row.by.includes(role) && row.from.includes(status as PartStatus)
        if (allowed || (row.level === 'case' && row.from === 'submitted')) continue
        const decided = decide(state, wish(kind, role, '2040-01-01T00:00:00Z', 1), procedure)
        assert.equal(decided.ok, false, `${kind} by ${role} while ${status}`)
        refused += 1
      }
    }
  }
  assert.ok(refused > 3000)
})
