import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { DocumentMetadata, DocumentQuery, QueryAnswer } from '../exchange.ts'
import { QUERY, QUERY_ANSWER } from '../testing/arbitrary-documents.ts'
import { sample, sampleOf } from '../testing/samples.ts'
import { schemaValidator, type Validate } from '../testing/schema.ts'
import { readDocumentQuery, refusedQuery, writeDocumentQuery } from './query-request.ts'
import { readQueryResponse, writeQueryResponse } from './query-response.ts'

const skip = withoutCorpus()
const validate: Validate = skip ? () => '' : schemaValidator('xca/schema/query.xsd')
const PROFILES = ['openncp', 'standard'] as const

const parsed = (xml: string): XmlElement => sampleOf(xml).body

function asked(name: string): DocumentQuery | string {
  const read = readDocumentQuery(sample(name).body)
  return read.ok ? read.value : read.problem.code
}

function answered(xml: string): QueryAnswer {
  const read = readQueryResponse(parsed(xml))
  assert.ok(read.ok)
  return read.value
}

const APPROVED = 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'

const DOCUMENT: DocumentMetadata = {
  repositoryId: '1.2.3',
  documentId: '1.2.3^1L3',
  homeCommunityId: '2.16.17.710.820.1000.990.1',
  patient: 'urn:oid:1.2|34',
  classCode: '57833-6',
  formatCode: 'urn:epsos:ep:pre:2010',
  mimeType: 'text/xml',
  title: 'Receita',
  created: '2026-11-01T10:00:00Z',
  language: 'pt-PT',
  country: 'PT',
  confidentiality: 'N',
  authors: [],
  prescription: { dispensable: true },
}

test('questions of other programs', { skip }, () => {
  const query = (patient: string, ...classCodes: string[]) => ({ patient, classCodes, status: [APPROVED] })
  assert.deepEqual(asked('dk__template-query-ep-soap-request'), query('urn:oid:1.2.208.176.1.2|0410009234', '57833-6'))
  assert.deepEqual(asked('dk__template-query-ps-soap-request'), query('urn:oid:1.2.208.176.1.2|0410009234', '60591-5'))
  assert.deepEqual(asked('v7__query-mro-xca-query'), query('urn:oid:2.16.620.1.101.10.1.1|182581814', '56445-0'))
  assert.deepEqual(asked('v7__query-order-xca-query'), query('urn:oid:2.16.17.710.811|041082-995W', '57833-6'))
  // Well formed, but nobody's: that is for the registry of patients to find out.
  assert.deepEqual(
    asked('v7__query-order-xca-query-invalid-id'),
    query('urn:oid:2.16.17.710.811|196501262388', '57833-6'),
  )
  assert.equal(asked('v7__query-order-xca-query-empty-id'), 'query-patient-invalid')
})

test('gateways outside eHDSI ask for every class at once, which eHDSI does not know', { skip }, () => {
  for (const file of ['no__IT_iti-38_request', 'no__iti38-iti40-request-hn', 'no__iti38-iti40-request-kj']) {
    assert.equal(asked(file), 'query-class-missing', file)
  }
})

/** A question with these values for the class, as they stand between the tags. */
function asking(values: readonly string[], more = '', id = 'urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d') {
  const list = values.map((value) => `<Value>${value}</Value>`).join('')
  const slot = (name: string, inner: string) => `<Slot name="${name}"><ValueList>${inner}</ValueList></Slot>`
  return readDocumentQuery(
    parsed(
      `<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><q:ResponseOption/><AdhocQuery id="${id}">${slot('$XDSDocumentEntryPatientId', "<Value>'1^^^&amp;1.2&amp;ISO'</Value>")}${slot('$XDSDocumentEntryClassCode', list)}${more}</AdhocQuery></q:AdhocQueryRequest>`,
    ),
  )
}

test('lists of codes are read in every form', () => {
  const forms = [
    ["('a^^1.2,b^^1.2')"],
    ["('a^^1.2','b^^1.2')"],
    ["('a^^1.2', 'b^^1.2')"],
    ["('a^^1.2')", "('b^^1.2')"],
    ['(a^^1.2,b^^1.2)'],
    ['a^^1.2', 'b^^1.2'],
    ["'a'", "'b'"],
    [" ( 'a^^1.2' , 'b^^1.2' ) "],
  ]
  for (const form of forms) {
    const read = asking(form)
    assert.deepEqual(read.ok && read.value.classCodes, ['a', 'b'], form.join(' | '))
  }
})

test('filters are read under the names of eHDSI and of IHE; one that is none is refused', () => {
  const slot = (name: string, value: string) =>
    `<Slot name="$XDSDocumentEntry${name}"><ValueList><Value>${value}</Value></ValueList></Slot>`
  const filters = (more: string) => {
    const read = asking(["('11502-2')"], more)
    if (!read.ok) return read.problem.code
    const { maximumSize, createdAfter, createdBefore } = read.value
    return [maximumSize, createdAfter, createdBefore]
  }
  const times = ['2023-01-01T00:00:00Z', '2024-06-30T22:00:00Z']
  assert.deepEqual(
    filters(
      `${slot('FilterMaximumSize', '5000')}${slot('FilterCreatedAfter', '2023-01-01T00:00:00Z')}${slot('FilterCreatedBefore', "'2024-07-01T00:00:00+02:00'")}`,
    ),
    [5000, ...times],
  )
  assert.deepEqual(
    filters(`${slot('CreationTimeFrom', "'20230101000000'")}${slot('CreationTimeTo', '20240630220000')}`),
    [undefined, ...times],
  )
  for (const wrong of [
    slot('FilterMaximumSize', 'much'),
    slot('FilterCreatedAfter', 'soon'),
    slot('FilterMaximumSize', '-1'),
  ]) {
    assert.equal(filters(wrong), 'query-filter-invalid')
  }
})

test('another stored query, another element and a second patient are refused, each in its own way', () => {
  const other = asking(["('a')"], '', 'urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4')
  assert.equal(!other.ok && other.problem.code, 'query-unknown')
  assert.ok(!other.ok)
  assert.deepEqual(
    refusedQuery(other.problem).errors.map(({ code }) => code),
    ['XDSUnknownStoredQuery'],
  )
  const none = readDocumentQuery(parsed('<AdhocQueryRequest/>'))
  assert.equal(!none.ok && none.problem.code, 'query-malformed')
  const second = asking(
    ["('a')"],
    `<Slot name="$XDSDocumentEntryPatientId"><ValueList><Value>'2^^^&amp;1.2&amp;ISO'</Value></ValueList></Slot>`,
  )
  assert.equal(!second.ok && second.problem.code, 'query-patient-invalid')
})

test('a question goes there and comes back whole, and is valid', () => {
  fc.assert(
    fc.property(QUERY, fc.constantFrom(...PROFILES), (question, profile) => {
      const xml = writeDocumentQuery(question, profile)
      assert.equal(validate(xml), '')
      const read = readDocumentQuery(parsed(xml))
      assert.deepEqual(read.ok && read.value, question)
    }),
    { numRuns: 300 },
  )
})

test('the reference implementation gets one pair of quotes around a list', () => {
  const question = { patient: "urn:oid:1.2|O'Neil", classCodes: ['11502-2', '18748-4'], status: [] }
  const openncp = writeDocumentQuery(question, 'openncp')
  assert.ok(openncp.includes("<Value>('11502-2^^2.16.840.1.113883.6.1,18748-4^^2.16.840.1.113883.6.1')</Value>"))
  assert.ok(openncp.includes("<Value>'O''Neil^^^&amp;1.2&amp;ISO'</Value>"))
  const standard = writeDocumentQuery(question, 'standard')
  assert.ok(standard.includes("<Value>('11502-2^^2.16.840.1.113883.6.1','18748-4^^2.16.840.1.113883.6.1')</Value>"))
})

test('an answer goes there and comes back whole, and is valid', () => {
  fc.assert(
    fc.property(QUERY_ANSWER, fc.constantFrom(...PROFILES), (answer, profile) => {
      const xml = writeQueryResponse(answer, profile, randomUUID)
      assert.equal(validate(xml), '')
      const read = answered(xml)
      assert.deepEqual(read.documents, answer.documents)
      assert.deepEqual(
        read.errors.map(({ severity, text }) => [severity, text]),
        answer.errors.map(({ severity, text }) => [severity, text]),
      )
    }),
    { numRuns: 300 },
  )
})

test('nothing found: a success with a warning, of prescriptions a failure for the reference implementation', () => {
  const nothing = (code: string): QueryAnswer => ({
    documents: [],
    errors: [{ code, severity: 'warning', text: 'Nothing there.' }],
    status: 'success',
  })
  const status = (code: string, profile: 'openncp' | 'standard') =>
    answered(writeQueryResponse(nothing(code), profile, randomUUID)).status
  assert.equal(status('ERROR_EP_NOT_FOUND', 'openncp'), 'failure')
  assert.equal(status('ERROR_EP_NOT_FOUND', 'standard'), 'success')
  assert.equal(status('ERROR_PS_NOT_FOUND', 'openncp'), 'success')
  assert.equal(status('ERROR_ORCD_NOT_FOUND', 'openncp'), 'success')
  const xml = writeQueryResponse(nothing('ERROR_ORCD_NOT_FOUND'), 'openncp', randomUUID)
  assert.match(xml, /errorCode="1104"/)
  assert.match(xml, /<rs:RegistryErrorList.*<RegistryObjectList><\/RegistryObjectList>/)
})

test('a document made on demand has the size and the hash of nothing for the reference implementation only', () => {
  const answer = { documents: [DOCUMENT], errors: [], status: 'success' } as const
  const openncp = writeQueryResponse(answer, 'openncp', randomUUID)
  assert.match(openncp, /da39a3ee5e6b4b0d3255bfef95601890afd80709/)
  assert.deepEqual(answered(openncp).documents, [DOCUMENT])
  assert.doesNotMatch(writeQueryResponse(answer, 'standard', randomUUID), /name="(hash|size)"/)
})

test('original and coded document are joined; an original joined to itself is joined to nothing', () => {
  const pdf = { ...DOCUMENT, documentId: '1.2.3^1L1', transforms: DOCUMENT.documentId }
  const pair = { documents: [DOCUMENT, pdf], errors: [], status: 'success' } as const
  const xml = writeQueryResponse(pair, 'openncp', randomUUID)
  assert.equal(xml.match(/<Association /g)?.length, 1)
  assert.deepEqual(answered(xml), pair)
  const { prescription: _, ...plain } = DOCUMENT
  const original = { ...plain, classCode: '11502-2', formatCode: 'urn:eHDSI:orcd:pdf:2021' }
  const alone = { documents: [original], errors: [], status: 'success' } as const
  const self = writeQueryResponse(alone, 'openncp', randomUUID)
  assert.match(self, /sourceObject="([^"]+)" targetObject="\1"/)
  assert.deepEqual(answered(self), alone)
  assert.doesNotMatch(writeQueryResponse(alone, 'standard', randomUUID), /<Association/)
})

test('only a prescription that is said to be open is dispensable', () => {
  const xml = writeQueryResponse({ documents: [DOCUMENT], errors: [], status: 'success' }, 'openncp', randomUUID)
  const dispensable = (code: string) =>
    answered(xml.replace('urn:ihe:iti:xdw:2011:eventCode:open', code)).documents[0]?.prescription?.dispensable
  assert.equal(dispensable('urn:ihe:iti:xdw:2011:eventCode:open'), true)
  assert.equal(dispensable('urn:ihe:iti:xdw:2011:eventCode:closed'), false)
  assert.equal(dispensable('urn:something:else'), false)
})

test('an entry that names no document is left out of the list, and that is said', () => {
  const xml = writeQueryResponse(
    { documents: [DOCUMENT, DOCUMENT], errors: [], status: 'success' },
    'openncp',
    randomUUID,
  )
  const read = answered(xml.replace('value="1.2.3^1L3"', 'value=""'))
  assert.equal(read.documents.length, 1)
  assert.equal(read.status, 'partial')
  assert.match(read.errors[0]?.text ?? '', /left out/)
})

test('a failure without a reason is not an empty list; what is no answer is refused', () => {
  const bare = (status: string) =>
    readQueryResponse(
      parsed(`<q:AdhocQueryResponse xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" status="${status}"/>`),
    )
  const failure = bare('urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure')
  assert.equal(failure.ok && failure.value.errors.length, 1)
  assert.equal(bare('fine').ok, false)
  assert.equal(readQueryResponse(parsed('<AdhocQueryResponse status="x:Success"/>')).ok, false)
})

test('characters that XML does not know do not break an answer', () => {
  const odd = { ...DOCUMENT, title: 'bell \u0007 and half \ud800 a pair' }
  const read = answered(writeQueryResponse({ documents: [odd], errors: [], status: 'success' }, 'openncp', randomUUID))
  assert.equal(read.documents[0]?.title, 'bell \ufffd and half \ufffd a pair')
})

test('every sample of the corpus is valid by the schema or not a body', { skip }, () => {
  const files = corpusFiles('openncp/xca/wire/v7__query*.xml')
  assert.ok(files.length >= 4)
  for (const file of files) assert.equal(validate(readFileSync(file, 'utf8')), '', basename(file))
})
