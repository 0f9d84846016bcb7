import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { coded, convert, quiet, SNOMED, vocabulary } from '../testing/conversion.ts'
import { documentBundle, memoryKeys, PATIENT, readJson } from '../testing/documents.ts'
import { convertDocuments } from './convert.ts'

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

describe('a document without a patient', () => {
  it('has no rows, and its resources are listed with that reason', async () => {
    const { entry } = documentBundle([{ resourceType: 'Condition', code: { text: 'x' } }])
    assert.ok(Array.isArray(entry))
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: entry.slice(2) }
    const documents = [readJson(bundle, quiet)]
    const { tables, account } = await convertDocuments({ documents, vocabulary, keys: await memoryKeys() })
    assert.equal(tables.size, 0)
    assert.deepEqual(
      account.listed.map(({ reason }) => reason),
      ['administrative', 'without-patient'],
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

  it('has its own resources, also where another person has one of the same number', async () => {
    const condition = { resourceType: 'Condition', identifier: [{ value: '1' }], code: coded(SNOMED, '44054006') }
    const other = { ...PATIENT, identifier: [{ system: 'urn:oid:1.2', value: '43' }] }
    const { tables, account } = await convertDocuments({
      documents: [
        readJson(documentBundle([condition], PATIENT, 'doc-1'), quiet, 'one'),
        readJson(documentBundle([condition], other, 'doc-2'), quiet, 'two'),
      ],
      vocabulary,
      keys: await memoryKeys(),
    })
    const rows = tables.get('condition_occurrence') ?? []
    assert.deepEqual(
      rows.map(({ person_id }) => person_id),
      tables.get('person')?.map(({ person_id }) => person_id),
    )
    assert.equal(new Set(rows.map((row) => row.condition_occurrence_id)).size, 2)
    assert.deepEqual(new Set(account.listed.map(({ reason }) => reason)), new Set(['administrative']))
  })

  it('without an identifier is told, and is another one for each document, whatever files are called', async () => {
    const condition = { resourceType: 'Condition', id: 'c', code: { text: 'x' } }
    const nameless = (birthDate: string, identity: string) => {
      const bundle = { ...documentBundle([condition], { resourceType: 'Patient', birthDate }), identifier: undefined }
      return { ...readJson(bundle, quiet, 'summary.json'), identity }
    }
    const keys = await memoryKeys()
    const personsOf = async (...documents: readonly ReturnType<typeof nameless>[]) => {
      const { tables, account } = await convertDocuments({ documents, vocabulary, keys })
      return { persons: tables.get('person')?.map(({ person_id }) => person_id), account }
    }
    const { persons, account } = await personsOf(nameless('1950-01-01', 'sha256:a'), nameless('1960-01-01', 'sha256:b'))
    assert.deepEqual(persons, [1, 2])
    assert.equal(account.unidentified.length, 2)
    assert.deepEqual((await personsOf(nameless('1970-01-01', 'sha256:c'))).persons, [3])
    assert.deepEqual((await personsOf(nameless('1960-01-01', 'sha256:b'))).persons, [2])
  })
})
