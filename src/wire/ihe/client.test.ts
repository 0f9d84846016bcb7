/** The asking side before a country that is not there, not trusted, too slow, or answers nonsense. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, type TestContext, test } from 'node:test'
import type { Handler } from '#platform/http/serve.ts'
import type { IheClient } from './exchange.ts'
import { FAULT_ACTION } from './soap/addressing.ts'
import { type FaultCode, writeFault } from './soap/fault.ts'
import { readMessage } from './soap/message.ts'
import { writeMessage } from './soap/write-message.ts'
import { countingIds } from './testing/messages.ts'
import { answerWith, ask, type Countries, createCountries } from './testing/pair.ts'
import { query as question, request, submission } from './testing/scene.ts'
import { TRANSACTIONS, type Transaction } from './transactions.ts'
import { writeQueryResponse } from './xca/query-response.ts'
import { writeRetrieveResponse } from './xca/retrieve.ts'
import { writeSubmissionResponse } from './xdr/submission-response.ts'

const assertions = { hcp: '<a:Assertion xmlns:a="urn:test"/>' }

let countries: Countries
before(async () => {
  countries = await createCountries()
})
after(() => countries.remove())

type Ask = (client: IheClient) => ReturnType<IheClient['queryDocuments'] | IheClient['submitDocument']>
const query: Ask = (client) => client.queryDocuments(question, assertions)
const submit: Ask = (client) => client.submitDocument(submission, assertions)

async function codes(t: TestContext, handler: Handler): Promise<readonly [string, string]> {
  const answering = await answerWith(countries, handler)
  const asking = ask(countries, answering.url, { timeoutMs: 500 })
  t.after(async () => {
    asking.close()
    await answering.close()
  })
  const [read, written] = [await query(asking.client), await submit(asking.client)]
  return [read.ok ? 'ok' : read.problem.code, written.ok ? 'ok' : written.problem.code]
}

/** The body of the right answer to each question. */
const BODIES: Readonly<Record<string, string>> = {
  'ITI-38': writeQueryResponse({ documents: [], errors: [], status: 'success' }, 'openncp', countingIds()),
  'ITI-41': writeSubmissionResponse({ status: 'success', errors: [] }, 'openncp'),
}

interface Changed {
  readonly action?: string
  readonly relatesTo?: string
  readonly body?: string
  readonly status?: number
  readonly contentType?: string
}

/** Answers rightly, but for what is changed. */
function answering(change: (transaction: Transaction) => Changed = () => ({})): Handler {
  return async (received) => {
    const bytes = new Uint8Array(await received.arrayBuffer())
    const message = readMessage(received.headers.get('content-type') ?? '', bytes)
    assert.ok(message.ok)
    const transaction = received.url.includes('XDR') ? 'ITI-41' : 'ITI-38'
    const { action, relatesTo, body, status, contentType } = change(transaction)
    const written = writeMessage(
      {
        addressing: {
          action: action ?? TRANSACTIONS[transaction].responseAction,
          messageId: 'urn:uuid:1',
          relatesTo: relatesTo ?? message.value.addressing.messageId,
        },
        body: body ?? BODIES[transaction] ?? '',
      },
      countingIds(),
    )
    return new Response(Buffer.from(written.body), {
      status: status ?? 200,
      headers: { 'content-type': contentType ?? written.contentType },
    })
  }
}

const fault = (code: FaultCode, status: number): Handler =>
  answering(() => ({ action: FAULT_ACTION, body: writeFault({ code, reason: 'Not so. Stack.' }), status }))

for (const [what, handler, read, written] of [
  ['the right answer', answering(), 'ok', 'ok'],
  ['a fault', fault('Sender', 400), 'peer-fault', 'peer-fault'],
  ['a fault with the status of an answer', fault('Receiver', 200), 'peer-fault', 'peer-fault'],
  [
    'the answer to another question',
    answering(() => ({ relatesTo: 'urn:uuid:other' })),
    'peer-malformed',
    'peer-outcome-unknown',
  ],
  ['another action', answering(() => ({ action: 'urn:x' })), 'peer-malformed', 'peer-outcome-unknown'],
  ['another body', answering(() => ({ body: '<x/>' })), 'peer-malformed', 'peer-outcome-unknown'],
  ['another media type', answering(() => ({ contentType: 'text/html' })), 'peer-malformed', 'peer-outcome-unknown'],
  [
    'an answer with the status of an error',
    answering(() => ({ status: 500 })),
    'peer-malformed',
    'peer-outcome-unknown',
  ],
  [
    'a page instead of an answer',
    () => new Response('<html>', { status: 502 }),
    'peer-malformed',
    'peer-outcome-unknown',
  ],
  ['no such service', () => new Response('', { status: 404 }), 'peer-malformed', 'peer-malformed'],
  ['a redirection', () => Response.redirect('https://elsewhere.example/'), 'peer-malformed', 'peer-outcome-unknown'],
  ['no end', () => new Promise<Response>(() => undefined), 'peer-timeout', 'peer-outcome-unknown'],
  ['too much', () => new Response(new Uint8Array(9_000_000)), 'peer-too-large', 'peer-outcome-unknown'],
] as const) {
  test(`${what}: ${read}, and for a submission ${written}`, async (t) => {
    assert.deepEqual(await codes(t, handler), [read, written])
  })
}

test('a connection that breaks off in the middle of the answer leaves a submission unknown', async (t) => {
  const { key, cert } = countries.portugal.tls
  const server = createServer({ key, cert }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/soap+xml', 'content-length': '1000' })
    response.write('<env:Envelope', () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asking = ask(countries, `https://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.after(() => {
    asking.close()
    server.close()
  })
  const reply = await submit(asking.client)
  assert.equal(!reply.ok && reply.problem.code, 'peer-outcome-unknown')
  assert.match(reply.ok ? '' : reply.problem.next, /same submission again/)
  assert.equal(reply.messages.responseDigest, undefined)
})

test('nothing was sent to who is not there or not trusted', async (t) => {
  const answering = await answerWith(countries, () => new Response(''))
  const distrusting = ask(countries, answering.url, { fingerprints: ['00'.repeat(32)] })
  const untrusted = await submit(distrusting.client)
  assert.equal(!untrusted.ok && untrusted.problem.code, 'peer-untrusted')
  await answering.close()
  const asking = ask(countries, answering.url)
  t.after(() => {
    distrusting.close()
    asking.close()
  })
  for (const ask of [query, submit]) {
    const reply = await ask(asking.client)
    assert.equal(!reply.ok && reply.problem.code, 'peer-unreachable')
    assert.match(reply.messages.requestEnvelope, /<env:Envelope/)
  }
})

test("of a fault's reason only the first sentence is told", async (t) => {
  const answering = await answerWith(countries, fault('Sender', 400))
  const asking = ask(countries, answering.url)
  t.after(async () => {
    asking.close()
    await answering.close()
  })
  const reply = await query(asking.client)
  assert.equal(!reply.ok && reply.problem.sentence, 'Not so.')
})

test('a document that was not asked for is not handed on', async (t) => {
  const other = { ...request, documentId: '9.9.9', mimeType: 'text/xml', bytes: Buffer.from('<a/>') }
  const answer = { documents: [other], errors: [], status: 'success' } as const
  const body = writeRetrieveResponse(answer, 'openncp', (bytes) => Buffer.from(bytes).toString('base64'))
  const answerer = await answerWith(
    countries,
    answering(() => ({ body, action: TRANSACTIONS['ITI-39'].responseAction })),
  )
  const asking = ask(countries, answerer.url)
  t.after(async () => {
    asking.close()
    await answerer.close()
  })
  const refused = await asking.client.retrieveDocument(request, assertions)
  assert.equal(!refused.ok && refused.problem.code, 'peer-malformed')
  const inline = await asking.client.retrieveDocument({ ...request, documentId: '9.9.9' }, assertions)
  assert.equal(inline.ok && Buffer.from(inline.value.documents[0]?.bytes ?? []).toString(), '<a/>')
})
