/** Regressions over several countries on the researcher's pages: asked as one question, shown as one model. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CASE_ID } from '#research/applications/testing/example-case.ts'
import type { TotalTable } from '#research/federation/merge.ts'
import type { AnswerTable } from '#research/federation/node-result.ts'
import { grantedCase, nodesThat, type TestResearcher, testResearcher } from './test-researcher.ts'

const STUDY = `/applications/${CASE_ID}/study`
const EVIDENCE = { frequencyFloor: 10, hidden: 0, shown: 1, noise: { kind: 'cell-key', spread: 2 } }
const TOTAL: TotalTable = {
  name: 'persons',
  dimensions: [],
  cells: [{ key: [], persons: 500, sums: {}, hiddenIn: [] }],
}

let pages: TestResearcher
before(async () => {
  pages = await testResearcher()
  await grantedCase(pages)
})
after(() => pages.close())

async function savedCohort(name: string): Promise<string> {
  const definition = { PrimaryCriteria: { CriteriaList: [{ Death: {} }] } }
  const saved = await pages.studies.saveCohort(CASE_ID, { name, definition, by: 'x|y', at: '2029-07-01T10:00:00Z' })
  assert.ok(saved)
  return saved
}

async function asked(fields: Readonly<Record<string, string | readonly string[]>>): Promise<string> {
  const sent = await pages.post(`${STUDY}/ask`, fields)
  assert.equal(sent.status, 303, sent.text.slice(0, 2000))
  return sent.place
}

describe('a question about what explains something', () => {
  const fields = { kind: 'logistic-regression', country: 'FR', purpose: 'e', covariate: ['sex', 'age'] }
  const persons = (count: number): readonly AnswerTable[] => [
    { name: 'persons', dimensions: [], cells: [{ key: [], persons: count }], evidence: EVIDENCE },
  ]
  const states = (fr: readonly AnswerTable[], pt: readonly AnswerTable[]) => [
    ...nodesThat({ FR: 'answered' }, fr),
    ...nodesThat({ PT: 'answered' }, pt),
  ]
  const inside = ['node-fr', 'node-pt']

  it('needs an event, what explains it, and an outcome that does not explain itself', async () => {
    const cohort = await savedCohort('Explained')
    const form = (await pages.get(`${STUDY}/ask?cohort=${cohort}&kind=linear-regression`)).text
    for (const name of ['outcome', 'event', 'covariate']) assert.match(form, new RegExp(`name="${name}"`))
    assert.doesNotMatch(form, /name="by"/)
    const none = await pages.post(`${STUDY}/ask`, { ...fields, cohort, covariate: [] })
    assert.equal(none.status, 422)
    for (const field of ['event', 'covariate']) assert.match(none.text, new RegExp(`href="#${field}"`))
    const itself = { ...fields, cohort, kind: 'linear-regression', outcome: 'age' }
    assert.match((await pages.post(`${STUDY}/ask`, itself)).text, /The outcome cannot explain itself/)
  })

  it('goes to the countries as one question', async () => {
    const cohort = await savedCohort('Explaining')
    await asked({ ...fields, cohort, event: cohort })
    const analysis = pages.asked.at(-1)?.analysis
    assert.ok(analysis?.kind === 'logistic-regression')
    assert.deepEqual(analysis.covariates, [{ kind: 'age' }, { kind: 'sex' }])
    assert.equal(analysis.outcome.kind, 'has')
  })

  it('shows coefficients with what is known of them, and the persons of each country', async () => {
    const cohort = await savedCohort('Fitted')
    const place = await asked({ ...fields, cohort, event: cohort })
    const coefficient = (name: string, value: number, p: number) => {
      return { name, value, standardError: 0.0211, low: value - 0.1, high: value + 0.1, p }
    }
    pages.state.answer = () => ({
      tables: [TOTAL],
      nodes: states(persons(300), persons(200)),
      model: {
        ...{ state: 'fitted', inside, rounds: 6, references: ['sex female'] },
        coefficients: [
          coefficient('constant', -3.5, 1e-9),
          coefficient('age 1', 0.5, 0.0213),
          coefficient('sex male', -0.25, 0.4),
          coefficient('condition 201826 yes', 1.25, 0.01),
        ],
      },
    })
    const { text } = await pages.get(place)
    assert.match(text, /In the model: France, Portugal\. The coefficients were found in 6 rounds\./)
    assert.match(text, /age at the entry<\/th><td class="number">0\.5<\/td><td class="number">0\.0211<\/td>/)
    assert.match(text, /0\.4 – 0\.6<\/td><td class="number">0\.0213</)
    assert.match(text, /constant<\/th>[\s\S]*?&lt; 0\.001/)
    assert.match(text, /sex: male[\s\S]*Type 2 diabetes mellitus: yes/)
    assert.match(text, /Compared with: sex: female/)
    assert.match(text, /France<\/th><td class="number">300[\s\S]*Portugal<\/th><td class="number">200/)
    assert.match(text, /exact sums that countries gave/)
    assert.match((await pages.get(place, 'fr')).text, /Erreur type[\s\S]*sexe : masculin/)
  })

  it('says which round is under way, and why a fit has ended', async () => {
    const cohort = await savedCohort('In rounds')
    const place = await asked({ ...fields, cohort, event: cohort })
    const so = { nodes: states(persons(300), persons(200)), tables: [] }
    pages.state.answer = () => ({ ...so, model: { state: 'fitting', round: 4, inside } })
    const under = (await pages.get(place)).text
    assert.match(under, /The countries answer round 4 of the fit/)
    assert.match(under, /Look again/)
    const sentence = 'node-pt (PT) has dropped out in round 4: The permit is revoked.'
    const problem = { code: 'regression-node-dropped', sentence, next: 'Ask again.' }
    pages.state.answer = () => ({ ...so, model: { state: 'failed', inside, problem } })
    const ended = (await pages.get(place)).text
    assert.match(ended, /node-pt \(PT\) has dropped out in round 4/)
    const french = (await pages.get(place, 'fr')).text
    assert.match(french, /Un pays s’est retiré, l’ajustement est donc terminé\.[\s\S]*lang="en">node-pt \(PT\)/)
    assert.doesNotMatch(ended, /Coefficient/)
  })
})
