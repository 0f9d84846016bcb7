/** Both sides of the wire, speaking to each other over mutual TLS. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, type TestContext, test } from 'node:test'
import { expectation, FACTS, signedScene } from '#trust/assertions/testing/scene.ts'
import { verifyAssertions } from '#trust/assertions/verify-assertions.ts'
import type { DocumentSubmission, IheCall, IheHandlers, QueryAnswer } from './exchange.ts'
import type { AnsweredMessage, IheServerOptions } from './server.ts'
import { answerAs, ask, type Countries, createCountries } from './testing/pair.ts'
import { bytes, discovery, found, metadata, PORTUGAL, query, request, retrieved, submission } from './testing/scene.ts'

const assertions = {
  nextOfKin: '<a:Assertion xmlns:a="urn:test" ID="nok"/>',
  hcp: '<a:Assertion xmlns:a="urn:test" ID="hcp">é &amp;\n</a:Assertion>',
  trc: '<a:Assertion xmlns:a="urn:test" ID="trc"/>',
}

let countries: Countries
before(async () => {
  countries = await createCountries()
})
after(() => countries.remove())

interface Seen {
  readonly calls: { readonly call: IheCall; readonly question: unknown }[]
  readonly answered: { readonly call: IheCall; readonly answer: AnsweredMessage }[]
  readonly errors: unknown[]
  readonly refused: string[]
}

async function pair(t: TestContext, handlers: Partial<IheHandlers> = {}, options: Partial<IheServerOptions> = {}) {
  const seen: Seen = { calls: [], answered: [], errors: [], refused: [] }
  const noted =
    <Question, Answer>(answer: Answer) =>
    async (question: Question, call: IheCall): Promise<Answer> => {
      seen.calls.push({ call, question })
      return answer
    }
  const listed: QueryAnswer = { documents: [metadata], errors: [], status: 'success' }
  const answering = await answerAs(countries, {
    homeCommunityId: `urn:oid:${PORTUGAL}`,
    handlers: {
      discoverPatients: noted(found),
      queryDocuments: noted(listed),
      retrieveDocuments: noted(retrieved),
      submitDocument: noted({ status: 'success' as const, errors: [] }),
      ...handlers,
    },
    onAnswered: (call, answer) => seen.answered.push({ call, answer }),
    onError: (error) => seen.errors.push(error),
    onRefused: (code) => void seen.refused.push(code),
    ...options,
  })
  const { profile } = options
  const asking = ask(countries, answering.url, typeof profile === 'string' ? { profile } : {})
  t.after(async () => {
    asking.close()
    await answering.close()
  })
  return { ...asking, ...answering, seen }
}

for (const profile of ['openncp', 'standard'] as const) {
  test(`${profile}: a patient is found, a list given, a document fetched, a dispensation taken`, async (t) => {
    const { client, seen } = await pair(t, {}, { profile })
    const patients = await client.discoverPatients(discovery, assertions)
    assert.deepEqual(patients.ok && patients.value, found)
    const list = await client.queryDocuments(query, assertions)
    assert.equal(list.ok && list.value.documents[0]?.documentId, metadata.documentId)
    const document = await client.retrieveDocument(request, assertions)
    assert.ok(document.ok && bytes.equals(document.value.documents[0]?.bytes ?? Buffer.of()))
    const taken = await client.submitDocument(submission, assertions)
    assert.deepEqual(taken.ok && taken.value, { status: 'success', errors: [] })
    assert.deepEqual(
      seen.calls.map(({ call }) => call.transaction),
      ['ITI-55', 'ITI-38', 'ITI-39', 'ITI-41'],
    )
    const [first, second, third, fourth] = seen.calls.map(({ question }) => question)
    assert.deepEqual(first, discovery)
    assert.deepEqual(second, query)
    assert.deepEqual(third, [request])
    assert.ok(bytes.equals((fourth as DocumentSubmission).bytes))
    assert.equal((fourth as DocumentSubmission).submissionId, submission.submissionId)
    for (const [index, { messages }] of [patients, list, document, taken].entries()) {
      const call = seen.calls[index]?.call
      const answer = seen.answered[index]?.answer
      assert.equal(messages.messageId, call?.messageId)
      assert.equal(messages.requestEnvelope, call?.requestEnvelope)
      assert.equal(messages.requestDigest, call?.requestDigest)
      assert.equal(messages.responseEnvelope, answer?.envelope)
      assert.equal(messages.responseDigest, answer?.digest)
    }
  })
}

test('the call holds the certificate and the security header, assertions in their order and to the character', async (t) => {
  const { client, seen } = await pair(t)
  await client.discoverPatients(discovery, assertions)
  await client.queryDocuments(query, assertions)
  const [discovered, queried] = seen.calls.map(({ call }) => call)
  assert.equal(discovered?.connection.certificate?.country, 'FR')
  const ids = (call: IheCall | undefined) =>
    call?.security?.children.map((node) => (typeof node === 'string' ? node : node.attributes[0]?.value))
  // ITI-55 has no treatment relationship yet.
  assert.deepEqual(ids(discovered), ['nok', 'hcp'])
  assert.deepEqual(ids(queried), ['nok', 'hcp', 'trc'])
  assert.ok(queried?.requestEnvelope.includes(assertions.hcp))
})

test('signatures survive the way: assertions are verified on the header of the call', async (t) => {
  const { hcp, trc, kin } = signedScene()
  const verdicts: unknown[] = []
  const verify = async (_: unknown, { security, message }: IheCall) => {
    assert.ok(security && message)
    const verdict = await verifyAssertions(security, expectation({ message }))
    verdicts.push(verdict.ok ? verdict.value.hcp.professional.name : verdict.problem.code)
    return { documents: [], errors: [], status: 'success' as const }
  }
  const { client } = await pair(t, { queryDocuments: verify, retrieveDocuments: verify })
  await client.queryDocuments(query, { hcp, trc, nextOfKin: kin })
  await client.queryDocuments(query, { hcp: hcp.replace('Silva', 'Sousa'), trc })
  await client.retrieveDocument(request, { hcp, trc })
  assert.deepEqual([verdicts[0], verdicts[2]], [FACTS.professional.name, FACTS.professional.name])
  assert.equal(verdicts[1], 'signature-digest')
})

test('connections are kept: twenty questions, one connection', async (t) => {
  const { client, seen } = await pair(t)
  for (let count = 0; count < 20; count += 1) assert.ok((await client.queryDocuments(query, assertions)).ok)
  assert.equal(new Set(seen.calls.map(({ call }) => call.connection)).size, 1)
})

test('a large document arrives as it is, and is no larger than the caller takes', async (t) => {
  const large = Buffer.alloc(20 * 1024 * 1024, '\r\n--MIMEBoundary_')
  const answer = { ...retrieved, documents: [{ ...request, mimeType: 'application/pdf', bytes: large }] }
  const { client, url, seen } = await pair(t, { retrieveDocuments: async () => answer })
  const document = await client.retrieveDocument(request, assertions)
  assert.ok(document.ok && large.equals(document.value.documents[0]?.bytes ?? Buffer.of()))
  assert.equal(document.ok && document.value.documents[0]?.mimeType, 'application/pdf')
  assert.equal(document.messages.responseDigest, seen.answered[0]?.answer.digest)
  for (const maxDocumentBytes of [1024 * 1024, large.length - 1]) {
    const careful = ask(countries, url, { maxDocumentBytes })
    t.after(() => careful.close())
    const refused = await careful.client.retrieveDocument(request, assertions)
    assert.equal(!refused.ok && refused.problem.code, 'peer-too-large')
  }
})

test('the digest is that of the bytes on the wire', async (t) => {
  const { client, seen } = await pair(t)
  const { messages } = await client.queryDocuments(query, assertions)
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  assert.equal(messages.requestDigest, digest(messages.requestEnvelope))
  assert.equal(seen.answered[0]?.answer.digest, digest(messages.responseEnvelope ?? ''))
})

test('a question for another country, or without an identifier, is answered before anybody looks', async (t) => {
  const { client, seen } = await pair(t)
  const elsewhere = await client.discoverPatients({ ...discovery, receiver: '1.2.3' }, assertions)
  assert.equal(elsewhere.ok && elsewhere.value.reason, 'AnswerNotAvailable')
  assert.equal(elsewhere.ok && elsewhere.value.errors[0]?.code, 'ERROR_PI_GENERIC')
  assert.deepEqual(seen.calls, [])
})

test('what goes wrong inside is told to the node and not to the other country', async (t) => {
  const broken = async (): Promise<never> => {
    throw new Error('the name of a patient')
  }
  const { client, seen } = await pair(t, { queryDocuments: broken })
  const answer = await client.queryDocuments(query, assertions)
  assert.equal(!answer.ok && answer.problem.code, 'peer-fault')
  assert.match(answer.ok ? '' : answer.problem.sentence, /an error of its own\.$/)
  assert.doesNotMatch(answer.messages.responseEnvelope ?? '', /patient|at .*:\d+/)
  assert.equal(seen.errors.length, 1)
})

test('a country may be answered by its own profile', async (t) => {
  const profile: IheServerOptions['profile'] = ({ certificate }) =>
    certificate?.country === 'FR' ? 'standard' : 'openncp'
  const { client, seen } = await pair(t, { discoverPatients: async () => ({ patients: [], errors: [] }) }, { profile })
  const answer = await client.discoverPatients(discovery, assertions)
  assert.deepEqual(answer.ok && answer.value, { patients: [], errors: [] })
  assert.match(seen.answered[0]?.answer.envelope ?? '', /queryResponseCode code="NF"/)
})
