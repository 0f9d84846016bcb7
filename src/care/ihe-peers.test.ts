import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Handler, HttpServer } from '#platform/http/serve.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import type { DocumentMetadata, IheError, IheHandlers } from '#wire/ihe/exchange.ts'
import { iheServer } from '#wire/ihe/server.ts'
import type { CareContext } from './context/care-context.ts'
import { countryB } from './country-b/country-b.ts'
import { claire, emptyReading } from './testing/claire-martin.ts'
import { type Europe, keysOf, listen, openEurope, type TestCountry } from './testing/europe.ts'

/** Country B against countries on IHE that are down, slow, unintelligible, or answer with the errors of MyHealth@EU. */

const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
let europe: Europe
let france: TestCountry
let portugal: TestCountry

before(async () => {
  const plans = { FR: { wires: ['ihe'] }, PT: { wires: ['ihe'] } } as const
  europe = await openEurope(['FR', 'PT'], emptyReading, () => new Date(), plans)
  france = europe.country('FR')
  portugal = europe.country('PT')
})
after(() => europe.close())

function context(): CareContext {
  const now = new Date().toISOString()
  return {
    professional: claire,
    patient: PATIENT,
    country: 'PT',
    purpose: 'TREATMENT',
    relationship: { declaredAt: now },
    notice: { version: '1', languages: ['fr'], recordedAt: now },
  }
}

/** Portugal is, for one test, what this handler makes of it. */
async function portugalIs(handler: Handler, keys = portugal.keys): Promise<HttpServer> {
  const server = await listen(keys, handler)
  const ihe = iheEndpoints(`${server.url}/openncp-ws-server/services`)
  await europe.register([france.participant, { ...portugal.participant, ihe }])
  return server
}

/** Portugal's country A is this. */
function answering(handlers: Partial<IheHandlers>): Handler {
  const nothing = { documents: [], errors: [], status: 'success' } as const
  const app = iheServer({
    homeCommunityId: portugal.participant.homeCommunityId,
    handlers: {
      discoverPatients: async () => ({ patients: [], errors: [] }),
      queryDocuments: async () => nothing,
      retrieveDocuments: async () => nothing,
      submitDocument: async () => ({ status: 'success', errors: [] }),
      ...handlers,
    },
  })
  return (request, connection) => app.fetch(request, { connection })
}

async function codeOfListing(options: Partial<Parameters<typeof countryB>[0]> = {}): Promise<string | undefined> {
  const result = await countryB({ ...france.options, ...options }).documents(context())
  const [entry] = await france.ledger.list({ limit: 1 })
  if (!result.ok)
    assert.match(entry?.event.outcomeDesc ?? '', new RegExp(result.problem.code), 'the failure is recorded')
  return result.ok ? undefined : result.problem.code
}

test('a country that hangs, that is down, and whose certificate is not listed', async () => {
  const hanging = await portugalIs(() => new Promise<Response>(() => undefined))
  assert.equal(await codeOfListing({ timeoutMs: 300 }), 'ERROR_GENERIC_TIMEOUT')
  const [state] = await countryB({ ...france.options, probeTimeoutMs: 200 }).countries()
  assert.equal(state?.services[0]?.state, 'unavailable')
  await hanging.close()
  assert.equal(await codeOfListing(), 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE')
  let asked = 0
  const impostor = await keysOf(`${europe.directory}/impostor`, europe.authority, 'PT')
  const server = await portugalIs(() => {
    asked += 1
    return new Response()
  }, impostor)
  assert.equal(await codeOfListing(), 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
  assert.equal(asked, 0, 'no assertion left')
  await server.close()
})

test('answers that are none', async (t) => {
  let answer: () => Response = () => new Response()
  const server = await portugalIs(() => answer())
  t.after(() => server.close())
  const soap = { headers: { 'content-type': 'application/soap+xml' } }
  for (const wrong of [
    () => new Response('<html/>', { headers: { 'content-type': 'text/html' } }),
    () => new Response('<a', soap),
    () => new Response('<!DOCTYPE x [<!ENTITY y "z">]><x/>', soap),
    () => new Response('nothing', { status: 500 }),
  ]) {
    answer = wrong
    assert.equal(await codeOfListing(), 'ERROR_GENERIC')
  }
})

test('the errors of country A, and an objection that looks like nothing', async (t) => {
  let errors: IheError[] = []
  let status: 'success' | 'failure' = 'failure'
  const server = await portugalIs(answering({ queryDocuments: async () => ({ documents: [], errors, status }) }))
  t.after(() => server.close())
  for (const [code, severity, expected] of [
    ['ERROR_PS_NOT_FOUND', 'warning', 'ERROR_PS_NOT_FOUND'],
    ['1102', 'warning', 'ERROR_PS_NOT_FOUND'],
    ['4701', 'error', 'ERROR_PS_NOT_FOUND'],
    ['ERROR_PS_NO_CONSENT', 'error', 'ERROR_PS_NOT_FOUND'],
    ['4703', 'error', '4703'],
    ['ERROR_HPI_AUTHENTICATION_NOT_RECEIVED', 'error', 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED'],
    ['SOMETHING_ELSE', 'error', 'ERROR_GENERIC'],
  ] as const) {
    errors = [{ code, severity, text: 'words' }]
    assert.equal(await codeOfListing(), expected, code)
  }
  errors = []
  assert.equal(await codeOfListing(), 'ERROR_GENERIC', 'a failure without a reason is not "nothing there"')
  status = 'success'
  assert.equal(await codeOfListing(), 'ERROR_PS_NOT_FOUND')
})

test('an identification is told apart from nobody', async (t) => {
  let answer: Awaited<ReturnType<IheHandlers['discoverPatients']>> = { patients: [], errors: [] }
  const server = await portugalIs(answering({ discoverPatients: async () => answer }))
  t.after(() => server.close())
  const traits = { 'id-2.16.17.710.820.1000.990.1.1': '298123456', birthDate: '1958-04-12' }
  const code = async () => {
    const found = await france.b.identify(claire, 'PT', traits)
    return found.ok ? found.value.length : found.problem.code
  }
  assert.equal(await code(), 'ERROR_PI_NO_MATCH')
  answer = { patients: [], errors: [{ code: 'ERROR_PI_MULTIPLE_MATCHES', severity: 'error', text: '' }] }
  assert.equal(await code(), 'ERROR_PI_MULTIPLE_MATCHES')
  answer = { patients: [], errors: [{ code: 'WARNING_PI_NO_CONSENT', severity: 'warning', text: '' }] }
  assert.equal(await code(), 'ERROR_PI_NO_MATCH')
  const person = { family: 'F', given: ['M'], birthDate: '1958-04-12', gender: 'female' } as const
  answer = { patients: [{ ...person, identifiers: [PATIENT, 'urn:oid:1.2|9'] }], errors: [] }
  assert.equal(await code(), 1)
})

test('a document with another hash, or without a document, is not shown', async (t) => {
  const entry: DocumentMetadata = {
    repositoryId: '1.2.3',
    documentId: '1.2.3^1',
    homeCommunityId: portugal.participant.homeCommunityId,
    patient: PATIENT,
    classCode: '60591-5',
    formatCode: 'urn:epSOS:ps:ps:2010',
    mimeType: 'text/xml',
    title: 'Resumo',
    created: '2026-11-01T10:00:00Z',
    language: 'pt-PT',
    country: 'PT',
    confidentiality: 'N',
    authors: [],
    hash: '0'.repeat(40),
    size: 10,
  }
  let sends = true
  const bytes = new TextEncoder().encode('<ClinicalDocument xmlns="urn:hl7-org:v3"/>')
  const server = await portugalIs(
    answering({
      queryDocuments: async () => ({ documents: [entry], errors: [], status: 'success' }),
      retrieveDocuments: async (requests) => ({
        documents: sends ? requests.map((request) => ({ ...request, mimeType: 'text/xml', bytes })) : [],
        errors: sends
          ? []
          : [{ code: 'XDSMissingDocument', severity: 'error', text: 'ERROR_GENERIC_DOCUMENT_MISSING : gone' }],
        status: sends ? 'success' : 'partial',
      }),
    }),
  )
  t.after(() => server.close())
  const code = async () => {
    const found = await countryB(france.options).retrieve(context(), '1.2.3|1.2.3^1')
    return found.ok ? 'shown' : found.problem.code
  }
  assert.equal(await code(), 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED')
  sends = false
  assert.equal(await code(), 'ERROR_GENERIC_DOCUMENT_MISSING')
})
