/** The body's pages over real stores: who sees them, what each officer can do and why not the rest, and what follows. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { answersFor } from '#research/applications/testing/example-case.ts'
import { caseIdOf } from '#research/applications/testing/many-cases.ts'
import { type Officer, type TestBody, testBody } from './test-access-body.ts'

let body: TestBody
let fresh: string
let ready: string
let late: string
let live: string
before(async () => {
  body = await testBody()
  fresh = await body.submitted(1, '2029-04-20T10:00:00Z', 'Fresh study')
  late = await body.submitted(2, '2028-11-01T10:00:00Z', 'Late study')
  ready = await body.assessed(3, 'Ready study')
  live = await body.granted(4, 'Live study')
})
after(() => body.close())

const PAGES = [
  ...['', '/cases', '/cases?status=granted', '/outputs', '/register', '/report'],
  ...['/audits', '/audits/new', '/exclusions', '/opt-outs'],
]

const partOf = async (caseId: string) => (await body.cases.load(caseId))?.parts.FR
const actsIn = (text: string): readonly string[] =>
  [...text.matchAll(/class="btn other" href="[^"]*\/cases\/[^/]+\/([a-z-]+)/g)].map(([, act = '']) => act)

test('for everybody without a role there is nothing, on any page and for any form', async () => {
  for (const path of [...PAGES, `/cases/${fresh}`, `/cases/${fresh}/refuse`, '/register.csv', '/report.csv']) {
    assert.equal((await body.get(path, 'nobody')).status, 404, path)
  }
  assert.equal((await body.post(`/cases/${fresh}/confirm-complete`, {}, 'nobody')).status, 404)
  assert.equal((await partOf(fresh))?.status, 'completeness-check')
})

test('every page is there in both languages, with words for everything, kept by no browser', async () => {
  const inside = ['', '/application', '/history'].flatMap((tab) =>
    [fresh, ready, live].map((id) => `/cases/${id}${tab}`),
  )
  const acts = [
    'grant',
    'refuse',
    'assess',
    'estimate-fee',
    'suspend',
    'conclude-finding',
    'decide-amendment',
    'notify-finding',
  ]
  const forms = acts.map((act) => `/cases/${ready}/${act}`)
  for (const language of ['fr', 'en']) {
    for (const path of [...PAGES, ...inside, ...forms]) {
      const { status, text, headers } = await body.get(path, 'everything', language)
      assert.equal(status, 200, path)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/)
      const bare = text.replaceAll(/(href|action|src)="[^"]*"/g, '')
      assert.doesNotMatch(bare, />[^<]*(access-body|holder)\.[a-z]/, `${path} has a key without words`)
    }
  }
  assert.equal((await body.get('/nothing')).status, 404)
  assert.deepEqual(body.errors, [])
})

test('the board shows what is overdue first, with the article that sets the limit', async () => {
  const { text } = await body.get('', 'intake', 'en')
  const overdue = text.indexOf('Overdue')
  assert.ok(overdue > 0 && overdue < text.indexOf('<h2>New</h2>'))
  assert.match(
    text.slice(overdue, text.indexOf('<h2>New</h2>')),
    /Late study[\s\S]*EHDS, Article 68\(4\)[\s\S]*days past/,
  )
  for (const title of ['Fresh study', 'Ready study', 'Live study']) assert.ok(text.includes(title), title)
})

test('each officer gets his own buttons, and is told why not the others', async () => {
  const buttons = async (as: Officer, caseId: string) => actsIn((await body.get(`/cases/${caseId}`, as)).text)
  assert.deepEqual(await buttons('intake', fresh), ['ask-completion', 'confirm-complete'])
  const by = { person: 'https://id.example|intake-FR', role: 'intake' } as const
  await body.give(late, { kind: 'confirm-complete', by, at: '2029-04-10T10:00:00Z', memberState: 'FR' })
  assert.ok((await buttons('coordinator', ready)).includes('grant'))
  assert.deepEqual(await buttons('coordinator', live), ['publish-decision', 'ask-holder', 'notify-finding', 'suspend'])
  const open = await body.get(`/cases/${late}`, 'coordinator', 'en')
  assert.match(open.text, /<b>Grant<\/b><p class="acts off">Not all criteria have been assessed\./)
  const { text } = await body.get(`/cases/${ready}`, 'assessor', 'en')
  assert.ok(!actsIn(text).includes('grant'))
  assert.match(text, /<b>Grant<\/b><p class="acts off">This is the task of another role\.[\s\S]*?Coordinator/)
})

test('who assessed may not prepare the data of the same case, and reads why', async () => {
  const caseId = await body.assessed(20, 'Duties')
  const as = 'everything'
  const reasons = Object.fromEntries([
    ['verdict-0', 'met'],
    ['reason-0', 'Read once more.'],
  ])
  assert.equal((await body.post(`/cases/${caseId}/assess`, reasons, as)).status, 303)
  assert.equal((await body.post(`/cases/${caseId}/grant`, await grantForm(caseId), as)).status, 303)
  const { text } = await body.get(`/cases/${caseId}`, as, 'en')
  assert.ok(actsIn(text).includes('ask-holder'), 'as the coordinator')
  await body.give(caseId, {
    kind: 'ask-holder',
    by: { person: 'x|y', role: 'coordinator' },
    at: '2029-05-02T10:00:00Z',
    memberState: 'FR',
    holder: 'holder-fr',
  })
  await body.give(caseId, {
    kind: 'deliver',
    by: { person: 'h|1', role: 'data-holder', organisation: 'holder-fr' },
    at: '2029-05-02T10:00:00Z',
    memberState: 'FR',
    holder: 'holder-fr',
    release: 'r1',
  })
  const later = await body.get(`/cases/${caseId}`, as, 'en')
  assert.ok(!actsIn(later.text).includes('make-available'))
  assert.match(
    later.text,
    /<b>Make the data available<\/b><p class="acts off">You have acted in this case in a role that is kept apart/,
  )
  const tried = await body.post(`/cases/${caseId}/make-available`, { environment: 'spe-1' }, as)
  assert.equal(tried.status, 200)
  assert.equal((await partOf(caseId))?.status, 'data-received')
})

test('what is missing is asked for, line by line; what is left out is told at its field', async () => {
  const empty = await body.post(`/cases/${fresh}/ask-completion`, { questions: ' ' }, 'intake')
  assert.equal(empty.status, 422)
  assert.match(empty.text, /<a href="#questions">[\s\S]*id="questions-error"/)
  const sent = await body.post(
    `/cases/${fresh}/ask-completion`,
    { questions: 'Which hospitals?\r\n\r\nWhich years?' },
    'intake',
  )
  assert.equal(sent.to, `/access-body/cases/${fresh}?done=ask-completion`)
  assert.deepEqual((await partOf(fresh))?.questions, ['Which hospitals?', 'Which years?'])
  const { text } = await body.get(`/cases/${fresh}`, 'intake', 'en')
  assert.match(text, /Which years\?/)
  assert.match(text, /paused/)
})

test('a form without the token of the session, or of a case that somebody changed, changes nothing', async () => {
  assert.equal(
    (await body.post(`/cases/${ready}/refuse`, { justification: 'x', sure: 'yes' }, 'coordinator', 'wrong')).status,
    403,
  )
  const stale = await body.post(
    `/cases/${ready}/refuse`,
    { justification: 'x', sure: 'yes', version: '1' },
    'coordinator',
  )
  assert.equal(stale.status, 409)
  assert.match(stale.text, /a modifié ce dossier entre-temps/)
  const unsure = await body.post(`/cases/${ready}/refuse`, { justification: 'x' }, 'coordinator')
  assert.equal(unsure.status, 422)
  assert.equal((await partOf(ready))?.status, 'assessment')
})

/** The form of the scope as the page for this case would send it. */
async function grantForm(
  caseId: string,
  change: Readonly<Record<string, string | readonly string[]>> = {},
  act = 'grant',
) {
  const { text } = await body.get(`/cases/${caseId}/${act}`, 'coordinator')
  assert.match(text, /name="column-0" value="condition_occurrence\.condition_concept_id"/)
  assert.doesNotMatch(text, /person_source_value/)
  const written = (name: string): string => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(text)?.[1] ?? ''
  const inputs = [
    'valid-from',
    'valid-until',
    'from-0',
    'to-0',
    'floor',
    'strength',
    'dominance-share',
    'dominance-ratio',
  ]
  return {
    ...Object.fromEntries(inputs.map((name) => [name, written(name)])),
    'dataset-0': 'yes',
    'whole-0': 'person',
    'column-0': ['condition_occurrence.person_id', 'condition_occurrence.condition_concept_id', 'nonsense.column'],
    noise: 'cell-key',
    'small-cells': 'hide',
    'tool-typed-query': 'yes',
    sure: 'yes',
    ...change,
  }
}

test('a permit is granted with the scope that was ticked, and no rule goes below the floor', async () => {
  const wrong: readonly (readonly [Readonly<Record<string, string | readonly string[]>>, string])[] = [
    [{ floor: '3' }, 'floor'],
    [{ floor: 'ten' }, 'floor'],
    [{ 'dominance-share': '0.999' }, 'dominance-share'],
    [{ 'dataset-0': '' }, 'dataset-0'],
    [{ 'whole-0': '', 'column-0': '' }, 'tables-0'],
    [{ 'from-0': '2029-02-30' }, 'from-0'],
    [{ 'from-0': '2030-01-01', 'to-0': '2029-01-01' }, 'to-0'],
    [{ 'born-from-0': 'old' }, 'born-from-0'],
    [{ 'conditions-0': 'diabetes' }, 'conditions-0'],
    [{ 'tool-typed-query': '' }, 'tools'],
    [{ 'valid-until': 'soon' }, 'valid-until'],
    [{ sure: '' }, 'sure'],
  ]
  for (const [change, field] of wrong) {
    const { status, text } = await body.post(`/cases/${ready}/grant`, await grantForm(ready, change), 'coordinator')
    assert.equal(status, 422, field)
    assert.match(text, new RegExp(`<a href="#${field}">`), field)
  }
  assert.equal((await partOf(ready))?.status, 'assessment')
  const tooLong = await body.post(
    `/cases/${ready}/grant`,
    await grantForm(ready, { 'valid-until': '2045-01-01' }),
    'coordinator',
  )
  assert.equal(tooLong.status, 409)
  const form = await grantForm(ready, {
    'born-from-0': '1950',
    'gender-0': '8532',
    'conditions-0': '201826, 440000',
    floor: '15',
  })
  const granted = await body.post(`/cases/${ready}/grant`, form, 'coordinator')
  assert.equal(granted.status, 303, granted.text.slice(0, 2000))
  const permit = (await partOf(ready))?.permit
  assert.ok(permit)
  const [scope] = permit.datasets
  assert.deepEqual(scope?.population, { bornFrom: 1950, genders: [8532], withCondition: [201826, 440000] })
  assert.deepEqual(
    scope?.tables.map(({ table }) => table),
    ['person', 'condition_occurrence'],
  )
  assert.deepEqual(scope?.tables[1]?.columns, ['person_id', 'condition_concept_id'])
  assert.ok(!scope?.tables[0]?.columns.includes('person_source_value'))
  assert.equal(permit.disclosure.frequencyFloor, 15)
  // 24 months from today, where the body sits.
  assert.deepEqual([permit.from, permit.until], ['2029-05-01T22:00:00.000Z', '2031-05-01T22:00:00.000Z'])
  assert.ok(
    body.issued.some(({ id }) => id === permit.id),
    'signed at once',
  )
})

test('suspending says what it stops, and stops it before the page comes back', async () => {
  body.jobs.push({
    id: 'j',
    memberState: 'FR',
    permit: 'permit-4',
    dataset: 'd',
    tool: 'sql',
    replica: 'r',
    started: '',
    seen: '',
  })
  const { text } = await body.get(`/cases/${live}/suspend`, 'coordinator', 'en')
  assert.match(text, /stops all work under this permit at once[\s\S]*node: 1/)
  const before = body.standings.length
  assert.equal((await body.post(`/cases/${live}/suspend`, { reasons: 'Checked.' }, 'coordinator')).status, 422)
  assert.equal(body.standings.length, before)
  assert.equal(
    (await body.post(`/cases/${live}/suspend`, { reasons: 'Checked.', sure: 'yes' }, 'coordinator')).status,
    303,
  )
  assert.deepEqual(body.standings.slice(before), [['permit-4', 'suspended']])
  assert.equal((await body.post(`/cases/${live}/resume`, { reasons: 'Settled.' }, 'coordinator')).status, 303)
})

test('a permit is revoked after a finding, with an exclusion that the list shows', async () => {
  const caseId = await body.granted(30, 'Misused study')
  const notice = { against: 'user', description: 'Data were copied.', 'views-until': '2029-05-20' }
  assert.equal((await body.post(`/cases/${caseId}/notify-finding`, notice, 'auditor')).status, 303)
  await body.give(caseId, {
    kind: 'state-views',
    by: { person: 'https://id.example|applicant', role: 'applicant' },
    at: '2029-05-02T11:00:00Z',
    memberState: 'FR',
    finding: 'finding-1',
    views: 'Sorry.',
  })
  const end = {
    finding: 'finding-1',
    confirmed: 'yes',
    reasons: 'Copied.',
    fine: '1250,50',
    revoke: 'yes',
    'exclude-until': '2031-05-01',
    sure: 'yes',
  }
  const done = await body.post(`/cases/${caseId}/conclude-finding`, end, 'coordinator')
  assert.equal(done.status, 303, done.text.slice(0, 1500))
  const part = await partOf(caseId)
  assert.deepEqual([part?.status, part?.endedWhy], ['ended', 'revoked'])
  assert.ok(body.standings.some(([permit, to]) => permit === 'permit-30' && to === 'revoked'))
  assert.match((await body.get('/exclusions')).text, /applicant-30[\s\S]*Misused study/)
  const { text } = await body.get(`/cases/${caseId}/history`, 'auditor', 'en')
  assert.match(
    text,
    /A finding was notified[\s\S]*Data were copied\.[\s\S]*The permit ended[\s\S]*An exclusion was pronounced/,
  )
  assert.match(text, /68\(1\)\(a\) Met – <span class="said">Read\.<\/span>/)
})

test('an amendment gets a new permit with the persons and columns of the form', async () => {
  const caseId = await body.granted(40, 'Amended study')
  await body.give(caseId, {
    kind: 'ask-amendment',
    by: { person: 'https://id.example|applicant', role: 'applicant' },
    at: '2029-05-02T09:00:00Z',
    memberState: 'FR',
    reasons: 'One more person.',
  })
  const form = await grantForm(
    caseId,
    {
      granted: 'yes',
      reasons: 'Needed.',
      persons:
        'https://id.example|applicant ; Ada Example ; principal-investigator\nhttps://id.example|third ; Eve Third ; authorised',
    },
    'decide-amendment',
  )
  const bad = await body.post(`/cases/${caseId}/decide-amendment`, { ...form, persons: 'Eve' }, 'coordinator')
  assert.match(bad.text, /<a href="#persons">/)
  assert.equal((await body.post(`/cases/${caseId}/decide-amendment`, form, 'coordinator')).status, 303)
  const permit = (await partOf(caseId))?.permit
  assert.deepEqual(
    permit?.persons.map(({ name }) => name),
    ['Ada Example', 'Eve Third'],
  )
  assert.ok(permit?.datasets[0]?.tables.some(({ table }) => table === 'person'))
  assert.ok(body.standings.some(([id, to]) => id === 'permit-40' && to === 'revoked'))
})

test('outputs are decided by a checker with no other part in the case; what a rule stops does not leave', async () => {
  const [good, small] = [await body.waitingOutput(live, 120), await body.waitingOutput(live, 3)]
  assert.match((await body.get('/outputs')).text, /Table of 120/)
  const assessor = await body.get(`/outputs/${good}`, 'assessor', 'en')
  assert.match(assessor.text, /You cannot check this output/)
  assert.doesNotMatch(assessor.text, /<td[^>]*>120</)
  assert.equal((await body.get(`/outputs/${good}/file?name=1-1-by_sex.csv`, 'assessor')).status, 404)
  const checker = await body.get(`/outputs/${small}`, 'output-checker', 'en')
  assert.match(checker.text, /A count below the floor[\s\S]*<mark>3<\/mark>/)
  const version = (text: string) => /name="version" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const approve = { decision: 'approve', words: '' }
  const stopped = await body.post(`/outputs/${small}`, { ...approve, version: version(checker.text) }, 'output-checker')
  assert.equal(stopped.status, 409)
  const page = await body.get(`/outputs/${good}`, 'output-checker')
  assert.equal((await body.post(`/outputs/${good}`, { decision: 'refuse', words: '' }, 'output-checker')).status, 422)
  const done = await body.post(`/outputs/${good}`, { ...approve, version: version(page.text) }, 'output-checker')
  assert.equal(done.status, 303)
  assert.equal((await body.airlock.desk.find(good))?.state, 'approved')
  const file = await body.get(`/outputs/${small}/file?name=1-1-by_sex.csv`, 'output-checker')
  assert.equal(file.text, 'sex,persons\r\nF,3\r\nM,340\r\n')
})

test('register and report can be taken along as tables', async () => {
  const register = await body.get('/register.csv')
  assert.match(register.headers.get('content-disposition') ?? '', /register-FR\.csv/)
  assert.match(register.text, /^case,kind,title,.*\r\n/)
  assert.match(register.text, /Live study/)
  const report = await body.get('/report.csv?from=2029-01-01&to=2029-12-31')
  assert.match(report.text, /,permits,5\r\n/)
  assert.match((await body.get('/report?from=2029-12-31&to=2029-01-01')).text, /2028/)
})

test('a request is approved for statistics only, and answered', async () => {
  const caseId = await body.assessed(50, 'Counts only', 'data-request')
  const { text } = await body.get(`/cases/${caseId}/grant`, 'coordinator', 'en')
  assert.match(text, /nobody gets access to the data \(Article 69\)/)
  assert.doesNotMatch(text, /name="tool-sql"/)
  const form = await grantForm(caseId, { 'tool-sql': 'yes' })
  assert.equal((await body.post(`/cases/${caseId}/grant`, form, 'coordinator')).status, 303)
  const permit = (await partOf(caseId))?.permit
  assert.deepEqual([permit?.kind, permit?.tools, permit?.data], ['data-request', ['typed-query'], 'anonymised'])
  assert.equal((await body.post(`/cases/${caseId}/respond`, { reference: 'answer-1' }, 'output-checker')).status, 303)
  assert.equal((await partOf(caseId))?.status, 'responded')
})

test('drafts are their applicants’ own; a case without data of this Member State can be read', async () => {
  const [draft, abroad] = [caseIdOf(60), caseIdOf(61)]
  const by = { person: 'https://id.example|applicant', role: 'applicant' } as const
  const at = '2029-05-01T10:00:00Z'
  const answersTo = (title: string) => answersFor('data-permit', ['PT'], { title })
  const begin = { kind: 'draft', at, by, applicationKind: 'data-permit' } as const
  await body.give(draft, { ...begin, caseId: draft, answers: answersTo('Secret draft') })
  await body.give(abroad, { ...begin, caseId: abroad, answers: answersTo('Portuguese study') })
  await body.give(abroad, { kind: 'submit', at, by })
  const list = (await body.get('/cases')).text
  assert.doesNotMatch(list, /Secret draft/)
  assert.match(list, /Portuguese study/)
  for (const tab of ['', '/application', '/history']) {
    assert.equal((await body.get(`/cases/${draft}${tab}`)).status, 404)
    assert.equal((await body.get(`/cases/${abroad}${tab}`)).status, 200)
  }
  assert.match((await body.get(`/cases/${abroad}`, 'intake', 'en')).text, /No data of this Member State are asked for/)
})

test('an error is told without its words, and to whoever runs the node', async () => {
  const broken = await body.broken('The database says: password 123')
  const { status, text } = await broken('/cases')
  assert.equal(status, 500)
  assert.doesNotMatch(text, /password/)
  assert.match(text, /Un incident s’est produit/)
  assert.equal(body.errors.length, 1)
})

test('an audit of the environment is recorded, shown to all officers, and counted in the report of its period', async () => {
  const audit = {
    ...{ audited: '2029-04-20', environment: 'spe-1', auditor: 'Security Auditors', kind: 'third-party' },
    ...{ findings: 'Logs are <kept> for ten months.', measures: 'Keep them for a year.', until: '2029-09-01' },
  }
  const counted = async (period: string) =>
    /audits,(\d+)/.exec((await body.get(`/report.csv?${period}`, 'coordinator')).text)?.[1]
  assert.equal(await counted('from=2029-01-01&to=2029-05-02'), '0')
  assert.match(
    (await body.get('/audits', 'assessor', 'en')).text,
    /recorded by a coordinator[\s\S]*No audit has been recorded/,
  )
  const wrong = await body.post('/audits/new', { ...audit, audited: '2029-05-03', measures: '' }, 'auditor')
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /<a href="#audited">[\s\S]*<a href="#until">[\s\S]*Security Auditors/)
  const sent = await body.post('/audits/new', audit, 'auditor')
  assert.equal(sent.to, '/access-body/audits?done=yes')
  const { text } = await body.get('/audits', 'assessor', 'en')
  assert.match(text, /Audit 1[\s\S]*by a third party[\s\S]*Logs are &lt;kept&gt; for ten months[\s\S]*auditor-FR/)
  assert.doesNotMatch(text, /\/audits\/new/, 'an assessor has no form')
  assert.equal(await counted('from=2029-01-01&to=2029-05-02'), '1')
  assert.equal(await counted('from=2028-01-01&to=2028-12-31'), '0')
  const form = await body.get('/audits/new?replaces=1', 'coordinator', 'en')
  assert.match(form.text, /takes the place of audit 1[\s\S]*name="replaces" value="1"[\s\S]*value="2029-04-20"/)
  const corrected = await body.post('/audits/new', { ...audit, audited: '2028-04-20', replaces: '1' }, 'coordinator')
  assert.equal(corrected.status, 303)
  assert.equal(await counted('from=2029-01-01&to=2029-05-02'), '0')
  assert.equal(await counted('from=2028-01-01&to=2028-12-31'), '1')
  const twice = await body.post('/audits/new', { ...audit, replaces: '1' }, 'auditor')
  assert.equal(twice.status, 409)
  const events = (await body.ledger.list({ limit: 20 })).map(({ event }) => event)
  const recorded = events.filter((event) => event.subtype?.some(({ code }) => code === 'environment-audited'))
  assert.deepEqual(
    recorded.map(({ outcome }) => outcome),
    ['8', '0', '0'],
  )
})

test('audits are recorded by coordinators and auditors, from a form of this session, and of records that there are', async () => {
  const audit = { audited: '2029-04-20', environment: 'spe-1', auditor: 'X', kind: 'own', findings: 'None.' }
  const before = (await body.audits.list({ limit: 50 })).length
  for (const officer of ['intake', 'assessor', 'data-preparer', 'output-checker'] as const) {
    assert.equal((await body.get('/audits/new', officer)).status, 404, officer)
    assert.equal((await body.post('/audits/new', audit, officer)).status, 404, officer)
  }
  assert.equal((await body.post('/audits/new', audit, 'auditor', 'wrong')).status, 403)
  for (const replaces of ['99', '0', '-1', 'x']) {
    assert.equal((await body.get(`/audits/new?replaces=${replaces}`, 'auditor')).status, 404, replaces)
    assert.equal((await body.post('/audits/new', { ...audit, replaces }, 'auditor')).status, 404, replaces)
  }
  assert.equal((await body.audits.list({ limit: 50 })).length, before)
})

test('what became of measures is recorded and corrected, and the list, the board and the report say how they stand', async () => {
  const demanded = { words: 'Close port <22>.', until: '2029-05-02' }
  const found = { audited: '2029-04-25', environment: 'spe-2', auditor: 'Auditors', findings: 'A port was open.' }
  const auditor = { person: 'https://id.example|a', role: 'auditor', organisation: 'hdab-FR' } as const
  assert.ok((await body.audits.record({ ...found, kind: 'own', measures: demanded }, auditor)).ok)
  const [{ number } = { number: 0 }] = await body.audits.list({ limit: 1 })
  assert.ok((await body.audits.record({ ...found, kind: 'own' }, auditor)).ok, 'a newer one, without measures')
  const page = `/audits/${number}/measures`
  const [evening, night] = [new Date('2029-05-02T21:59:59Z'), new Date('2029-05-02T22:00:00Z')]

  // Its last day ends when it ends in Paris.
  assert.doesNotMatch((await body.at(evening, '/audits')).text, /Overdue/)
  const listed = (await body.at(night, '/audits')).text
  assert.match(listed, /measures are overdue, shown first: \D*1\D/)
  assert.ok(listed.indexOf(`id="audit-${number}"`) < listed.indexOf(`id="audit-${number + 1}"`), 'overdue ones first')
  assert.equal(listed.split(`id="audit-${number}"`).length, 2, 'each audit once')
  assert.match(
    listed,
    /<span class="tag warn">Overdue<\/span> <time datetime="2029-05-02">[^<]*<\/time> · days past: 1/,
  )
  assert.match(
    (await body.at(night, '')).text,
    /whose measures are overdue: 1[\s\S]*href="[^"]*\/audits[^"]*">See these audits/,
  )
  assert.doesNotMatch((await body.at(evening, '')).text, /See these audits/)

  const empty = await body.post(page, { seen: '0' }, 'coordinator')
  assert.equal(empty.status, 422)
  assert.match(empty.text, /<a href="#outcome">[\s\S]*<a href="#day">[\s\S]*<a href="#words">/)
  const wrong = await body.post(page, { outcome: 'extended', day: '2029-05-02', words: 'Soon.', seen: '0' }, 'auditor')
  assert.match(wrong.text, /<a href="#day">[\s\S]*value="extended" checked[\s\S]*value="2029-05-02"[\s\S]*Soon\./)
  const more = { outcome: 'extended', day: '2029-05-04', words: 'The <supplier> is late.', seen: '0' }
  assert.equal((await body.post(page, more, 'auditor')).to, `/access-body${page}?done=yes`)
  const late = await body.post(page, { ...more, day: '2029-05-05' }, 'coordinator')
  assert.equal(late.status, 409)
  assert.match(late.text, /supplier&gt; is late[\s\S]*name="seen" value="1"/, 'with what was recorded meanwhile')
  assert.match((await body.at(night, '/audits')).text, /Open<\/span> <time datetime="2029-05-04">/)

  const done = { outcome: 'carried-out', day: '2029-05-02', words: 'Closed, and tried.', seen: '1' }
  assert.equal((await body.post(page, done, 'coordinator')).status, 303)
  const { text } = await body.get(page, 'assessor', 'en')
  assert.match(text, /Close port &lt;22&gt;\.[\s\S]*auditor-FR[\s\S]*coordinator-FR[\s\S]*Closed, and tried/)
  assert.doesNotMatch(text, /<form[^>]*measures|replaces=/, 'an assessor has no form')
  assert.match(
    (await body.get('/audits', 'intake', 'en')).text,
    /Carried out in time<\/span> <time datetime="2029-05-02">/,
  )
  const settled = await body.get(page, 'auditor', 'en')
  assert.match(settled.text, /stand as carried out[\s\S]*correct the record/)
  const report = (await body.get('/report.csv?from=2029-01-01&to=2029-05-02', 'coordinator')).text
  assert.match(report, /measures-carried-out,1\r?\n,measures-late,0\r?\n,measures-overdue,0/)

  assert.equal((await body.post(page, { ...more, seen: '2' }, 'auditor')).status, 422, 'the day is the one that counts')
  assert.equal((await body.post(page, { ...more, day: '2029-06-01', seen: '2' }, 'auditor')).status, 409)
  const form = await body.get(`${page}?replaces=2`, 'coordinator', 'en')
  assert.match(form.text, /place of record 2[\s\S]*name="replaces" value="2"[\s\S]*Closed, and tried/)
  const back = { ...done, outcome: 'extended', day: '2029-05-04', words: 'Another port.', seen: '2', replaces: '2' }
  assert.equal((await body.post(page, back, 'auditor')).status, 303)
  assert.match((await body.get(page, 'auditor', 'en')).text, /Corrected by Record 3/)
  const events = (await body.ledger.list({ limit: 20 })).map(({ event }) => event)
  assert.deepEqual(
    events.flatMap(({ subtype, outcome }) => (subtype?.[0]?.code === 'audit-followed-up' ? [outcome] : [])),
    ['0', '8', '0', '8', '0'],
  )
})

test('what became of measures is recorded by those who record audits, about measures that there are', async () => {
  const found = { audited: '2029-04-25', environment: 'spe-3', auditor: 'Auditors', findings: 'None.' }
  const auditor = { person: 'https://id.example|a', role: 'auditor', organisation: 'hdab-FR' } as const
  const measures = { words: 'Write it down.', until: '2029-06-01' }
  assert.ok((await body.audits.record({ ...found, kind: 'own', measures }, auditor)).ok)
  const [{ number } = { number: 0 }] = await body.audits.list({ limit: 1 })
  const page = `/audits/${number}/measures`
  const done = { outcome: 'carried-out', day: '2029-05-01', words: 'Done.', seen: '0' }
  for (const officer of ['intake', 'assessor', 'data-preparer', 'output-checker'] as const) {
    assert.equal((await body.get(page, officer)).status, 200, officer)
    assert.equal((await body.post(page, done, officer)).status, 404, officer)
  }
  assert.equal((await body.get(page, 'nobody')).status, 404)
  assert.equal((await body.post(page, done, 'nobody')).status, 404)
  assert.equal((await body.post(page, done, 'auditor', 'wrong')).status, 403)
  assert.equal((await body.get(`${page}?replaces=1`, 'auditor')).status, 404)
  assert.equal((await body.post(page, { ...done, replaces: '1' }, 'auditor')).status, 404)
  assert.ok((await body.audits.record({ ...found, kind: 'own' }, auditor)).ok)
  for (const other of [String(number + 1), '999', '0', 'x']) {
    assert.equal((await body.get(`/audits/${other}/measures`, 'auditor')).status, 404, other)
    assert.equal((await body.post(`/audits/${other}/measures`, done, 'auditor')).status, 404, other)
  }
  assert.ok((await body.audits.record({ ...found, kind: 'own', measures, replaces: number }, auditor)).ok)
  const replaced = await body.get(page, 'auditor', 'en')
  assert.match(replaced.text, new RegExp(`Corrected by[\\s\\S]*/audits/${number + 2}/measures`))
  assert.doesNotMatch(replaced.text, /name="outcome"/)
  assert.equal((await body.post(page, done, 'auditor')).status, 409)
  assert.deepEqual(body.errors.slice(1), [])
})
