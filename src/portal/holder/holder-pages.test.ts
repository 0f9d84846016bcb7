/** The holder's pages over real stores: a description from nothing to published, exchange, a load with its report, a delivery. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { BASE, HOLDER, OTHER, type TestHolder, testHolder, WRITTEN } from './test-holder.ts'

let node: TestHolder
before(async () => {
  node = await testHolder()
})
after(() => node.close())

const DATASET = `${BASE}registre-du-cancer`
const query = (more: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams(Object.entries({ dataset: DATASET, ...more }).filter(([, value]) => value !== '')).toString()

/** Sends a form as the page shows it: with its hidden fields and what is ticked. */
async function sendForm(path: string, action: string, fields: readonly (readonly [string, string])[]) {
  const { text } = await node.get(path)
  const form =
    text.split('<form').find((one) => one.includes(`action="/holder${action.replaceAll('&', '&amp;')}"`)) ?? ''
  const kept = [...form.matchAll(/<input type="(?:hidden|checkbox|radio)" name="([^"]+)" value="([^"]*)"( checked)?/g)]
    .filter(([input, name]) => name !== 'form-token' && (input.includes('"hidden"') || input.endsWith(' checked')))
    .flatMap(([, name = '', value = '']) => (fields.some(([one]) => one === name) ? [] : [[name, value] as const]))
  return node.post(action, [...kept, ...fields])
}

const write = (at: string, fields: readonly (readonly [string, string])[]) => {
  const path = `/edit?${query({ at })}`
  return sendForm(path, path, fields)
}

test('for somebody who works for no holder there is nothing; another holder’s is not there', async () => {
  for (const path of ['', '/new', '/import', '/cases']) assert.equal((await node.get(path, 'nobody')).status, 404, path)
})

test('a description is begun, written node by node, and published when nothing is missing', async () => {
  const nothing = await node.post('/new', [
    ['title', ' '],
    ['access', 'NON_PUBLIC'],
  ])
  assert.equal(nothing.status, 422)
  const begun = await node.post('/new', [
    ['title', 'Registre du cancer'],
    ['access', 'NON_PUBLIC'],
  ])
  assert.equal(begun.to, `/holder/edit?${query()}`)
  const { text } = await node.get(`/dataset?${query()}`)
  assert.match(text, /S’oppose à la publication/)
  assert.match(text, /href="\/holder\/edit\?dataset=[^"]*#identifier"/)
  assert.doesNotMatch(text, /action="\/holder\/dataset\/publish"/)
  for (const [at, fields] of WRITTEN) assert.equal((await write(at, fields)).status, 303, at)
  const record = (await node.catalogue.find(DATASET))?.record()
  assert.equal(record?.custodian?.node, HOLDER)
  assert.equal(record?.hdab?.name?.[0]?.value, 'Health Data Hub')
  const published = await sendForm(`/dataset?${query()}`, '/dataset/publish', [])
  assert.equal(published.to, `/holder/dataset?${query({ done: 'publish' })}`)
  assert.equal((await node.catalogue.find(DATASET))?.state, 'published')
})

test('every page is there in both languages, with words for everything', async () => {
  const paths = [
    '',
    '/new',
    '/import',
    '/cases',
    ...['/dataset', '/edit', '/releases'].map((path) => `${path}?${query()}`),
  ]
  const places = ['distribution.0', 'distribution.1', 'hdab', 'hdab.contactPoint', 'variables.0', 'custodian']
  for (const language of ['fr', 'en']) {
    for (const path of [...paths, ...places.map((at) => `/edit?${query({ at })}`)]) {
      const { status, text, headers } = await node.get(path, 'registry', language)
      assert.equal(status, 200, path)
      assert.equal(headers.get('cache-control'), 'no-store')
      const bare = text.replaceAll(/(href|action|src)="[^"]*"/g, '')
      assert.doesNotMatch(bare, />[^<]*(access-body|holder|catalogue)\.[a-z]/, `${path} has a key without words`)
    }
  }
  assert.deepEqual(node.errors, [])
})

test('a mistake is told at its field and nothing is saved; what was written stays', async () => {
  const before = (await node.catalogue.find(DATASET))?.version
  const wrong = await write('', [['numberOfRecords', 'many']])
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /id="numberOfRecords-error"[\s\S]*value="many"/)
  assert.equal((await node.catalogue.find(DATASET))?.version, before)
  assert.equal((await node.get(`/edit?${query({ at: 'distribution.7' })}`)).status, 404)
  assert.equal((await node.get(`/edit?${query({ at: 'title.0' })}`)).status, 404)
})

test('editing one node keeps its neighbours; an emptied node goes; the holder stays', async () => {
  assert.equal(
    (await write('distribution.1', [['distribution.1.accessUrl.0', 'https://fr.example.org/second']])).status,
    303,
  )
  assert.equal((await write('distribution.0', [['distribution.0.byteSize', '12']])).status, 303)
  const draft = await import('./own-datasets.ts').then(async ({ workingRecord }) => {
    const stored = await node.catalogue.find(DATASET)
    assert.ok(stored)
    return workingRecord(stored)
  })
  assert.deepEqual(draft.distribution?.map(({ accessUrl }) => accessUrl?.[0]).sort(), [
    'https://fr.example.org/apply',
    'https://fr.example.org/second',
  ])
  assert.equal((await node.catalogue.find(DATASET))?.record().distribution?.length, 1, 'what is published stays')
  await write('custodian', [
    ['custodian.node', OTHER],
    ['custodian.name.0.value', 'Other'],
  ])
  const stored = await node.catalogue.find(DATASET)
  assert.ok(stored?.draft)
  assert.equal((await node.get(`/dataset?${query()}`)).status, 200)
  assert.equal((await node.get(`/dataset?${query()}`, 'other')).status, 404)
  assert.equal(
    (
      await node.post(
        '/dataset/withdraw',
        [
          ['dataset', DATASET],
          ['version', String(stored.version)],
          ['reason', 'x'],
        ],
        'other',
      )
    ).status,
    404,
  )
})

test('a form that is old, or not of this session, changes nothing', async () => {
  const path = `/edit?${query()}`
  assert.equal((await node.post(path, [['keyword.0.value', 'x']], 'registry', 'wrong')).status, 403)
  const old = await node.post(path, [
    ['stored-version', '1'],
    ['keyword.0.value', 'x'],
  ])
  assert.equal(old.status, 409)
  assert.match(old.text, /a modifié cette description entre-temps/)
})

test('a description goes out in three forms and comes back; those of others are not taken', async () => {
  for (const [format, type] of [
    ['turtle', 'text/turtle'],
    ['json-ld', 'application/ld+json'],
    ['rdf-xml', 'application/rdf+xml'],
  ] as const) {
    const { headers, text } = await node.get(`/export?${query({ format })}`)
    assert.match(headers.get('content-type') ?? '', new RegExp(type.replaceAll('+', '\\+')))
    const back = await node.upload({ file: new File([text], 'x') })
    assert.equal(back.status, 200)
    assert.match(back.text, /gardé comme brouillon/, format)
  }
  const { text } = await node.get(`/export?${query({ format: 'turtle' })}`)
  const foreign = await node.upload({ text: text.replaceAll(HOLDER, OTHER) })
  assert.match(foreign.text, /d’un autre détenteur, non repris/)
  const stolen = await node.upload({ text }, 'other')
  assert.match(stolen.text, /d’un autre détenteur, non repris/)
  assert.equal((await node.upload({ text: 'hello' })).status, 422)
  assert.equal((await node.upload({ text: '' })).status, 422)
  assert.equal((await node.post('/import', [['text', text]], 'registry', 'wrong')).status, 403)
  assert.equal((await node.garbled('/import')).status, 403)
  assert.deepEqual(node.errors, [])
})

test('a release is loaded from the inbox, with a report of every row that was not', async () => {
  const { text } = await node.get(`/releases?${query()}`)
  assert.match(text, /value="spring"/)
  const bad = await node.post('/releases', [
    ['dataset', DATASET],
    ['folder', '..'],
    ['release', 'r1'],
  ])
  assert.equal(bad.status, 409)
  assert.equal(
    (
      await node.post('/releases', [
        ['dataset', DATASET],
        ['folder', 'spring'],
        ['release', '../r1'],
      ])
    ).status,
    409,
  )
  const begun = await node.post('/releases', [
    ['dataset', DATASET],
    ['folder', 'spring'],
    ['release', '2029-05'],
  ])
  assert.equal(begun.status, 303)
  await node.releases.settled()
  assert.equal(node.releases.loads(DATASET)[0]?.state, 'done', JSON.stringify(node.releases.loads(DATASET)))
  const again = await node.post('/releases', [
    ['dataset', DATASET],
    ['folder', 'spring'],
    ['release', '2029-05'],
  ])
  assert.match(again.text, /une livraison ne change jamais/)
  const report = await node.get(`/release?${query({ release: '2029-05' })}`)
  assert.match(report.text, /La valeur n’est pas du type de la colonne/)
  const rows = await node.get(`/rejections.csv?${query({ release: '2029-05' })}`)
  assert.match(
    rows.text,
    /^file,line,table,column,reason,explanation\r\nPERSON\.csv,5,person,year_of_birth,wrong-type,/,
  )
  assert.equal((await node.get(`/release?${query({ release: '..%2Fx' })}`)).status, 404)
})

test('the release that answers questions is chosen and confirmed; a broken one is refused in words', async () => {
  const releases = await node.get(`/releases?${query()}`)
  assert.match(releases.text, /Aucune livraison ne répond encore/)
  const broken = await node.get(`/use?${query({ release: '2029-05' })}`)
  assert.equal(broken.status, 409)
  assert.match(broken.text, /Trop de lignes d’une table ont été rejetées/)
  assert.match(broken.text, /1 of 4 rows were rejected/)
  assert.doesNotMatch(broken.text, /action="\/holder\/use"/)
  const forced = await node.post('/use', [
    ['dataset', DATASET],
    ['release', '2029-05'],
  ])
  assert.equal(forced.status, 409)
  await node.post('/releases', [
    ['dataset', DATASET],
    ['folder', 'summer'],
    ['release', '2029-06'],
  ])
  await node.releases.settled()
  const path = `/use?${query({ release: '2029-06' })}`
  const report = await node.get(`/release?${query({ release: '2029-06' })}`)
  assert.ok(report.text.includes(`href="/holder${path.replaceAll('&', '&amp;')}"`))
  assert.equal(await node.current.currentOf(DATASET), undefined, 'looking chooses nothing')
  const used = await sendForm(path, '/use', [])
  assert.equal(used.to, `/holder/releases?${query({ done: 'use' })}`)
  assert.equal((await node.current.currentOf(DATASET))?.release, '2029-06')
  const done = await node.get(`/releases?${query({ done: 'use' })}`)
  assert.match(done.text, /désormais leurs réponses de la livraison/)
  assert.match(done.text, /répond aux questions/)
  const [entry, ...others] = await node.ledger.list({})
  assert.deepEqual(others, [])
  assert.match(JSON.stringify(entry?.event), /registry-FR.*2029-06.*release-chosen/)
})

test('a table that has lost its rows is confirmed, or the release is not used', async () => {
  await node.post('/releases', [
    ['dataset', DATASET],
    ['folder', 'autumn'],
    ['release', '2029-07'],
  ])
  await node.releases.settled()
  const path = `/use?${query({ release: '2029-07' })}`
  const shown = await node.get(path)
  assert.match(shown.text, /<code>condition_occurrence<\/code>/)
  const unconfirmed = await sendForm(path, '/use', [])
  assert.equal(unconfirmed.status, 422)
  assert.match(unconfirmed.text, /href="#without"/)
  assert.equal((await node.current.currentOf(DATASET))?.release, '2029-06')
  const confirmed = await sendForm(path, '/use', [['without', 'yes']])
  assert.equal(confirmed.status, 303)
  assert.equal((await node.current.currentOf(DATASET))?.release, '2029-07')
})

test('another holder, a foreign form and a release that is not there choose nothing', async () => {
  const fields = [
    ['dataset', DATASET],
    ['release', '2029-06'],
  ] as const
  assert.equal((await node.get(`/use?${query({ release: '2029-06' })}`, 'other')).status, 404)
  assert.equal((await node.post('/use', fields, 'other')).status, 404)
  assert.equal((await node.post('/use', fields, 'registry', 'wrong')).status, 403)
  assert.equal((await node.get(`/use?${query({ release: '2029-08' })}`)).status, 404)
  assert.equal((await node.get(`/use?${query({ release: '..%2F2029-06' })}`)).status, 404)
  assert.equal((await node.ledger.list({})).length, 2)
})

test('the label is measured, stated and described, and becomes part of the description', async () => {
  const path = `/label?${query({ release: '2029-05' })}`
  const first = await node.get(path)
  assert.match(first.text, /Les contrôles n’ont pas été faits/)
  const fields = [
    ['dataset', DATASET],
    ['release', '2029-05'],
  ] as const
  assert.equal((await node.post('/label', [...fields, ['do', 'check']])).status, 303)
  const checked = await node.get(path)
  assert.match(checked.text, /Les contrôles ont été faits le/)
  const open = [...checked.text.matchAll(/name="(stated-[^"]+)"/g)].map(([, name = '']) => name)
  assert.ok(open.length > 0)
  const version = String((await node.catalogue.find(DATASET))?.version)
  const attached = await node.post('/label', [
    ...fields,
    ['do', 'attach'],
    ['version', version],
    [open[0] ?? '', 'Revu chaque mois'],
  ])
  assert.equal(attached.status, 303)
  const { text } = await node.get(`/dataset?${query()}`)
  assert.match(text, /Revu chaque mois/)
  assert.match(text, />mesuré</)
})

test('the review of a year is confirmed, a description is withdrawn with a reason', async () => {
  assert.equal((await sendForm(`/dataset?${query()}`, '/dataset/review', [])).status, 303)
  assert.equal((await sendForm(`/dataset?${query()}`, '/dataset/withdraw', [['reason', ' ']])).status, 422)
  assert.equal((await node.catalogue.find(DATASET))?.reviewDue, '2030-05-02')
})

test('what the body asks for is seen, delayed once and delivered; before that nothing is', async () => {
  const caseId = await node.askedFor(1, DATASET)
  assert.match((await node.get('/cases')).text, /Asked study[\s\S]*Livrer les données/)
  assert.equal((await node.get(`/cases/${caseId}`, 'other')).status, 404)
  assert.equal((await node.get(`/cases/${caseId}/grant`)).status, 404)
  const late = await node.post(`/cases/${caseId}/delay-delivery`, [
    ['months', '5'],
    ['reasons', 'Holidays.'],
  ])
  assert.equal(late.status, 409)
  assert.equal(
    (
      await node.post(`/cases/${caseId}/delay-delivery`, [
        ['months', '2'],
        ['reasons', 'Linking.'],
      ])
    ).status,
    303,
  )
  const page = await node.get(`/cases/${caseId}/deliver`)
  assert.match(page.text, /value="2029-05"/)
  assert.equal((await node.post(`/cases/${caseId}/deliver`, [])).status, 422)
  assert.equal((await node.post(`/cases/${caseId}/deliver`, [['release', 'elsewhere']])).status, 422)
  assert.equal((await node.post(`/cases/${caseId}/deliver`, [['release', '2029-05']])).status, 303)
  const part = (await node.cases.load(caseId))?.parts.FR
  assert.equal(part?.deliveries[HOLDER]?.release, '2029-05')
  assert.equal(part?.status, 'data-received')
  assert.ok(node.errands.length >= 2, 'told at once')
})

test('a trusted holder reads the application that it assesses, proposes, and has no say before', async () => {
  const caseId = await node.applied(2, DATASET)
  assert.equal((await node.get(`/cases/${caseId}`)).status, 404, 'nobody has asked the holder yet')
  const by = { person: 'https://id.example|intake-FR', role: 'intake' } as const
  const at = '2029-04-11T10:00:00Z'
  await node.give(caseId, { kind: 'send-to-trusted-holder', by, at, memberState: 'FR', holder: HOLDER })
  const { text } = await node.get(`/cases/${caseId}`, 'registry', 'en')
  assert.match(text, /The application that you assess[\s\S]*Describe delays, for earlier referral\./)
  const proposed = await node.post(`/cases/${caseId}/propose`, [
    ['proposal', 'grant'],
    ['reasons', 'Sound.'],
  ])
  assert.equal(proposed.status, 303)
  assert.equal((await node.cases.load(caseId))?.parts.FR?.proposal?.proposal, 'grant')
})
