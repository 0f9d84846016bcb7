/** Random wishes in random order: nothing happens that the law's picture of a case does not allow, and nothing is lost. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { clocksOf, standingOf } from '../clocks/clocks.ts'
import type { Procedure } from '../procedure.ts'
import { procedureIn } from '../testing/example-case.ts'
import { anyWish, KINDS, walk, walkSteps } from '../testing/random-walks.ts'
import { decide } from './decide.ts'
import { type CaseEvent, ROLES, readEvent } from './events.ts'
import { evolve, replay } from './evolve.ts'
import type { CaseState, PartStatus } from './state.ts'
import { TABLE } from './table.ts'

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

test('random walks make no illegal step, and their events tell the whole state', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(walkSteps, (steps) => {
      let state: CaseState | undefined
      let now = ''
      const all: CaseEvent[] = []
      for (const { command, accepted, events, at } of walk(steps, procedure)) {
        now = at
        assert.equal(accepted, events.length > 0)
        if (accepted) assert.ok(TABLE[command.kind].by.includes(command.by.role))
        for (const event of events) {
          const before = state?.parts.FR?.status
          state = evolve(state, event)
          all.push(event)
          const after = state.parts.FR?.status
          if (after) reached.add(after)
          if (before && after && after !== before) {
            assert.ok(FOLLOWS[before].split(' ').includes(after), `${event.kind}: ${before} → ${after}`)
          }
        }
      }
      checkWhole(state, all, now)
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
    fc.property(walkSteps, (steps) => {
      for (const { before } of walk(steps, procedure)) if (before?.parts.FR) seen.set(before.parts.FR.status, before)
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
        const decided = decide(state, anyWish(procedure, kind, role, '2040-01-01T00:00:00Z', 1), procedure)
        assert.equal(decided.ok, false, `${kind} by ${role} while ${status}`)
        refused += 1
      }
    }
  }
  assert.ok(refused > 3000)
})
