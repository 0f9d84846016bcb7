import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openMessages } from '#platform/i18n/messages.ts'
import { problemWords } from './gate/problem.ts'
import { importCatalogue } from './import.ts'
import { sameGraph } from './rdf/canonical.ts'
import { DataFactory, graphOf, iri, nodeTerm } from './rdf/graph.ts'
import { writeRdf } from './rdf/write.ts'
import { readRecord } from './record/read-record.ts'
import { writeRecord } from './record/write-record.ts'
import {
  corpusGraph,
  corpusText,
  OFFICIAL,
  OFFICIAL_DATASET,
  RELEASE_5_CATALOGUE,
  UNPARSABLE,
  withoutCorpus,
} from './testing/corpus.ts'

async function imported(path: string) {
  const result = await importCatalogue(corpusText(path))
  assert.ok(result.ok)
  return result.value
}

describe('documents of others', { skip: withoutCorpus }, () => {
  it('release 8 stays as it is', async () => {
    const { datasets } = await imported(OFFICIAL)
    assert.deepEqual(
      datasets.map(({ sourceRelease, changes, verdict }) => [sourceRelease, changes, verdict.conforms]),
      [['r8', [], true]],
    )
  })

  it('the release 5 catalogue is converted where possible, and what is missing is told', async () => {
    const { datasets, catalogs, unattached } = await imported(RELEASE_5_CATALOGUE)
    assert.deepEqual([datasets.length, catalogs.length], [21, 1])
    // 21 groups of tables that no dataset points at.
    assert.ok(unattached.size > 900)
    const messages = openMessages(join(import.meta.dirname, '../../../data/messages'), 'en')
    for (const { dataset, sourceRelease, changes, verdict, graph } of datasets) {
      assert.equal(sourceRelease, 'r5', dataset)
      const kinds = changes.map(({ kind }) => kind)
      for (const kind of ['addresses', 'agent-contacts', 'code-values', 'byte-sizes'] as const)
        assert.ok(kinds.includes(kind), kind)
      for (const { kind, count } of changes) assert.ok(messages.text(`catalogue.change.${kind}`, { count }).length > 20)
      const violations = verdict.problems.filter(({ severity }) => severity === 'violation')
      const properties = new Set(violations.map(({ property }) => property))
      assert.ok(
        properties.has('healthdcatap:hasStructuredData'),
        'it says nothing of structured data, and nobody guesses',
      )
      for (const done of ['cv:contactPoint', 'healthdcatap:hasCodeValues', 'dcat:byteSize']) {
        assert.ok(!properties.has(done), `${dataset} ${done}`)
      }
      // Its category is “medical device”, which may be any of three of Art. 51: that is for its holder to say.
      assert.equal(properties.has('healthdcatap:healthCategory'), dataset.endsWith('/EHR016'))
      const record = readRecord(graph, dataset)
      assert.equal(record.hdab?.contactPoint?.email?.[0]?.value.includes('@'), true)
    }
  })

  it('columns and their groups are converted, and structured data follow from variables', async () => {
    const text = corpusText(OFFICIAL)
      .replaceAll('csvw:title ', 'csvw:titles ')
      .replace('    dct:title "Oncology EHR cohort variables dictionary"@en ;\n', '')
      .replace('    healthdcatap:hasStructuredData true ;\n', '')
      .replace(
        'dct:relation <',
        'dct:conformsTo <https://healthdataeu.pages.code.europa.eu/healthdcat-ap/releases/release-5/> ; dct:relation <',
      )
    const result = await importCatalogue(text)
    assert.ok(result.ok)
    const [dataset] = result.value.datasets
    assert.deepEqual(dataset?.changes, [
      { kind: 'column-titles', count: 5 },
      { kind: 'group-titles', count: 1 },
      { kind: 'structured-data', count: 1 },
      { kind: 'release-statement', count: 1 },
    ])
    const left = dataset?.verdict.problems.filter(({ severity }) => severity === 'violation')
    assert.deepEqual(left, [])
  })

  it('what cannot be parsed says where and why', async () => {
    const result = await importCatalogue(corpusText(UNPARSABLE))
    assert.ok(!result.ok && result.problem.place?.line === 11 && /geodcatap/.test(result.problem.sentence))
  })

  it('whatever stands in a description, it is judged in words, kept whole, and written in every form', async () => {
    const messages = openMessages(join(import.meta.dirname, '../../../data/messages'), 'fr')
    const quads = (await corpusGraph(OFFICIAL)).getQuads(null, null, null, null)
    const types = ['date', 'boolean', 'nonNegativeInteger', 'duration'].map((one) =>
      DataFactory.namedNode(iri(`xsd:${one}`)),
    )
    const text = fc.oneof(
      fc.constantFrom('', '-1', '2024-13-45', 'NaN', '__proto__', '<b>'),
      fc.string({ unit: 'grapheme' }),
    )
    const term = fc.oneof(
      text.map((value) => DataFactory.literal(value)),
      text.map((value) => DataFactory.literal(value, 'en-gb')),
      fc.tuple(text, fc.constantFrom(...types)).map(([value, type]) => DataFactory.literal(value, type)),
      fc.constantFrom('_:none', 'https://x.org/none', OFFICIAL_DATASET).map(nodeTerm),
    )
    const change = fc.record({ at: fc.nat(quads.length - 1), instead: fc.boolean(), term })
    const property = fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      const graph = graphOf(quads)
      for (const { at, instead, term: object } of changes) {
        const quad = quads[at]
        if (!quad) continue
        if (instead) graph.delete(quad)
        graph.add(DataFactory.quad(quad.subject, quad.predicate, object))
      }
      const written = writeRdf(graph, 'turtle')
      assert.ok(written.ok)
      const result = await importCatalogue(written.value)
      assert.ok(result.ok, JSON.stringify(result))
      for (const { dataset, graph: own, verdict } of result.value.datasets) {
        for (const problem of verdict.problems) assert.ok(problemWords(problem, messages).wrong.length > 10)
        assert.ok(sameGraph(writeRecord(readRecord(own, dataset)), own))
      }
    })
    await fc.assert(property, { numRuns: 20, seed: 2025327 })
  })

  it('a document without datasets gives none', async () => {
    const result = await importCatalogue('<https://x.org/a> <https://x.org/b> "c" .')
    assert.ok(result.ok && result.value.datasets.length === 0 && result.value.unattached.size === 1)
  })
})
