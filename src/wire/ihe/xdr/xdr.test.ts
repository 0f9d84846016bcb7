import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Result } from '#platform/result/result.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { DocumentSubmission, SubmissionAnswer } from '../exchange.ts'
import { ERROR, SUBMISSION } from '../testing/arbitrary-documents.ts'
import { inlineAttach, inlineContent } from '../testing/inline-content.ts'
import { sample, sampleOf } from '../testing/samples.ts'
import { schemaValidator, type Validate } from '../testing/schema.ts'
import { kindOf } from './submission-kind.ts'
import { readSubmission, refusedSubmission } from './submission-request.ts'
import { readSubmissionResponse, writeSubmissionResponse } from './submission-response.ts'
import { writeSubmission } from './write-submission.ts'

const skip = withoutCorpus()
const valid: Validate = skip ? () => '' : schemaValidator('xdr/schema/IHEXDS.xsd')
const validResponse: Validate = skip ? () => '' : schemaValidator('xdr/schema/rs.xsd')
const PROFILES = ['openncp', 'standard'] as const

const parsed = (xml: string): XmlElement => sampleOf(xml).body

function submitted(xml: string): Result<DocumentSubmission, string> {
  const { body, content } = sampleOf(xml)
  return readSubmission(body, content)
}

function submissionOf(xml: string): DocumentSubmission {
  const read = submitted(xml)
  assert.ok(read.ok, read.ok ? '' : read.problem.sentence)
  return { ...read.value, bytes: Uint8Array.from(read.value.bytes) }
}

const code = (xml: string) => {
  const read = submitted(xml)
  return read.ok ? 'ok' : read.problem.code
}

for (const file of corpusFiles('openncp/xdr/wire/*.xml')) {
  test(`a submission of another program is valid, read, and written again the same: ${basename(file)}`, {
    skip,
  }, () => {
    const read = submissionOf(readFileSync(file, 'utf8'))
    assert.match(Buffer.from(read.bytes).toString(), /ClinicalDocument/)
    for (const profile of PROFILES) {
      const again = writeSubmission(read, profile, inlineAttach)
      assert.equal(valid(again), '')
      assert.deepEqual(submissionOf(again), read)
    }
  })
}

test('everything that a sample says is read', { skip }, () => {
  const { bytes: _, ...read } = submissionOf(sample('v7__edispensation-testSubmitED').text)
  assert.deepEqual(read, {
    submissionId: '1.2.246.556.12001.4.93.2.1.1381483055949',
    submitted: '2013-10-11T12:17:36Z',
    sourceId: '1.3.6.1.4.1.21367.2009.1.2.1',
    patient: 'urn:oid:2.16.840.1.113883.2.9.4.3.2|NTSDTT80A18G273W',
    author: {
      person: 'Jussi Lemmetty',
      institution: 'Kela testiapteekki',
      institutionId: 'urn:ietf:rfc:3986|urn:oid:1.2.246.553.999',
    },
    demographics: { family: 'INTSISS', given: ['DICIOTTO'], birthDate: '1980-01-18' },
    metadata: {
      repositoryId: '',
      documentId: '1.2.246.556.12001.4.93.2.1.1381483055949',
      homeCommunityId: '',
      patient: 'urn:oid:2.16.840.1.113883.2.9.4.3.2|NTSDTT80A18G273W',
      classCode: '60593-1',
      formatCode: 'urn:epSOS:ep:dis:2010',
      mimeType: 'text/xml',
      title: '',
      created: '2013-10-11T12:17:36Z',
      language: 'en',
      country: 'FI',
      confidentiality: 'N',
      authors: [],
    },
  })
})

test('what is submitted is told by its format', { skip }, () => {
  const kind = (name: string) => kindOf(submissionOf(sample(name).text).metadata)
  assert.equal(kind('v7__edispensation-testSubmitED'), 'dispensation')
  assert.equal(kind('v7__edispensation-testSubmitNoEP'), 'dispensation')
  assert.equal(kind('v7__consent-testSubmitConsent'), 'consent')
  assert.equal(kind('v7__hcer-testSubmitHcer'), 'hcer')
})

test('a discard is one by its format; a format without its class is neither', () => {
  const kind = (classCode: string, formatCode: string) => kindOf({ classCode, formatCode })
  assert.equal(kind('DISCARD-60593-1', 'urn:eHDSI:ed:discard:2020'), 'discard')
  assert.equal(kind('60593-1', 'urn:eHDSI:ed:discard:2020'), 'discard')
  assert.equal(kind('60593-1', 'urn:epsos:ep:dis:2010'), 'dispensation')
  assert.equal(kind('60591-5', 'urn:epSOS:ep:dis:2010'), 'other')
  assert.equal(kind('60593-1', 'urn:epSOS:ps:ps:2010'), 'other')
  assert.equal(kind('60593-1', ''), 'other')
})

test('a gateway outside eHDSI: its shapes are read, its two patients are refused', { skip }, () => {
  const nordic = sample('no__PnR_request').text
  assert.equal(code(nordic), 'submission-patients-differ')
  const one = nordic.replace(
    '76cc765a442f410^^^&amp;1.3.6.1.4.1.21367.2005.3.7',
    '13116900216^^^&amp;2.16.578.1.12.4.1.7.3.2.1',
  )
  const read = submissionOf(one)
  assert.equal(read.author.person, 'Sherry Dopplemeyer')
  assert.equal(read.author.institution, 'Cleveland Clinic')
  assert.deepEqual(read.metadata.authors, [{ person: 'BENEDIKTE GEIRAAS', specialties: [] }])
  assert.deepEqual(read.demographics, { family: 'Danser', given: ['Line'], birthDate: '1969-11-13', gender: 'female' })
  assert.equal(read.metadata.size, 80574)
  assert.equal(read.metadata.country, '')
  assert.equal(kindOf(read.metadata), 'other')
  assert.equal(code(sample('no__IT_iti-41_request').text), 'submission-not-one-document')
})

test('a submission goes there and comes back whole, and is valid', () => {
  fc.assert(
    fc.property(SUBMISSION, fc.constantFrom(...PROFILES), (submission, profile) => {
      const xml = writeSubmission(submission, profile, inlineAttach)
      assert.equal(valid(xml), '')
      assert.deepEqual(submissionOf(xml), submission)
    }),
    { numRuns: 300 },
  )
})

const DISPENSATION: DocumentSubmission = {
  submissionId: '2.25.1',
  submitted: '2026-11-27T10:00:00Z',
  sourceId: '1.2.3',
  patient: 'urn:oid:1.2|34',
  author: { person: 'Anne Martin', institution: 'Pharmacie', institutionId: 'urn:oid:1.2.250.1.71.4.2.2|3B12' },
  metadata: {
    repositoryId: '',
    documentId: '2.25.2',
    homeCommunityId: '1.2.3',
    patient: 'urn:oid:1.2|34',
    classCode: '60593-1',
    formatCode: 'urn:epSOS:ep:dis:2010',
    mimeType: 'text/xml',
    title: 'eDispensation',
    created: '2026-11-27T10:00:00Z',
    language: 'fr-FR',
    country: 'FR',
    confidentiality: 'N',
    authors: [],
  },
  bytes: Buffer.from('<ClinicalDocument/>'),
}

test('the document has the id of its entry, and the two forms of an institution are those of the profile', () => {
  const xml = writeSubmission(DISPENSATION, 'openncp', inlineAttach)
  const entry = /<ExtrinsicObject[^>]* id="([^"]+)"/.exec(xml)?.[1]
  assert.ok(entry !== undefined && xml.includes(`<xdsb:Document id="${entry}">`))
  assert.ok(xml.includes(`targetObject="${entry}"`))
  assert.ok(xml.includes('<Value>Pharmacie^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^^^^3B12</Value>'))
  assert.ok(xml.includes('<Value>Anne Martin^^^&amp;1.2.250.1.71.4.2.2&amp;ISO</Value>'))
  assert.doesNotMatch(xml, /name="(hash|size)"/, 'the document is there: nothing is said of one that is not')
  const itself = { ...DISPENSATION.author, institutionId: 'urn:ietf:rfc:3986|urn:oid:1.9' }
  const own = writeSubmission({ ...DISPENSATION, author: itself }, 'standard', inlineAttach)
  assert.ok(own.includes('<Value>Pharmacie^^^^^^^^^1.9</Value>') && own.includes('<Value>^Anne Martin</Value>'))
})

function withHash(hash: string): string {
  return writeSubmission({ ...DISPENSATION, metadata: { ...DISPENSATION.metadata, hash } }, 'openncp', inlineAttach)
}

test('what is not one whole submission is refused, and answered with a code', () => {
  const xml = writeSubmission(DISPENSATION, 'openncp', inlineAttach)
  const wrong: readonly (readonly [problem: string, message: string])[] = [
    ['submission-malformed', '<a/>'],
    ['submission-not-one-document', xml.replace(/<ExtrinsicObject.*<\/ExtrinsicObject>/, '$&$&')],
    ['submission-not-one-document', xml.replace(/<xdsb:Document .*<\/xdsb:Document>/, '$&$&')],
    ['submission-set-missing', xml.replace(/<RegistryPackage.*<\/RegistryPackage>/, '')],
    ['submission-set-missing', xml.replace('value="2.25.1"', 'value=""')],
    ['submission-metadata-missing', xml.replace('value="2.25.2"', 'value=" "')],
    ['submission-patients-differ', xml.replace('value="34^^^&amp;1.2&amp;ISO"', 'value="35^^^&amp;1.2&amp;ISO"')],
    ['submission-document-missing', xml.replace('<xdsb:Document id="urn', '<xdsb:Document id="other')],
    ['submission-document-missing', xml.replace(/(<xdsb:Document [^>]*>)[^<]*/, '$1')],
    ['submission-document-missing', xml.replace(/(<xdsb:Document [^>]*>)[^<]*/, '$1***')],
    ['submission-document-altered', withHash('0'.repeat(40))],
  ]
  for (const [problem, message] of wrong) {
    const read = readSubmission(parsed(message), inlineContent)
    assert.equal(!read.ok && read.problem.code, problem)
    assert.ok(!read.ok && refusedSubmission(read.problem).errors.length === 1)
  }
})

test('creation times with a clock of twelve hours, an hour 24, or no time at all do not stop a submission', () => {
  const xml = writeSubmission(DISPENSATION, 'openncp', inlineAttach)
  const created = (time: string) =>
    submissionOf(xml.replace(/(name="creationTime"><ValueList><Value>)\d+/, `$1${time}`)).metadata.created
  assert.equal(created('20261127121736'), '2026-11-27T12:17:36Z')
  assert.equal(created('20261127240000.000+0200'), '2026-11-26T22:00:00Z')
  assert.equal(created('20261127'), '2026-11-27')
  assert.equal(created('yesterday'), '')
})

test('an answer goes there and comes back, and is valid; only a success is one', () => {
  fc.assert(
    fc.property(fc.array(ERROR, { maxLength: 3 }), fc.constantFrom(...PROFILES), (errors, profile) => {
      const answer: SubmissionAnswer = { status: errors.length === 0 ? 'success' : 'failure', errors }
      const xml = writeSubmissionResponse(answer, profile)
      assert.equal(validResponse(xml), '')
      const read = readSubmissionResponse(parsed(xml))
      assert.equal(read.ok && read.value.status, answer.status)
      assert.deepEqual(
        read.ok && read.value.errors.map(({ text }) => text),
        errors.map(({ text }) => text),
      )
    }),
  )
  const partial = writeSubmissionResponse({ status: 'success', errors: [] }, 'openncp').replace(
    /status="[^"]*"/,
    'status="urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"',
  )
  const read = readSubmissionResponse(parsed(partial))
  assert.ok(read.ok && read.value.status === 'failure' && read.value.errors.length === 1)
  assert.equal(readSubmissionResponse(parsed('<RegistryResponse status="x:Success"/>')).ok, false)
})
