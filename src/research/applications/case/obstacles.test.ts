/** What stands against an act can be asked without a form, and is what the case then says to whatever form comes. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import type { Procedure } from '../procedure.ts'
import { actor, type Desk, grantCase, HOLDER, procedureIn, submittedCase } from '../testing/example-case.ts'
import { walk, walkSteps } from '../testing/random-walks.ts'
import { wish } from '../testing/wishes.ts'
import { isPartCommand, type PartCommand } from './commands.ts'
import { decide } from './decide.ts'
import type { Actor } from './events.ts'
import { guardPart } from './guard.ts'
import { obstacleTo } from './obstacles.ts'
import { situationOf } from './situation.ts'
import type { CaseState } from './state.ts'

let procedure: Procedure
before(async () => {
  procedure = await procedureIn('FR')
})

function obstacle(state: CaseState, kind: PartCommand['kind'], by: Actor, at: string): string | undefined {
  const part = state.parts.FR
  assert.ok(part)
  const against = obstacleTo(kind, by, situationOf(state, part, procedure, at))
  return against && !against.ok ? against.problem.code : undefined
}

/** A command about one holder or one finding may name the wrong one. */
const NAMING: readonly string[] = [
  ...['send-to-trusted-holder', 'ask-holder', 'deliver', 'delay-delivery'],
  ...['notify-finding', 'state-views', 'conclude-finding'],
]
/** What the details of a form can be wrong in. */
const OF_DETAILS = [
  ...['command-incomplete', 'application-incomplete', 'limit-exceeded', 'permit-invalid', 'scope-exceeded'],
  ...['holder-unknown', 'datasets-fixed', 'role-not-allowed', 'not-yet-due'],
]

describe('what stands against an act', () => {
  it('is what the case says to any form, and beside it only details are refused', () => {
    const seen = { against: 0, details: 0, accepted: 0 }
    fc.assert(
      fc.property(walkSteps, (steps) => {
        for (const { command, before: state, at } of walk(steps, procedure)) {
          const part = state?.parts.FR
          if (!state || !part || !isPartCommand(command)) continue
          if (guardPart(command.kind, command.by, state, part, procedure)) continue
          const against = obstacle(state, command.kind, command.by, at)
          const decided = decide(state, command, procedure)
          if (against !== undefined) {
            seen.against += 1
            assert.equal(decided.ok ? 'ok' : decided.problem.code, against, command.kind)
          } else if (decided.ok) seen.accepted += 1
          else if (!NAMING.includes(command.kind)) {
            seen.details += 1
            assert.ok(OF_DETAILS.includes(decided.problem.code), `${command.kind}: ${decided.problem.code}`)
          }
        }
      }),
      { numRuns: 300, seed: 20290326 },
    )
    assert.ok(seen.against > 200 && seen.details > 20 && seen.accepted > 1000, JSON.stringify(seen))
  })

  it('is told to a holder by what was asked of it, and to the body by all holders', () => {
    const made = submittedCase(procedure)
    grantCase(made, procedure, 'FR', '2029-05-02T10:00:00Z', '2031-06-01T00:00:00Z')
    const at = '2029-05-03T10:00:00Z'
    const holder = actor('data-holder')
    assert.equal(obstacle(made.state(), 'deliver', holder, at), 'nothing-asked')
    assert.equal(obstacle(made.state(), 'ask-holder', actor('data-preparer'), at), undefined)
    made.give(wish('ask-holder', 'data-preparer', at, { holder: HOLDER.FR }))
    assert.equal(obstacle(made.state(), 'ask-holder', actor('data-preparer'), at), 'already-done')
    assert.equal(obstacle(made.state(), 'deliver', holder, at), undefined)
    assert.equal(obstacle(made.state(), 'deliver', { ...holder, organisation: 'another' }, at), 'holder-unknown')
    assert.equal(obstacle(made.state(), 'delay-delivery', holder, '2029-09-01T10:00:00Z'), 'too-late')
  })

  it('of findings is told by all that are open: one that can be concluded is enough', () => {
    const made: Desk = submittedCase(procedure)
    grantCase(made, procedure, 'FR', '2029-05-02T10:00:00Z', '2031-06-01T00:00:00Z')
    const at = '2029-05-04T10:00:00Z'
    const coordinator = actor('coordinator')
    const against = (by: Actor, kind: PartCommand['kind']) => obstacle(made.state(), kind, by, at)
    assert.equal(against(coordinator, 'conclude-finding'), 'finding-unknown')
    for (const finding of ['first', 'second']) {
      const notice = { finding, against: 'user', description: 'Copied.', viewsUntil: '2029-05-20' }
      made.give(wish('notify-finding', 'auditor', at, notice))
    }
    assert.equal(against(coordinator, 'conclude-finding'), 'views-awaited')
    assert.equal(against(actor('applicant'), 'state-views'), undefined)
    assert.equal(against(actor('data-holder'), 'state-views'), 'finding-unknown')
    made.give(wish('state-views', 'applicant', at, { finding: 'second', views: 'No.' }))
    assert.equal(against(coordinator, 'conclude-finding'), undefined)
    assert.equal(against(actor('applicant'), 'state-views'), undefined)
    assert.equal(
      made.try(wish('conclude-finding', 'coordinator', at, { finding: 'first', confirmed: true, reasons: 'x' })),
      'views-awaited',
    )
    assert.equal(
      made.try(wish('conclude-finding', 'coordinator', at, { finding: 'second', confirmed: true, reasons: 'x' })),
      'ok',
    )
    assert.equal(obstacle(made.state(), 'conclude-finding', coordinator, '2029-05-21T10:00:00Z'), undefined)
  })
})
