import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { computeLabel, type QualityLabel } from '../../omop/quality/label.ts'
import { loadRelease } from '../../omop/release/load.ts'
import { openRelease } from '../../omop/release/open.ts'
import { CONDITION_HEADER, PERSON_HEADER, temporaryFolder, writeFiles } from '../../omop/testing/datasets.ts'
import { sameGraph } from '../rdf/canonical.ts'
import { DataFactory, iri, nodeTerm, Store } from '../rdf/graph.ts'
import { readRecord } from '../record/read-record.ts'
import { openCatalogue } from '../store/catalogue-store.ts'
import { catalogueMigrations } from '../store/migrations.ts'
import { corpusGraph, OFFICIAL, OFFICIAL_DATASET, withoutCorpus } from '../testing/corpus.ts'
import { composeLabel, type DatasetLabel } from './compose.ts'
import { LABEL_RULES } from './elements.ts'
import { labelIn, withLabel, withoutLabel } from './in-description.ts'
import { labelsIssued } from './issued.ts'

const DAY = '2029-05-02'
const EMPTY = { node: 'https://x.org/d', rest: '' }
const valuesOf = ({ statements }: DatasetLabel, element: string) =>
  statements.find((one) => one.element === element)?.values.map(({ value }) => value)
const basisOf = ({ statements }: DatasetLabel, element: string) =>
  statements.find((one) => one.element === element)?.basis

/** Checks that were run on data here and now: twelve persons, one of whom has a condition from before the birth. */
async function checkedData(): Promise<QualityLabel> {
  const folder = temporaryFolder()
  const persons = Array.from({ length: 12 }, (_, index) => index + 1)
  const source = writeFiles(join(folder, 'source'), {
    'person.csv': [PERSON_HEADER, ...persons.map((id) => `${id},8507,1960,0,0`)],
    'observation_period.csv': [
      'observation_period_id,person_id,observation_period_start_date,observation_period_end_date,period_type_concept_id',
      ...persons.map((id) => `${id},${id},2015-02-0${(id % 9) + 1},2020-03-17,32817`),
    ],
    'condition_occurrence.csv': [
      CONDITION_HEADER,
      ...persons.map((id) => `${id},${id},201826,${id === 1 ? 1950 : 2016}-05-05,,32817,E11`),
    ],
  })
  const target = join(folder, 'release.duckdb')
  const loaded = await loadRelease({ sources: [source], target, dataset: 'd', release: '2029-1' })
  assert.ok(loaded.ok, JSON.stringify(loaded))
  const opened = await openRelease(target)
  assert.ok(opened.ok)
  const label = await computeLabel(opened.value, '2026-11-27')
  opened.value.close()
  return label
}

describe('a label', () => {
  it('of a dataset of which nothing is known is open, but for its description', () => {
    const label = composeLabel({ record: EMPTY }, DAY)
    assert.deepEqual(
      label.statements.map(({ element, basis }) => [element, basis]),
      [['metadata', 'described']],
    )
    assert.equal(label.open.length, LABEL_RULES.elements.length - 1)
  })

  it('takes words of the holder only for what is neither measured nor described, and no empty ones', () => {
    const words = (value: string) => [{ value, language: 'en' }]
    const label = composeLabel(
      {
        record: { ...EMPTY, populationCoverage: words('Adults') },
        provision: { medianDays: 61.5 },
        stated: {
          provisionTime: words('At once'),
          populationCoverage: words('Everybody'),
          managementMaturity: words('Level 3 of ISO 8000-61'),
          reviewAndAudit: words(' '),
        },
      },
      DAY,
    )
    assert.deepEqual([valuesOf(label, 'provisionTime'), basisOf(label, 'provisionTime')], [['P62D'], 'measured'])
    assert.deepEqual(
      [valuesOf(label, 'populationCoverage'), basisOf(label, 'populationCoverage')],
      [['Adults'], 'described'],
    )
    assert.equal(basisOf(label, 'managementMaturity'), 'stated')
    assert.ok(label.open.includes('reviewAndAudit'))
  })

  it('has elements of all six groups', () => {
    assert.equal([...new Set(LABEL_RULES.elements.map(({ group }) => group))].join(''), 'abcdef')
  })
})

describe('a label from real checks', { skip: withoutCorpus }, () => {
  it('says the share of checks that the data passed, and nothing of single persons', async () => {
    const checked = await checkedData()
    const record = readRecord(await corpusGraph(OFFICIAL), OFFICIAL_DATASET)
    const label = composeLabel({ record, checked }, DAY)
    for (const dimension of ['completeness', 'uniqueness', 'accuracy', 'validity', 'consistency'] as const) {
      const { checks, failed } = checked.technicalQuality[dimension]
      assert.deepEqual(valuesOf(label, dimension), [((100 * (checks - failed.length)) / checks).toFixed(2)], dimension)
      assert.equal(basisOf(label, dimension), 'measured')
    }
    assert.ok(checked.technicalQuality.consistency.failed.length > 0)
    assert.deepEqual(valuesOf(label, 'timePeriod'), ['2015/2020'])
    assert.equal(label.release, '2029-1')
    assert.deepEqual(valuesOf(label, 'dataDictionary'), ['5'])
    const { observedFrom, observedTo, persons } = checked.coverage
    assert.ok(observedFrom && observedTo && persons === 12)
    const text = JSON.stringify(label)
    assert.ok(!text.includes(observedFrom) && !text.includes(observedTo))
    assert.match(String(valuesOf(label, 'timeInDataset')), /^P\d+M$/)
    const few = composeLabel({ record, checked: { ...checked, coverage: { ...checked.coverage, persons: 9 } } }, DAY)
    assert.ok(few.open.includes('timeInDataset'))
  })

  it('stands in the description, is read back the same, and is replaced by the next one', async () => {
    const graph = await corpusGraph(OFFICIAL)
    const record = readRecord(graph, OFFICIAL_DATASET)
    const stated = {
      biasExamination: [
        { value: 'None found', language: 'en' },
        { value: 'Aucun trouvé', language: 'fr' },
      ],
    }
    const label = composeLabel({ record, stated }, DAY)
    const labelled = withLabel(graph, OFFICIAL_DATASET, label)
    assert.deepEqual(labelIn(labelled, OFFICIAL_DATASET), label)
    const next = withLabel(labelled, OFFICIAL_DATASET, composeLabel({ record }, '2030-01-01'))
    assert.equal(labelIn(next, OFFICIAL_DATASET)?.issued, '2030-01-01')
    assert.ok(sameGraph(next, withLabel(graph, OFFICIAL_DATASET, composeLabel({ record }, '2030-01-01'))))
    const gone = withoutLabel(next, OFFICIAL_DATASET)
    assert.equal(labelIn(gone, OFFICIAL_DATASET), undefined)
    assert.equal(readRecord(gone, OFFICIAL_DATASET).qualityAnnotation, undefined)
    assert.equal(labelIn(graph, OFFICIAL_DATASET), undefined, 'a certificate of others is no label that can be read')
  })

  it('that others have garbled is read as far as it goes', () => {
    const graph = new Store()
    const add = (subject: string, name: string, object: string) =>
      graph.add(DataFactory.quad(nodeTerm(subject), DataFactory.namedNode(iri(name)), nodeTerm(object)))
    add('https://x.org/d', 'dqv:hasQualityAnnotation', '_:c')
    add('_:c', 'rdf:type', iri('dqv:QualityCertificate'))
    add('_:c', 'dct:conformsTo', LABEL_RULES.address)
    add('https://x.org/d', 'dqv:hasQualityMeasurement', '_:m')
    add('_:m', 'dqv:isMeasurementOf', `${LABEL_RULES.address}#validity`)
    add('_:m', 'dqv:value', '_:none')
    const label = labelIn(graph, 'https://x.org/d')
    assert.deepEqual([label?.issued, label?.statements, label?.open.length], ['', [], LABEL_RULES.elements.length])
  })
})

if (!withoutCorpus)
  onEachDatabase('labels in the catalogue', (open) => {
    it('are applied and revoked as versions of the description', async () => {
      const database = await open()
      await migrate(database, catalogueMigrations)
      const catalogue = openCatalogue(database)
      const graph = withoutLabel(await corpusGraph(OFFICIAL), OFFICIAL_DATASET)
      const wish = { iri: OFFICIAL_DATASET, by: 'holder' }
      const labels = async () => (await catalogue.search({})).facets.get('label')?.map(({ value }) => value)
      assert.ok((await catalogue.publish({ ...wish, graph })).ok)
      assert.deepEqual(await labels(), ['no'])
      const record = readRecord(graph, OFFICIAL_DATASET)
      const labelled = withLabel(graph, OFFICIAL_DATASET, composeLabel({ record }, DAY))
      assert.ok((await catalogue.publish({ ...wish, graph: labelled })).ok)
      assert.deepEqual(await labels(), ['yes'])
      const counted = await labelsIssued(catalogue, { from: '2029-01-01', to: '2029-12-31' })
      // Of technical quality and management nothing is known, and nothing is counted.
      assert.deepEqual(counted, { a: 1, d: 1, f: 1 })
      assert.deepEqual(await labelsIssued(catalogue, { from: '2030-01-01', to: '2030-12-31' }), {})
      const held = await catalogue.find(OFFICIAL_DATASET)
      assert.ok(held && labelIn(held.graph(), OFFICIAL_DATASET)?.issued === DAY)
      const revoked = withoutLabel(held.graph(), OFFICIAL_DATASET)
      assert.ok((await catalogue.publish({ ...wish, by: 'body', graph: revoked, reason: 'Checks fail.' })).ok)
      assert.deepEqual(await labels(), ['no'])
      const [last] = await catalogue.versions(OFFICIAL_DATASET)
      assert.deepEqual([last?.version, last?.changedBy, last?.reason], [3, 'body', 'Checks fail.'])
      const now = await catalogue.find(OFFICIAL_DATASET)
      assert.ok(now && sameGraph(now.graph(), graph))
    })
  })
