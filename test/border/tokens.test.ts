/** Credentials over FHIR, end to end: tokens that are wrong in one thing each are refused, written down, and told nothing. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { type Asker, type Border, type Reply, startBorder } from './support/border.ts'
import { type Granting, tokenOf } from './support/credentials.ts'
import { assertRefused, assertSaysNothing, fhirCodesOf } from './support/judging.ts'
import { BEATRIZ, FERREIRA } from './support/requests.ts'

const INTEGRITY = 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'
const seconds = (count: number): Date => new Date(Date.now() + count * 1000)

describe('tokens that are wrong in one thing', () => {
  let border: Border
  let france: Asker
  let estonia: Asker

  before(async () => {
    border = await startBorder({ nodes: ['PT'] })
    ;[france, estonia] = await Promise.all([border.asker('FR'), border.asker('EE')])
  })
  after(() => border?.close())

  const issue = (changes: Partial<Granting> = {}, asker = france) =>
    tokenOf(asker, {
      patient: FERREIRA,
      audience: border.homeCommunityId('PT'),
      scope: 'user/DocumentReference.search',
      ...changes,
    })

  function list(token: string | undefined, patient = FERREIRA, asker = france): Promise<Reply> {
    const asked = new URLSearchParams({ 'patient.identifier': patient, type: 'http://loinc.org|60591-5' })
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    return border.send('PT', asker, { path: `/fhir/DocumentReference?${asked}`, headers })
  }

  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  /** A genuine token with another header or other claims, signature kept. */
  function changed(token: string, change: (claims: Record<string, unknown>) => object, header?: object): string {
    const [first = '', second = '', third = ''] = token.split('.')
    const claims: Record<string, unknown> = JSON.parse(Buffer.from(second, 'base64url').toString())
    return `${header ? part(header) : first}.${part({ ...claims, ...change(claims) })}.${third}`
  }

  const cases: readonly (readonly [string, () => Promise<string | undefined>, string, RegExp])[] = [
    ['no token', async () => undefined, 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED', /token-missing/],
    ['another patient written in', async () => changed(await issue(), () => ({ aud: '1.2.3' })), INTEGRITY, /token-/],
    ['no algorithm', async () => changed(await issue(), () => ({}), { alg: 'none', typ: 'at+jwt', kid: france.keys.token.kid }), INTEGRITY, /token-/],
    ['a shared secret made of the public key', async () => hmac(await issue()), INTEGRITY, /token-/],
    ['expired', () => issue({ now: seconds(-500) }), 'ERROR_HPI_GENERIC', /token-expired/],
    ['of the future', () => issue({ now: seconds(200) }), 'ERROR_HPI_GENERIC', /token-(clock|not-yet-valid)/],
    ['meant for another country', () => issue({ audience: border.homeCommunityId('EE') }), INTEGRITY, /token-audience/],
    ['about another patient', () => issue({ patient: BEATRIZ }), 'ERROR_SEC_INSUFFICIENT_RIGHTS', /token-patient/],
    ['for another operation', () => issue({ scope: 'user/Patient.search' }), 'ERROR_SEC_INSUFFICIENT_RIGHTS', /token-scope/],
    ['without treatment relationship', () => issue({ grant: { relationship: { declaredAt: seconds(-100_000).toISOString() } } }), 'ERROR_HPI_INSUFFICIENT_INFORMATION', /relationship/],
    ['of a role that may not', () => issue({ who: { name: 'X', role: '5321', identifier: 'urn:oid:1.2|3', organisation: { identifier: 'urn:oid:1.2|4', name: 'Y' } } }), 'ERROR_SEC_INSUFFICIENT_RIGHTS', /role/],
  ] // biome-ignore format: a table

  function hmac(token: string): string {
    const body = `${part({ alg: 'HS256', typ: 'at+jwt', kid: france.keys.token.kid })}.${token.split('.')[1]}`
    const secret = JSON.stringify(france.keys.token.publicJwk)
    return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
  }

  for (const [name, token, code, reason] of cases) {
    test(`FHIR refuses a token: ${name}`, async () => {
      const sent = await token()
      const reply = await assertRefused(border, 'PT', () => list(sent), { codes: [code], reason })
      assert.match(String(reply.status), /^40[13]$/)
    })
  }

  test('replay by another country: a genuine token of France over the certificate of Estonia', async () => {
    const token = await issue()
    await assertRefused(border, 'PT', () => list(token, FERREIRA, estonia), {
      codes: [INTEGRITY],
      reason: /token-issuer/,
    })
  })

  test('a certificate of the authority that is on no list, with a token bound to it', async () => {
    const subject = { country: 'FR', organisation: 'Stolen', commonName: 'Stolen' }
    const keys = await openNodeKeys(join(border.home, 'stolen'), { create: { authority: border.authority, subject } })
    const stolen = { ...france, keys: { ...keys, token: france.keys.token } }
    const token = await issue({}, stolen)
    await assertRefused(border, 'PT', () => list(token, FERREIRA, stolen), {
      codes: [INTEGRITY],
      reason: /token-certificate/,
    })
  })

  test('every door of the FHIR wire asks for a token', async () => {
    for (const [method, path] of [
      ['GET', `/fhir/Patient?identifier=${encodeURIComponent(FERREIRA)}`],
      ['GET', '/fhir/Bundle/abc'],
      ['GET', '/fhir/Binary/abc'],
    ] as const) {
      const ask = () => border.send('PT', france, { method, path })
      await assertRefused(border, 'PT', ask, {
        codes: ['ERROR_HPI_AUTHENTICATION_NOT_RECEIVED'],
        reason: /token-missing/,
      })
    }
  })

  test('what is no question at all is refused without a word about anybody', async () => {
    for (const path of [
      '/fhir/Patient',
      '/fhir/Observation?patient=1',
      '/fhir/Patient?identifier=',
      '/fhir/%00',
      '/fhir/Bundle/..%2f..%2f',
      '/fhir/__proto__',
    ]) {
      const reply = await border.send('PT', france, { path })
      assert.match(String(reply.status), /^40[014]$/, path)
      assertSaysNothing(reply.text)
    }
    const posted = await border.send('PT', france, {
      path: '/fhir',
      body: '[',
      headers: { 'content-type': 'application/fhir+json' },
    })
    assert.equal(posted.status, 400)
    assert.deepEqual(fhirCodesOf(posted), ['ERROR_ED_INCORRECT_FORMATTING'])
    assertSaysNothing(posted.text)
  })

  test('a genuine token is taken, and again within its life', async () => {
    const token = await issue()
    for (const reply of [await list(token), await list(token)]) assert.equal(reply.status, 200)
  })
})
