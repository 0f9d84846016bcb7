import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Role } from '../case/events.ts'
import type { Procedure } from '../procedure.ts'
import { actor, answersFor, grantCase, procedureIn, submittedCase } from '../testing/example-case.ts'
import { caseView, timeline } from './case-view.ts'
import { formView } from './form-view.ts'

let procedure: Procedure
before(async () => {
  procedure = await procedureIn('FR')
})

test('a page shows each person what he can do, and nobody what he cannot', () => {
  const made = submittedCase(procedure, 'data-permit', ['FR', 'PT'])
  const view = (role: Role) => caseView(made.state(), actor(role), procedure, '2029-04-10T10:00:00Z')
  const commandsOf = (role: Role, place = 'FR') =>
    view(role).parts.find(({ part }) => part.memberState === place)?.commands
  assert.deepEqual(commandsOf('intake'), ['ask-completion', 'confirm-complete'])
  assert.deepEqual(commandsOf('intake', 'PT'), [], 'of another body')
  assert.deepEqual(view('applicant').commands, ['withdraw'])
  assert.deepEqual(commandsOf('public'), [])
  assert.equal(view('intake').parts[0]?.clocks[0]?.daysLeft, 84)
  grantCase(made, procedure, 'FR', '2029-04-10T10:00:00Z', '2031-06-01T00:00:00Z')
  assert.ok(commandsOf('data-preparer')?.includes('ask-holder'))
  // Who assessed may not prepare the data of the same case.
  const both = { ...actor('assessor'), role: 'data-preparer' as const }
  assert.deepEqual(caseView(made.state(), both, procedure, '2029-04-11T10:00:00Z').parts[0]?.commands, [])
})

test('a person who is named in an application does not decide on it', () => {
  const made = submittedCase(procedure)
  const named = { person: 'https://id.example|member', role: 'intake' as const }
  assert.equal(
    made.try({ kind: 'confirm-complete', at: '2029-04-10T10:00:00Z', by: named, memberState: 'FR' }),
    'duties-separated',
  )
})

test('notes of the body are not shown to the applicant before the decision', () => {
  const made = submittedCase(procedure)
  const at = '2029-04-10T10:00:00Z'
  made.give({ kind: 'confirm-complete', at, by: actor('intake'), memberState: 'FR' })
  const criteria = [{ code: '68(1)(a)', met: false, reason: 'A note of the house.' }]
  made.give({ kind: 'assess', at, by: actor('assessor'), memberState: 'FR', criteria })
  const shown = (role: Role) =>
    JSON.stringify([caseView(made.state(), actor(role), procedure, at), timeline(made.events, role)])
  assert.ok(!shown('applicant').includes('note of the house') && !shown('applicant').includes('criteria-assessed'))
  assert.ok(shown('assessor').includes('note of the house') && shown('assessor').includes('criteria-assessed'))
})

test('a form has its words in the language of the page, and tells at each field what is wrong', () => {
  const answers = answersFor('data-permit', ['FR'], { safeguards: '', purposes: ['a'] })
  const french = formView('data-permit', answers, procedure.rules, 'fr', '2029-04-03')
  const fields = french.sections.flatMap((section) => section.fields)
  const field = (id: string) => fields.find((one) => one.id === id)
  assert.equal(field('title')?.label, 'Titre du projet')
  assert.equal(field('purposes')?.options.length, 6)
  assert.deepEqual(
    fields.flatMap(({ findings }) => findings.map(({ code }) => code)),
    ['purpose-for-public-bodies', 'answer-missing'],
  )
  assert.equal(french.complete, false)
  assert.ok(formView('data-permit', answersFor('data-permit'), procedure.rules, 'et', '2029-04-03').complete)
})
