import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { child, text } from '#platform/xml/access.ts'
import { withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readWireCode } from '../../errors/ehdsi-errors.ts'
import type { DocumentRequest, IheProfile, RetrieveAnswer } from '../exchange.ts'
import { ERROR, OID, WORDS } from '../testing/arbitrary-documents.ts'
import { inlineAttach, inlineContent } from '../testing/inline-content.ts'
import { sample, sampleOf } from '../testing/samples.ts'
import { schemaValidator, type Validate } from '../testing/schema.ts'
import {
  readRetrieveRequest,
  readRetrieveResponse,
  refusedRetrieve,
  writeRetrieveRequest,
  writeRetrieveResponse,
} from './retrieve.ts'

const skip = withoutCorpus()
const validate: Validate = skip ? () => '' : schemaValidator('xdr/schema/IHEXDS.xsd')

const parsed = (xml: string): XmlElement => sampleOf(xml).body

function requested(name: string): readonly DocumentRequest[] | string {
  const read = readRetrieveRequest(sample(name).body)
  return read.ok ? read.value : read.problem.code
}

function answered(answer: RetrieveAnswer, profile: IheProfile = 'openncp'): RetrieveAnswer {
  const xml = writeRetrieveResponse(answer, profile, inlineAttach)
  assert.equal(validate(xml), '')
  const read = readRetrieveResponse(parsed(xml), inlineContent)
  assert.ok(read.ok)
  return read.value
}

test('requests of other programs, with and without a home community, with and without urn:oid', { skip }, () => {
  const asked = (homeCommunityId: string, repositoryId: string, documentId: string) => [
    { homeCommunityId, repositoryId, documentId },
  ]
  const [danish, portuguese] = ['1.2.208.176.7.2.3', '2.16.620.1.101.10.1.1']
  assert.deepEqual(requested('dk__template-retrieve-ep-soap-request'), asked('', danish, `${danish}^507397226156101L3`))
  assert.deepEqual(requested('v7__retrieve-mro-xca-retrieve'), asked(portuguese, '1234', '2.25^2.25.1.1'))
  assert.deepEqual(requested('v7__retrieve-mro-xca-retrieve-pdf'), asked(portuguese, '1234', '2.25^2.25.1.2'))
  assert.deepEqual(
    requested('v7__retrieve-order-xca-retrieve'),
    asked('2.16.999.1000.990.1', '1234', '1.2.246.556.12001.4.93.1.1^6.1'),
  )
  // An id that no document has: for whoever keeps the documents to find out.
  assert.deepEqual(
    requested('v7__retrieve-order-xca-retrieve-invalid-id'),
    asked('2.16.17.710.811', '1234', '1.2.246.556.12001.4.93.1.1.7.1'),
  )
  assert.equal(requested('v7__retrieve-order-xca-retrieve-empty-id'), 'retrieve-id-missing')
  const nordic = '2.16.578.1.12.4.5.100.1'
  assert.deepEqual(
    requested('no__iti39-iti40-request-hn'),
    asked(nordic, `${nordic}.2`, '13fa8361-dd8f-43fd-a33c-93f3237306c3'),
  )
  assert.deepEqual(
    requested('no__IT_iti-39_request'),
    asked(`${nordic}.1`, `${nordic}.1.2`, '8f3b8038-5122-4e1b-8af4-29bb8759e8ae'),
  )
})

const REQUEST: fc.Arbitrary<DocumentRequest> = fc.record(
  { homeCommunityId: OID, repositoryId: OID, documentId: WORDS },
  { noNullPrototype: true },
)

test('several documents are asked for at once, and the request is valid', () => {
  fc.assert(
    fc.property(fc.array(REQUEST, { minLength: 1, maxLength: 5 }), (requests) => {
      const xml = writeRetrieveRequest(requests)
      assert.equal(validate(xml), '')
      const read = readRetrieveRequest(parsed(xml))
      assert.deepEqual(read.ok && read.value, requests)
    }),
  )
})

test('an answer goes there and comes back whole, and is valid', () => {
  const content = fc.record(
    { mimeType: fc.constantFrom('text/xml', 'application/pdf'), bytes: fc.uint8Array({ maxLength: 500 }) },
    { noNullPrototype: true },
  )
  const document = fc.tuple(REQUEST, content).map(([ids, held]) => ({ ...ids, ...held }))
  const profile = fc.constantFrom<IheProfile>('openncp', 'standard')
  fc.assert(
    fc.property(
      fc.array(document, { maxLength: 3 }),
      fc.array(ERROR, { maxLength: 3 }),
      profile,
      (documents, errors, to) => {
        const answer = { documents, errors, status: errors.length === 0 ? 'success' : 'partial' } as const
        const read = answered(answer, to)
        assert.deepEqual(
          read.documents.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) })),
          documents,
        )
        assert.equal(read.status, answer.status)
        assert.deepEqual(
          read.errors.map(({ text: said }) => said),
          errors.map(({ text: said }) => said),
        )
      },
    ),
  )
})

test('a missing document has the code of IHE with that of eHDSI in its text, and the status that peers expect', () => {
  const missing: RetrieveAnswer = {
    documents: [],
    errors: [{ code: 'ERROR_GENERIC_DOCUMENT_MISSING', severity: 'error', text: 'It is gone.' }],
    status: 'failure',
  }
  const [error] = answered(missing).errors
  assert.deepEqual(error, {
    code: 'XDSMissingDocument',
    severity: 'error',
    text: 'ERROR_GENERIC_DOCUMENT_MISSING : It is gone.',
  })
  assert.equal(readWireCode(`${error.code} ${error.text}`), 'ERROR_GENERIC_DOCUMENT_MISSING')
  assert.equal(answered(missing, 'openncp').status, 'partial')
  assert.equal(answered(missing, 'standard').status, 'failure')
  const refused: RetrieveAnswer = { ...missing, errors: [{ code: '4703', severity: 'error', text: 'No.' }] }
  assert.equal(answered(refused).status, 'failure')
})

test('what is no request and what is no answer is refused', () => {
  const empty = readRetrieveRequest(parsed('<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"/>'))
  assert.equal(!empty.ok && empty.problem.code, 'retrieve-malformed')
  assert.ok(!empty.ok)
  assert.equal(refusedRetrieve(empty.problem).status, 'failure')
  const bare = readRetrieveResponse(
    parsed('<RetrieveDocumentSetResponse xmlns="urn:ihe:iti:xds-b:2007"/>'),
    inlineContent,
  )
  assert.equal(bare.ok, false)
})

test('an answer whose document cannot be had is refused whole', () => {
  const document = { homeCommunityId: '1.2', repositoryId: '1.3', documentId: '4', mimeType: 'text/xml' }
  const answer: RetrieveAnswer = {
    documents: [{ ...document, bytes: Buffer.from('<a/>') }],
    errors: [],
    status: 'success',
  }
  const xml = writeRetrieveResponse(answer, 'openncp', inlineAttach)
  const wrong = parsed(xml.replace(/<Document>[^<]*/, '<Document>*'))
  assert.equal(readRetrieveResponse(wrong, inlineContent).ok, false)
  assert.equal(text(child(child(parsed(xml), 'DocumentResponse'), 'mimeType')), 'text/xml')
})
