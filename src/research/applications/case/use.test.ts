/** From the decision to the end: data, access, extension, findings, and what is owed afterwards. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { PermitId } from '../../permits/permit.ts'
import type { Procedure } from '../procedure.ts'
import { type Desk, grantCase, HOLDER, permitTerms, procedureIn, submittedCase } from '../testing/example-case.ts'
import { dueIn, statusOf, wish } from '../testing/wishes.ts'
import { replay } from './evolve.ts'

let procedure: Procedure
before(async () => {
  procedure = await procedureIn('FR')
})

const dueOf = (made: Desk, id: string) => dueIn(made, procedure, id)

describe('the use of data', () => {
  function granted(until = '2031-06-01T00:00:00Z'): Desk {
    const made = submittedCase(procedure)
    grantCase(made, procedure, 'FR', '2029-05-02T10:00:00Z', until)
    return made
  }

  function available(until?: string): Desk {
    const made = granted(until)
    made.give(wish('ask-holder', 'data-preparer', '2029-05-03T10:00:00Z', { holder: HOLDER.FR }))
    made.give(wish('deliver', 'data-holder', '2029-06-04T10:00:00Z', { holder: HOLDER.FR, release: 'r1' }))
    made.give(wish('make-available', 'data-preparer', '2029-06-11T10:00:00Z', { environment: 'spe-1' }))
    return made
  }

  it('follows the clocks of holder and body', () => {
    const made = granted()
    assert.equal(dueOf(made, 'askHolder'), '2029-05-03')
    made.give(wish('ask-holder', 'data-preparer', '2029-05-03T10:00:00Z', { holder: HOLDER.FR }))
    assert.equal(
      made.try(wish('ask-holder', 'data-preparer', '2029-05-03T10:00:00Z', { holder: HOLDER.FR })),
      'already-done',
    )
    assert.equal(dueOf(made, 'holderDelivery'), '2029-08-03')
    const delay = (months: number, at: string) =>
      made.try(wish('delay-delivery', 'data-holder', at, { holder: HOLDER.FR, months, reasons: 'Linkage.' }))
    assert.equal(delay(4, '2029-08-01T10:00:00Z'), 'limit-exceeded')
    assert.equal(delay(3, '2029-08-04T10:00:00Z'), 'too-late')
    assert.equal(delay(2, '2029-08-01T10:00:00Z'), 'ok')
    assert.equal(delay(1, '2029-08-01T10:00:00Z'), 'already-done')
    assert.equal(dueOf(made, 'holderDelivery'), '2029-10-03')
    made.give(wish('deliver', 'data-holder', '2029-09-03T10:00:00Z', { holder: HOLDER.FR, release: 'r1' }))
    assert.equal(dueOf(made, 'makeAvailable'), '2029-11-05', 'the 3rd is a Saturday')
    const longer = (until: string) =>
      made.try(wish('extend-preparation', 'data-preparer', '2029-09-04T10:00:00Z', { until, reasons: 'Volume.' }))
    assert.equal(longer('2029-11-05'), 'limit-exceeded')
    assert.equal(longer('2029-12-03'), 'ok')
    assert.equal(dueOf(made, 'makeAvailable'), '2029-12-03')
    made.give(wish('make-available', 'data-preparer', '2029-11-30T10:00:00Z', { environment: 'spe-1' }))
    assert.equal(statusOf(made), 'available')
  })

  it('is extended once, asked for a month before the end, by ten years at most', () => {
    const made = available('2031-06-01T00:00:00Z')
    const ask = (at: string, until: string) =>
      made.try(wish('ask-extension', 'applicant', at, { until, evidence: 'Follow-up goes on.' }))
    // One month before the 1st of June (counted back, so the holiday does not move it).
    assert.equal(ask('2031-05-02T10:00:00Z', '2032-06-01T00:00:00Z'), 'too-late')
    assert.equal(ask('2031-05-01T10:00:00Z', '2041-06-03T00:00:00Z'), 'limit-exceeded')
    assert.equal(ask('2031-05-01T10:00:00Z', '2031-06-01T00:00:00Z'), 'limit-exceeded')
    assert.equal(ask('2031-05-01T10:00:00Z', '2041-06-01T00:00:00Z'), 'ok')
    const decideIt = { granted: true, reasons: 'Evident.', permitId: 'permit-2' as PermitId }
    made.give(wish('decide-extension', 'coordinator', '2031-05-20T10:00:00Z', decideIt))
    assert.equal(made.state().parts.FR?.permit?.id, 'permit-2')
    assert.equal(ask('2031-05-21T10:00:00Z', '2042-06-01T00:00:00Z'), 'already-done')
  })

  it('is amended in what is accessed and by whom', () => {
    const made = available()
    const at = '2029-07-02T10:00:00Z'
    const { from: _from, until: _until, ...terms } = permitTerms('FR', '', 'permit-2')
    const decideIt = { granted: true, reasons: 'Needed.', terms: { ...terms, tools: ['typed-query', 'r'] } }
    assert.equal(made.try(wish('decide-amendment', 'coordinator', at, decideIt)), 'nothing-asked')
    made.give(wish('ask-amendment', 'applicant', at, { reasons: 'R is needed.' }))
    assert.equal(made.try(wish('ask-amendment', 'applicant', at, { reasons: 'R is needed.' })), 'already-done')
    assert.equal(
      made.try(wish('decide-amendment', 'coordinator', at, { granted: true, reasons: 'x' })),
      'command-incomplete',
    )
    made.give(wish('decide-amendment', 'coordinator', at, decideIt))
    const permit = made.state().parts.FR?.permit
    assert.deepEqual(
      [permit?.id, permit?.tools, permit?.until],
      ['permit-2', ['typed-query', 'r'], '2031-06-01T00:00:00Z'],
    )
  })

  it('ends: data are deleted, results published, and only then the case is closed', () => {
    const made = available()
    assert.equal(
      made.try(wish('end', 'system', '2031-05-31T10:00:00Z', { why: 'expired', reasons: 'End.' })),
      'not-yet-due',
    )
    assert.equal(
      made.try(wish('end', 'system', '2031-06-01T00:00:00Z', { why: 'given-back', reasons: 'End.' })),
      'role-not-allowed',
    )
    made.give(wish('end', 'system', '2031-06-01T00:00:00Z', { why: 'expired', reasons: 'End.' }))
    assert.equal(dueOf(made, 'speDeletion'), '2031-12-01')
    assert.equal(dueOf(made, 'publishResults'), '2032-12-01')
    const close = () => made.try(wish('close', 'coordinator', '2031-07-01T10:00:00Z'))
    assert.equal(close(), 'obligations-open')
    made.give(wish('delete-data', 'data-preparer', '2031-07-01T10:00:00Z'))
    assert.equal(close(), 'obligations-open')
    made.give(
      wish('extend-publication', 'coordinator', '2031-07-01T10:00:00Z', { until: '2033-03-01', reasons: 'Review.' }),
    )
    assert.equal(dueOf(made, 'publishResults'), '2033-03-01')
    made.give(wish('publish-results', 'applicant', '2031-07-01T10:00:00Z', { reference: 'doi:10.1/x', product: false }))
    assert.equal(close(), 'obligations-open')
    made.give(wish('publish-decision', 'coordinator', '2031-07-01T10:00:00Z', { summary: 'Granted.' }))
    assert.equal(close(), 'ok')
  })

  it('stops with suspension and revocation, after the addressee could speak', () => {
    const made = available()
    made.give(wish('suspend', 'coordinator', '2029-07-02T10:00:00Z', { reasons: 'Possible misuse.' }))
    assert.equal(
      made.try(wish('ask-amendment', 'applicant', '2029-07-02T10:00:00Z', { reasons: 'x' })),
      'permit-suspended',
    )
    const notify = (viewsUntil: string) =>
      made.try(
        wish('notify-finding', 'auditor', '2029-07-03T10:00:00Z', {
          finding: 'f1',
          against: 'user',
          description: 'Small cells were published.',
          viewsUntil,
        }),
      )
    assert.equal(notify('2029-08-01'), 'limit-exceeded')
    assert.equal(notify('2029-07-31'), 'ok')
    assert.equal(dueOf(made, 'viewsOnFinding'), '2029-07-31')
    const conclude = (at: string, until: string) =>
      made.try(
        wish('conclude-finding', 'coordinator', at, {
          finding: 'f1',
          confirmed: true,
          reasons: 'Proven.',
          fineCents: 1_000_000,
          revoke: true,
          exclude: { party: 'fr-siren-130023583', until },
        }),
      )
    assert.equal(conclude('2029-07-20T10:00:00Z', '2034-07-20'), 'views-awaited')
    assert.equal(
      made.try(wish('state-views', 'data-holder', '2029-07-20T10:00:00Z', { finding: 'f1', views: 'x' })),
      'finding-unknown',
    )
    made.give(wish('state-views', 'applicant', '2029-07-20T10:00:00Z', { finding: 'f1', views: 'It was an accident.' }))
    assert.equal(conclude('2029-07-21T10:00:00Z', '2034-07-22'), 'limit-exceeded')
    assert.equal(conclude('2029-07-21T10:00:00Z', '2034-07-21'), 'ok')
    const part = made.state().parts.FR
    assert.deepEqual([part?.status, part?.endedWhy], ['ended', 'revoked'])
    assert.deepEqual(part?.exclusions, [{ party: 'fr-siren-130023583', until: '2034-07-21' }])
    assert.deepEqual(replay(made.events), made.state())
  })

  it('has a fee that the body sets when the two do not agree within a month', () => {
    const made = available()
    const set = (at: string) => made.try(wish('set-fee', 'coordinator', at, { cents: 100, reasons: 'Costs shown.' }))
    assert.equal(set('2029-06-05T10:00:00Z'), 'nothing-asked')
    made.give(wish('dispute-fee', 'data-holder', '2029-05-20T10:00:00Z', { reasons: 'Too low.' }))
    assert.equal(dueOf(made, 'feeAgreement'), '2029-06-04')
    assert.equal(set('2029-06-04T10:00:00Z'), 'not-yet-due')
    assert.equal(set('2029-06-05T10:00:00Z'), 'ok')
  })
})
