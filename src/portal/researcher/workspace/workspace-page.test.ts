import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { readAnalysis } from '#research/analysis/read-analysis.ts'
import { CASE_ID } from '#research/applications/testing/example-case.ts'
import { grantedCase, nodesThat, type TestResearcher, testResearcher } from '../test-researcher.ts'
import { CODE, SESSION, type TestWorkspace, testWorkspace } from './test-workspace.ts'

const HERE = `/applications/${CASE_ID}/workspace`
let pages: TestResearcher
let workspace: TestWorkspace
before(async () => {
  workspace = testWorkspace('2029-07-02T10:00:00.000Z')
  pages = await testResearcher(workspace)
  await grantedCase(pages)
})
after(() => pages.close())

const COOKIE = `tessera-fr-workspace=${SESSION}`
async function send(path: string, fields?: Readonly<Record<string, string | readonly string[]>>, cookie = COOKIE) {
  const pairs = Object.entries(fields ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  )
  const answer = await pages.app.request(`/research${path}`, {
    headers: { 'accept-language': 'en', cookie, 'content-type': 'application/x-www-form-urlencoded' },
    ...(fields
      ? { method: 'POST', body: new URLSearchParams([['form-token', 'token-of-the-session'], ...pairs]) }
      : {}),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('the workspace', () => {
  it('is closed until a second factor is set up and its code is right', async () => {
    assert.match((await send(HERE)).text, /needs a second factor/)
    const shown = await send(`${HERE}/factor`, {})
    assert.match(shown.text, /ABCD EFGH IJKL/)
    assert.equal((await send(`${HERE}/factor/confirm`, { code: '000000' })).status, 403)
    assert.equal((await send(`${HERE}/factor/confirm`, { code: '123 456' })).status, 303)
    assert.match((await send(HERE)).text, /Code of your authenticator/)
    const wrong = await send(`${HERE}/enter`, { code: '1' })
    assert.equal(wrong.status, 403)
    assert.match(wrong.text, /This code is not right/)
    const entered = await send(`${HERE}/enter`, { code: CODE })
    assert.equal(entered.status, 303)
    const cookie = entered.headers.get('set-cookie') ?? ''
    for (const part of [COOKIE, 'HttpOnly', 'SameSite=Strict', 'Path=/research']) assert.ok(cookie.includes(part), part)
  })

  it('shows nothing of what is inside without its session', async () => {
    for (const cookie of ['', 'tessera-fr-workspace=guessed']) {
      const outside = await send(`${HERE}/run`, { tool: 'sql', program: 'SELECT 1' }, cookie)
      assert.match(outside.text, /Code of your authenticator/)
      assert.doesNotMatch(outside.text, /condition_occurrence/)
    }
    assert.equal(workspace.works.length, 0)
  })

  it('runs a program and shows what came of it, or why not', async () => {
    const inside = await send(HERE)
    assert.match(inside.text, /condition_occurrence/)
    const made = await send(`${HERE}/run`, { tool: 'sql', program: 'SELECT sex, count(*) FROM person GROUP BY sex' })
    assert.match(made.text, /&lt;female&gt;/)
    assert.match(made.text, /The first 200 rows/)
    assert.match(made.text, /SELECT sex/)
    assert.deepEqual(workspace.works.at(-1)?.tool, 'sql')
    const refused = await send(`${HERE}/run`, { tool: 'r', program: "read_csv('/etc/passwd')" })
    assert.equal(refused.status, 409)
    assert.match(refused.text, /Files cannot be read\./)
    const before = workspace.works.length
    await send(`${HERE}/run`, { tool: 'python', program: 'x' })
    await send(`${HERE}/run`, { tool: 'sql', program: ' ' })
    assert.equal(workspace.works.length, before)
  })

  it('fits a regression over cohorts of the study, and leads what is missing to its field', async () => {
    const cohort = await pages.studies.saveCohort(CASE_ID, {
      ...{ name: 'Deaths', definition: { PrimaryCriteria: { CriteriaList: [{ Death: {} }] } } },
      ...{ by: 'x|y', at: '2029-07-01T10:00:00Z' },
    })
    const missing = await send(`${HERE}/regression`, { regression: 'logistic-regression', cohort: cohort ?? '' })
    for (const field of ['event', 'covariate']) assert.match(missing.text, new RegExp(`href="#${field}"`))
    const itself = { regression: 'linear-regression', cohort: cohort ?? '', outcome: 'age', covariate: ['age', 'sex'] }
    assert.match((await send(`${HERE}/regression`, itself)).text, /href="#covariate"/)
    const asked = {
      regression: 'logistic-regression',
      cohort: cohort ?? '',
      event: cohort ?? '',
      covariate: ['sex', 'age'],
    }
    assert.match((await send(`${HERE}/regression`, asked)).text, /id="output"/)
    const { tool, text = '{}' } = workspace.works.at(-1) ?? {}
    const analysis = readAnalysis(JSON.parse(text))
    assert.ok(analysis.ok && analysis.value.kind === 'logistic-regression')
    assert.deepEqual([tool, analysis.value.covariates.map(({ kind }) => kind)], ['typed-query', ['age', 'sex']])
  })

  it('keeps an answer beside what was made, with what each node says of it', async () => {
    await pages.studies.saveQuestion(CASE_ID, {
      ...{ title: 'How many', task: 't1', askedAt: '2029-07-02T10:00:00Z', askedBy: 'x|y' },
      question: { kind: 'count', cohort: 'C', countries: ['FR'] },
    })
    const [question] = await pages.studies.questions(CASE_ID)
    const cells = [{ key: ['female'], persons: 30, sums: {}, hiddenIn: [] }]
    const tables = [{ name: 'persons', dimensions: [{ name: 'sex', levels: ['female'] }], cells }]
    pages.state.answer = () => ({ nodes: nodesThat({ FR: 'answered' }), tables })
    const path = `/applications/${CASE_ID}/study/questions/${question?.id}`
    assert.match((await send(path)).text, /Take this answer out/)
    assert.equal((await send(`${path}/keep`, {})).status, 303)
    const [kept] = workspace.kept
    assert.deepEqual(kept?.content.tables[0]?.rows, [['female', 30, '']])
    assert.deepEqual([kept?.tool, kept?.title], ['typed-query', 'How many'])
  })

  it('keeps the coefficients of a model, as they are told', async () => {
    const id = await pages.studies.saveQuestion(CASE_ID, {
      ...{ title: 'What explains it', task: 't2', askedAt: '2029-07-02T11:00:00Z', askedBy: 'x|y' },
      question: { kind: 'linear-regression', cohort: 'C', countries: ['FR'] },
    })
    const cells = [{ key: [], persons: 300, sums: {}, hiddenIn: [] }]
    const age = { name: 'age 1', value: 0.5, standardError: 0.1, low: 0.3, high: 0.7, p: 0.001 }
    pages.state.answer = () => ({
      nodes: nodesThat({ FR: 'answered' }),
      tables: [{ name: 'persons', dimensions: [], cells }],
      model: { state: 'fitted', inside: ['node-fr'], rounds: 0, references: [], coefficients: [age] },
    })
    const before = workspace.kept.length
    assert.equal((await send(`/applications/${CASE_ID}/study/questions/${id}/keep`, {})).status, 303)
    const [persons, model] = workspace.kept[before]?.content.tables ?? []
    assert.deepEqual(persons?.rows, [[300, '']])
    assert.deepEqual(model?.rows, [['age 1', 0.5, 0.1, 0.3, 0.7, 0.001]])
    workspace.kept.length = before
  })

  it('lets nothing out but what a checker has approved', async () => {
    assert.equal((await send(`${HERE}/request`, { description: 'For a paper.' })).status, 409)
    assert.equal((await send(`${HERE}/request`, { output: 'o1', description: 'For a paper.' })).status, 303)
    assert.match((await send(HERE)).text, /waits for a checker/)
    assert.equal((await send(`${HERE}/requests/r1/collect`)).status, 409)
    workspace.state.requests = workspace.state.requests.map((one) => ({
      ...one,
      status: 'question',
      words: 'What for?',
    }))
    assert.match((await send(HERE)).text, /What for\?/)
    assert.equal((await send(`${HERE}/requests/r1/answer`, { words: 'A paper.' })).status, 303)
    workspace.state.requests = workspace.state.requests.map((one) => ({ ...one, status: 'approved' }))
    const file = await send(`${HERE}/requests/r1/collect`)
    assert.equal(file.headers.get('content-disposition'), 'attachment; filename="release_r1_.json"')
    assert.equal(file.text, '{"files":[]}')
  })

  it('ends when it is left, when its time is over, and with the permit', async () => {
    assert.equal((await send(`${HERE}/leave`, {})).status, 303)
    assert.match((await send(HERE)).text, /Code of your authenticator/)
    workspace.state.isInside = true
    const { now } = pages.state
    pages.state.now = new Date('2030-05-02T00:00:00Z')
    assert.equal((await send(HERE)).status, 404)
    pages.state.now = now
    pages.state.person = 'https://id.example|stranger'
    assert.equal((await send(HERE)).status, 404)
    pages.state.person = 'https://id.example|applicant'
  })
})
