import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Handler, HttpServer } from '#platform/http/serve.ts'
import { ok } from '#platform/result/result.ts'
import type { CareContext } from './context/care-context.ts'
import { countryB } from './country-b/country-b.ts'
import { claire as doctor, emptyReading } from './testing/claire-martin.ts'
import { type Europe, keysOf, listen, openEurope, type TestCountry, valueFrom } from './testing/europe.ts'

/** Country B against other countries that are down, slow, too talkative, unintelligible or not who they should be. */

const UTENTE = 'urn:oid:2.16.17.710.820.1000.990.1.1'
let europe: Europe
let france: TestCountry
let portugal: TestCountry

before(async () => {
  europe = await openEurope(['FR', 'PT'], emptyReading, () => new Date())
  france = europe.country('FR')
  portugal = europe.country('PT')
})
after(() => europe.close())

function context(): CareContext {
  const now = new Date().toISOString()
  return {
    professional: doctor,
    patient: `${UTENTE}|298123456`,
    country: 'PT',
    purpose: 'TREATMENT',
    relationship: { declaredAt: now },
    notice: { version: '2026-1', languages: ['pt', 'fr'], recordedAt: now },
  }
}

/** Portugal is, for one test, what this handler makes of it. */
async function portugalIs(handler: Handler, keys = portugal.keys): Promise<HttpServer> {
  const server = await listen(keys, handler)
  await europe.register([france.participant, { ...portugal.participant, fhirBase: `${server.url}/fhir` }])
  return server
}

async function codeOfListing(options: Partial<Parameters<typeof countryB>[0]> = {}): Promise<string | undefined> {
  const result = await countryB({ ...france.options, ...options }).documents(context())
  const [entry] = await france.ledger.list({ limit: 1 })
  if (!result.ok)
    assert.match(entry?.event.outcomeDesc ?? '', new RegExp(result.problem.code), 'the failure is audited')
  return result.ok ? undefined : result.problem.code
}

const never: Handler = () => new Promise<Response>(() => undefined)
const searchset = (entry: unknown) =>
  Response.json(
    { resourceType: 'Bundle', type: 'searchset', entry },
    { headers: { 'content-type': 'application/fhir+json' } },
  )

test('a country that hangs', async (t) => {
  const server = await portugalIs(never)
  t.after(() => server.close())
  assert.equal(await codeOfListing({ timeoutMs: 300 }), 'ERROR_GENERIC_TIMEOUT')
  const [state] = await countryB({ ...france.options, probeTimeoutMs: 200 }).countries()
  assert.equal(state?.services[0]?.state, 'unavailable')
})

test('a country that is down', async () => {
  const server = await portugalIs(never)
  await server.close()
  assert.equal(await codeOfListing(), 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE')
})

test('a country that hangs up in the middle', async (t) => {
  const body = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"resourceType":'))
        setTimeout(() => controller.error(new Error('gone')), 20)
      },
    })
  const server = await portugalIs(() => new Response(body(), { headers: { 'content-type': 'application/fhir+json' } }))
  t.after(() => server.close())
  assert.equal(await codeOfListing(), 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE')
})

test('an answer without end is cut off', async (t) => {
  const chunk = new Uint8Array(65_536).fill(0x20)
  const endless = () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(chunk) })
  const server = await portugalIs(
    () => new Response(endless(), { headers: { 'content-type': 'application/fhir+json' } }),
  )
  t.after(() => server.close())
  assert.equal(await codeOfListing(), 'ERROR_GENERIC')
})

test('answers that are not what was asked for', async (t) => {
  let answer: () => Response = () => new Response('<html>')
  const server = await portugalIs(() => answer())
  t.after(() => server.close())
  const elsewhere = {
    resourceType: 'DocumentReference',
    id: '1',
    content: [{ attachment: { contentType: 'application/fhir+json', url: 'https://127.0.0.1:1/fhir/Bundle/1' } }],
  }
  for (const wrong of [
    () => new Response('<html>'),
    () => new Response('['.repeat(100_000)),
    () => Response.json({ resourceType: 'Patient' }),
    () => searchset([{ resource: { resourceType: 'DocumentReference', id: 7 } }]),
    () => searchset([{ resource: elsewhere }]),
  ]) {
    answer = wrong
    assert.equal(await codeOfListing(), 'ERROR_GENERIC')
  }
})

test('refusals keep their eHDSI code; an objection told by another country is told as nothing there', async (t) => {
  let status = 403
  let code = 'ERROR_SEC_INSUFFICIENT_RIGHTS'
  const server = await portugalIs(() =>
    Response.json({ resourceType: 'OperationOutcome', issue: [{ details: { coding: [{ code }] } }] }, { status }),
  )
  t.after(() => server.close())
  for (const [sentStatus, sentCode, expected] of [
    [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS', 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
    [401, 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED', 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED'],
    [403, 'ERROR_PS_NO_CONSENT', 'ERROR_PS_NOT_FOUND'],
    [404, 'SOMETHING', 'ERROR_PS_NOT_FOUND'],
    [410, 'SOMETHING', 'ERROR_GENERIC_DOCUMENT_MISSING'],
    [500, 'SOMETHING', 'ERROR_GENERIC'],
  ] as const) {
    status = sentStatus
    code = sentCode
    assert.equal(await codeOfListing(), expected)
  }
})

test('a certificate that the trust list does not hold gets no token', async (t) => {
  let asked = 0
  const impostor = await keysOf(`${europe.directory}/impostor`, europe.authority, 'PT')
  const server = await portugalIs(() => {
    asked += 1
    return searchset([])
  }, impostor)
  t.after(() => server.close())
  assert.equal(await codeOfListing(), 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
  assert.equal(asked, 0)
})

test('a country that left the directory is not asked any more', async () => {
  await europe.register([france.participant])
  assert.equal(await codeOfListing(), 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN')
  assert.deepEqual(await france.b.countries(), [])
})

test('a document of another patient is not shown', async (t) => {
  const server = await portugalIs((request) => {
    const attachment = { contentType: 'application/fhir+json', url: 'Bundle/1' }
    if (request.url.includes('DocumentReference')) {
      return searchset([{ resource: { resourceType: 'DocumentReference', id: '1', content: [{ attachment }] } }])
    }
    return new Response('{}', { headers: { 'content-type': 'application/fhir+json' } })
  })
  t.after(() => server.close())
  const patient = { resourceType: 'Patient' as const, identifier: [{ system: UTENTE, value: '111222333' }] }
  const bundle = { resourceType: 'Bundle' as const, type: 'document' as const, entry: [{ resource: patient }] }
  const account = { statements: [], notCarried: [] }
  const readDocument = () =>
    ok({ bundle, kind: 'patient-summary' as const, origin: { format: 'fhir' as const, language: 'pt' }, account })
  const result = await countryB({ ...france.options, readDocument }).retrieve(context(), '1')
  assert.equal(!result.ok && result.problem.code, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
})

test('a document that exists as PDF only is handed out as that', async (t) => {
  const server = await portugalIs((request) => {
    if (!request.url.includes('DocumentReference')) {
      return new Response('%PDF-1.7', { headers: { 'content-type': 'application/pdf' } })
    }
    const attachment = { contentType: 'application/pdf', url: 'Binary/1', language: 'pt' }
    return searchset([
      { resource: { resourceType: 'DocumentReference', id: '1', description: 'Resumo', content: [{ attachment }] } },
    ])
  })
  t.after(() => server.close())
  const { document, pdf } = valueFrom(await countryB(france.options).retrieve(context(), '1'))
  assert.equal(Buffer.from(pdf ?? []).toString(), '%PDF-1.7')
  assert.equal(document.kind, 'original-document')
  assert.equal(document.account.notCarried.length, 1)
})

test('a document whose hash is another than the listed one is not shown', async (t) => {
  const server = await portugalIs((request) => {
    if (!request.url.includes('DocumentReference')) {
      return new Response('{}', { headers: { 'content-type': 'application/fhir+json' } })
    }
    const attachment = { contentType: 'application/fhir+json', url: 'Bundle/1', hash: 'AAAA' }
    return searchset([{ resource: { resourceType: 'DocumentReference', id: '1', content: [{ attachment }] } }])
  })
  t.after(() => server.close())
  const result = await countryB(france.options).retrieve(context(), '1')
  assert.equal(!result.ok && result.problem.code, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
})

test('without the central services the last good directory serves', async () => {
  await europe.register([france.participant, portugal.participant])
  valueFrom(await france.directory.participants())
  await europe.union.close()
  const participants = valueFrom(await france.directory.participants())
  assert.deepEqual(
    participants.map(({ country }) => country),
    ['FR', 'PT'],
  )
})
