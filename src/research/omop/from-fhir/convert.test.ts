import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { fixedTerminology } from '#documents/render/test-terminology.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { type DuckDatabase, openDuckDatabase } from '../release/duckdb.ts'
import { createCdm } from '../specification/ddl.ts'
import { documentBundle, memoryKeys, PATIENT, readJson } from '../testing/documents.ts'
import { convertDocuments } from './convert.ts'

const SNOMED = 'http://snomed.info/sct'
const LOINC = 'http://loinc.org'
const ICD10 = 'http://hl7.org/fhir/sid/icd-10'
const UCUM = 'http://unitsofmeasure.org'

const quiet = fixedTerminology({})
const vocabulary = await makeVocabulary()
after(() => vocabulary.close())

/** id, code, vocabulary, domain, standard; then what is mapped to what. */
async function makeVocabulary(): Promise<DuckDatabase> {
  const database = await openDuckDatabase(':memory:')
  for (const statement of createCdm()) await database.run(statement)
  const concepts: readonly (readonly [number, string, string, string, boolean])[] = [
    [201826, '44054006', 'SNOMED', 'Condition', true],
    [45542738, 'E11', 'ICD10', 'Condition', false],
    [3004410, '4548-4', 'LOINC', 'Measurement', true],
    [3004249, '8480-6', 'LOINC', 'Measurement', true],
    [3012888, '8462-4', 'LOINC', 'Measurement', true],
    [43054909, '72166-2', 'LOINC', 'Observation', true],
    [8554, '%', 'UCUM', 'Unit', true],
    [500, 'both', 'ICD10', 'Condition', false],
    [501, 'finding', 'SNOMED', 'Observation', true],
    [600, 'old', 'SNOMED', 'Condition', false],
    [700, 'smoker', 'SNOMED', 'Observation', true],
    [800, '6809', 'RxNorm', 'Drug', true],
  ]
  for (const [id, code, system, domain, standard] of concepts) {
    await database.run(`INSERT INTO concept VALUES ($1, $2, $3, $4, 'x', $5, $6, '1970-01-01', '2099-12-31', NULL)`, [
      id,
      code,
      domain,
      system,
      standard ? 'S' : null,
      code,
    ])
  }
  for (const [from, to] of [
    [45542738, 201826],
    [500, 201826],
    [500, 501],
  ]) {
    await database.run(
      `INSERT INTO concept_relationship VALUES ($1, $2, 'Maps to', '1970-01-01', '2099-12-31', NULL)`,
      [from ?? 0, to ?? 0],
    )
  }
  return database
}

const coded = (system: string, code: string, text?: string) => ({
  coding: [{ system, code }],
  ...(text === undefined ? {} : { text }),
})

async function convert(
  resources: Parameters<typeof documentBundle>[0],
  patient = PATIENT,
  terminology: Terminology = quiet,
) {
  const document = readJson(documentBundle(resources, patient), quiet)
  const { tables, account } = await convertDocuments({
    documents: [document],
    vocabulary,
    keys: await memoryKeys(),
    terminology,
  })
  assert.equal(account.resources, resources.length + 2)
  const reasons = account.listed.map(({ resource, reason }) => `${resource.split('/')[0]} ${reason}`).slice(1)
  return { rows: (table: string) => tables.get(table) ?? [], account, reasons }
}

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

describe('other resources', () => {
  it('go to their tables: medicines by reference, vaccines, procedures, allergies, devices, visits, death', async () => {
    const patient = { ...PATIENT, deceasedDateTime: '2024-05-01' }
    const { rows, reasons } = await convert(
      [
        { resourceType: 'Medication', id: 'm', code: coded('http://www.nlm.nih.gov/research/umls/rxnorm', '6809') },
        {
          resourceType: 'MedicationStatement',
          status: 'active',
          medicationReference: { reference: 'Medication/m' },
          effectivePeriod: { start: '2020-01-01', end: '2020-02' },
          dosage: [{ text: '1-0-1' }],
        },
        {
          resourceType: 'Immunization',
          status: 'completed',
          vaccineCode: { text: 'tetanus' },
          occurrenceDateTime: '2019-05-05',
          lotNumber: 'L1',
        },
        {
          resourceType: 'Encounter',
          id: 'e',
          status: 'finished',
          class: { code: 'IMP' },
          period: { start: '2021-01-01', end: '2021-01-05' },
        },
        {
          resourceType: 'Procedure',
          status: 'completed',
          code: { text: 'op' },
          performedDateTime: '2021-01-02',
          encounter: { reference: 'Encounter/e' },
        },
        {
          resourceType: 'AllergyIntolerance',
          code: { text: 'penicillin' },
          criticality: 'high',
          recordedDate: '2018-01-01',
        },
        { resourceType: 'Device', id: 'd', type: { text: 'pacemaker' } },
        {
          resourceType: 'DeviceUseStatement',
          status: 'active',
          device: { reference: 'Device/d' },
          timingPeriod: { start: '2022-01-01' },
        },
      ],
      patient,
    )
    const [medicine, vaccine] = rows('drug_exposure')
    assert.deepEqual(
      [medicine?.drug_concept_id, medicine?.drug_exposure_end_date, medicine?.sig],
      [800, '2020-02-29', '1-0-1'],
    )
    assert.deepEqual(
      [vaccine?.drug_source_value, vaccine?.drug_exposure_end_date, vaccine?.lot_number],
      ['tetanus', '2019-05-05', 'L1'],
    )
    assert.deepEqual(
      [rows('visit_occurrence')[0]?.visit_concept_id, rows('visit_occurrence')[0]?.visit_end_date],
      [9201, '2021-01-05'],
    )
    assert.equal(rows('procedure_occurrence')[0]?.visit_occurrence_id, rows('visit_occurrence')[0]?.visit_occurrence_id)
    assert.equal(rows('observation')[0]?.qualifier_source_value, 'high')
    assert.equal(rows('device_exposure')[0]?.device_exposure_start_date, '2022-01-01')
    assert.equal(rows('death')[0]?.death_date, '2024-05-01')
    assert.deepEqual(reasons, ['Medication carried-by-another', 'Device carried-by-another'])
    assert.deepEqual(
      rows('observation_period').map((row) => [row.observation_period_start_date, row.observation_period_end_date]),
      [['2018-01-01', '2024-05-06']],
    )
  })

  it('that say that nothing happened, or are about somebody else, are listed with the reason', async () => {
    const { reasons } = await convert([
      {
        resourceType: 'Condition',
        code: coded(SNOMED, '44054006'),
        verificationStatus: { coding: [{ code: 'entered-in-error' }] },
      },
      {
        resourceType: 'Condition',
        code: coded(SNOMED, '44054006'),
        verificationStatus: { coding: [{ code: 'refuted' }] },
      },
      {
        resourceType: 'AllergyIntolerance',
        code: coded('http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips', 'no-known-allergies'),
      },
      { resourceType: 'MedicationStatement', status: 'not-taken', medicationCodeableConcept: { text: 'x' } },
      { resourceType: 'MedicationRequest', status: 'active', intent: 'plan', medicationCodeableConcept: { text: 'x' } },
      { resourceType: 'Immunization', status: 'not-done', vaccineCode: { text: 'x' } },
      { resourceType: 'Procedure', status: 'completed' },
      { resourceType: 'CarePlan', status: 'active' },
      { resourceType: 'Patient', id: 'other', birthDate: '1990-01-01' },
      { resourceType: 'Condition', code: { text: 'x' }, subject: { reference: 'Patient/other' } },
    ])
    assert.deepEqual(reasons, [
      'Condition entered-in-error',
      'Condition not-true',
      'AllergyIntolerance states-absence',
      'MedicationStatement not-done',
      'MedicationRequest only-planned',
      'Immunization not-done',
      'Procedure without-code',
      'CarePlan no-rule',
      'Patient other-patient',
      'Condition other-patient',
    ])
  })

  it('of a patient without a year of birth are listed', async () => {
    const { rows, account } = await convert([{ resourceType: 'Condition', code: { text: 'x' } }], {
      resourceType: 'Patient',
      id: 'p',
    })
    assert.equal(rows('condition_occurrence').length, 0)
    assert.deepEqual(
      account.listed.map(({ reason }) => reason),
      ['administrative', 'person-without-year-of-birth', 'person-without-year-of-birth'],
    )
  })
})

describe('a person', () => {
  it('is one, however many documents tell of it, and carries no identifier', async () => {
    const condition = {
      resourceType: 'Condition',
      identifier: [{ value: 'c1' }],
      code: coded(SNOMED, '44054006'),
      recordedDate: '2020-01-01',
    }
    const other = { resourceType: 'Condition', code: { text: 'more' }, recordedDate: '2021-01-01' }
    const documents = [
      readJson(documentBundle([condition], PATIENT, 'doc-1'), quiet, 'one'),
      readJson(documentBundle([condition, other], PATIENT, 'doc-2'), quiet, 'two'),
    ]
    const keys = await memoryKeys()
    const { tables, account } = await convertDocuments({ documents, vocabulary, keys })
    assert.equal(tables.get('person')?.length, 1)
    assert.equal(tables.get('condition_occurrence')?.length, 2)
    assert.deepEqual(
      account.listed
        .filter(({ reason }) => reason === 'seen-before')
        .map(({ document, resource }) => [document, resource.split('/')[0]]),
      [
        ['two', 'Condition'],
        ['two', 'Patient'],
      ],
    )
    assert.doesNotMatch(JSON.stringify([...tables]), /urn:oid:1\.2|"42"/)
    const again = await convertDocuments({ documents, vocabulary, keys })
    assert.deepEqual([...again.tables], [...tables])
  })
})
