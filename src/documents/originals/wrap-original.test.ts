/** A file around which CDA is written comes out of it again, byte for byte, with what was said of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { TERMINOLOGY } from '../cda/testing/documents.ts'
import { cdaSchema } from '../cda/write/testing/schema.ts'
import { readDocument } from '../read.ts'
import { originalContentOf } from './original-content.ts'
import { originalFactsOf } from './original-facts.ts'
import { type OriginalToWrap, wrapOriginal } from './wrap-original.ts'

const terminology = {
  ...TERMINOLOGY,
  oidOf: (system: string) => (system === 'http://loinc.org' ? '2.16.840.1.113883.6.1' : undefined),
}
const BYTES = Buffer.from('%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\nstartxref\n9\n%%EOF\n')

const REPORT: OriginalToWrap = {
  id: 'urn:oid:2.999.1|R1',
  classCode: '11502-2',
  title: 'Rapport & "laboratoire"',
  language: 'fr-FR',
  written: '2024-05-06T07:08:09+02:00',
  serviceStart: '2024-05-01',
  authors: [
    {
      name: 'Dr Anne Martin',
      organisation: 'Hôpital Nord',
      specialty: {
        code: '2211',
        system: 'urn:oid:2.16.840.1.113883.2.9.6.2.7',
        display: 'Generalist medical practitioners',
      },
    },
  ],
  patient: {
    identifiers: ['urn:oid:2.999.2|P1'],
    family: 'Silva',
    given: ['Ana'],
    birthDate: '1982-05-08',
    gender: 'female',
  },
  custodian: { name: 'NCPeH', identifier: 'urn:oid:2.999.3', country: 'FR' },
}

function wrapped(original: OriginalToWrap): string {
  const result = wrapOriginal(original, { mediaType: 'application/pdf', bytes: BYTES }, { terminology })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value.xml
}

test('the file and its facts come out again', () => {
  const document = readDocument(Buffer.from(wrapped(REPORT)), { terminology })
  assert.ok(document.ok)
  const content = originalContentOf(document.value, { maximumBytes: 1000 })
  assert.ok(content.ok)
  assert.deepEqual(Buffer.from(content.value.bytes), BYTES)
  const { patient: _, custodian: __, ...facts } = REPORT
  assert.deepEqual(originalFactsOf(document.value), facts)
  assert.deepEqual([document.value.kind, document.value.origin.country], ['original-document', 'FR'])
})

test('equal originals are equal bytes', () => {
  assert.equal(wrapped(REPORT), wrapped(structuredClone(REPORT)))
})

test('valid in the schema of eHDSI, whatever is missing', { skip: withoutCorpus() }, () => {
  const complaints = cdaSchema()
  for (const original of [
    REPORT,
    { ...REPORT, authors: [], patient: { identifiers: ['urn:oid:2.999.2|P1'] }, language: 'und', written: '2024' },
    { ...REPORT, classCode: 'x-clinical-image', custodian: { name: '', country: 'FR' } },
  ]) {
    assert.equal(complaints(wrapped(original)), '')
  }
})
