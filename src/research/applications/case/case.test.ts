/** The whole life of a case, command by command, with what is refused on the way. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { clocksOf } from '../clocks/clocks.ts'
import type { Procedure } from '../procedure.ts'
import {
  actor,
  answersFor,
  assessAll,
  CASE_ID,
  type Desk,
  desk,
  grantCase,
  HOLDER,
  permitTerms,
  procedureIn,
  submittedCase,
} from '../testing/example-case.ts'
import { dueIn, statusOf, wish } from '../testing/wishes.ts'
import type { Command } from './commands.ts'
import { replay } from './evolve.ts'

let procedure: Procedure
before(async () => {
  procedure = await procedureIn('FR')
})

const dueOf = (made: Desk, id: string) => dueIn(made, procedure, id)

describe('an application', () => {
  it('is drafted, edited, given members, and submitted only when it is complete', () => {
    const made = desk(procedure)
    const at = '2029-04-03T10:00:00Z'
    const by = actor('applicant')
    const { months: _months, ...answers } = answersFor('data-permit')
    assert.equal(made.try({ kind: 'submit', at, by }), 'case-unknown')
    made.give({ kind: 'draft', at, by, caseId: CASE_ID, applicationKind: 'data-permit', answers })
    assert.equal(
      made.try({ kind: 'draft', at, by, caseId: CASE_ID, applicationKind: 'data-permit', answers }),
      'case-exists',
    )
    assert.equal(made.try({ kind: 'submit', at, by }), 'application-incomplete')
    made.give({ kind: 'edit', at, by: actor('member'), answers: { months: 24 } })
    const person = { identifier: 'https://id.example|third', name: 'Third', role: 'authorised' as const }
    made.give({ kind: 'add-member', at, by, person })
    assert.equal(made.try({ kind: 'add-member', at, by, person }), 'already-done')
    made.give({ kind: 'remove-member', at, by, identifier: person.identifier })
    assert.equal(made.try({ kind: 'remove-member', at, by, identifier: person.identifier }), 'nothing-asked')
    assert.equal(
      made.try({ kind: 'submit', at, by: { ...by, person: 'https://id.example|other' } }),
      'person-not-entitled',
    )
    made.give({ kind: 'submit', at, by })
    assert.equal(made.try({ kind: 'edit', at, by, answers: {} }), 'not-in-this-state')
    assert.deepEqual(replay(made.events), made.state())
  })

  it('can be submitted at home for data that are all in another country', () => {
    const made = submittedCase(procedure, 'data-permit', ['PT'])
    assert.deepEqual(Object.keys(made.state().parts), ['PT'])
    assert.deepEqual(
      made.events.map(({ kind }) => kind),
      ['drafted', 'submitted', 'forwarded'],
    )
    assert.equal(made.try(wish('confirm-complete', 'intake', '2029-04-04T10:00:00Z')), 'not-competent')
  })

  it('of an excluded applicant is refused until the exclusion ends', () => {
    const excluding = { ...procedure, exclusions: new Map([['fr-siren-130023583', '2029-05-31']]) }
    const made = desk(excluding)
    const by = actor('applicant')
    const answers = answersFor('data-permit')
    made.give({
      kind: 'draft',
      at: '2029-04-03T10:00:00Z',
      by,
      caseId: CASE_ID,
      applicationKind: 'data-permit',
      answers,
    })
    assert.equal(made.try({ kind: 'submit', at: '2029-05-31T10:00:00Z', by }), 'applicant-excluded')
    assert.equal(made.try({ kind: 'submit', at: '2029-06-01T10:00:00Z', by }), 'ok')
  })

  it('that is incomplete is completed within four weeks, or lapses', () => {
    const made = submittedCase(procedure)
    const questions = ['Which hospitals?']
    assert.equal(
      made.try(wish('ask-completion', 'intake', '2029-04-04T10:00:00Z', { questions: [] })),
      'command-incomplete',
    )
    made.give(wish('ask-completion', 'intake', '2029-04-04T10:00:00Z', { questions }))
    assert.equal(dueOf(made, 'completeApplication'), '2029-05-02')
    assert.equal(dueOf(made, 'decision'), undefined, 'paused')
    assert.equal(made.try(wish('lapse', 'system', '2029-05-02T10:00:00Z')), 'not-yet-due')
    const other = desk(procedure, made.events)
    other.give(wish('lapse', 'system', '2029-05-03T10:00:00Z'))
    assert.equal(statusOf(other), 'lapsed')
    assert.equal(other.try(wish('complete', 'applicant', '2029-05-03T11:00:00Z', { answers: {} })), 'not-in-this-state')
    const datasets = answersFor('data-permit', ['FR', 'PT']).datasets
    assert.equal(
      made.try(wish('complete', 'applicant', '2029-05-02T10:00:00Z', { answers: { datasets } })),
      'datasets-fixed',
    )
    made.give(wish('complete', 'member', '2029-05-02T10:00:00Z', { answers: { sources: 'All hospitals' } }))
    assert.equal(made.state().application?.answers.sources, 'All hospitals')
    assert.equal(dueOf(made, 'decision'), '2029-08-02', 'from the day on which it became complete')
  })
})

describe('a decision', () => {
  it('needs every criterion, an answered question and an accepted fee', () => {
    const made = submittedCase(procedure)
    const at = '2029-04-10T10:00:00Z'
    const grant = wish('grant', 'coordinator', at, { terms: permitTerms('FR', '2031-06-01T00:00:00Z') })
    assert.equal(made.try(grant), 'not-in-this-state')
    made.give(wish('confirm-complete', 'intake', at))
    assert.equal(made.try(grant), 'criteria-open')
    assessAll(made, procedure, 'FR', at, false)
    assert.equal(made.try(grant), 'criteria-not-met')
    assert.equal(
      made.try(wish('assess', 'assessor', at, { criteria: [{ code: '68(9)(z)', met: true, reason: 'x' }] })),
      'command-incomplete',
    )
    assessAll(made, procedure, 'FR', at)
    assert.equal(made.try(grant), 'fee-open')
    made.give(wish('ask-question', 'assessor', at, { question: 'Why?' }))
    assert.equal(made.try(wish('ask-question', 'assessor', at, { question: 'Why?' })), 'question-open')
    assert.equal(made.try(grant), 'question-open')
    made.give(wish('answer-question', 'applicant', at, { answer: 'Because.' }))
    assert.equal(made.try(wish('accept-fee', 'applicant', at)), 'nothing-asked')
    assert.equal(
      made.try(wish('estimate-fee', 'intake', at, { items: [{ component: 'tip', cents: 1 }] })),
      'command-incomplete',
    )
    made.give(wish('estimate-fee', 'intake', at, { items: [{ component: 'procedure', cents: 120_000 }] }))
    assert.equal(made.try(grant), 'fee-open')
    made.give(wish('accept-fee', 'applicant', at))
    assert.equal(
      made.try(wish('grant', 'assessor', at, { terms: permitTerms('FR', '2031-06-01T00:00:00Z') })),
      'role-not-allowed',
    )
    assert.equal(
      made.try(wish('grant', 'coordinator', at, { terms: permitTerms('FR', '2039-04-12T00:00:00Z') })),
      'limit-exceeded',
    )
    assert.equal(
      made.try(wish('grant', 'coordinator', at, { terms: permitTerms('FR', '2029-01-01T00:00:00Z') })),
      'permit-invalid',
    )
    assert.equal(
      made.try(wish('grant', 'coordinator', at, { terms: permitTerms('PT', '2031-06-01T00:00:00Z') })),
      'scope-exceeded',
    )
    made.give(wish('grant', 'coordinator', at, { terms: permitTerms('FR', '2039-04-10T22:00:00Z') }))
    const permit = made.state().parts.FR?.permit
    assert.equal(permit?.optOutAsOf, at)
    assert.equal(permit?.ruleSet, '2029-03')
    assert.deepEqual(permit?.purposes, ['e'])
    assert.equal(permit?.data, 'pseudonymised')
  })

  it('can be a reasoned refusal, published within thirty working days', () => {
    const made = submittedCase(procedure)
    const at = '2029-04-27T10:00:00Z'
    made.give(wish('confirm-complete', 'intake', at))
    assert.equal(made.try(wish('refuse', 'coordinator', at, { justification: '  ' })), 'command-incomplete')
    made.give(wish('refuse', 'coordinator', at, { justification: 'Not proportionate.' }))
    // May 2029: the 1st, 8th, 10th (Ascension) and 21st (Whit Monday) are holidays.
    assert.equal(dueOf(made, 'publishDecision'), '2029-06-14')
    assert.equal(made.try(wish('close', 'coordinator', at)), 'obligations-open')
    made.give(wish('publish-decision', 'coordinator', at, { summary: 'Not proportionate.' }))
    assert.equal(made.try(wish('publish-decision', 'coordinator', at, { summary: 'x' })), 'already-done')
    made.give(wish('close', 'coordinator', at))
    assert.deepEqual(clocksOf(made.state(), procedure), [])
  })

  it('is extended once, with reasons, in time, by what the law allows', () => {
    const extend = (made: Desk, at: string, months: number) =>
      made.try(wish('extend-decision', 'assessor', at, { months, reasons: 'Complex.' }))
    const made = submittedCase(procedure)
    made.give(wish('confirm-complete', 'intake', '2029-04-10T10:00:00Z'))
    assert.equal(dueOf(made, 'decision'), '2029-07-03')
    assert.equal(extend(made, '2029-07-03T10:00:00Z', 4), 'limit-exceeded')
    assert.equal(extend(made, '2029-07-04T10:00:00Z', 3), 'too-late')
    // The 3rd is not over in Paris before 22:00 UTC.
    assert.equal(extend(made, '2029-07-03T21:59:00Z', 3), 'ok')
    assert.equal(dueOf(made, 'decision'), '2029-10-03')
    assert.equal(extend(made, '2029-07-03T21:59:00Z', 1), 'already-done')

    const request = submittedCase(procedure, 'data-request')
    request.give(wish('confirm-complete', 'intake', '2029-04-10T10:00:00Z'))
    assert.equal(dueOf(request, 'requestAssessment'), '2029-07-03')
    assert.equal(extend(request, '2029-04-10T10:00:00Z', 1), 'no-extension')
  })

  it('comes sooner for a public body with a mandate in public health', () => {
    const accelerated = {
      applicantKind: 'public-body',
      publicHealthMandate: true,
      purposes: ['b'],
      frequency: 'Yearly',
    }
    const made = submittedCase(procedure, 'data-permit', ['FR'], '2029-04-03T10:00:00Z', accelerated)
    assert.equal(dueOf(made, 'decisionAccelerated'), '2029-06-04', 'the 3rd of June is a Sunday')
    made.give(wish('confirm-complete', 'intake', '2029-04-10T10:00:00Z'))
    const two = wish('extend-decision', 'assessor', '2029-04-10T10:00:00Z', { months: 2, reasons: 'x' })
    assert.equal(made.try(two), 'limit-exceeded')
    // Research is none of the purposes a to c.
    const research = submittedCase(procedure, 'data-permit', ['FR'], '2029-04-03T10:00:00Z', {
      ...accelerated,
      purposes: ['b', 'e'],
    })
    assert.equal(dueOf(research, 'decision'), '2029-07-03')
  })

  it('can rest on the proposal of a trusted holder, without being bound by it', () => {
    const made = submittedCase(procedure)
    const at = '2029-04-10T10:00:00Z'
    made.give(wish('confirm-complete', 'intake', at))
    assert.equal(made.try(wish('send-to-trusted-holder', 'intake', at, { holder: 'somebody' })), 'not-a-trusted-holder')
    made.give(wish('send-to-trusted-holder', 'intake', at, { holder: HOLDER.FR }))
    assert.equal(dueOf(made, 'trustedHolderAssessment'), '2029-06-11')
    const proposal = { holder: HOLDER.FR, proposal: 'refuse', reasons: 'Too broad.' }
    made.give(wish('propose', 'data-holder', '2029-06-05T10:00:00Z', proposal))
    assert.equal(dueOf(made, 'trustedHolderDecision'), '2029-08-06')
    assessAll(made, procedure, 'FR', '2029-06-06T10:00:00Z')
    made.give(wish('estimate-fee', 'intake', '2029-06-06T10:00:00Z', { items: [] }))
    made.give(
      wish('grant', 'coordinator', '2029-06-06T10:00:00Z', { terms: permitTerms('FR', '2031-06-01T00:00:00Z') }),
    )
    const untrusted = answersFor('data-permit', ['FR']).datasets
    const datasets = Array.isArray(untrusted)
      ? untrusted.map((one) => ({ ...(one as object), trustedHolder: false }))
      : []
    const other = submittedCase(procedure, 'data-permit', ['FR'], at, { datasets: datasets as never })
    other.give(wish('confirm-complete', 'intake', at))
    assert.equal(other.try(wish('send-to-trusted-holder', 'intake', at, { holder: HOLDER.FR })), 'not-a-trusted-holder')
  })

  it('can become an answer in statistics when the applicant agrees', () => {
    const made = submittedCase(procedure)
    const at = '2029-04-10T10:00:00Z'
    made.give(wish('confirm-complete', 'intake', at))
    made.give(wish('propose-conversion', 'assessor', at, { reasons: 'Statistics are enough.' }))
    const refusing = desk(procedure, made.events)
    refusing.give(wish('answer-conversion', 'applicant', at, { agreed: false }))
    assert.equal(refusing.state().parts.FR?.kind, 'data-permit')
    made.give(wish('answer-conversion', 'applicant', at, { agreed: true }))
    assessAll(made, procedure, 'FR', at)
    made.give(wish('estimate-fee', 'intake', at, { items: [] }))
    made.give(wish('grant', 'coordinator', at, { terms: permitTerms('FR', '2030-06-01T00:00:00Z') }))
    const { permit } = made.state().parts.FR ?? {}
    assert.equal(permit?.kind, 'data-request')
    assert.equal(permit?.data, 'anonymised')
    assert.equal(dueOf(made, 'requestResponse'), '2029-07-10')
    made.give(wish('respond', 'output-checker', '2029-07-11T10:00:00Z', { reference: 'table-1' }))
    assert.equal(dueOf(made, 'publishResults'), '2031-01-13', 'the 11th is a Saturday')
  })

  it('is not needed when the applicant withdraws, who pays what was incurred and no more than was estimated', () => {
    const made = submittedCase(procedure)
    const at = '2029-04-10T10:00:00Z'
    made.give(wish('confirm-complete', 'intake', at))
    made.give(wish('estimate-fee', 'intake', at, { items: [{ component: 'procedure', cents: 5000 }] }))
    made.give({ kind: 'withdraw', at, by: actor('applicant') })
    assert.equal(statusOf(made), 'withdrawn')
    const charge = (cents: number) => made.try(wish('charge-costs', 'coordinator', at, { cents, reasons: 'Two days.' }))
    assert.equal(charge(5001), 'limit-exceeded')
    assert.equal(charge(3000), 'ok')
    assert.equal(charge(1), 'already-done')
    assert.equal(made.try({ kind: 'withdraw', at, by: actor('applicant') }), 'not-in-this-state')
  })
})

describe('people', () => {
  it('do not act in two roles that are kept apart, for as long as the rules say so', () => {
    const made = submittedCase(procedure)
    grantCase(made, procedure, 'FR', '2029-04-10T10:00:00Z', '2031-06-01T00:00:00Z')
    const assessor = actor('assessor')
    const ask = wish('ask-holder', 'data-preparer', '2029-04-11T10:00:00Z', { holder: HOLDER.FR })
    const asAssessor = { ...ask, by: { ...assessor, role: 'data-preparer' as const } } as Command
    assert.equal(made.try(asAssessor), 'duties-separated')
    const rules = { ...procedure.rules, separation: [] }
    assert.equal(desk({ ...procedure, rules }, made.events).try(asAssessor), 'ok')
    assert.equal(made.try(ask), 'ok')
  })

  it('act for their own body and their own holder only', () => {
    const made = submittedCase(procedure, 'data-permit', ['FR', 'PT'])
    const at = '2029-04-10T10:00:00Z'
    assert.equal(
      made.try({ kind: 'confirm-complete', at, memberState: 'PT', by: actor('intake', 'PT') }),
      'not-competent',
    )
    assert.equal(made.try({ kind: 'confirm-complete', at, memberState: 'GR', by: actor('intake') }), 'not-competent')
    assert.deepEqual(
      made.events
        .filter(({ kind }) => kind === 'forwarded')
        .map((event) => 'memberState' in event && event.memberState),
      ['PT'],
    )
    grantCase(made, procedure, 'FR', at, '2031-06-01T00:00:00Z')
    made.give(wish('ask-holder', 'data-preparer', at, { holder: HOLDER.FR }))
    const delivered = { holder: HOLDER.FR, release: 'r1' }
    const stranger = { ...wish('deliver', 'data-holder', at, delivered), by: actor('data-holder', 'PT') } as Command
    assert.equal(made.try(stranger), 'person-not-entitled')
    for (const role of ['public', 'auditor'] as const) {
      assert.equal(made.try(wish('deliver', role, at, delivered)), 'role-not-allowed')
    }
  })
})
