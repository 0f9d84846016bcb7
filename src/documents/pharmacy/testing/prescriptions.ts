/** A small FHIR prescription for tests, with what each test changes. */
import assert from 'node:assert/strict'
import { TERMINOLOGY } from '../../cda/testing/documents.ts'
import type { ClinicalDocument } from '../../model/clinical-document.ts'
import { readDocument } from '../../read.ts'

interface Change {
  readonly until?: string
  readonly substitution?: boolean
  readonly atc?: string
  readonly quantity?: Readonly<Record<string, unknown>>
  readonly dosageInstruction?: readonly Readonly<Record<string, unknown>>[]
}

function concept(system: string, code: string, display: string): unknown {
  return { coding: [{ system, code, display }] }
}

function entry(id: string, resource: Readonly<Record<string, unknown>>): unknown {
  return { fullUrl: `urn:uuid:00000000-0000-4000-8000-00000000000${id}`, resource }
}

function to(id: string): unknown {
  return { reference: `urn:uuid:00000000-0000-4000-8000-00000000000${id}` }
}

/** Two packages of ibuprofen until the end of June 2024. */
export function prescriptionBundle(change: Change): unknown {
  const request = {
    resourceType: 'MedicationRequest',
    identifier: [{ system: 'urn:oid:2.999.3', value: 'RX.1' }],
    groupIdentifier: { system: 'urn:oid:2.999.3', value: 'RX' },
    status: 'active',
    intent: 'order',
    medicationReference: to('4'),
    subject: to('2'),
    authoredOn: '2024-01-10',
    requester: to('3'),
    dosageInstruction: change.dosageInstruction ?? [{ text: '1 tablet at night' }],
    dispenseRequest: {
      validityPeriod: { end: change.until ?? '2024-06-30' },
      quantity: change.quantity ?? { value: 2, unit: '1', system: 'http://unitsofmeasure.org', code: '1' },
    },
    ...(change.substitution === undefined ? {} : { substitution: { allowedBoolean: change.substitution } }),
  }
  const medication = {
    resourceType: 'Medication',
    code: { text: 'Brufen 400' },
    form: concept('http://standardterms.edqm.eu', '10219000', 'Tablet'),
    ingredient: [
      {
        itemCodeableConcept: concept('http://www.whocc.no/atc', change.atc ?? 'M01AE01', 'ibuprofen'),
        strength: { numerator: { value: 400, unit: 'mg' }, denominator: { value: 1, unit: '1' } },
      },
    ],
  }
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: concept('http://loinc.org', '57833-6', 'Prescription for medication'),
    subject: to('2'),
    date: '2024-01-10',
    author: [to('3')],
    title: 'Prescription',
    section: [{ code: concept('http://loinc.org', '57828-6', 'Prescriptions'), entry: [to('5')] }],
  }
  return {
    resourceType: 'Bundle',
    type: 'document',
    language: 'en',
    identifier: { system: 'urn:oid:2.999.4', value: 'DOC' },
    timestamp: '2024-01-10T10:00:00Z',
    entry: [
      entry('1', composition),
      entry('2', { resourceType: 'Patient', identifier: [{ system: 'urn:oid:2.999.1', value: 'P1' }] }),
      entry('3', { resourceType: 'Practitioner', name: [{ family: 'Heer', given: ['Ada'] }] }),
      entry('4', medication),
      entry('5', request),
    ],
  }
}

/** Reads a FHIR document given as a value. */
export function read(bundle: unknown): ClinicalDocument {
  const result = readDocument(Buffer.from(JSON.stringify(bundle)), { terminology: TERMINOLOGY })
  assert.ok(result.ok, result.ok ? '' : result.problem.sentence)
  return result.value
}
