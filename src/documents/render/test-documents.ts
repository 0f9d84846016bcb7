/** A small authored document for tests: every kind of row once, in Portuguese, with things that can go wrong. */
import type { Bundle } from 'fhir/r4'

const SCT = 'http://snomed.info/sct'
const LOINC = 'http://loinc.org'
const CLINICAL = 'http://terminology.hl7.org/CodeSystem'

function concept(system: string, code: string, display: string): object {
  return { coding: [{ system, code, display }] }
}

function inr(id: string, value: number, date: string): object {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: concept(LOINC, '6301-6', 'INR no plasma'),
    effectiveDateTime: date,
    valueQuantity: { value, unit: '1', system: 'http://unitsofmeasure.org', code: '1' },
    referenceRange: [{ low: { value: 2 }, high: { value: 3 } }],
  }
}

const RESOURCES: readonly object[] = [
  {
    resourceType: 'Patient',
    id: 'p',
    name: [{ family: 'Ferreira', given: ['Maria', 'João'] }],
    birthDate: '1958-04-12',
    gender: 'female',
    identifier: [{ system: 'urn:oid:1.2.3', value: '298123456' }],
  },
  { resourceType: 'Practitioner', id: 'd', name: [{ prefix: ['Dra.'], given: ['Inês'], family: 'Carvalho' }] },
  {
    resourceType: 'AllergyIntolerance',
    id: 'a',
    criticality: 'high',
    clinicalStatus: concept(`${CLINICAL}/allergyintolerance-clinical`, 'active', 'Active'),
    code: concept(SCT, '91936005', 'Alergia à penicilina'),
    patient: { reference: 'Patient/p' },
    reaction: [{ manifestation: [concept(SCT, '39579001', 'Choque anafilático')], severity: 'severe' }],
  },
  {
    resourceType: 'MedicationStatement',
    id: 'm',
    status: 'active',
    medicationReference: { reference: 'Medication/w' },
    subject: { reference: 'Patient/p' },
    effectivePeriod: { start: '2024-01-08' },
    dosage: [
      {
        text: '1 por dia, via oral',
        timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
        doseAndRate: [{ doseQuantity: { value: 1, unit: 'comprimido' } }],
      },
    ],
  },
  { resourceType: 'Medication', id: 'w', code: concept('http://www.whocc.no/atc', 'B01AA03', 'Varfarina 5 mg') },
  {
    resourceType: 'MedicationStatement',
    id: 't',
    status: 'active',
    medicationCodeableConcept: { text: 'Chá de hipericão <ocasional>' },
    subject: { reference: 'Patient/p' },
  },
  inr('i1', 2.4, '2026-08-01'),
  inr('i2', 2.9, '2026-10-01'),
  inr('i3', 3.9, '2026-11-03'),
  { resourceType: 'Flag', id: 'f', status: 'active', code: { text: 'Vive só' }, subject: { reference: 'Patient/p' } },
]

function section(code: string, title: string, ids: readonly string[], div?: string): object {
  return {
    title,
    code: { coding: [{ system: LOINC, code }] },
    ...(div === undefined ? {} : { text: { status: 'generated', div } }),
    entry: ids.map((reference) => ({ reference })),
  }
}

const COMPOSITION: object = {
  resourceType: 'Composition',
  id: 'c',
  language: 'pt',
  status: 'final',
  type: { coding: [{ system: LOINC, code: '60591-5' }] },
  subject: { reference: 'Patient/p' },
  author: [{ reference: 'Practitioner/d' }],
  date: '2026-11-03',
  title: 'Resumo do doente',
  section: [
    section('30954-2', 'Resultados', ['Observation/i1', 'Observation/i2', 'Observation/i3']),
    section('10160-0', 'Medicação', ['MedicationStatement/m', 'MedicationStatement/t']),
    section(
      '48765-2',
      'Alergias',
      ['AllergyIntolerance/a', 'AllergyIntolerance/gone'],
      '<div xmlns="http://www.w3.org/1999/xhtml" onclick="steal()"><h1>Alergias</h1><script>alert(1)</script><p>Penicilina</p></div>',
    ),
  ],
}

/** The document as bytes. `change` may alter the plain object first. */
export function portugueseSummary(change: (bundle: Record<string, unknown>) => void = () => {}): Uint8Array {
  const bundle: Record<string, unknown> = {
    resourceType: 'Bundle',
    type: 'document',
    timestamp: '2026-11-03T14:02:00Z',
    entry: [COMPOSITION, ...RESOURCES].map((resource) => ({ resource: structuredClone(resource) })),
  }
  change(bundle)
  return Buffer.from(JSON.stringify(bundle))
}

export type { Bundle }
