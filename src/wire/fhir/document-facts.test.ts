import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DocumentContext, readDocumentFacts, writeDocumentFacts } from './document-facts.ts'

const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('the facts of a list entry are read back as they were written', () => {
  const prescription = {
    prescriptionId: 'urn:oid:1.2|77',
    dispensable: true,
    product: 'Amoxicilina 500 mg',
    dispensations: ['urn:oid:1.2|88'],
    atc: { code: 'J01CA04', display: 'amoxicillin' },
    doseForm: { code: '10210000', display: 'Capsule, hard' },
    strength: '500 mg',
    substitution: { code: 'N', display: 'none' },
  }
  const through = (facts: Parameters<typeof writeDocumentFacts>[0]) =>
    readDocumentFacts(DocumentContext.parse(overTheWire(writeDocumentFacts(facts) ?? {})))
  assert.deepEqual(through({ prescription }), { prescription })
  const closed = { prescription: { ...prescription, dispensable: false } }
  assert.deepEqual(through(closed), closed)
  const report = {
    serviceStart: '2026-01-01',
    authorSpecialty: 'Radiology',
    reasonOfHospitalisation: { code: 'I21', system: 'http://hl7.org/fhir/sid/icd-10', display: 'Infarction' },
  }
  assert.deepEqual(through(report), report)
  assert.deepEqual(through({}), {})
  assert.equal(
    readDocumentFacts(DocumentContext.parse({ related: [{ type: 'MedicationRequest', identifier: { value: '1' } }] }))
      .prescription?.dispensable,
    false,
    'what does not say it is open is closed',
  )
})
