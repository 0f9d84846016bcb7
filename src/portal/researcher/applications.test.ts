import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { actor, answersFor, CASE_ID } from '#research/applications/testing/example-case.ts'
import { OFFICIAL_DATASET, publishExample, withoutCorpus } from '../public/test-public.ts'
import { APPLICANT, NOW, type TestResearcher, testResearcher } from './test-researcher.ts'

let pages: TestResearcher
before(async () => {
  pages = await testResearcher()
})
after(() => pages.close())

const at = NOW.toISOString()

async function begun(kind = 'data-permit'): Promise<string> {
  const { status, place } = await pages.post('/applications/new', { kind })
  assert.equal(status, 303)
  return /applications\/([0-9a-f-]{36})\//.exec(place)?.[1] ?? ''
}

describe('an application', () => {
  it('is begun as a draft of whoever signs in, and only he finds it', async () => {
    const id = await begun()
    const draft = await pages.cases.load(id)
    assert.deepEqual([draft?.stage, draft?.owner, draft?.kind], ['draft', APPLICANT, 'data-permit'])
    assert.match((await pages.get('')).text, new RegExp(id))
    pages.state.person = 'https://id.example|stranger'
    assert.equal((await pages.get(`/applications/${id}`)).status, 404)
    assert.equal((await pages.get(`/applications/${id}/form/subject`)).status, 404)
    assert.doesNotMatch((await pages.get('')).text, new RegExp(id))
    pages.state.person = undefined
    const welcome = await pages.get(`/applications/${id}`)
    assert.equal(welcome.status, 403)
    assert.match(welcome.text, /href="\/sign-in"/)
    pages.state.person = APPLICANT
  })

  it('needs a kind, and a form of this session', async () => {
    assert.equal((await pages.post('/applications/new', { kind: 'other' })).status, 422)
    assert.equal((await pages.post('/applications/new', { kind: 'data-permit' }, 'foreign')).status, 403)
  })

  it('keeps each section as it is sent, also half of it, and goes on', async () => {
    const id = await begun()
    const version = (await pages.cases.load(id))?.version ?? 0
    const sent = await pages.post(`/applications/${id}/form/subject`, {
      ...{ version: String(version), title: 'Waiting <times>', summary: '', do: 'next' },
    })
    assert.deepEqual([sent.status, sent.place], [303, `/applications/${id}/form/applicant`])
    const page = await pages.get(`/applications/${id}/form/subject?check=yes`)
    assert.match(page.text, /value="Waiting &lt;times&gt;"/)
    assert.match(page.text, /href="#summary"/)
    // A second window that does not know of it.
    const late = await pages.post(`/applications/${id}/form/subject`, { version: String(version), title: 'Other' })
    assert.equal(late.status, 409)
    assert.match(late.text, /Somebody has changed this application/)
    assert.match(late.text, /value="Other"/)
    assert.equal((await pages.cases.load(id))?.answers.title, 'Waiting <times>')
  })

  it('leads what cannot be kept to its field and keeps the rest', async () => {
    const id = await begun()
    const sent = await pages.post(`/applications/${id}/form/environment`, { months: 'two', tools: 'R', do: 'next' })
    assert.equal(sent.status, 422)
    assert.match(sent.text, /Write a whole number/)
    assert.match(sent.text, /value="two"/)
    assert.equal((await pages.cases.load(id))?.answers.tools, 'R')
    const period = await pages.post(`/applications/${id}/form/data`, {
      'timeRange-from': '2024-02-30',
      'timeRange-to': '',
    })
    assert.equal(period.status, 422)
    assert.match(period.text, /href="#timeRange"/)
    const person = await pages.post(`/applications/${id}/form/applicant`, {
      ...{ 'person-name': ['Ada', 'Max'], 'person-identifier': [APPLICANT, 'nonsense'] },
      'person-role': ['principal-investigator', 'authorised'],
    })
    assert.equal(person.status, 422)
    assert.match(person.text, /value="nonsense"/)
  })

  it('takes persons in and out by buttons', async () => {
    const id = await begun()
    const rows = {
      'person-name': ['Ada', 'Max', ''],
      'person-identifier': [APPLICANT, 'https://id.example|max', ''],
      'person-role': ['principal-investigator', 'authorised', 'authorised'],
    }
    await pages.post(`/applications/${id}/form/applicant`, { ...rows, do: 'stay' })
    assert.ok(Array.isArray((await pages.cases.load(id))?.answers.persons))
    const out = await pages.post(`/applications/${id}/form/applicant`, { ...rows, do: 'remove-person:1' })
    assert.equal(out.place, `/applications/${id}/form/applicant#persons`)
    const persons = (await pages.cases.load(id))?.answers.persons
    assert.deepEqual(Array.isArray(persons) && persons.length, 1)
  })

  it('takes datasets from the catalogue only', { skip: withoutCorpus }, async () => {
    await publishExample(pages)
    const id = await begun('data-request')
    const found = await pages.get(`/applications/${id}/form/data?find=oncology`)
    assert.match(found.text, /add-dataset:own https:\/\/healthdcat-ap/)
    await pages.post(`/applications/${id}/form/data`, { do: `add-dataset:own ${OFFICIAL_DATASET}` })
    const choices = (await pages.cases.load(id))?.answers.datasets
    assert.ok(Array.isArray(choices) && choices.length === 1)
    // Said where it is found and where it stands chosen.
    pages.state.marks = ({ iri }) =>
      iri === OFFICIAL_DATASET ? { staleSince: '2029-03-01T00:00:00Z', isOutdated: false } : undefined
    const marked = await pages.get(`/applications/${id}/form/data?find=oncology`)
    assert.equal(marked.text.match(/No longer listed/g)?.length, 2)
    assert.match(marked.text, /it was last seen on/)
    assert.doesNotMatch(found.text, /No longer listed/)
    pages.state.marks = () => undefined
    // What a form says of itself counts for nothing.
    await pages.post(`/applications/${id}/form/data`, {
      'kept-dataset': [OFFICIAL_DATASET, 'urn:invented'],
      do: 'save',
    })
    assert.deepEqual((await pages.cases.load(id))?.answers.datasets, choices)
    await pages.post(`/applications/${id}/form/data`, {
      ...{ 'kept-dataset': OFFICIAL_DATASET, do: `remove-dataset:${OFFICIAL_DATASET}` },
    })
    assert.deepEqual((await pages.cases.load(id))?.answers.datasets, [])
  })
})

describe('a case', () => {
  const part = { memberState: 'FR', at }
  const give = async (command: Parameters<TestResearcher['cases']['handle']>[1]) => {
    const handled = await pages.cases.handle(CASE_ID, command)
    assert.ok(handled.ok, JSON.stringify(handled))
  }

  it('is submitted from its review, which names what is open', async () => {
    const open = await begun()
    const review = await pages.get(`/applications/${open}/review`)
    assert.match(review.text, /things are still open/)
    assert.equal((await pages.post(`/applications/${open}/review`, {})).status, 409)
    await give({
      ...{ kind: 'draft', at, by: actor('applicant'), caseId: CASE_ID, applicationKind: 'data-permit' },
      answers: answersFor('data-permit', ['FR', 'PT']),
    })
    assert.match((await pages.get(`/applications/${CASE_ID}/review`)).text, /The application is complete/)
    const sent = await pages.post(`/applications/${CASE_ID}/review`, {})
    assert.equal(sent.place, `/applications/${CASE_ID}?done=submit`)
    assert.equal((await pages.cases.load(CASE_ID))?.stage, 'submitted')
    assert.match((await pages.get(`/applications/${CASE_ID}?done=submit`)).text, /was submitted/)
  })

  it('shows each Member State with its clock, and questions with the way to answer', async () => {
    await give({ kind: 'ask-completion', ...part, by: actor('intake'), questions: ['Which hospitals?'] })
    const page = await pages.get(`/applications/${CASE_ID}`)
    for (const words of ['France', 'Portugal', 'Which hospitals?', `/complete/FR`])
      assert.ok(page.text.includes(words), words)
    const form = await pages.get(`/applications/${CASE_ID}/complete/FR`)
    assert.match(form.text, /Which hospitals\?/)
    assert.equal((await pages.get(`/applications/${CASE_ID}/complete/PT`)).status, 404)
  })

  it('is completed, asked about, and its fee accepted', async () => {
    const missing = await pages.post(`/applications/${CASE_ID}/complete/FR`, { title: '' })
    assert.equal(missing.status, 422)
    const answers = (await pages.cases.load(CASE_ID))?.answers ?? {}
    const fields = Object.fromEntries(
      Object.entries(answers).flatMap(([name, value]): (readonly [string, string | string[]])[] => {
        if (typeof value === 'string' || typeof value === 'number') return [[name, String(value)]]
        if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return [[name, value]]
        return []
      }),
    )
    // A button of a row changes the form and sends nothing.
    const rows = { 'person-name': ['Ada', 'Max'], 'person-identifier': ['a|b', 'c|d'], do: 'remove-person:1' }
    const shorter = await pages.post(`/applications/${CASE_ID}/complete/FR`, { ...fields, ...rows })
    assert.equal(shorter.status, 200)
    assert.doesNotMatch(shorter.text, /value="Max"/)
    assert.equal((await pages.cases.load(CASE_ID))?.parts.FR?.status, 'incomplete')
    const sent = await pages.post(`/applications/${CASE_ID}/complete/FR`, {
      ...fields,
      ...{ geography: 'All regions', 'timeRange-from': '2015-01-01', 'timeRange-to': '2028-12-31' },
      ...{ 'person-name': ['Ada', 'Max'], 'person-identifier': [APPLICANT, 'https://id.example|member'] },
      'person-role': ['principal-investigator', 'authorised'],
      'kept-dataset': ['dataset-FR', 'dataset-PT'],
    })
    assert.equal(sent.place, `/applications/${CASE_ID}?done=complete`, sent.text.slice(0, 3000))
    await give({ kind: 'confirm-complete', ...part, by: actor('intake') })
    await give({ kind: 'ask-question', ...part, by: actor('assessor'), question: 'Who reads it?' })
    await give({
      kind: 'estimate-fee',
      ...part,
      by: actor('intake'),
      items: [{ component: 'procedure', cents: 90_050 }],
    })
    const page = await pages.get(`/applications/${CASE_ID}`)
    assert.match(page.text, /Who reads it\?/)
    assert.match(page.text, /900\.50 €/)
    const empty = await pages.post(`/applications/${CASE_ID}/act/FR/answer-question`, { answer: ' ' })
    assert.equal(empty.status, 422)
    assert.equal((await pages.post(`/applications/${CASE_ID}/act/FR/answer-question`, { answer: 'We.' })).status, 303)
    assert.equal((await pages.post(`/applications/${CASE_ID}/act/FR/accept-fee`, {})).status, 422)
    assert.equal((await pages.post(`/applications/${CASE_ID}/act/FR/accept-fee`, { sure: 'yes' })).status, 303)
    const again = await pages.post(`/applications/${CASE_ID}/act/FR/accept-fee`, { sure: 'yes' })
    assert.equal(again.status, 409)
  })

  it('tells a refusal with its reasons, and nothing of the assessment before it', async () => {
    const rules = pages.cases.procedureFor((await pages.cases.load(CASE_ID)) ?? assert.fail()).rules
    const criteria = rules.criteria['data-permit'].map(({ code }) => ({
      code,
      met: false,
      reason: 'A note of the house.',
    }))
    await give({ kind: 'assess', ...part, by: actor('assessor'), criteria })
    assert.doesNotMatch((await pages.get(`/applications/${CASE_ID}`)).text, /note of the house/)
    await give({ kind: 'refuse', ...part, by: actor('coordinator'), justification: 'Not proportionate.' })
    const page = await pages.get(`/applications/${CASE_ID}`, 'fr')
    assert.match(page.text, /Not proportionate\./)
    assert.match(page.text, /Refusée, pour les motifs/)
  })

  it('can be withdrawn where nothing was decided', async () => {
    const sent = await pages.post(`/applications/${CASE_ID}/act/all/withdraw`, { sure: 'yes' })
    assert.equal(sent.status, 303)
    const state = await pages.cases.load(CASE_ID)
    assert.deepEqual([state?.parts.FR?.status, state?.parts.PT?.status], ['refused', 'withdrawn'])
  })
})
