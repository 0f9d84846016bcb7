/** The answering side under requests that no client of ours would send. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { NO_CONNECTION } from '#platform/http/connection.ts'
import { child, words } from '#platform/xml/access.ts'
import { CORPUS, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { IheCall, IheHandlers } from './exchange.ts'
import { type IheServerOptions, iheServer } from './server.ts'
import { readFault } from './soap/fault.ts'
import { readMessage } from './soap/message.ts'
import { writeMessage } from './soap/write-message.ts'
import { countingIds } from './testing/messages.ts'
import { SERVICES, TRANSACTIONS, type Transaction } from './transactions.ts'
import { writePatientDiscovery } from './xcpd/discovery-request.ts'

const BASE = '/openncp-ws-server/services'
const PORTUGAL = '2.16.17.710.820.1000.990.1'
const SOAP = 'application/soap+xml; charset=UTF-8'

function setUp(options: Partial<IheServerOptions> = {}) {
  const calls: IheCall[] = []
  const refused: string[] = []
  const nobody = async (_: unknown, call: IheCall) => {
    calls.push(call)
    return { patients: [], documents: [], errors: [], status: 'failure' as const }
  }
  const handlers: IheHandlers = {
    discoverPatients: nobody,
    queryDocuments: nobody,
    retrieveDocuments: nobody,
    submitDocument: nobody,
  }
  const app = iheServer({
    handlers,
    homeCommunityId: PORTUGAL,
    onRefused: (code) => void refused.push(code),
    newId: countingIds(),
    ...options,
  })
  const send = (path: string, init?: RequestInit) =>
    Promise.resolve(app.fetch(new Request(`https://a.example${path}`, init), { connection: NO_CONNECTION }))
  const post = (path: string, contentType: string, body: string | Uint8Array) =>
    send(path, { method: 'POST', headers: { 'content-type': contentType }, body: Buffer.from(body) })
  return { calls, refused, send, post }
}

async function faultOf(response: Response) {
  const message = readMessage(response.headers.get('content-type') ?? '', new Uint8Array(await response.arrayBuffer()))
  assert.ok(message.ok, message.ok ? '' : message.problem.sentence)
  const { action, addressing } = message.value
  return { status: response.status, action, relatesTo: addressing.relatesTo, ...readFault(message.value.body) }
}

function discovery(): string {
  const origin = { newId: countingIds(), now: () => new Date(0) }
  const question = { identifiers: ['urn:oid:1.2.3|1'], sender: '1.2', receiver: PORTUGAL }
  return writePatientDiscovery(question, 'openncp', origin)
}

function envelope(transaction: Transaction, body: string): string {
  const { requestAction: action } = TRANSACTIONS[transaction]
  return writeMessage({ addressing: { action, messageId: 'urn:uuid:7' }, body }, countingIds()).text
}

test('services answer POST only, with and without a slash at the end; there is no WSDL', async () => {
  const { send, calls } = setUp()
  for (const service of SERVICES) {
    for (const path of [`${BASE}/${service}`, `${BASE}/${service}/`]) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const response = await send(path, { method })
        assert.equal(response.status, 405)
        assert.equal(response.headers.get('allow'), 'POST')
        assert.match(await response.text(), /^This is a SOAP 1\.2 service/)
      }
    }
    assert.equal((await send(`${BASE}/${service}?wsdl`)).status, 404)
  }
  assert.equal((await send('/elsewhere')).status, 404)
  assert.deepEqual(calls, [])
})

test('an answer names its question and its action', async () => {
  const { post, calls } = setUp()
  const response = await post(`${BASE}/XCPD_Service/`, SOAP, envelope('ITI-55', discovery()))
  assert.equal(response.status, 200)
  const action = TRANSACTIONS['ITI-55'].responseAction
  assert.equal(response.headers.get('content-type'), `application/soap+xml; charset=UTF-8; action="${action}"`)
  const answer = await faultOf(response)
  assert.deepEqual([answer.action, answer.relatesTo], [action, 'urn:uuid:7'])
  assert.equal(calls[0]?.messageId, 'urn:uuid:7')
})

test('paths are those of the configuration', async () => {
  const { post } = setUp({ paths: { XCPD_Service: '/ihe/xcpd/' } })
  assert.equal((await post('/ihe/xcpd', SOAP, envelope('ITI-55', discovery()))).status, 200)
  assert.equal((await post(`${BASE}/XCPD_Service`, SOAP, envelope('ITI-55', discovery()))).status, 404)
})

const good = envelope('ITI-55', discovery())
for (const [what, path, type, body, status, fault, code] of [
  ['no XML', 'XCPD_Service', SOAP, 'x', 400, 'Sender', 'soap-xml'],
  ['nothing', 'XCPD_Service', SOAP, '', 400, 'Sender', 'soap-xml'],
  ['SOAP 1.1', 'XCPD_Service', 'text/xml', good, 415, 'Sender', 'soap-media-type'],
  [
    'an envelope of SOAP 1.1',
    'XCPD_Service',
    SOAP,
    good.replaceAll('http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/'),
    500,
    'VersionMismatch',
    'soap-version',
  ],
  [
    'a header that must be understood',
    'XCPD_Service',
    SOAP,
    good.replace('<wsa:Action', '<h:h xmlns:h="urn:h" env:mustUnderstand="1"/><wsa:Action'),
    500,
    'MustUnderstand',
    'soap-must-understand',
  ],
  ['no action', 'XCPD_Service', SOAP, good.replace(/<wsa:Action.*<\/wsa:Action>/, ''), 400, 'Sender', 'ihe-no-action'],
  ['an action of another service', 'XCA_Service', SOAP, good, 400, 'Sender', 'ihe-unknown-action'],
  [
    'another action in the Content-Type',
    'XCPD_Service',
    `${SOAP}; action="urn:x"`,
    good,
    400,
    'Sender',
    'soap-action-differs',
  ],
  ['the body of another action', 'XCA_Service', SOAP, envelope('ITI-38', discovery()), 400, 'Sender', 'ihe-other-body'],
  [
    'a body that is not filled',
    'XCPD_Service',
    SOAP,
    envelope('ITI-55', '<PRPA_IN201305UV02 xmlns="urn:hl7-org:v3"/>'),
    400,
    'Sender',
    'discovery-malformed',
  ],
  [
    'an empty query',
    'XCA_Service',
    SOAP,
    envelope('ITI-38', '<AdhocQueryRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"/>'),
    400,
    'Sender',
    'query-malformed',
  ],
  [
    'an empty retrieval',
    'XCA_Service',
    SOAP,
    envelope('ITI-39', '<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"/>'),
    400,
    'Sender',
    'retrieve-malformed',
  ],
  [
    'an empty submission',
    'XDR_Service',
    SOAP,
    envelope('ITI-41', '<ProvideAndRegisterDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"/>'),
    400,
    'Sender',
    'submission-malformed',
  ],
] as const) {
  test(`a fault with one sentence: ${what}`, async () => {
    const { post, calls, refused } = setUp()
    const told = await faultOf(await post(`${BASE}/${path}`, type, body))
    assert.deepEqual([told.status, told.code], [status, fault])
    assert.match(told.reason ?? '', /^[A-Z][^<>]*\.$/)
    assert.deepEqual(refused, [code])
    assert.deepEqual(calls, [])
  })
}

test('requests are bounded, whether their length is announced or not', async () => {
  const { post, send, refused } = setUp({ limits: { bodyBytes: 1000 } })
  assert.equal((await post(`${BASE}/XCPD_Service`, SOAP, 'x'.repeat(1001))).status, 413)
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(100)) })
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: endless, duplex: 'half' }
  const told = await faultOf(await send(`${BASE}/XCPD_Service`, init))
  assert.deepEqual([told.status, told.code], [413, 'Sender'])
  assert.deepEqual(refused, ['ihe-too-large', 'ihe-too-large'])
})

test('a request that breaks off is refused, not thrown', async () => {
  const { send } = setUp()
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('gone')) })
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: broken, duplex: 'half' }
  assert.equal((await send(`${BASE}/XCPD_Service`, init)).status, 400)
})

test('the message of the Danish contact point is answered', { skip: withoutCorpus() }, async () => {
  const text = readFileSync(`${CORPUS}/openncp/xcpd/wire/dk__template-xcpd-soap-request.xml`, 'utf8')
  const { post, calls } = setUp({ homeCommunityId: '1.2.208' })
  const response = await post(`${BASE}/XCPD_Service`, SOAP, text)
  assert.equal(response.status, 200)
  const message = readMessage(response.headers.get('content-type') ?? '', new Uint8Array(await response.arrayBuffer()))
  assert.equal(message.ok && message.value.body.name, 'PRPA_IN201306UV02')
  assert.match(words(child(calls[0]?.security, 'Assertion')) + (calls[0]?.security?.name ?? ''), /Security/)
})
