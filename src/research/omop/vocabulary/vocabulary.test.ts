import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { loadRelease } from '../release/load.ts'
import { openRelease } from '../release/open.ts'
import { absent, PERSON_LINES, SAMPLES, temporaryFolder, writeFiles } from '../testing/datasets.ts'
import { importVocabulary } from './import.ts'
import { lookUp, priorityOf, vocabularyOf } from './look-up.ts'

const SNOMED = 'http://snomed.info/sct'
const ICD10 = 'http://hl7.org/fhir/sid/icd-10'

const CONCEPT_HEADER =
  'concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason'
const RELATIONSHIP_HEADER =
  'concept_id_1\tconcept_id_2\trelationship_id\tvalid_start_date\tvalid_end_date\tinvalid_reason'

/** As Athena writes it: tabs, no quoting, days without hyphens. */
const ATHENA = {
  'CONCEPT.csv': [
    CONCEPT_HEADER,
    '201826\tType 2 diabetes mellitus\tCondition\tSNOMED\tDisorder\tS\t44054006\t20020131\t20991231\t',
    '45542738\tA "quoted word\tCondition\tICD10\tICD10 code\t\tE11\t19700101\t20991231\t',
    '1\tUpgraded\tCondition\tSNOMED\tDisorder\t\t111\t20020131\t20100101\tU',
    '2\tTwo of them\tCondition\tICD10\tICD10 code\t\tE14\t20020131\t20991231\t',
    '3\tOther\tObservation\tSNOMED\tContext-dependent\tS\t333\t20020131\t20991231\t',
  ],
  'CONCEPT_RELATIONSHIP.csv': [
    RELATIONSHIP_HEADER,
    '201826\t201826\tMaps to\t20020131\t20991231\t',
    '45542738\t201826\tMaps to\t20020131\t20991231\t',
    '2\t201826\tMaps to\t20020131\t20991231\t',
    '2\t3\tMaps to\t20020131\t20991231\t',
    '1\t3\tMaps to\t20020131\t20100101\tD',
  ],
  'VOCABULARY.csv': [
    'vocabulary_id\tvocabulary_name\tvocabulary_reference\tvocabulary_version\tvocabulary_concept_id',
    'None\tOMOP Standardized Vocabularies\t\tv5.0 29-AUG-26\t0',
  ],
  'PERSON.csv': PERSON_LINES,
}

async function vocabulary(sources: readonly string[], withLocal: boolean) {
  const target = join(temporaryFolder(), 'vocabulary.duckdb')
  const imported = await importVocabulary({ sources, target, version: 'test', withLocal })
  assert.ok(imported.ok)
  const opened = await openRelease(target)
  assert.ok(opened.ok)
  return { target, report: imported.value, database: opened.value.database, metadata: opened.value.metadata }
}

describe('a vocabulary in the layout of Athena', () => {
  it('is imported, and codes are found with what they map to', async () => {
    const folder = writeFiles(temporaryFolder(), ATHENA)
    const { report, database, metadata } = await vocabulary([folder], false)
    assert.equal(report.rejected, 0)
    assert.equal(metadata.vocabularyVersion, 'v5.0 29-AUG-26')
    assert.deepEqual(metadata.ignored, ['PERSON.csv'])
    const concepts = await lookUp(database, [
      { system: SNOMED, code: '44054006' },
      { system: ICD10, code: 'E11' },
      { system: ICD10, code: 'E14' },
      { system: SNOMED, code: '111' },
      { system: SNOMED, code: "'; DROP TABLE concept; --" },
      { system: 'urn:unknown', code: 'E11' },
    ])
    const ids = (system: string, code: string) => {
      const found = concepts.find(system, code)
      return found && [found.source.id, found.standard.map(({ id, domain }) => `${id} ${domain}`)]
    }
    assert.deepEqual(ids(SNOMED, '44054006'), [201826, ['201826 Condition']])
    assert.deepEqual(ids(ICD10, 'E11'), [45542738, ['201826 Condition']])
    assert.deepEqual(ids(ICD10, 'E14'), [2, ['3 Observation', '201826 Condition']])
    assert.deepEqual(ids(SNOMED, '111'), [1, []])
    assert.equal(ids('urn:unknown', 'E11'), undefined)
    assert.equal(ids(SNOMED, "'; DROP TABLE concept; --"), undefined)
    database.close()
  })

  it('lies by the first of two concepts that a row relates, so that a search reads few blocks', async () => {
    const folder = writeFiles(temporaryFolder(), ATHENA)
    const { database } = await vocabulary([folder], false)
    const rows = await database.rows('SELECT concept_id_1 AS one, concept_id_2 AS other FROM concept_relationship')
    assert.deepEqual(
      rows.map(({ one, other }) => `${one} ${other}`),
      ['1 3', '2 3', '2 201826', '201826 201826', '45542738 201826'],
    )
    database.close()
  })

  it('becomes part of a release that has no vocabulary of its own', async () => {
    const folder = writeFiles(temporaryFolder(), ATHENA)
    const { target, database } = await vocabulary([folder], true)
    database.close()
    const out = temporaryFolder()
    const source = writeFiles(join(out, 'source'), { 'person.csv': PERSON_LINES })
    const loaded = await loadRelease({
      sources: [source],
      target: join(out, 'r.duckdb'),
      dataset: 'd',
      release: '1',
      vocabulary: target,
    })
    assert.ok(loaded.ok)
    assert.equal(loaded.value.metadata.vocabularyVersion, 'v5.0 29-AUG-26')
    assert.ok((loaded.value.metadata.tables.concept ?? 0) > 200)
    const wrong = await loadRelease({
      sources: [source],
      target: join(out, 'w.duckdb'),
      dataset: 'd',
      release: '1',
      vocabulary: folder,
    })
    assert.equal(wrong.ok ? '' : wrong.problem.code, 'vocabulary-unreadable')
  })
})

describe('the vocabulary that ships', () => {
  it('gives OMOP identifiers where they are known, local ones otherwise, and mends no concept of Athena', async () => {
    const folder = writeFiles(temporaryFolder(), ATHENA)
    const { report, database } = await vocabulary([folder], true)
    assert.deepEqual(
      report.rejectionCounts.map(({ table, reason }) => [table, reason]),
      [
        ['concept', 'duplicate-key'],
        ['vocabulary', 'duplicate-key'],
      ],
    )
    const concepts = await lookUp(database, [
      { system: ICD10, code: 'E11' },
      { system: ICD10, code: 'J45.0' },
      { system: 'http://www.whocc.no/atc', code: 'A10BA02' },
      { system: 'https://www.orpha.net', code: '586' },
      { system: 'http://unitsofmeasure.org', code: 'mg/dL' },
    ])
    assert.equal(concepts.find(ICD10, 'E11')?.source.id, 45542738)
    assert.deepEqual(concepts.find('http://www.whocc.no/atc', 'A10BA02')?.standard, [
      { id: 1503297, domain: 'Drug', vocabulary: 'RxNorm' },
    ])
    assert.ok((concepts.find('https://www.orpha.net', '586')?.standard[0]?.id ?? 0) > 2_000_000_000)
    assert.equal(concepts.find('http://unitsofmeasure.org', 'mg/dL')?.standard[0]?.id, 8840)
    // ICD-10 J45.0 is narrower than J45, which stands for SNOMED CT's asthma.
    const [narrower] = await database.rows(
      `SELECT min_levels_of_separation AS n FROM concept_ancestor WHERE ancestor_concept_id = 317009 AND descendant_concept_id = ${concepts.find(ICD10, 'J45.0')?.standard[0]?.id}`,
    )
    assert.equal(Number(narrower?.n), 1)
    database.close()
  })

  it('is whole: every concept has a domain, a class and a vocabulary that are listed', async () => {
    const { report, database } = await vocabulary([], true)
    assert.equal(report.rejected, 0)
    const [loose] = await database.rows(
      `SELECT count(*) AS n FROM concept WHERE domain_id NOT IN (SELECT domain_id FROM domain)
        OR vocabulary_id NOT IN (SELECT vocabulary_id FROM vocabulary) OR concept_class_id NOT IN (SELECT concept_class_id FROM concept_class)`,
    )
    assert.equal(loose?.n, '0')
    const [twice] = await database.rows(
      'SELECT count(*) - count(DISTINCT (vocabulary_id, concept_code)) AS n FROM concept',
    )
    assert.equal(twice?.n, '0')
    database.close()
  })
})

describe('code systems', () => {
  it('have a vocabulary and a rank', () => {
    assert.equal(vocabularyOf('http://loinc.org'), 'LOINC')
    assert.equal(vocabularyOf('urn:oid:1.2.3'), undefined)
    assert.ok(priorityOf('SNOMED') < priorityOf('ICD10'))
    assert.ok(priorityOf('ICD10') < priorityOf('nothing'))
  })
})

describe('a vocabulary of the samples', { skip: absent(SAMPLES) }, () => {
  it('knows that SNOMED CT 44054006 is concept 201826', async () => {
    const { database } = await vocabulary([join(SAMPLES, 'synthea27nj')], false)
    const concepts = await lookUp(database, [{ system: SNOMED, code: '44054006' }])
    assert.deepEqual(concepts.find(SNOMED, '44054006')?.standard, [
      { id: 201826, domain: 'Condition', vocabulary: 'SNOMED' },
    ])
    database.close()
  })
})
