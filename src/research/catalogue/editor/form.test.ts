import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { sameGraph } from '../rdf/canonical.ts'
import type { DatasetRecord } from '../record/dataset-record.ts'
import { readRecord } from '../record/read-record.ts'
import { splitCatalogue } from '../record/split.ts'
import { writeRecord } from '../record/write-record.ts'
import { corpusGraph, OFFICIAL, OFFICIAL_DATASET, READABLE, withoutCorpus } from '../testing/corpus.ts'
import { judgeRecord, newRecord } from './editor.ts'
import { formName, formValues, readForm } from './form.ts'

describe('the form of descriptions by others', { skip: withoutCorpus }, () => {
  for (const path of READABLE) {
    it(`${path}: what is sent back unchanged changes nothing`, async () => {
      const { datasets } = splitCatalogue(await corpusGraph(path))
      for (const { dataset, graph } of datasets.slice(0, 3)) {
        const record = readRecord(graph, dataset)
        const read = readForm(formValues(record), record)
        assert.deepEqual(read.problems, [])
        assert.deepEqual(read.record, record)
        assert.ok(sameGraph(writeRecord(read.record), graph))
      }
    })
  }

  it('a part of the form changes that part only; emptied fields and nodes go', async () => {
    const record = readRecord(await corpusGraph(OFFICIAL), OFFICIAL_DATASET)
    const { record: next, problems } = readForm(
      [
        ['title.0.value', ' Renamed '],
        ['title.0.language', 'EN'],
        ['title.7.value', 'Rebaptisé'],
        ['title.7.language', 'fr'],
        ['keyword.0.value', ''],
        ['distribution.0.node', record.distribution?.[1]?.node ?? ''],
        ['distribution.0.byteSize', '12'],
        ['distribution.1.title.0.value', ''],
        ['healthCategory', ''],
        ['healthCategory', 'https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/EHRS'],
        ['legalBasis.0.node', 'https://x.org/law'],
        ['creator.0.node', '_:unknown'],
        ['__proto__.polluted', 'yes'],
        ['nothing.0.value', 'x'],
      ],
      record,
    )
    assert.deepEqual(problems, [])
    assert.deepEqual(next.title, [
      { value: 'Renamed', language: 'en' },
      { value: 'Rebaptisé', language: 'fr' },
    ])
    assert.equal(next.keyword, undefined)
    assert.deepEqual(next.distribution, [{ ...record.distribution?.[1], byteSize: 12 }])
    assert.equal(next.healthCategory?.length, 1)
    assert.deepEqual(next.legalBasis, [{ node: 'https://x.org/law', types: [] }])
    assert.equal(next.creator, undefined)
    assert.deepEqual(next.hdab, record.hdab)
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false)
  })
})

describe('the form', () => {
  it('tells values that cannot be what their field holds, at their field', () => {
    const before = newRecord('https://x.org/d', 'NON_PUBLIC')
    const { record, problems } = readForm(
      [
        ['numberOfRecords', 'many'],
        ['hasStructuredData', 'perhaps'],
        ['temporal.0.start', '1.2.2020'],
        ['temporalResolution', 'a month'],
        ['landingPage.0', 'www.example.org'],
        ['landingPage.1', 'https://x.org/page'],
        ['spatialResolution', '1,5'],
      ],
      before,
    )
    assert.deepEqual(
      problems.map(({ field, kind }) => `${field} ${kind}`),
      [
        'hasStructuredData datatype',
        'numberOfRecords datatype',
        'spatialResolution datatype',
        'temporal[0].start date',
        'temporalResolution datatype',
        'landingPage[0] address-expected',
      ],
    )
    assert.equal(formName('temporal[0].start'), 'temporal.0.start')
    assert.deepEqual(record, { ...before, landingPage: ['https://x.org/page'] })
  })

  it('brings an empty description to one that may be published', async () => {
    const sent: readonly (readonly [string, string])[] = [
      ['title.0.value', 'Registre du cancer'],
      ['title.0.language', 'fr'],
      ['description.0.value', 'Tumeurs depuis 2020.'],
      ['identifier.0.value', 'FR-1'],
      ['healthCategory', 'https://hdeu-dcat.data.health.europa.eu/resource/authority/healthcategories/MRMR'],
      ['type.0', 'http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL'],
      ['keyword.0.value', 'cancer'],
      ['provenance.0.label.0.value', 'Registres.'],
      ['contactPoint.0.email', 'mailto:a@fr.example.org'],
      ['hdab.name.0.value', 'HDH'],
      ['hdab.contactPoint.email.0.value', 'a@fr.example.org'],
      ['hasStructuredData', 'false'],
      ['distribution.0.accessUrl.0', 'https://fr.example.org/apply'],
      ['distribution.0.applicableLegislation.0', 'http://data.europa.eu/eli/reg/2025/327/oj'],
    ]
    const { record, problems } = readForm(sent, newRecord('https://fr.example.org/1', 'NON_PUBLIC'))
    assert.deepEqual(problems, [])
    assert.ok((await judgeRecord(record, 'NON_PUBLIC')).conforms)
  })

  it('of anything ends in a record', () => {
    const step = fc.oneof(
      fc.constantFrom('title', 'hdab', 'distribution', 'node', 'value', '0', '1', 'name'),
      fc.string(),
    )
    const name = fc.array(step, { minLength: 1, maxLength: 14 }).map((path) => path.join('.'))
    const before: DatasetRecord = newRecord('https://x.org/d', 'PUBLIC')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.oneof(fc.string(), fc.constant(new Uint8Array()))), { maxLength: 30 }),
        (sent) => {
          const { record } = readForm(sent, before)
          assert.equal(record.node, 'https://x.org/d')
          writeRecord(record)
        },
      ),
      { numRuns: 200 },
    )
  })
})
