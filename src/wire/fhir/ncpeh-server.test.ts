import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_CONNECTION } from '#platform/http/connection.ts'
import { type NcpehCall, type NcpehHandlers, ncpehServer } from './ncpeh-server.ts'
import { refuse } from './outcome.ts'
import { writeProvision } from './provide-documents.ts'
import type { DocumentSearch, PatientSearch } from './search-parameters.ts'

const PATIENT = 'urn:oid:1.2.3|42'
const FIND = `/DocumentReference?type=http://loinc.org|60591-5&patient.identifier=${PATIENT}`

/** As a test reads it. */
async function jsonOf(answer: Response) {
  return JSON.parse(await answer.text())
}

function server(handlers: Partial<NcpehHandlers> = {}) {
  const asked: (PatientSearch | DocumentSearch | string)[] = []
  const calls: NcpehCall[] = []
  const app = ncpehServer({
    base: 'https://ncp.test/fhir',
    name: 'Test',
    softwareVersion: '0',
    released: '2026-11-24',
    handlers: {
      async searchPatients(query, call) {
        asked.push(query)
        calls.push(call)
        return {
          ok: true,
          value: [
            { resourceType: 'Patient', id: 'x', birthDate: '1958-04-12', gender: 'female', name: [{ family: 'F' }] },
          ],
        }
      },
      async searchDocuments(query) {
        asked.push(query)
        return { ok: true, value: [] }
      },
      async readBundle(id) {
        asked.push(id)
        return { ok: true, value: { resourceType: 'Bundle', type: 'document' } }
      },
      async readBinary(id) {
        asked.push(id)
        return { ok: true, value: { contentType: 'application/pdf', bytes: new TextEncoder().encode('%PDF-') } }
      },
      ...handlers,
    },
  })
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    app.fetch(new Request(`https://ncp.test/fhir${path}`, { headers, method }), { connection: NO_CONNECTION })
  return { get, asked, calls }
}

test('the CapabilityStatement names what there is', async () => {
  const answer = await server().get('/metadata')
  const statement = await jsonOf(answer)
  assert.equal(answer.headers.get('content-type'), 'application/fhir+json; charset=utf-8')
  assert.equal(statement.fhirVersion, '4.0.1')
  assert.deepEqual(
    statement.rest[0].resource.map(({ type }: { type: string }) => type),
    ['Patient', 'DocumentReference', 'Bundle', 'Binary'],
  )
})

test('a patient search is read into its parts, and the token is passed on', async () => {
  const { get, asked, calls } = server()
  const answer = await get(
    `/Patient?identifier=${PATIENT}&birthdate=1958-04-12&gender=female&family=F&_elements=birthDate`,
    {
      authorization: 'Bearer a.b.c',
      'x-request-id': 'id-1',
    },
  )
  assert.deepEqual(asked, [
    {
      identifiers: [PATIENT],
      names: [],
      family: 'F',
      birthDate: '1958-04-12',
      gender: 'female',
      elements: ['birthDate'],
    },
  ])
  assert.equal(calls[0]?.bearer, 'a.b.c')
  assert.equal(calls[0]?.requestId, 'id-1')
  const bundle = await jsonOf(answer)
  assert.equal(bundle.total, 1)
  assert.equal(bundle.entry[0].resource.birthDate, '1958-04-12')
  assert.equal(bundle.entry[0].resource.name, undefined, '_elements leaves the rest out')
  assert.equal(bundle.entry[0].resource.meta.tag[0].code, 'SUBSETTED')
})

test('an answer without matches has no entries and nothing that changes', async () => {
  const { get } = server()
  const [one, two] = [await (await get(FIND)).text(), await (await get(FIND)).text()]
  assert.equal(one, two)
  assert.equal(JSON.parse(one).entry, undefined)
  assert.equal(JSON.parse(one).total, 0)
})

test('missing and malformed parameters are 400 with a code', async () => {
  const { get, asked } = server()
  for (const [path, code] of [
    ['/Patient', 'ERROR_PI_MISSING_REQUIRED_FIELDS'],
    ['/Patient?identifier=42', 'ERROR_PI_INCORRECT_FORMATTING'],
    [`/Patient?identifier=${PATIENT}&gender=x`, 'ERROR_PI_INCORRECT_FORMATTING'],
    [`/Patient?identifier=${PATIENT}&birthdate=1.2.1958`, 'ERROR_PI_INCORRECT_FORMATTING'],
    ['/DocumentReference?type=60591-5', 'ERROR_PI_MISSING_REQUIRED_FIELDS'],
    [`/DocumentReference?patient.identifier=${PATIENT}`, 'ERROR_PI_MISSING_REQUIRED_FIELDS'],
    [`${FIND}&date=ge2026-02-31`, 'ERROR_PI_INCORRECT_FORMATTING'],
    [`${FIND}&patient.identifier=urn:oid:1|2`, 'ERROR_PI_INCORRECT_FORMATTING'],
    [`/Patient?identifier=a|${'1'.repeat(600)}`, 'ERROR_PI_INCORRECT_FORMATTING'],
  ] as const) {
    const answer = await get(path)
    assert.equal(answer.status, 400, path)
    assert.equal((await jsonOf(answer)).issue[0].details.coding[0].code, code, path)
  }
  assert.deepEqual(asked, [])
})

test('unknown parameters: told and ignored when lenient, refused when strict', async () => {
  const { get } = server()
  const lenient = await jsonOf(await get(`${FIND}&colour=red`))
  assert.equal(lenient.entry[0].search.mode, 'outcome')
  assert.match(lenient.entry[0].resource.issue[0].details.text, /colour/)
  assert.doesNotMatch(lenient.link[0].url, /colour/)
  assert.equal((await get(`${FIND}&colour=red`, { prefer: 'handling=strict' })).status, 400)
})

test('content negotiation', async () => {
  const { get } = server()
  for (const [accept, status] of [
    ['application/fhir+json', 200],
    ['application/json', 200],
    ['*/*', 200],
    ['application/*;q=0.1', 200],
    ['application/fhir+xml', 406],
    ['text/html', 406],
    ['application/fhir+json;q=0, */*', 406],
  ] as const) {
    assert.equal((await get(FIND, { accept })).status, status, accept)
  }
  assert.equal((await get(`${FIND}&_format=json`, { accept: 'text/html' })).status, 200)
  assert.equal((await get(`${FIND}&_format=xml`)).status, 406)
})

test('a Binary comes as it is, or wrapped for who asks for FHIR', async () => {
  const { get } = server()
  const raw = await get('/Binary/1', { accept: 'application/pdf' })
  assert.equal(raw.headers.get('content-type'), 'application/pdf')
  assert.equal(await raw.text(), '%PDF-')
  const wrapped = await jsonOf(await get('/Binary/1', { accept: 'application/fhir+json' }))
  assert.equal(Buffer.from(wrapped.data, 'base64').toString(), '%PDF-')
  assert.equal((await get('/Binary/1', { accept: 'image/png' })).status, 406)
})

test('a document is provided with one transaction, within the limit, as FHIR JSON, and only where it is taken', async () => {
  const provided = {
    kind: 'dispensation',
    submissionId: '2.25.1',
    dispensationId: '2.25.2',
    patient: PATIENT,
    prescriptionId: 'urn:oid:1|2',
    submitted: '2026-11-27T09:00:00Z',
    document: { format: 'fhir', bytes: new TextEncoder().encode('{"resourceType":"Bundle","type":"document"}') },
  } as const
  const body = writeProvision(provided, '2.999.1')
  const taken: string[] = []
  const app = (maximumBodyBytes: number, takes = true) =>
    ncpehServer({
      base: 'https://ncp.test/fhir',
      name: 'Test',
      softwareVersion: '0',
      released: '2026-11-24',
      maximumBodyBytes,
      handlers: {
        searchPatients: async () => ({ ok: true, value: [] }),
        searchDocuments: async () => ({ ok: true, value: [] }),
        readBundle: async () => ({ ok: true, value: new TextEncoder().encode('{"n":1.50}') }),
        readBinary: async () => refuse(404, 'X', 'X', 'X'),
        ...(takes
          ? {
              async provideDocument({ submissionId }) {
                taken.push(submissionId)
                return { ok: true, value: taken.length === 1 }
              },
            }
          : {}),
      },
    })
  const send = (
    to: ReturnType<typeof app>,
    sent: string | ReadableStream<Uint8Array>,
    type = 'application/fhir+json',
    path = '',
  ) =>
    to.fetch(
      new Request(`https://ncp.test/fhir${path}`, {
        method: 'POST',
        body: sent,
        headers: { 'content-type': type },
        duplex: 'half',
      } as RequestInit),
      { connection: NO_CONNECTION },
    )
  const large = app(1_000_000)
  assert.match(await (await send(large, body)).text(), /201 Created/)
  assert.match(await (await send(large, body, 'application/json; charset=utf-8', '/')).text(), /200 OK/)
  assert.equal((await send(large, body, 'text/plain')).status, 415)
  assert.equal((await send(large, '{')).status, 400)
  assert.equal((await send(large, body.replace('60593-1', '60591-5'))).status, 400)
  assert.equal((await send(app(100), body)).status, 413)
  const stream = new Blob([body]).stream()
  assert.equal((await send(app(100), stream)).status, 413, 'also when the length was not announced')
  assert.equal((await send(app(1_000_000, false), body)).status, 405)
  assert.deepEqual(taken, ['2.25.1', '2.25.1'])
  const statement = await jsonOf(
    await large.fetch(new Request('https://ncp.test/fhir/metadata'), { connection: NO_CONNECTION }),
  )
  assert.equal(statement.rest[0].interaction[0].code, 'transaction')
  const bundle = await large.fetch(new Request('https://ncp.test/fhir/Bundle/1'), { connection: NO_CONNECTION })
  assert.equal(await bundle.text(), '{"n":1.50}', 'bytes go out as they are')
})

test('the size of originals can be bounded', async () => {
  const { get, asked } = server()
  assert.equal((await get(`${FIND}&size=le1000`)).status, 200)
  assert.equal((await get(`${FIND}&size=1000`)).status, 400)
  const [search] = asked
  assert.equal(typeof search === 'object' && 'maximumSize' in search && search.maximumSize, 1000)
})

test('what does not exist, what may not be written, what breaks', async () => {
  const { get } = server({
    readBundle: () => Promise.reject(new Error('the name of a patient')),
    readBinary: async () => refuse(401, 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED', 'No token.', 'Send one.'),
  })
  assert.equal((await get('/Observation')).status, 404)
  assert.equal((await get('/Patient', {}, 'POST')).status, 405)
  const broken = await get('/Bundle/1')
  assert.equal(broken.status, 500)
  assert.doesNotMatch(await broken.text(), /the name of a patient/)
  const unauthorised = await get('/Binary/1')
  assert.equal(unauthorised.status, 401)
  assert.equal(unauthorised.headers.get('www-authenticate'), 'Bearer')
})
