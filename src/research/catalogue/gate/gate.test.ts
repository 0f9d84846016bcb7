import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Parser } from 'n3'
import Validator from 'shacl-engine/Validator.js'
import { openMessages } from '#platform/i18n/messages.ts'
import { DataFactory, graphOf, iri, nodeTerm, prefixed, type Quad, Store } from '../rdf/graph.ts'
import { readRdf } from '../rdf/read.ts'
import { splitCatalogue } from '../record/split.ts'
import {
  corpusGraph,
  corpusText,
  OFFICIAL,
  OFFICIAL_DATASET,
  READABLE,
  RELEASE_5_CATALOGUE,
  withoutCorpus,
} from '../testing/corpus.ts'
import { judge, statedAccess } from './gate.ts'
import { problemWords } from './problem.ts'
import type { Profile } from './shapes.ts'
import { withCurrentAddresses } from './vocabularies.ts'

const R8: Profile = { release: 'r8', access: 'NON_PUBLIC' }
const messages = ['en', 'fr'].map((language) =>
  openMessages(join(import.meta.dirname, '../../../../data/messages'), language),
)

/** Measured with the official shapes by deleting each property of the official example. */
const MANDATORY = [
  'dct:title',
  'dct:description',
  'dct:identifier',
  'dct:accessRights',
  'dcatap:applicableLegislation',
  'dct:type',
  'dct:provenance',
  'dcat:theme',
  'dcat:keyword',
  'dcat:contactPoint',
  'dcat:distribution',
  'healthdcatap:hdab',
  'healthdcatap:healthCategory',
  'healthdcatap:hasStructuredData',
  'healthdcatap:hasVariables',
]

function without(graph: Store, node: string, property: string): Store {
  const gone = (quad: Quad) => quad.subject.value === node && quad.predicate.value === iri(property)
  return graphOf(graph.getQuads(null, null, null, null).filter((quad) => !gone(quad)))
}

async function violations(graph: Store, dataset = OFFICIAL_DATASET, profile = R8) {
  const { problems } = await judge(graph, dataset, profile)
  return problems.filter(({ severity }) => severity === 'violation')
}

function officialValidator(...paths: readonly string[]): Validator {
  const shapes = new Store(paths.flatMap((path) => new Parser().parse(corpusText(path))))
  return new Validator(shapes, { factory: DataFactory })
}

describe('the official example of release 8', { skip: withoutCorpus }, () => {
  it('conforms, with what it leaves out as warnings', async () => {
    const verdict = await judge(await corpusGraph(OFFICIAL), OFFICIAL_DATASET, R8)
    assert.deepEqual(
      verdict.problems.map(({ property, severity }) => `${severity} ${property}`),
      ['warning dct:source'],
    )
    assert.ok(verdict.conforms)
  })

  for (const property of MANDATORY) {
    it(`without ${property} it is refused in words`, async () => {
      const graph = without(await corpusGraph(OFFICIAL), OFFICIAL_DATASET, property)
      const found = await violations(graph)
      assert.deepEqual(
        found.map((one) => one.property),
        [property],
      )
      const [problem] = found
      assert.ok(problem)
      assert.match(problem.kind, /^missing/)
      assert.notEqual(problem.field, '')
      for (const language of messages) {
        const words = problemWords(problem, language)
        assert.notEqual(words.label, property, `${language.language} has no word for ${property}`)
        assert.ok(words.wrong.includes(words.label) && words.write.length > 20, JSON.stringify(words))
        assert.doesNotMatch(JSON.stringify(words), /catalogue\.|\{\$/)
        assert.ok(words.example?.startsWith(property))
      }
    })
  }

  it('every other property of the dataset may be left out', async () => {
    const graph = await corpusGraph(OFFICIAL)
    const properties = new Set(
      graph.getPredicates(nodeTerm(OFFICIAL_DATASET), null, null).map(({ value }) => prefixed(value)),
    )
    const optional = [...properties].filter((one) => !MANDATORY.includes(one) && one !== 'rdf:type')
    assert.ok(optional.length >= 35)
    for (const property of optional) {
      assert.deepEqual(await violations(without(graph, OFFICIAL_DATASET, property)), [], property)
    }
  })

  it('is judged like the official shapes judge it, whatever is taken out or put wrong', async () => {
    const graph = await corpusGraph(OFFICIAL)
    const official = officialValidator('shapes/r8/non-public-shapes.ttl', 'shapes/dcat-ap-3.0.1/shapes.ttl')
    const quads = graph.getQuads(null, null, null, null)
    let refused = 0
    for (const mutant of mutants(quads)) {
      const theirs = await official.validate({ dataset: mutant })
      const ours = (await violations(mutant)).filter(
        ({ kind }) => !['vocabulary', 'required-code', 'relative-address', 'no-dataset'].includes(kind),
      )
      assert.equal(ours.length === 0, theirs.conforms, JSON.stringify([difference(quads, mutant), ours]))
      if (!theirs.conforms) refused += 1
    }
    assert.ok(refused > 60, `${refused} mutants were refused`)
  })
})

/** Each triple left out, doubled with another value, or turned from a link into words and back. */
function* mutants(quads: readonly Quad[]): Generator<Store> {
  for (const [index, quad] of quads.entries()) {
    // Without its class the dataset is no dataset: the official shapes then find nothing to judge.
    if (quad.predicate.value === iri('rdf:type') && quad.object.value === iri('dcat:Dataset')) continue
    const others = quads.filter((_, at) => at !== index)
    const { subject, predicate, object } = quad
    if (index % 3 === 0) yield new Store(others)
    const other =
      object.termType === 'Literal' ? DataFactory.namedNode('https://example.org/x') : DataFactory.literal('x')
    if (index % 3 === 1) yield new Store([...others, DataFactory.quad(subject, predicate, other)])
    if (index % 3 === 2) yield new Store([...quads, DataFactory.quad(subject, predicate, other)])
  }
}

function difference(quads: readonly Quad[], mutant: Store): readonly string[] {
  const gone = quads.filter((quad) => !mutant.has(quad))
  const come = mutant.getQuads(null, null, null, null).filter((quad) => !quads.some((one) => one.equals(quad)))
  return [...gone, ...come].map(
    ({ subject, predicate, object }) => `${subject.value} ${prefixed(predicate.value)} ${object.value}`,
  )
}

describe('other descriptions', { skip: withoutCorpus }, () => {
  it('release 5 judges the catalogue of 21 datasets as the official shapes do: all conform', async () => {
    const { datasets } = splitCatalogue(await corpusGraph(RELEASE_5_CATALOGUE))
    for (const { graph, dataset } of datasets) {
      assert.deepEqual(await violations(graph, dataset, { release: 'r5', access: 'NON_PUBLIC' }), [], dataset)
    }
  })

  for (const path of READABLE.filter((one) => one !== OFFICIAL)) {
    it(`${path} is explained in words, property by property`, async () => {
      const { datasets } = splitCatalogue(await corpusGraph(path))
      for (const part of datasets.slice(0, 3)) {
        const { graph } = withCurrentAddresses(part.graph)
        const { problems, conforms } = await judge(graph, part.dataset, {
          release: 'r8',
          access: statedAccess(graph, part.dataset),
        })
        assert.ok(!conforms && problems.length > 5)
        assert.deepEqual(
          problems.filter(({ kind }) => kind === 'other'),
          [],
        )
        for (const problem of problems) {
          for (const language of messages) {
            const { wrong, write } = problemWords(problem, language)
            assert.doesNotMatch(wrong + write, /catalogue\.|\{\$/)
          }
        }
      }
    })
  }
})

describe('the access rights', { skip: withoutCorpus }, () => {
  it('PUBLIC and RESTRICTED do without contact, keyword, type and provenance', async () => {
    const full = await corpusGraph(OFFICIAL)
    for (const access of ['PUBLIC', 'RESTRICTED'] as const) {
      let graph = full
      for (const property of ['dcat:contactPoint', 'dcat:keyword', 'dct:type', 'dct:provenance', 'dct:accessRights']) {
        graph = without(graph, OFFICIAL_DATASET, property)
      }
      const rights = DataFactory.namedNode(`http://publications.europa.eu/resource/authority/access-right/${access}`)
      graph.add(
        DataFactory.quad(
          DataFactory.namedNode(OFFICIAL_DATASET),
          DataFactory.namedNode(iri('dct:accessRights')),
          rights,
        ),
      )
      assert.equal(statedAccess(graph, OFFICIAL_DATASET), access)
      assert.deepEqual(await violations(graph, OFFICIAL_DATASET, { release: 'r8', access }), [])
      assert.deepEqual((await violations(graph)).map(({ property }) => property).sort(), [
        'dcat:contactPoint',
        'dcat:keyword',
        'dct:accessRights',
        'dct:provenance',
        'dct:type',
      ])
    }
  })
})

describe('values', { skip: withoutCorpus }, () => {
  it('old addresses are accepted, and only current ones go on', async () => {
    const text = corpusText(OFFICIAL)
      .replaceAll(
        'https://hdeu-dcat.data.health.europa.eu/resource/authority/',
        'http://13.81.34.152:1101/resource/authority/',
      )
      .replaceAll('http://healthdataportal.eu/ns/health#', 'http://data.europa.eu/r5r/healthdcatap#')
    const read = await readRdf(text)
    assert.ok(read.ok)
    const { graph, changed } = withCurrentAddresses(read.value)
    assert.ok(changed > 25)
    assert.deepEqual(await violations(graph), [])
    assert.equal(
      graph.getQuads(null, null, null, null).some((quad) => /13\.81|r5r\/healthdcatap/.test(JSON.stringify(quad))),
      false,
    )
  })

  it('codes that are in no list, a theme that is not health, addresses without beginning and wrong dates are told at their field', async () => {
    const text = corpusText(OFFICIAL)
      .replace('healthcategories/EHRS', 'healthcategories/ABCD')
      .replace('data-theme/HEAL', 'data-theme/ENVI')
      .replace('"2024-01-15"^^xsd:date', '"15.1.2024"')
      .replace('dct:title "FHIR-aligned package"@en', '$& ; dct:issued "2020"')
      .replace('dcat:startDate "2020-01-01"^^xsd:date', 'dcat:startDate "2020"')
      .replace('<https://secure-access.example.org/requests/oncology-ehrs-2024/csv>', '<request.csv>')
      .replace('"1850000"^^xsd:nonNegativeInteger', '"many"')
    const read = await readRdf(text)
    assert.ok(read.ok)
    const { problems } = await judge(read.value, OFFICIAL_DATASET, R8)
    const told = (severity: string) =>
      problems.filter((one) => one.severity === severity).map(({ kind, field }) => `${kind} ${field}`)
    const found = told('violation')
    assert.deepEqual(
      told('warning').filter((one) => one.startsWith('date')),
      ['date temporal[0].start', 'date issued'],
    )
    assert.deepEqual(found.sort(), [
      'datatype numberOfRecords',
      'date distribution[0].issued',
      'relative-address distribution[1].accessUrl',
      'required-code theme',
      'vocabulary healthCategory',
    ])
  })

  it('what is not said to be of its class is a warning: the Union’s validators ask it', async () => {
    const gone = new Set([iri('foaf:Agent'), iri('dqv:QualityCertificate'), iri('csvw:Column')])
    const quads = (await corpusGraph(OFFICIAL)).getQuads(null, null, null, null)
    const graph = graphOf(quads.filter(({ object }) => !gone.has(object.value)))
    const { problems, conforms } = await judge(graph, OFFICIAL_DATASET, R8)
    assert.ok(conforms)
    const told = problems.filter(({ kind }) => kind === 'class').map(({ field, expected }) => `${field} ${expected}`)
    assert.ok(told.includes('hdab foaf:Agent'), told.join())
    assert.ok(told.includes('variables[0].table[0].column csvw:Column'), told.join())
    assert.ok(told.some((one) => one.startsWith('qualityAnnotation ')))
  })

  it('a description without end is not judged, and told in words', async () => {
    const graph = await corpusGraph(OFFICIAL)
    for (let index = 0; index < 60_000; index += 1) {
      const keyword = DataFactory.literal(`word ${index}`)
      graph.add(
        DataFactory.quad(DataFactory.namedNode(OFFICIAL_DATASET), DataFactory.namedNode(iri('dcat:keyword')), keyword),
      )
    }
    const { problems, conforms } = await judge(graph, OFFICIAL_DATASET, R8)
    assert.deepEqual([conforms, problems.map(({ kind }) => kind)], [false, ['too-large']])
    for (const language of messages) {
      const { wrong, write } = problemWords(problems[0] ?? assert.fail(), language)
      assert.ok(wrong.includes('60000') && !/catalogue\.|\{\$/.test(wrong + write), wrong)
    }
  })

  it('a thing that is no dataset is told as such', async () => {
    const verdict = await judge(new Store(), 'https://example.org/none', R8)
    assert.deepEqual(
      verdict.problems.map(({ kind }) => kind),
      ['no-dataset'],
    )
  })
})
