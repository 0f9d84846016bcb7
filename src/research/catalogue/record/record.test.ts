import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sameGraph } from '../rdf/canonical.ts'
import { DataFactory, iri, nodeTerm, Store } from '../rdf/graph.ts'
import { readRdf } from '../rdf/read.ts'
import {
  corpusGraph,
  OFFICIAL,
  OFFICIAL_DATASET,
  READABLE,
  RELEASE_5_CATALOGUE,
  withoutCorpus,
} from '../testing/corpus.ts'
import type { DatasetRecord } from './dataset-record.ts'
import { readRecord } from './read-record.ts'
import { splitCatalogue } from './split.ts'
import { writeRecord } from './write-record.ts'

describe('records of descriptions by others', { skip: withoutCorpus }, () => {
  it('holds what the official example says, by name', async () => {
    const record = readRecord(await corpusGraph(OFFICIAL), OFFICIAL_DATASET)
    assert.deepEqual(record.title, [{ value: 'Cross-border oncology EHR cohort 2024', language: 'en' }])
    assert.equal(record.accessRights, 'http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC')
    assert.equal(record.hasStructuredData, true)
    assert.equal(record.numberOfUniqueIndividuals, 412_000)
    assert.deepEqual([record.minTypicalAge, record.maxTypicalAge], [18, 99])
    assert.deepEqual(record.retentionPeriod && [record.retentionPeriod.start, record.retentionPeriod.end], [
      '2020-01-01',
      '2035-12-31',
    ])
    assert.equal(record.hdab?.contactPoint?.email?.[0]?.value, 'hdab-contact@example.org')
    assert.equal(record.custodian?.name?.[0]?.value, 'National Hospital Data Custodian Service')
    assert.equal(record.distribution?.length, 2)
    assert.deepEqual(
      record.distribution?.map(({ byteSize }) => byteSize),
      [92_000_000, 245_000_000],
    )
    const columns = record.variables?.[0]?.table?.[0]?.column ?? []
    assert.deepEqual(columns.map(({ name }) => name?.value).sort(), [
      'encounterDate',
      'patientId',
      'primaryDiagnosisCode',
      'tumourStage',
      'vitalStatus',
    ])
    assert.equal(record.qualityAnnotation?.[0]?.target, OFFICIAL_DATASET)
  })

  for (const path of READABLE) {
    it(`${path}: nothing is lost on the way to records and back`, async () => {
      const graph = await corpusGraph(path)
      const { datasets, unattached } = splitCatalogue(graph)
      assert.equal(datasets.length, path === RELEASE_5_CATALOGUE ? 21 : 1)
      assert.equal(unattached.size, path === RELEASE_5_CATALOGUE ? 991 : 0)
      for (const part of datasets.slice(0, 4)) {
        const stored: DatasetRecord = JSON.parse(JSON.stringify(readRecord(part.graph, part.dataset)))
        assert.ok(sameGraph(part.graph, writeRecord(stored)), part.dataset)
      }
    })
  }
})

describe('records', () => {
  const prefixes = `@prefix dct: <http://purl.org/dc/terms/> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix h: <http://healthdataportal.eu/ns/health#> .\n`

  it('a value that a field cannot hold stays in the rest, word for word', async () => {
    const read = await readRdf(`${prefixes}<https://x.org/d> a dcat:Dataset, <https://x.org/Own> ;
      h:minTypicalAge "n/a", 5 ; h:maxTypicalAge "007"^^xsd:nonNegativeInteger ; h:numberOfRecords "12"^^xsd:nonNegativeInteger ;
      dct:issued "yesterday", "2024"^^xsd:gYear ; dct:publisher "an office" ; h:hasStructuredData "1"^^xsd:boolean ;
      dct:identifier "x"^^xsd:anyURI ; <https://x.org/own> [ dct:title "deep" ] .`)
    assert.ok(read.ok)
    const record = readRecord(read.value, 'https://x.org/d')
    assert.deepEqual([record.minTypicalAge, record.maxTypicalAge, record.numberOfRecords], [undefined, undefined, 12])
    assert.deepEqual([record.issued, record.hasStructuredData, record.publisher], ['2024', undefined, undefined])
    assert.deepEqual(record.identifier, [{ value: 'x', datatype: iri('xsd:anyURI') }])
    assert.equal(record.rest.split('\n').length, 8)
    assert.ok(sameGraph(read.value, writeRecord(record)))
  })

  it('a new record gets names for its new nodes, none of them taken', () => {
    const record: DatasetRecord = {
      node: 'https://x.org/d',
      title: [{ value: 'Cœur', language: 'fr' }],
      distribution: [{ accessUrl: ['https://x.org/a'] }, { node: '_:new1', accessUrl: ['https://x.org/b'] }],
      hdab: { name: [{ value: 'Body' }], contactPoint: { email: [{ value: 'a@x.org' }] } },
      rest: '',
    }
    const back = readRecord(writeRecord(record), 'https://x.org/d')
    assert.equal(back.distribution?.length, 2)
    assert.equal(back.hdab?.contactPoint?.email?.[0]?.value, 'a@x.org')
    assert.equal(back.rest, '')
  })

  it('datasets that name each other, and rings, end', async () => {
    const read =
      await readRdf(`${prefixes}<https://x.org/1> a dcat:Dataset ; dct:relation <https://x.org/2> ; dct:publisher _:a .
      <https://x.org/2> a dcat:Dataset ; dct:relation <https://x.org/1> . _:a dct:relation _:b . _:b dct:relation _:a .`)
    assert.ok(read.ok)
    const { datasets } = splitCatalogue(read.value)
    assert.deepEqual(
      datasets.map(({ graph }) => graph.size),
      [5, 2],
    )
  })

  it('one node said in very many places is not unfolded for ever', () => {
    const graph = manyTables()
    const record = readRecord(graph, 'https://x.org/d')
    assert.ok(record.rest.split('\n').length > 1000)
    assert.ok(sameGraph(graph, writeRecord(record)))
  })
})

/** 160 tables that share the same 160 columns: 25,600 places. */
function manyTables(): Store {
  const graph = new Store()
  const add = (subject: string, predicate: string, object: string) =>
    graph.add(DataFactory.quad(nodeTerm(subject), DataFactory.namedNode(iri(predicate)), nodeTerm(object)))
  add('https://x.org/d', 'rdf:type', iri('dcat:Dataset'))
  add('https://x.org/d', 'healthdcatap:hasVariables', 'https://x.org/g')
  for (let table = 0; table < 160; table += 1) {
    add('https://x.org/g', 'csvw:table', `https://x.org/t${table}`)
    for (let column = 0; column < 160; column += 1)
      add(`https://x.org/t${table}`, 'csvw:column', `https://x.org/c${column}`)
  }
  return graph
}
