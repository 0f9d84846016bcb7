import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { CohortDefinition } from '#research/analysis/analysis.ts'
import { CASE_ID } from '#research/applications/testing/example-case.ts'
import { readDefinition } from '#research/cohort/read-definition.ts'
import { answerOf, merge, NOTHING, totals } from '#research/federation/merge.ts'
import type { AnswerTable } from '#research/federation/node-result.ts'
import type { TaskAnswer } from './researcher-options.ts'
import { grantedCase, nodesThat, type TestResearcher, testResearcher } from './test-researcher.ts'

const STUDY = `/applications/${CASE_ID}/study`
let pages: TestResearcher
before(async () => {
  pages = await testResearcher()
  await grantedCase(pages)
})
after(() => pages.close())

const EVENT = { 'entry-domain': 'condition', 'entry-narrower': 'yes' }
const PICKED = { ...EVENT, 'entry-concept': '201826|Type 2 diabetes mellitus' }
const COHORT = { ...PICKED, name: 'Diabetes', entries: 'first', priorDays: '365', sex: 'any', rules: '0' }

async function savedCohort(name = 'Diabetes'): Promise<string> {
  assert.equal((await pages.post(`${STUDY}/cohorts/new`, { ...COHORT, name, do: 'save' })).status, 303)
  const cohorts = await pages.studies.cohorts(CASE_ID)
  return cohorts.find((one) => one.name === name)?.id ?? ''
}

describe('a cohort', () => {
  it('is built by buttons: find, pick, add and take out rules, check, save', async () => {
    const found = await pages.post(`${STUDY}/cohorts/new`, {
      ...EVENT,
      rules: '0',
      'entry-find': 'diabetes',
      do: 'find:entry',
    })
    assert.match(found.text, /value="pick:entry:201826"/)
    assert.doesNotMatch(found.text, /metformin/)
    const picked = await pages.post(`${STUDY}/cohorts/new`, { ...EVENT, rules: '0', do: 'pick:entry:201826' })
    assert.match(picked.text, /value="201826\|Type 2 diabetes mellitus"/)
    const rule = await pages.post(`${STUDY}/cohorts/new`, { ...COHORT, do: 'add-rule' })
    assert.match(rule.text, /id="rule-0-find"/)
    const without = await pages.post(`${STUDY}/cohorts/new`, { ...COHORT, rules: '1', do: 'remove-rule:0' })
    assert.doesNotMatch(without.text, /id="rule-0-find"/)
    const checked = await pages.post(`${STUDY}/cohorts/new`, { ...COHORT, do: 'check' })
    assert.match(checked.text, /the earliest of these events, observed at least 365 days before/)
    const id = await savedCohort('Built')
    const saved = await pages.studies.cohort(CASE_ID, id)
    assert.ok(readDefinition(saved?.definition).ok)
    assert.match((await pages.get(`${STUDY}/cohorts/${id}`)).text, /value="Built"/)
  })

  it('leads what is missing to its field, and saves nothing', async () => {
    const before = (await pages.studies.cohorts(CASE_ID)).length
    const wrong = await pages.post(`${STUDY}/cohorts/new`, {
      ...COHORT,
      name: '',
      rules: '1',
      'rule-0-count': 'x',
      do: 'save',
    })
    assert.equal(wrong.status, 422)
    for (const field of ['name', 'rule-0-count', 'rule-0-find'])
      assert.match(wrong.text, new RegExp(`href="#${field}"`))
    assert.equal((await pages.studies.cohorts(CASE_ID)).length, before)
  })

  it('is not overwritten by somebody who has not seen the newest', async () => {
    const id = await savedCohort('Shared')
    const first = await pages.post(`${STUDY}/cohorts/${id}`, {
      ...COHORT,
      name: 'First',
      'cohort-version': '1',
      do: 'save',
    })
    assert.equal(first.status, 303)
    const second = await pages.post(`${STUDY}/cohorts/${id}`, {
      ...COHORT,
      name: 'Second',
      'cohort-version': '1',
      do: 'save',
    })
    assert.equal(second.status, 409)
    assert.equal((await pages.studies.cohort(CASE_ID, id))?.name, 'First')
    assert.equal((await pages.post(`${STUDY}/cohorts/${id}/remove`, {})).status, 303)
    assert.ok(await pages.studies.cohort(CASE_ID, id), 'nothing is deleted without the tick')
    await pages.post(`${STUDY}/cohorts/${id}/remove`, { sure: 'yes' })
    assert.equal(await pages.studies.cohort(CASE_ID, id), undefined)
  })

  it('is brought as Circe, with problems at their place', async () => {
    const none = await pages.post(`${STUDY}/circe/new`, { name: 'C', circe: '{"a":', do: 'save' })
    assert.equal(none.status, 422)
    assert.match(none.text, /href="#circe"/)
    const wrong = { ConceptSets: [{ id: 'x' }], PrimaryCriteria: { CriteriaList: [{ ConditionOccurrence: {} }] } }
    const placed = await pages.post(`${STUDY}/circe/new`, { name: 'C', circe: JSON.stringify(wrong), do: 'save' })
    assert.equal(placed.status, 422)
    assert.match(placed.text, /<code>\$\.ConceptSets/)
    const right = { PrimaryCriteria: { CriteriaList: [{ Death: {} }] } }
    const sent = await pages.post(`${STUDY}/circe/new`, { name: 'Deaths', circe: JSON.stringify(right), do: 'save' })
    assert.equal(sent.status, 303)
    const saved = (await pages.studies.cohorts(CASE_ID)).find(({ name }) => name === 'Deaths')
    assert.deepEqual(saved?.definition, right)
    assert.match((await pages.get(`${STUDY}/circe/${saved?.id}`)).text, /The cohort can run|nothing to look at/)
  })

  it('is told in French on a French page: what it means, what to look at, and what cannot be read', async () => {
    const post = async (definition: unknown) => {
      const sent = { name: 'C', circe: JSON.stringify(definition), do: 'check' }
      return (await pages.post(`${STUDY}/circe/new?language=fr`, sent)).text
    }
    const set = {
      id: 1,
      name: 'Diabetes',
      expression: { items: [{ concept: { CONCEPT_ID: 1, CONCEPT_NAME: 'pain' } }] },
    }
    const told = await post({
      ConceptSets: [set],
      PrimaryCriteria: { CriteriaList: [{ Death: { Age: { Op: 'gte' } } }] },
    })
    assert.match(told, /<ul><li>Les personnes entrent dans la cohorte [^<]*<ul><li>un décès, quel que soit le concept</)
    assert.match(told, /<li>Ensemble de concepts « Diabetes » :<ul><li><span lang="en">pain<\/span>, 1</)
    assert.match(told, /L’ensemble de concepts « Diabetes » n’est pas utilisé\. <code>/)
    assert.match(
      told,
      /Il manque à l’intervalle la comparaison[^<]* <code>\$\.PrimaryCriteria\.CriteriaList\[0\]\.Death\.Age</,
    )
    const unreadable = await post({ ConceptSets: [{ id: 'x' }, 1] })
    assert.match(unreadable, /ne peut pas être lue/)
    assert.match(unreadable, /<li>Ce doit être un nombre entier\. <code>\$\.ConceptSets\[0\]\.id<\/code><\/li>/)
    assert.match(unreadable, /<li>Ce doit être un objet\. <code>\$\.ConceptSets\[1\]<\/code><\/li>/)
    for (const page of [told, unreadable])
      assert.doesNotMatch(page.replace('<span lang="en">pain</span>', ''), /<(p|span) lang="en"/)
  })

  it('says how many remarks and lines it leaves out', async () => {
    const ConceptSets = Array.from({ length: 900 }, (_, id) => ({ id, name: `A concept set with a name ${id}` }))
    const definition = { ConceptSets, PrimaryCriteria: { CriteriaList: [{ Death: {} }] } }
    const sent = { name: 'C', circe: JSON.stringify(definition), do: 'check' }
    const { text } = await pages.post(`${STUDY}/circe/new`, sent)
    assert.match(text, /\d{3,4} more remarks are not shown/)
    const left = Number(/(\d+) more lines are not shown/.exec(text)?.[1])
    const shown = text.match(/<li>Concept set “/g)?.length ?? 0
    assert.equal(left + shown, 900)
  })

  it('is not there for somebody who has no part in the case', async () => {
    pages.state.person = 'https://id.example|stranger'
    assert.equal((await pages.get(STUDY)).status, 404)
    assert.equal((await pages.post(`${STUDY}/cohorts/new`, { ...COHORT, do: 'save' })).status, 404)
    pages.state.person = 'https://id.example|applicant'
  })
})

const ASK = { kind: 'count', country: 'FR', purpose: 'e', by: ['sex'], ages: '0, 18' }

const cell = (key: (string | null)[], persons: number | null, sums?: Record<string, number>) => ({
  key,
  persons,
  ...(sums ? { sums } : {}),
})
const EVIDENCE = { frequencyFloor: 10, hidden: 1, shown: 3, noise: { kind: 'cell-key', spread: 2 } }
const table = (name: string, dimensions: AnswerTable['dimensions'], cells: AnswerTable['cells']): AnswerTable => ({
  ...{ name, dimensions, cells, evidence: EVIDENCE },
})
const SEX = [{ name: 'sex', levels: ['female', 'male'] }]

function answered(...parts: readonly (readonly AnswerTable[])[]): TaskAnswer {
  let merged = NOTHING
  for (const [index, tables] of parts.entries()) {
    const more = merge(merged, answerOf(index === 0 ? 'node-fr' : 'node-pt', tables))
    assert.ok(more.ok)
    merged = more.value
  }
  const all = totals(merged)
  assert.ok(all.ok)
  const states = parts.length > 1 ? { FR: 'answered', PT: 'answered' } : { FR: 'answered', PT: 'refused' }
  return { nodes: nodesThat(states as Parameters<typeof nodesThat>[0], parts[0]), tables: all.value }
}

async function asked(fields: Readonly<Record<string, string | readonly string[]>>): Promise<string> {
  const sent = await pages.post(`${STUDY}/ask`, fields)
  assert.equal(sent.status, 303, sent.text.slice(0, 2000))
  return sent.place
}

describe('a question', () => {
  it('needs what its kind needs, and names what is missing', async () => {
    const cohort = await savedCohort('Asked')
    const missing = { ...ASK, cohort: '', country: [], kind: 'survival', step: '0' }
    const wrong = await pages.post(`${STUDY}/ask`, missing)
    assert.equal(wrong.status, 422)
    for (const field of ['cohort', 'country', 'event', 'step']) assert.match(wrong.text, new RegExp(`href="#${field}"`))
    const first = await pages.get(`${STUDY}/ask?cohort=${cohort}`)
    assert.match(first.text, /value="survival"/)
    const second = await pages.get(`${STUDY}/ask?cohort=${cohort}&kind=distribution`)
    assert.match(second.text, /name="classes"/)
    assert.match(second.text, /value="FR" checked/)
    assert.doesNotMatch(second.text, /value="PT"/, 'Portugal has not granted anything')
  })

  it('finds concepts by words and adds them by buttons, without being asked yet', async () => {
    const cohort = await savedCohort('Found')
    const before = pages.asked.length
    const fields = { ...ASK, cohort, by: ['condition'], conditions: '201826' }
    const found = await pages.post(`${STUDY}/ask`, { ...fields, 'conditions-find': 'diabetes', do: 'find:conditions' })
    assert.match(found.text, /value="pick:conditions:4193704"/)
    const picked = await pages.post(`${STUDY}/ask`, { ...fields, do: 'pick:conditions:4193704' })
    assert.match(picked.text, /value="201826, 4193704"/)
    assert.equal(pages.asked.length, before)
    await asked({ ...fields, conditions: '201826, 4193704' })
    const analysis = pages.asked.at(-1)?.analysis
    assert.deepEqual(analysis?.kind === 'count' && analysis.by, [{ kind: 'condition', concepts: [201826, 4193704] }])
  })

  it('goes to the nodes under the permits, all steps of an attrition in one', async () => {
    const cohort = await savedCohort('Narrow')
    await pages.post(`${STUDY}/cohorts/${cohort}`, {
      ...{ ...COHORT, name: 'Narrow', ageFrom: '18', 'cohort-version': '1', do: 'save' },
    })
    const before = pages.asked.length
    await asked({ ...ASK, cohort })
    assert.deepEqual(pages.asked.at(-1)?.permits, [{ memberState: 'FR', id: 'permit-1' }])
    assert.deepEqual(pages.asked.at(-1)?.analysis.kind, 'count')
    await asked({ ...ASK, kind: 'attrition', cohort })
    assert.equal(pages.asked.length, before + 2)
    const analysis = pages.asked.at(-1)?.analysis
    assert.ok(analysis?.kind === 'cohort-counts')
    const rulesOf = ({ InclusionRules }: CohortDefinition) =>
      Array.isArray(InclusionRules) ? InclusionRules.length : -1
    assert.deepEqual(
      analysis.cohorts.map(({ name, cohort }) => [name, rulesOf(cohort)]),
      [
        ['0', 0],
        ['1 Age and sex at the entry', 1],
      ],
    )
  })

  it('counts several cohorts in one question, told apart where they have one name', async () => {
    await savedCohort('Twin')
    await savedCohort('Twin')
    const twins = (await pages.studies.cohorts(CASE_ID)).filter(({ name }) => name === 'Twin')
    const [one = '', other = ''] = twins.map(({ id }) => id)
    const offered = await pages.get(`${STUDY}/ask?kind=cohort-counts&cohort=${one}`)
    assert.match(offered.text, new RegExp(`name="cohorts" value="${one}" checked`))
    assert.match(offered.text, new RegExp(`name="cohorts" value="${other}">`))
    const none = await pages.post(`${STUDY}/ask`, { ...ASK, kind: 'cohort-counts' })
    assert.equal(none.status, 422)
    assert.match(none.text, /href="#cohorts"/)
    const gone = await pages.post(`${STUDY}/ask`, { ...ASK, kind: 'cohort-counts', cohorts: [one, 'gone'] })
    assert.equal(gone.status, 200)
    const before = pages.asked.length
    const place = await asked({ ...ASK, kind: 'cohort-counts', cohorts: [one, other] })
    assert.equal(pages.asked.length, before + 1)
    const analysis = pages.asked.at(-1)?.analysis
    assert.ok(analysis?.kind === 'cohort-counts')
    assert.deepEqual(
      analysis.cohorts.map(({ name }) => name),
      ['Twin', 'Twin (2)'],
    )
    const cohorts = { name: 'cohort', levels: ['Twin', 'Twin (2)'] }
    pages.state.answer = () =>
      answered([
        table(
          'persons',
          [cohorts, ...SEX],
          [
            ...[cell(['Twin', 'female'], 40), cell(['Twin', 'male'], 70), cell(['Twin', null], 110)],
            ...[cell(['Twin (2)', 'female'], 25), cell(['Twin (2)', 'male'], null), cell(['Twin (2)', null], 31)],
            ...[cell([null, 'female'], 44), cell([null, 'male'], 72), cell([null, null], 116)],
          ],
        ),
      ])
    const { text } = await pages.get(place)
    assert.match(text, /Twin, Twin/)
    assert.match(text, /<th scope="row">Twin<\/th><td class="number">110</)
    assert.match(text, /<th scope="row">Twin \(2\)<\/th><td class="number">31</)
    assert.match(text, /<th scope="row">everybody<\/th><td class="number">116</)
    assert.match(text, /<th scope="row">Twin \(2\)<\/th><td>male<\/td><td class="number">hidden</)
  })

  it('shows numbers with picture and table, hidden cells as such, and who has not answered and why', async () => {
    const cohort = await savedCohort('Counted')
    const place = await asked({ ...ASK, cohort })
    pages.state.answer = () =>
      answered([table('persons', SEX, [cell(['female'], 12_345), cell(['male'], null), cell([null], null)])])
    const { text } = await pages.get(place)
    assert.match(text, /<svg class="chart" role="img"/)
    assert.match(text, /12\s345/)
    assert.match(text, /class="hidden-bar"/)
    assert.match(text, />hidden</)
    assert.match(text, /Hidden: fewer persons/)
    assert.match(text, /The numbers are without: Portugal/)
    assert.match(text, /The permit does not cover the column person\.ethnicity_concept_id\. Ask the health data/)
    assert.match(text, /fewer than 10 persons are hidden/)
    assert.match(text, /differ by up to 2/)
    const french = (await pages.get(place, 'fr')).text
    assert.match(french, /ne couvre pas une colonne demandée.*<span lang="en">The permit does not cover the column/)
    assert.match(french, /masqué/)
    assert.match(french, /féminin/)
  })

  it('adds what several countries show, and says which of them hide something', async () => {
    const place = await asked({ ...ASK, cohort: await savedCohort('Two') })
    pages.state.answer = () =>
      answered(
        [table('persons', SEX, [cell(['female'], 30), cell(['male'], 20)])],
        [table('persons', SEX, [cell(['female'], 12), cell(['male'], null)])],
      )
    const { text } = await pages.get(place)
    assert.match(text, /All 2 countries/)
    assert.match(text, />42</)
    assert.match(text, /20, hidden in Portugal/)
  })

  it('draws rates, series, distributions, curves and what persons have', async () => {
    const cohort = await savedCohort('Drawn')
    const years = [{ name: 'year', levels: ['2019', '2020', '2021'] }]
    const steps = [
      { name: 'step', levels: ['0', '30–60'] },
      { name: 'outcome', levels: ['event', 'censored'] },
    ]
    const left = [
      cell(['0', 'event'], 20),
      cell(['0', 'censored'], 10),
      cell(['30–60', 'event'], 35),
      cell(['30–60', 'censored'], 35),
    ]
    const answers: Readonly<Record<string, readonly AnswerTable[]>> = {
      rate: [
        table('entries', SEX, [cell(['female'], 50, { entries: 60 })]),
        table('time', SEX, [cell(['female'], 900, { personDays: 365_250 })]),
      ],
      'time-series': [table('entries', years, [cell(['2019'], 20), cell(['2020'], null), cell(['2021'], 40)])],
      distribution: [
        table('classes', [{ name: 'class', levels: ['0-19', '20+'] }], [cell(['0-19'], 15), cell(['20+'], 85)]),
        table('values', [], [cell([], 100, { value: 4210, 'value persons': 100 })]),
      ],
      survival: [table('steps', steps, left)],
      characterisation: [table('drug', [{ name: 'concept', levels: ['1503297'] }], [cell(['1503297'], 77)])],
    }
    const expected: Readonly<Record<string, RegExp>> = {
      rate: /60\.00<\/td><td class="number">45\.\d\d – 77\.\d\d/,
      'time-series': /d="M0 [\d.]+M1000 0"|<circle/,
      distribution: /42\.1/,
      survival: /80\.0\s%/,
      characterisation: /metformin/,
    }
    for (const [kind, tables] of Object.entries(answers)) {
      const place = await asked({ ...ASK, cohort, event: cohort, domains: 'drug', by: [], kind })
      pages.state.answer = () => answered(tables)
      const { text } = await pages.get(place)
      assert.match(text, expected[kind] ?? /nothing/, kind)
      assert.match(text, /<svg class="chart"/, kind)
    }
  })

  it('says so when nobody has answered yet, and when the permit is over nothing is asked', async () => {
    const cohort = await savedCohort('Late')
    const place = await asked({ ...ASK, cohort })
    pages.state.answer = () => ({ nodes: nodesThat({ FR: 'waiting', PT: 'unreachable' }), tables: [] })
    assert.match((await pages.get(place)).text, /No country has answered yet/)
    const { now } = pages.state
    pages.state.now = new Date('2030-05-01T00:00:00Z')
    const before = pages.asked.length
    const over = await pages.post(`${STUDY}/ask`, { ...ASK, cohort })
    assert.equal(over.status, 200)
    assert.equal(pages.asked.length, before)
    assert.match((await pages.get(STUDY)).text, /No permit is in force/)
    pages.state.now = now
  })
})
