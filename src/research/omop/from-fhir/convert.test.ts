import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Terminology } from '#terminology/terminology.ts'
import { coded, convert, ICD10, LOINC, quiet, SNOMED, UCUM } from '../testing/conversion.ts'

import { PATIENT } from '../testing/documents.ts'

const ACTIVE = { clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active') }

describe('a condition', () => {
  it('of the implementation guide: SNOMED CT 44054006 is concept 201826', async () => {
    const { rows } = await convert([
      {
        resourceType: 'Condition',
        ...ACTIVE,
        code: coded(SNOMED, '44054006', 'Diabetes'),
        onsetDateTime: '2011-05-12',
        abatementDateTime: '2020',
      },
    ])
    assert.deepEqual(rows('condition_occurrence'), [
      {
        condition_occurrence_id: 1,
        person_id: 1,
        condition_concept_id: 201826,
        condition_type_concept_id: 32817,
        condition_source_value: '44054006',
        condition_source_concept_id: 201826,
        visit_occurrence_id: null,
        condition_start_date: '2011-05-12',
        condition_start_datetime: undefined,
        condition_end_date: '2020-12-31',
        condition_end_datetime: undefined,
        condition_status_source_value: 'active',
      },
    ])
  })

  it('with a code that is not standard follows "Maps to" and keeps its source', async () => {
    const { rows } = await convert([
      { resourceType: 'Condition', code: coded(ICD10, 'E11'), recordedDate: '2020-01-01' },
    ])
    const [row] = rows('condition_occurrence')
    assert.deepEqual(
      [row?.condition_concept_id, row?.condition_source_concept_id, row?.condition_source_value],
      [201826, 45542738, 'E11'],
    )
  })

  it('takes the coding whose vocabulary comes first, unless the author chose', async () => {
    const codings = [
      { system: ICD10, code: 'E11' },
      { system: SNOMED, code: '44054006' },
    ]
    const first = await convert([{ resourceType: 'Condition', code: { coding: codings }, recordedDate: '2020' }])
    assert.equal(first.rows('condition_occurrence')[0]?.condition_source_value, '44054006')
    const [icd, snomed] = codings
    const chosen = await convert([
      { resourceType: 'Condition', code: { coding: [{ ...icd, userSelected: true }, snomed] }, recordedDate: '2020' },
    ])
    assert.equal(chosen.rows('condition_occurrence')[0]?.condition_source_value, 'E11')
  })

  it('whose code says two things is two rows, each in the table of its domain', async () => {
    const { rows, account } = await convert([
      { resourceType: 'Condition', ...ACTIVE, code: coded(ICD10, 'both'), recordedDate: '2020-02' },
    ])
    assert.equal(rows('condition_occurrence')[0]?.condition_concept_id, 201826)
    assert.equal(rows('observation')[0]?.observation_concept_id, 501)
    assert.notEqual(rows('observation')[0]?.observation_id, rows('condition_occurrence')[0]?.condition_occurrence_id)
    assert.deepEqual(
      account.leftBehind.map(({ columns }) => columns),
      [['condition_status_source_value']],
    )
    assert.equal(account.inexactDays, 1)
  })

  it('with words alone, an unknown code or one that maps to nothing is concept 0 and on the list', async () => {
    const { rows, account } = await convert([
      { resourceType: 'Condition', code: { text: 'dolor de cabeza' }, recordedDate: '2020-01-01' },
      { resourceType: 'Condition', code: coded('urn:oid:9.9', 'X1'), recordedDate: '2020-01-01' },
      { resourceType: 'Condition', code: coded(SNOMED, 'old'), recordedDate: '2020-01-01' },
    ])
    assert.deepEqual(
      rows('condition_occurrence').map((row) => [
        row.condition_concept_id,
        row.condition_source_concept_id,
        row.condition_source_value,
      ]),
      [
        [0, 0, 'dolor de cabeza'],
        [0, 0, 'X1'],
        [0, 600, 'old'],
      ],
    )
    assert.deepEqual(
      account.unmapped.map(({ system, code, rows: count }) => [system, code, count]),
      [
        [undefined, 'dolor de cabeza', 1],
        ['urn:oid:9.9', 'X1', 1],
        [SNOMED, 'old', 1],
      ],
    )
  })

  it('with a national code is found through the concept maps of the terminology server', async () => {
    const mapping: Terminology = {
      ...quiet,
      mapped: (system, code) =>
        system === 'urn:oid:9.9' && code === 'X1'
          ? [
              { target: { system: SNOMED, code: 'narrow' }, relationship: 'narrower', map: 'm' },
              { target: { system: SNOMED, code: '44054006' }, relationship: 'equivalent', map: 'm' },
            ]
          : [],
    }
    const { rows } = await convert(
      [{ resourceType: 'Condition', code: coded('urn:oid:9.9', 'X1'), recordedDate: '2020-01-01' }],
      PATIENT,
      mapping,
    )
    const [row] = rows('condition_occurrence')
    assert.deepEqual(
      [row?.condition_concept_id, row?.condition_source_concept_id, row?.condition_source_value],
      [201826, 0, 'X1'],
    )
  })

  it('without a day has that of the document, and the account says so', async () => {
    const { rows, account } = await convert([{ resourceType: 'Condition', code: coded(SNOMED, '44054006') }])
    assert.equal(rows('condition_occurrence')[0]?.condition_start_date, '2024-05-06')
    assert.equal(account.datedByDocument.length, 1)
  })
})

describe('an observation', () => {
  it('is a measurement with number, unit, range and comparator', async () => {
    const { rows } = await convert([
      {
        resourceType: 'Observation',
        status: 'final',
        code: coded(LOINC, '4548-4'),
        effectiveDateTime: '2023-03-04T08:15:00+02:00',
        valueQuantity: { value: 7.1, comparator: '<', unit: '%', system: UCUM, code: '%' },
        referenceRange: [{ low: { value: 4 }, high: { value: 6 } }],
      },
    ])
    const [row] = rows('measurement')
    assert.deepEqual(
      [
        row?.measurement_concept_id,
        row?.value_as_number,
        row?.unit_concept_id,
        row?.operator_concept_id,
        row?.range_low,
        row?.range_high,
      ],
      [3004410, 7.1, 8554, 4171756, 4, 6],
    )
    assert.equal(row?.measurement_datetime, '2023-03-04 08:15:00')
  })

  it('with components is one row for each; a group is listed', async () => {
    const { rows, reasons } = await convert([
      {
        resourceType: 'Observation',
        status: 'final',
        code: coded(LOINC, '85354-9'),
        effectiveDateTime: '2023-03-04',
        component: [
          { code: coded(LOINC, '8480-6'), valueQuantity: { value: 120 } },
          { code: coded(LOINC, '8462-4'), valueQuantity: { value: 80 } },
        ],
      },
      {
        resourceType: 'Observation',
        status: 'final',
        code: coded(LOINC, '85353-1'),
        hasMember: [{ reference: 'urn:uuid:x' }],
      },
    ])
    assert.deepEqual(
      rows('measurement').map((row) => [row.measurement_concept_id, row.value_as_number]),
      [
        [3004249, 120],
        [3012888, 80],
      ],
    )
    assert.deepEqual(reasons, ['Observation only-groups-others'])
  })

  it('has a concept as its value', async () => {
    const { rows } = await convert([
      {
        resourceType: 'Observation',
        status: 'final',
        code: coded(LOINC, '72166-2'),
        effectiveDateTime: '2023',
        valueCodeableConcept: coded(SNOMED, 'smoker', 'Smoker'),
      },
    ])
    const [row] = rows('observation')
    assert.deepEqual([row?.value_as_concept_id, row?.value_as_string], [700, 'Smoker'])
  })
})
