import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { type EndpointOptions, terminologyEndpoint, type WireReply } from './endpoint.ts'
import type { OperationCall, TerminologyHandlers } from './handlers.ts'
import { terminologyApp } from './hono.ts'
import type { JsonObject } from './json.ts'
import { terminologyListener } from './listener.ts'

const calls: OperationCall[] = []

const handlers: TerminologyHandlers = {
  operation(call) {
    calls.push(call)
    if (call.operation === 'subsumes') return Promise.resolve({ status: 200, resource: { resourceType: 'Parameters' } })
    if (call.operation === 'closure') throw new Error('secret detail')
    if (call.operation === 'translate') {
      const part = [
        { name: 'relationship', valueCode: 'source-is-narrower-than-target' },
        { name: 'concept', valueCoding: { code: 'x' } },
      ]
      return { status: 200, resource: { resourceType: 'Parameters', parameter: [{ name: 'match', part }] } }
    }
    if (call.operation === 'expand') {
      const expansion = { contains: [{ code: 'a', property: [{ code: 'p', valueString: 'v' }] }] }
      return { status: 200, resource: { resourceType: 'ValueSet', status: 'active', expansion }, contentLanguage: 'fr' }
    }
    return {
      status: 200,
      resource: { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: true }] },
    }
  },
  read: (type, id) =>
    id === 'known'
      ? { status: 200, resource: { resourceType: type, id, meta: { versionId: '2' }, status: 'active' } }
      : {
          status: 404,
          resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] },
        },
  search: (type, query, { base }) => ({
    status: 200,
    resource: {
      resourceType: 'Bundle',
      type: 'searchset',
      link: [{ relation: 'self', url: `${base}/${type}?${query}` }],
    },
  }),
  capabilityStatement: ({ fhirVersion }) => ({
    resourceType: 'CapabilityStatement',
    status: 'active',
    fhirVersion: fhirVersion === 'R4' ? '4.0.1' : '5.0.0',
  }),
  terminologyCapabilities: () => ({ resourceType: 'TerminologyCapabilities', status: 'active' }),
}

const errors: unknown[] = []
const common = {
  handlers,
  software: { name: 'x', version: '1' },
  date: '2026-01-01',
  onError: (error: unknown) => errors.push(error),
}
const r5 = terminologyEndpoint({ ...common, fhirVersion: 'R5', base: 'https://tx.test/fhir/r5' })
const r4 = terminologyEndpoint({ ...common, fhirVersion: 'R4', base: 'https://tx.test/fhir/r4' })

interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly endpoint?: typeof r5
}

async function ask(path: string, { method, headers = {}, body, endpoint = r5 }: Asking = {}) {
  calls.length = 0
  const reply: WireReply = await endpoint.handle({
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    target: `${endpoint.path}${path}`,
    header: (name) => headers[name],
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  })
  const isJson = reply.headers['content-type']?.startsWith('application/fhir+json') && reply.body !== ''
  return { ...reply, json: (isJson ? JSON.parse(reply.body) : undefined) as JsonObject | undefined, call: calls[0] }
}

const parameters = (...parameter: readonly JsonObject[]) => JSON.stringify({ resourceType: 'Parameters', parameter })

test('query values have the types of the operation', async () => {
  const { call, status } = await ask(
    '/ValueSet/$expand?url=http://v&count=10&activeOnly=true&displayLanguage=fr&filter=a%20b&system-version=http://s%7C1&_format=json',
  )
  assert.equal(status, 200)
  assert.equal(call?.resourceType, 'ValueSet')
  assert.deepEqual(call?.parameters.parameter, [
    { name: 'url', valueUri: 'http://v' },
    { name: 'count', valueInteger: 10 },
    { name: 'activeOnly', valueBoolean: true },
    { name: 'displayLanguage', valueCode: 'fr' },
    { name: 'filter', valueString: 'a b' },
    { name: 'system-version', valueCanonical: 'http://s|1' },
  ])
  assert.equal((await ask('/ValueSet/$expand?count=ten')).status, 400)
  assert.equal((await ask('/ValueSet/$expand?activeOnly=yes')).status, 400)
  assert.equal((await ask('/ValueSet/$validate-code?coding=a')).status, 400)
})

test('operations stand at type and instance, and nowhere else', async () => {
  assert.equal((await ask('/CodeSystem/known/$lookup?code=a')).call?.id, 'known')
  assert.equal((await ask('/CodeSystem/$lookup?code=a')).call?.id, undefined)
  assert.equal((await ask('/$versions')).json?.resourceType, 'Parameters')
  for (const path of [
    '/CodeSystem/$expand',
    '/ValueSet/$lookup',
    '/$lookup',
    '/Patient',
    '/Patient/$lookup',
    '/ValueSet/a/b/c',
    '/nonsense',
  ]) {
    const { status, json } = await ask(path)
    assert.equal(status, 404, path)
    assert.equal(json?.resourceType, 'OperationOutcome', path)
  }
})

test('language wishes and bounds reach the server, and the language of the answer comes back', async () => {
  const { call, headers } = await ask('/ValueSet/$expand?url=x', {
    headers: { 'accept-language': 'fr-BE, en;q=0.2', 'x-too-costly-threshold': '1000' },
  })
  assert.equal(call?.acceptLanguage, 'fr-BE, en;q=0.2')
  assert.equal(call?.expansionLimit, 1000)
  assert.equal(headers['content-language'], 'fr')
  const any = await ask('/ValueSet/$expand?url=x', { headers: { 'accept-language': '*' } })
  assert.equal(any.call?.acceptLanguage, undefined)
})

test('answers in JSON or XML, as _format and Accept say', async () => {
  const type = async (accept?: string, query = '') =>
    (await ask(`/ValueSet/known${query}`, accept === undefined ? {} : { headers: { accept } })).headers['content-type']
  const [json, xml] = ['application/fhir+json; charset=utf-8', 'application/fhir+xml; charset=utf-8']
  assert.equal(await type(), json)
  assert.equal(await type('*/*'), json)
  assert.equal(await type('application/fhir+xml'), xml)
  assert.equal(await type('application/json;q=0.5, text/xml'), xml)
  assert.equal(await type('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'), json)
  assert.equal(await type('application/fhir+json', '?_format=xml'), xml)
  assert.equal(await type('application/fhir+xml', '?_format=application/fhir+json'), json)
  assert.equal(await type('application/fhir+json; fhirVersion=5.0'), json)
  for (const accept of ['image/png', 'application/fhir+json; fhirVersion=4.0', 'application/json;q=0']) {
    assert.equal((await ask('/ValueSet/known', { headers: { accept } })).status, 406, accept)
  }
  assert.match(
    (await ask('/ValueSet/known?_format=xml')).body,
    /^<\?xml .*<ValueSet xmlns="http:\/\/hl7.org\/fhir"><id value="known"\/>/,
  )
  assert.match((await ask('/ValueSet/known?_pretty=true')).body, /\n {2}"id"/)
})

test('bodies in JSON, XML and as forms', async () => {
  const xml =
    '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="code"/><valueCode value="a"/></parameter></Parameters>'
  const expected = [{ name: 'code', valueCode: 'a' }]
  const sent = async (body: string, type: string) =>
    (await ask('/CodeSystem/$lookup', { body, headers: { 'content-type': type } })).call?.parameters.parameter
  assert.deepEqual(await sent(parameters(...expected), 'application/fhir+json; charset=utf-8'), expected)
  assert.deepEqual(await sent(xml, 'application/fhir+xml'), expected)
  assert.deepEqual(await sent('code=a', 'application/x-www-form-urlencoded'), expected)
  const valueSet = JSON.stringify({ resourceType: 'ValueSet', status: 'draft' })
  const posted = await ask('/ValueSet/$expand?count=1', { body: valueSet })
  assert.deepEqual(posted.call?.parameters.parameter, [
    { name: 'valueSet', resource: { resourceType: 'ValueSet', status: 'draft' } },
    { name: 'count', valueInteger: 1 },
  ])
})

test('faulty bodies are refused with their place', async () => {
  const refused = async (body: string, type = 'application/fhir+json') => {
    const { status, json, call } = await ask('/CodeSystem/$lookup', { body, headers: { 'content-type': type } })
    assert.equal(call, undefined)
    const [issue] = (json?.issue ?? []) as readonly JsonObject[]
    return [status, (issue?.location as readonly string[] | undefined)?.[0]]
  }
  assert.deepEqual(await refused('{"resourceType":"Parameters",\n oops}'), [400, 'line 2, column 2'])
  assert.deepEqual(
    await refused('<Parameters xmlns="http://hl7.org/fhir">\n<x/></Parameters>', 'application/fhir+xml'),
    [400, 'line 2'],
  )
  assert.deepEqual(await refused('<a', 'application/fhir+xml'), [400, 'line 1, column 3'])
  assert.deepEqual(await refused('{"resourceType":"Parameters","parameter":[{"name":"a"},{"value":1}]}'), [
    400,
    'Parameters.parameter[1].name',
  ])
  assert.deepEqual(await refused('{"resourceType":"Parameters","parameter":[{"name":"a","part":[3]}]}'), [
    400,
    'Parameters.parameter[0].part[0]',
  ])
  assert.deepEqual(await refused('{"resourceType":"Patient"}'), [400, undefined])
  assert.deepEqual((await refused('x', 'text/plain'))[0], 415)
  assert.deepEqual((await refused('{}', 'application/fhir+json; charset=latin1'))[0], 415)
  assert.deepEqual((await refused('{}', 'application/fhir+json; fhirVersion=4.0'))[0], 415)
  const many = parameters(...Array.from({ length: 10_001 }, () => ({ name: 'code', valueCode: 'a' })))
  assert.equal((await refused(many))[0], 413)
})

test('a client of R4 hears R4', async () => {
  const expanded = await ask('/ValueSet/$expand?url=x', { endpoint: r4 })
  assert.ok(!JSON.stringify(expanded.json).includes('"property"'))
  assert.ok(expanded.body.includes('extension-ValueSet.expansion.contains.property'))
  assert.equal((await ask('/ValueSet/$expand?url=x&_format=xml', { endpoint: r4 })).status, 200)
  const translated = await ask('/ConceptMap/$translate', {
    endpoint: r4,
    body: parameters(
      { name: 'code', valueCode: 'a' },
      { name: 'system', valueUri: 's' },
      { name: 'targetsystem', valueUri: 't' },
    ),
  })
  assert.deepEqual(
    translated.call?.parameters.parameter?.map(({ name }) => name),
    ['sourceCode', 'system', 'targetSystem'],
  )
  assert.ok(translated.body.includes('{"name":"equivalence","valueCode":"wider"}'))
  const reversed = await ask('/ConceptMap/$translate?code=a&system=s&reverse=true&target=http://vs', { endpoint: r4 })
  assert.deepEqual(
    reversed.call?.parameters.parameter?.map(({ name }) => name),
    ['targetCode', 'targetSystem', 'sourceScope'],
  )
  const resource = {
    resourceType: 'ConceptMap',
    group: [{ element: [{ code: 'a', target: [{ code: 'b', equivalence: 'wider' }] }] }],
  }
  const sent = await ask('/ConceptMap/$translate', {
    endpoint: r4,
    body: parameters({ name: 'tx-resource', resource }),
  })
  assert.ok(JSON.stringify(sent.call?.parameters).includes('"relationship":"source-is-narrower-than-target"'))
})

test('read, version read, search and statements', async () => {
  const read = await ask('/CodeSystem/known')
  assert.equal(read.json?.id, 'known')
  assert.equal((await ask('/CodeSystem/unknown')).status, 404)
  assert.equal((await ask('/CodeSystem/known/_history/2')).status, 200)
  assert.equal((await ask('/CodeSystem/known/_history/1')).status, 404)
  const etag = read.headers.etag ?? ''
  const again = await ask('/CodeSystem/known', { headers: { 'if-none-match': etag } })
  assert.deepEqual([again.status, again.body], [304, ''])
  assert.match((await ask('/ValueSet?url=http://v')).body, /tx\.test\/fhir\/r5\/ValueSet\?url=http/)
  const posted = await ask('/ValueSet/_search', {
    body: 'url=x',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.match(posted.body, /ValueSet\?url=x/)
  assert.equal((await ask('/metadata')).json?.fhirVersion, '5.0.0')
  assert.equal((await ask('/metadata', { endpoint: r4 })).json?.fhirVersion, '4.0.1')
  assert.equal((await ask('/metadata?mode=terminology')).json?.resourceType, 'TerminologyCapabilities')
  assert.equal((await ask('/metadata?mode=other')).status, 400)
  assert.equal((await ask('/metadata', { method: 'HEAD' })).body, '')
})

test('wrong methods are told which are right', async () => {
  for (const [path, method, allow] of [
    ['/metadata', 'POST', 'GET'],
    ['/ValueSet', 'POST', 'GET'],
    ['/ValueSet/known', 'PUT', 'GET'],
    ['/ValueSet/known', 'DELETE', 'GET'],
    ['/ValueSet/$expand', 'PATCH', 'GET, POST'],
    ['/ValueSet/_search', 'GET', 'POST'],
    ['', 'GET', 'POST'],
  ] as const) {
    const { status, headers } = await ask(path, { method })
    assert.deepEqual([status, headers.allow], [405, allow], `${method} ${path}`)
  }
})

test('an error of its own says nothing of it', async () => {
  errors.length = 0
  const { status, body } = await ask('/ConceptMap/$closure?name=x')
  assert.equal(status, 500)
  assert.ok(!body.includes('secret'))
  assert.equal(errors.length, 1)
})

test('a batch answers each entry alone', async () => {
  const entry = (method: string, url: string, resource?: JsonObject) => ({
    request: { method, url },
    ...(resource ? { resource } : {}),
  })
  const bundle = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      entry('GET', 'CodeSystem/$lookup?code=a'),
      entry('POST', 'https://tx.test/fhir/r5/ValueSet/$validate-code', {
        resourceType: 'Parameters',
        parameter: [{ name: 'code', valueCode: 'c' }],
      }),
      entry('GET', 'Patient/1'),
      entry('POST', 'CodeSystem/$subsumes', { resourceType: 'Parameters' }),
      { resource: {} },
    ],
  }
  const { json, status } = await ask('', { body: JSON.stringify(bundle) })
  assert.equal(status, 200)
  assert.equal(json?.type, 'batch-response')
  const answered = json?.entry as readonly {
    readonly response: { readonly status: string }
    readonly resource?: JsonObject
  }[]
  assert.deepEqual(
    answered.map(({ response }) => response.status),
    ['200', '200', '404', '200', '400'],
  )
  assert.equal(answered[0]?.resource?.resourceType, 'Parameters')
  assert.equal((await ask('', { body: '{"resourceType":"Bundle","type":"transaction"}' })).status, 400)
  const many = { ...bundle, entry: Array.from({ length: 1001 }, () => ({})) }
  assert.equal((await ask('', { body: JSON.stringify(many) })).status, 413)
})

test('an answer that does not come in time is refused', async () => {
  const never: EndpointOptions = {
    ...common,
    fhirVersion: 'R5',
    base: 'https://tx.test/fhir/r5',
    handlers: { ...handlers, operation: () => new Promise(() => {}) },
    limits: { timeMs: 5 },
  }
  assert.equal((await ask('/CodeSystem/$lookup?code=a', { endpoint: terminologyEndpoint(never) })).status, 503)
})

test('browsers of allowed origins only', async () => {
  const origin = 'https://app.test'
  const header = async (origins: EndpointOptions['origins'], method = 'GET') => {
    const endpoint = terminologyEndpoint({
      ...common,
      fhirVersion: 'R5',
      base: 'https://tx.test/fhir/r5',
      ...(origins ? { origins } : {}),
    })
    return (await ask('/metadata', { endpoint, method, headers: { origin } })).headers['access-control-allow-origin']
  }
  assert.equal(await header(undefined), undefined)
  assert.equal(await header('*'), '*')
  assert.equal(await header([origin]), origin)
  assert.equal(await header(['https://other.test']), undefined)
  assert.equal(await header('*', 'OPTIONS'), '*')
})

test('the same over Hono and over node:http', async () => {
  const app = terminologyApp(r5)
  const response = await app.request('/fhir/r5/CodeSystem/$lookup?code=a', {})
  assert.equal(response.status, 200)
  assert.equal((await app.request('/elsewhere')).status, 404)
  const server = createServer(
    terminologyListener({
      endpoints: [r5],
      bodyBytes: 1000,
      otherwise: (_request, other) => other.writeHead(404).end('other'),
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const get = await fetch(`${base}/fhir/r5/CodeSystem/$lookup?code=a`)
  assert.deepEqual(await get.json(), await response.json())
  const post = await fetch(`${base}/fhir/r5/CodeSystem/$lookup`, {
    method: 'POST',
    body: parameters({ name: 'code', valueCode: 'é' }),
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(post.status, 200)
  const large = await fetch(`${base}/fhir/r5/CodeSystem/$lookup`, { method: 'POST', body: 'x'.repeat(1001) })
  assert.equal(large.status, 413)
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new Uint8Array(600))
      controller.enqueue(new Uint8Array(600))
      controller.close()
    },
  })
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: stream, duplex: 'half' }
  assert.equal((await fetch(`${base}/fhir/r5/CodeSystem/$lookup`, init)).status, 413)
  assert.equal(await (await fetch(`${base}/fhir/r5x`)).text(), 'other')
})
