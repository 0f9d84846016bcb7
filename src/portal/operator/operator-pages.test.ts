/** The operator's pages over real stores: who sees them, what they show, and what his forms change. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { NOW, somethingHappened, type TestOperator, testOperator, twoSubmissions } from './test-operator.ts'

let node: TestOperator
before(async () => {
  node = await testOperator()
  await somethingHappened(node)
  await twoSubmissions(node)
})
after(() => node.close())

const PAGES = [
  '',
  '/peers',
  '/peers/enter',
  '/certificates',
  '/transactions',
  '/deliveries',
  '/masks',
  '/alerts',
  '/figures',
]

/** A form as the page for PT would send it. */
function portugal(change: Readonly<Record<string, string>> = {}) {
  return {
    country: 'pt',
    community: 'urn:oid:2.16.17.710.820',
    fhir: `${node.peerUrl}/fhir`,
    profile: 'openncp',
    'service-patient-identification': 'yes',
    'service-patient-summary': 'yes',
    certificates: node.portugal.tls.cert,
    seals: node.portugal.signature?.certificate ?? '',
    'token-keys': JSON.stringify(node.portugal.token.publicJwk),
    'reviewed-by': 'Rita Moura',
    ...change,
  }
}

async function lastEvents(count: number) {
  return (await node.ledger.list({ limit: count })).map(({ event }) => event)
}

test('for everybody without the office there is nothing, on any page and for any form', async () => {
  for (const who of [undefined, 'doctor', 'authority'] as const) {
    for (const path of [...PAGES, '/figures.csv', '/transactions/FR%3A1', '/deliveries/2.25.1']) {
      const headers = who ? { cookie: `tessera-fr-session=${node.secrets[who]}` } : undefined
      const answer = await node.app.request(`http://127.0.0.1/operator${path}`, headers ? { headers } : {})
      assert.equal(answer.status, 404, path)
      assert.match(await answer.text(), /<ul><\/ul><\/nav>[\s\S]*<h1>[^<]*<\/h1><p>[^<]*<\/p><div class="actions">/)
    }
  }
  const body = new URLSearchParams(portugal())
  const sent = await node.app.request('http://127.0.0.1/operator/peers/enter', { method: 'POST', body })
  assert.equal(sent.status, 404)
  assert.equal((await node.directory.participant('PT')).ok, false)
})

test('every page is there in both languages, with words for everything, kept by no browser', async () => {
  for (const language of ['fr', 'en', 'pt']) {
    for (const path of PAGES) {
      const { status, text, headers } = await node.get(path, 'operator', language)
      assert.equal(status, 200, path)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.match(headers.get('content-security-policy') ?? '', /script-src 'self'/)
      assert.doesNotMatch(
        text.replace(/operator\/assets/g, ''),
        />[^<]*operator\.[a-z]/,
        `${path} has a key without words`,
      )
    }
  }
  // What Portuguese has no words for is in the next language, and says so.
  assert.match((await node.get('/peers', 'operator', 'pt')).text, /<span lang="en">Enter a country<\/span>/)
  assert.equal((await node.get('/nothing')).status, 404)
  assert.deepEqual(node.errors, [])
})

test('a form without the token of the session changes nothing', async () => {
  const before = (await lastEvents(1))[0]
  for (const path of ['/peers/enter', '/peers/PT/remove', '/peers/test', '/deliveries/2.25.1']) {
    const { status } = await node.post(
      path,
      { ...portugal(), sure: 'yes', outcome: 'accepted', 'told-by': 'X' },
      'wrong',
    )
    assert.equal(status, 403, path)
  }
  assert.equal((await node.directory.participant('PT')).ok, false)
  assert.equal((await node.outbox.entry('2.25.1'))?.state, 'unknown')
  assert.deepEqual((await lastEvents(1))[0], before)
})

test('what is wrong in the form of a peer is told at its field, and nothing is entered', async () => {
  const key = readFileSync(join(node.home, 'keys-PT', 'tls.key.pem'), 'utf8')
  const wrong: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ country: 'Portugal' }, 'country'],
    [{ country: 'FR' }, 'country'],
    [{ community: 'x' }, 'community'],
    [{ fhir: 'http://ncp.example' }, 'fhir'],
    [{ fhir: '' }, 'ihe'],
    [{ ihe: 'https://a.example https://b.example' }, 'ihe'],
    [{ ihe: 'nonsense' }, 'ihe'],
    [{ certificates: '' }, 'certificates'],
    [{ certificates: 'nonsense' }, 'certificates'],
    [{ certificates: key }, 'certificates'],
    [{ certificates: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }, 'certificates'],
    [{ seals: `${node.portugal.tls.cert} and more` }, 'seals'],
    [{ 'token-keys': '{' }, 'token-keys'],
    [{ 'token-keys': '{"kty":"RSA"}' }, 'token-keys'],
    [{ mask: '<x/>' }, 'mask'],
    [{ mask: maskOf('EE') }, 'mask'],
    [{ 'reviewed-by': ' ' }, 'reviewed-by'],
  ]
  for (const [change, field] of wrong) {
    const { status, text } = await node.post('/peers/enter', portugal(change))
    assert.equal(status, 422, field)
    assert.match(text, new RegExp(`<a href="#${field}">`), `${field}: ${JSON.stringify(change).slice(0, 60)}`)
    // What was written stays; a private key is not sent back.
    if (!change['reviewed-by']) assert.equal(text.includes('Rita Moura'), change['reviewed-by'] === undefined)
  }
  const refusedKey = await node.post('/peers/enter', portugal({ certificates: key }))
  assert.doesNotMatch(refusedKey.text, /PRIVATE KEY/)
  const jwk = JSON.stringify({ ...node.portugal.token.publicJwk, d: 'a-private-part' })
  const refusedJwk = await node.post('/peers/enter', portugal({ 'token-keys': jwk }))
  assert.match(refusedJwk.text, /<a href="#token-keys">/)
  assert.doesNotMatch(refusedJwk.text, /a-private-part/)
  assert.equal((await node.directory.participant('PT')).ok, false)
})

test('a country entered through the form counts at once, answers the test, and is in the ledger with who did it', async () => {
  assert.equal((await node.directory.participant('PT')).ok, false)
  const { status, to } = await node.post('/peers/enter', portugal({ mask: maskOf('PT') }))
  assert.deepEqual([status, to], [303, '/operator/peers/PT?entered=yes'])
  const known = await node.directory.participant('PT')
  assert.deepEqual(known.ok && known.value.certificates, [node.portugal.tls.fingerprint])
  assert.equal(known.ok && known.value.tokenKeys[0]?.kid, node.portugal.token.kid)
  assert.equal((await node.directory.searchMask('PT')).ok, true)
  assert.match((await node.get('/masks')).text, /id="mask-PT"[\s\S]*Date de naissance/)

  const [event] = await lastEvents(1)
  assert.deepEqual(
    event?.subtype?.map(({ code }) => code),
    ['110129', 'peer-entered'],
  )
  assert.ok(event.agent.some(({ name }) => name === 'Olivier FABRE'))
  const details = event.entity?.[0]?.detail?.map(({ valueString }) => valueString) ?? []
  for (const detail of [node.portugal.tls.fingerprint, 'Rita Moura', `${node.peerUrl}/fhir`]) {
    assert.ok(details.includes(detail), detail)
  }

  const page = await node.get('/peers/PT?entered=yes')
  assert.match(page.text, /Rita Moura/)
  assert.match(page.text, /L’entrée compte dès maintenant/)
  const tested = await node.post('/peers/PT/test', {})
  assert.match(tested.text, /<span class="tag good">répond<\/span>/)
  assert.match((await node.post('/peers/test', {})).text, /en ordre/)
})

test('replacing keeps what was reviewed when it is ticked, and names what does not answer any more', async () => {
  const form = await node.get('/peers/enter?country=PT')
  assert.match(form.text, new RegExp(`name="keep-${node.portugal.tls.fingerprint}" value="yes" checked`))
  const kept = { [`keep-${node.portugal.tls.fingerprint}`]: 'yes', [`keep-${'ab'.repeat(32)}`]: 'yes' }
  const other = readFileSync(join(node.home, 'keys-FR', 'tls.certificate.pem'), 'utf8')
  await node.post('/peers/enter', portugal({ certificates: other, ...kept }))
  const both = await node.directory.participant('PT')
  assert.equal(both.ok && both.value.certificates.length, 2)
  assert.equal(both.ok && both.value.certificates.includes(node.portugal.tls.fingerprint), true)
  assert.equal((await node.directory.searchMask('PT')).ok, true, 'the mask in use stays')

  await node.post('/peers/enter', portugal({ certificates: other }))
  const tested = await node.post('/peers/PT/test', {})
  assert.match(tested.text, /certificat non reconnu/)
  await node.post('/peers/enter', portugal({ fhir: '', ihe: `${node.peerUrl}/services` }))
  assert.match((await node.post('/peers/PT/test', {})).text, /pas ce service là-bas/)
})

test('removing asks once, counts at once, and is in the ledger', async () => {
  const unsure = await node.post('/peers/PT/remove', {})
  assert.equal(unsure.status, 422)
  assert.equal((await node.directory.participant('PT')).ok, true)
  const { status, to } = await node.post('/peers/PT/remove', { sure: 'yes' })
  assert.deepEqual([status, to], [303, '/operator/peers?removed=PT'])
  assert.equal((await node.directory.participant('PT')).ok, false)
  assert.equal((await lastEvents(1))[0]?.subtype?.[1]?.code, 'peer-removed')
  assert.equal((await node.post('/peers/PT/remove', { sure: 'yes' })).status, 404)
})

test('a list that cannot be written is told, and the ledger has that it failed', async () => {
  writeFileSync(node.peersFile, 'broken')
  const { status, text } = await node.post('/peers/enter', portugal())
  assert.equal(status, 422)
  assert.match(text, /The list of peers is not complete/)
  const [failed, tried] = await lastEvents(2)
  assert.deepEqual([tried?.outcome, failed?.outcome, failed?.outcomeDesc], ['0', '8', 'peers-invalid'])
  assert.match((await node.get('/peers')).text, /Une liste ne peut pas être lue/)
  writeFileSync(node.peersFile, '{"version":9,"peers":[]}')
})

test('transactions are listed, filtered and shown with both messages, in which no person is named', async () => {
  const list = await node.get('/transactions')
  assert.match(list.text, /4 transactions/)
  assert.match((await node.get('/transactions?transaction=ITI-38')).text, /1 transaction</)
  assert.match((await node.get('/transactions?outcome=failed')).text, /ERROR_GENERIC/)
  assert.match((await node.get('/transactions?country=FR')).text, /1 transaction</)
  assert.match((await node.get('/transactions?country=EE&from=-3')).text, /Aucune transaction ne correspond/)

  const one = await node.get('/transactions/FR%3A1')
  assert.equal(one.status, 200)
  assert.match(one.text, /&lt;PatientId extension=&quot;•••&quot;\/&gt;/)
  assert.match(one.text, /\n {4}&lt;family&gt;•••&lt;\/family&gt;/, 'laid out for reading')
  const whole = await node.recorder.transaction('FR:1')
  assert.match(whole?.request ?? '', /298123456/, 'the node of this test keeps whole messages')
  for (const path of ['/transactions', '/transactions/FR%3A1', '', '/figures']) {
    assert.doesNotMatch((await node.get(path)).text, /298123456|Silva|Camille/, path)
  }
  assert.equal((await node.get('/transactions/FR%3A99')).status, 404)
})

test('what waits is shown, and a dispensation is settled only with the name of who told the outcome', async () => {
  const list = await node.get('/deliveries')
  assert.match(list.text, /2 sans issue connue/)
  assert.match(list.text, /quelqu’un doit demander/)
  assert.match(list.text, /n’a pas de dépôt d’audit/)
  node.state.audit = 'broken'
  assert.match((await node.get('/deliveries')).text, /7 lots[\s\S]*ECONNREFUSED/)
  node.state.audit = 'none'

  assert.equal((await node.post('/deliveries/2.25.1', { outcome: 'accepted', 'told-by': ' ' })).status, 422)
  assert.equal((await node.post('/deliveries/2.25.1', { outcome: 'perhaps', 'told-by': 'Ana' })).status, 422)
  assert.equal((await node.post('/deliveries/2.25.2', { outcome: 'accepted', 'told-by': 'Ana' })).status, 409)
  assert.equal((await node.outbox.entry('2.25.2'))?.state, 'sending')
  assert.equal((await node.post('/deliveries/2.25.3', { outcome: 'accepted', 'told-by': 'Ana' })).status, 404)

  const { status } = await node.post('/deliveries/2.25.1', { outcome: 'accepted', 'told-by': 'Ana Lima, PT' })
  assert.equal(status, 303)
  assert.equal((await node.outbox.entry('2.25.1'))?.state, 'accepted')
  const [event] = await lastEvents(1)
  assert.equal(event?.subtype?.[0]?.code, 'submission-settled')
  const details = event.entity?.[0]?.detail?.map(({ valueString }) => valueString)
  assert.deepEqual(details, ['PT', 'accepted', 'Ana Lima, PT', 'Olivier FABRE'])
  assert.equal(JSON.stringify(event).includes('298123456'), false)
  assert.equal((await node.post('/deliveries/2.25.1', { outcome: 'refused', 'told-by': 'Ana' })).status, 409)
  assert.equal((await node.outbox.entry('2.25.1'))?.state, 'accepted')
})

test('certificates are warned of 30 days ahead, and files that are not taken are told', async () => {
  assert.doesNotMatch((await node.get('/certificates')).text, /à remplacer/)
  const { expires } = node.portugal.tls
  node.state.now = new Date(Date.parse(expires) - 29 * 86_400_000)
  assert.match((await node.get('/certificates')).text, /à remplacer[\s\S]*se termine sous 30 jours/)
  node.state.now = new Date(Date.parse(expires) + 86_400_000)
  assert.match((await node.get('/certificates')).text, /expiré/)
  assert.match((await node.get('')).text, /à regarder/)
  node.state.now = NOW
  const before = node.state.keys
  node.state.keys = { ...before, problem: 'keys-damaged' }
  assert.match((await node.get('/certificates')).text, /keys-damaged/)
  node.state.keys = before
})

test('alerts stand as digests, thresholds in words', async () => {
  const observation = { country: 'PT', pointOfCare: 'a-clinic', patient: 'urn:oid:1|298123456', at: NOW }
  for (let count = 0; count < 3; count++) {
    await node.watch.observe({ ...observation, service: 'patient-summary', purpose: 'TREATMENT' })
  }
  const { text } = await node.get('/alerts')
  assert.match(text, /Portugal[\s\S]*<code>[0-9a-f]{32}<\/code>/)
  assert.match(text, /60 minutes/)
  assert.doesNotMatch(text, /298123456|a-clinic/)
})

test('key figures are added up, and come as CSV with the columns of eADC', async () => {
  node.state.now = new Date('2026-11-24T12:00:00Z')
  const { text } = await node.get('/figures')
  assert.match(text, /ITI-39/)
  const csv = await node.get('/figures.csv?period=week')
  assert.match(csv.headers.get('content-disposition') ?? '', /key-figures-FR-2026-11-23\.csv/)
  const lines = csv.text.trimEnd().split('\r\n')
  assert.equal(lines.length, 5)
  assert.match(lines[0] ?? '', /^Transaction_PK,Direction,/)
  node.state.now = new Date('2026-12-01T12:00:00Z')
  assert.equal((await node.get('/figures.csv?period=today')).text.trimEnd().split('\r\n').length, 1)
  node.state.now = NOW
})

function maskOf(country: string): string {
  const folder = join(import.meta.dirname, '..', '..', '..', 'data', 'search-masks')
  return readFileSync(join(folder, `InternationalSearch_${country}.xml`), 'utf8')
}
