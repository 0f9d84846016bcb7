/** The page on opt-outs (EHDS Art. 71) over real stores: who may use it, what it records and tells, and what permits see afterwards. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { EVERYBODY, heldRegister, ONE_LEFT_OUT } from '#node/research/testing/held-register.ts'
import { REGISTER } from '#research/omop/testing/register.ts'
import { INS, NOW, type Officer, type TestBody, testBody } from './test-access-body.ts'

const PAGE = '/opt-outs'
const NUMBER = '279117499901416'
const PERSON = `${INS.system}|${NUMBER}`
const KNOWN = { kind: INS.system, value: '2 79 11 74 999014 16' }

let body: TestBody
before(async () => {
  body = await testBody()
})
after(() => body.close())

const entriesOf = async (patient: string) =>
  (await body.ledger.list({ patient, limit: 100 })).toReversed().map(({ event }) => event)

test('what an officer records leaves the person out of permits approved afterwards, and in those approved before', async () => {
  const register = await heldRegister(body.optOuts)
  try {
    await body.keysOf(REGISTER).record('person', new Map([[PERSON, 17]]))
    const approved = new Date()
    assert.equal(await register.personsSince(approved), EVERYBODY)
    body.clock.now = new Date()
    assert.equal((await body.post(PAGE, { ...KNOWN, act: 'out' }, 'intake')).status, 200)
    assert.equal(await register.personsSince(new Date()), ONE_LEFT_OUT)
    assert.equal(await register.personsSince(approved), EVERYBODY)
    body.clock.now = new Date()
    assert.equal((await body.post(PAGE, { ...KNOWN, act: 'in' }, 'coordinator')).status, 200)
    assert.equal(await register.personsSince(new Date()), EVERYBODY)
  } finally {
    await register.close()
  }
  body.clock.now = NOW
})

test('a person is looked up by number, recorded and withdrawn; each act stands in the ledger for him to find', async () => {
  const value = '180127512345678'
  const person = `${INS.system}|${value}`
  const look = { kind: INS.system, value }
  const before = await body.post(PAGE, look, 'intake')
  assert.equal(before.status, 200)
  assert.match(before.text, /name="act" value="out"/)
  const form = await body.get(PAGE, 'intake', 'en')
  assert.match(
    form.text,
    /without a reason[\s\S]*Permits and requests that are approved from the moment[\s\S]*Article 71\(3\)/,
  )
  assert.match(form.text, /French health identity number INS/)
  assert.doesNotMatch(form.text, /180127512345678|279117499901416<\/code>/, 'no list of persons')
  const out = await body.post(PAGE, { ...look, act: 'out', received: '2029-04-30' }, 'intake')
  assert.match(out.text, /datetime="2029-04-30"/)
  assert.match(out.text, /Enregistré[\s\S]*Refus en vigueur[\s\S]*name="act" value="in"/)
  // The day begins where the body sits.
  assert.deepEqual(await body.optOuts.history(person), [{ person, from: '2029-04-29T22:00:00.000Z' }])
  assert.match((await body.post(PAGE, { ...look, act: 'out' }, 'intake')).text, /rien n’a changé/)
  body.clock.now = new Date(NOW.getTime() + 60_000)
  assert.match((await body.post(PAGE, { ...look, act: 'in' }, 'coordinator')).text, /Pas de refus[\s\S]*Refus retiré/)
  const late = await body.post(PAGE, { ...look, act: 'out', received: '2029-04-01' }, 'coordinator')
  assert.equal(late.status, 409)
  assert.match(late.text, /Un choix plus récent de cette personne est déjà enregistré/)
  const events = await entriesOf(person)
  assert.deepEqual(
    events.map(({ subtype, outcome }) => `${subtype?.[0]?.code} ${outcome}`),
    [
      ...['opt-out-looked-up 0', 'opt-out-recorded 0', 'opt-out-looked-up 0', 'opt-out-recorded 0'],
      ...['opt-out-looked-up 0', 'opt-out-withdrawn 0', 'opt-out-looked-up 0', 'opt-out-recorded 8'],
      'opt-out-looked-up 0',
    ],
  )
  assert.match(JSON.stringify(events.at(-1)), /coordinator-FR|coordinator/)
})

test('what cannot be right is told at its field, and nothing is recorded', async () => {
  const wrong: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ kind: INS.system, value: '' }, 'value'],
    [{ kind: INS.system, value: '12345' }, 'value'],
    [{ kind: '', value: NUMBER }, 'kind'],
    [{ kind: 'urn:invented', value: NUMBER }, 'kind'],
    [{ kind: 'other', system: '', value: '7' }, 'system'],
    [{ kind: 'other', system: 'two words', value: '7' }, 'system'],
    [{ kind: 'other', system: 'urn:x|y', value: '7' }, 'system'],
    [{ kind: INS.system, value: '199127512345678', act: 'out', received: '2029-02-30' }, 'received'],
    [{ kind: INS.system, value: '199127512345678', act: 'out', received: '2029-05-03' }, 'received'],
  ]
  for (const [given, field] of wrong) {
    const { status, text } = await body.post(PAGE, given, 'coordinator')
    assert.equal(status, 422, JSON.stringify(given))
    assert.match(text, new RegExp(`<a href="#${field}">[\\s\\S]*id="${field}-error"`))
  }
  assert.deepEqual(await body.optOuts.history(`${INS.system}|199127512345678`), [])
  const other = await body.post(PAGE, { kind: 'other', system: 'urn:oid:1.2.3', value: '<7>', act: 'out' }, 'intake')
  assert.match(other.text, /<code>urn:oid:1\.2\.3<\/code>[\s\S]*&lt;7&gt;/)
  assert.equal((await body.optOuts.history('urn:oid:1.2.3|<7>')).length, 1)
})

test('intake and coordinators only; others read what the page is for, and learn of nobody', async () => {
  const others: readonly Officer[] = ['assessor', 'data-preparer', 'output-checker', 'auditor']
  for (const officer of others) {
    const { status, text } = await body.get(PAGE, officer, 'en')
    assert.equal(status, 200)
    assert.match(text, /looked up and recorded by intake or a coordinator/)
    assert.doesNotMatch(text, /name="value"/)
    assert.equal((await body.post(PAGE, KNOWN, officer)).status, 404, officer)
    assert.equal((await body.post(PAGE, { ...KNOWN, act: 'out' }, officer)).status, 404, officer)
  }
  assert.equal((await body.get(PAGE, 'nobody')).status, 404)
  assert.equal((await body.post(PAGE, KNOWN, 'nobody')).status, 404)
  assert.equal((await body.post(PAGE, { ...KNOWN, act: 'out' }, 'intake', 'wrong')).status, 403)
  // Nobody is looked up by an address, which others could read.
  const asked = await body.get(`${PAGE}?kind=${INS.system}&value=${NUMBER}&act=out`, 'intake')
  assert.match(asked.text, /id="value" name="value" type="text" value=""/)
  assert.doesNotMatch(asked.text, /class="timeline"/)
  assert.deepEqual(body.errors, [])
})
