import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  corpusGraph,
  corpusText,
  OFFICIAL,
  READABLE,
  RELEASE_5_CATALOGUE,
  UNPARSABLE,
  withoutCorpus,
} from '../testing/corpus.ts'
import { sameGraph } from './canonical.ts'
import { DataFactory, graphOf, Store } from './graph.ts'
import { RDF_LIMITS } from './problems.ts'
import { readRdf } from './read.ts'
import { CONTEXT_ADDRESS } from './read-json-ld.ts'
import { writeRdf } from './write.ts'

const FORMATS = ['turtle', 'json-ld', 'rdf-xml'] as const

async function problemOf(text: string, limits = RDF_LIMITS) {
  const read = await readRdf(text, { limits })
  assert.ok(!read.ok, 'it was read')
  return read.problem
}

describe('documents of others', { skip: withoutCorpus }, () => {
  for (const path of READABLE.filter((one) => one !== RELEASE_5_CATALOGUE)) {
    it(`${path} comes back the same from every form, with the same bytes`, async () => {
      const graph = await corpusGraph(path)
      assert.ok(graph.size > 50)
      for (const format of FORMATS) {
        const written = writeRdf(graph, format)
        if (!written.ok) {
          // FDZ Gesundheit has properties that end with a colon, which Turtle can say and XML cannot.
          assert.equal(written.problem.code, 'rdf-not-in-xml')
          continue
        }
        const back = await readRdf(written.value)
        assert.ok(back.ok, format)
        assert.ok(sameGraph(graph, back.value), format)
        assert.deepEqual(writeRdf(back.value, format), written, format)
      }
    })
  }

  it('numbers keep their text through JSON-LD', async () => {
    const graph = await corpusGraph(RELEASE_5_CATALOGUE)
    const doubles = graphOf(graph.getQuads(null, 'http://www.w3.org/ns/dqv#value', null, null))
    assert.ok(doubles.size > 100)
    const written = writeRdf(doubles, 'json-ld')
    assert.ok(written.ok)
    const back = await readRdf(written.value)
    assert.ok(back.ok && sameGraph(doubles, back.value))
  })

  it('an undefined prefix is told with its line, its column, and what it is', async () => {
    const problem = await problemOf(corpusText(UNPARSABLE))
    assert.deepEqual([problem.code, problem.place], ['rdf-syntax', { line: 11, column: 19 }])
    assert.match(problem.sentence, /line 11, column 19.*“geodcatap:” is used but never declared/)
    assert.match(problem.sentence, /@prefix geodcatap: <http:\/\/data.europa.eu\/930\/>/)
  })

  it('a document that breaks off anywhere is never taken for a whole one', async () => {
    const graph = await corpusGraph(OFFICIAL)
    for (const format of FORMATS) {
      const written = writeRdf(graph, format)
      assert.ok(written.ok)
      for (const share of [0.2, 0.5, 0.9]) {
        const half = await readRdf(written.value.slice(0, Math.floor(written.value.length * share)))
        assert.ok(!half.ok, `${format} at ${share}`)
      }
    }
  })
})

describe('reading', () => {
  it('knows the form from the declared type or from the document', async () => {
    for (const [text, mediaType] of [
      ['<a:b> <c:d> "e" .', undefined],
      ['PREFIX x: <y:>\nx:a x:b x:c .', undefined],
      ['{"@id":"a:b","c:d":"e"}', 'application/ld+json; charset=utf-8'],
      ['[{"@id":"a:b","c:d":"e"}]', undefined],
      [
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:c="c:"><rdf:Description rdf:about="a:b"><c:d>e</c:d></rdf:Description></rdf:RDF>',
        'application/xml',
      ],
    ] as const) {
      const read = await readRdf(text, mediaType === undefined ? {} : { mediaType })
      assert.ok(read.ok && read.value.size === 1, text)
    }
    for (const text of ['', 'Internal Server Error', '<html><body>Down</body></html>']) {
      assert.equal((await problemOf(text)).code, 'rdf-format-unknown')
    }
  })

  it('never fetches a context, knows its own, and drops no name in silence', async () => {
    const refused = await problemOf('{"@context":"https://example.org/dcat.jsonld","@id":"a:b"}')
    assert.deepEqual([refused.code, /example\.org/.test(refused.sentence)], ['rdf-context-refused', true])
    const own = await readRdf(`{"@context":"${CONTEXT_ADDRESS}","@id":"a:b","@type":"Dataset","dct:title":"x"}`)
    assert.ok(own.ok && own.value.size === 2)
    const unknown = await problemOf(
      '{"@context":{"dct":"http://purl.org/dc/terms/"},"@id":"a:b","title":"x","dct:title":"y"}',
    )
    assert.match(unknown.sentence, /“title”.*does not say what it means/)
  })

  it('addresses that are relative to nothing are kept visible as such', async () => {
    for (const text of ['<a> <b:c> <d> .', '{"@id":"a","b:c":{"@id":"d"}}']) {
      const read = await readRdf(text)
      assert.ok(read.ok)
      assert.deepEqual(
        [...read.value].map(({ object }) => object.value),
        ['relative:///d'],
      )
    }
  })

  it('tells the place of a mistake', async () => {
    const cases = [
      ['<a:b> <c:d> "x .\n', 'line 1, column 13'],
      ['<a:b>\n  <c:d> ; .', 'line 2'],
      ['{"@context":{"a":"b:c"},\n "x": }', 'line 2'],
      [
        '<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n<foo:x/></rdf:RDF>',
        'line 3, column 9',
      ],
    ] as const
    for (const [text, place] of cases) assert.ok((await problemOf(text)).sentence.includes(place), text)
  })

  it('hostile documents end at a limit', async () => {
    const many = 100_000
    const cases = [
      [`<a:b> <c:d> ${'['.repeat(many)}`, 'rdf-too-deep'],
      [`<a:b> <c:d> ${'('.repeat(many)}`, 'rdf-too-deep'],
      ['{"a:b":'.repeat(many), 'rdf-too-deep'],
      [`<?xml version="1.0"?>${'<a>'.repeat(many)}`, 'rdf-too-deep'],
      [`<a:b> <c:d> "${'x'.repeat(1_000_000)}" .`, 'rdf-too-large'],
      [`<a:b> <c:d> "" ; <c:e> """${'\\"'.repeat(1_000_000)}""" .`, 'rdf-too-large'],
      [`{"@id":"a:b","c:d":"${'x'.repeat(1_000_000)}"}`, 'rdf-too-large'],
      ['<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>', 'rdf-doctype-refused'],
      ['<a:b> <c:d> <e f> .', 'rdf-syntax'],
      ['{"@id":"a:b","c:d":"half \\ud800"}', 'rdf-encoding'],
    ] as const
    for (const [text, code] of cases) assert.equal((await problemOf(text)).code, code, text.slice(0, 40))
    const triples = Array.from({ length: 50 }, (_, index) => `<a:b> <c:d> ${index} .`).join('\n')
    assert.equal((await problemOf(triples, { ...RDF_LIMITS, triples: 49 })).code, 'rdf-too-large')
    assert.equal((await problemOf(triples, { ...RDF_LIMITS, bytes: 100 })).code, 'rdf-too-large')
    const latin = await readRdf(Buffer.from('<a:b> <c:d> "é" .', 'latin1'))
    assert.ok(!latin.ok && latin.problem.code === 'rdf-encoding')
  })

  it('rings of nodes without a name come back too', async () => {
    const read = await readRdf('_:a <p:q> _:b . _:b <p:q> _:c . _:c <p:q> _:a ; <p:r> [ <p:s> "x" ] .')
    assert.ok(read.ok)
    for (const format of FORMATS) {
      const written = writeRdf(read.value, format)
      const back = written.ok ? await readRdf(written.value) : written
      assert.ok(back.ok && sameGraph(read.value, back.value), format)
    }
  })
})

describe('any text in any language', () => {
  it('survives the three forms', async () => {
    // XML 1.0 has no control characters, no half surrogates and no U+FFFE.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML 1.0 cannot hold
    const unfit = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/
    const words = fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed() && !unfit.test(one))
    const literal = fc.oneof(
      words.map((value) => DataFactory.literal(value)),
      words.map((value) => DataFactory.literal(value, 'pt-br')),
      words.map((value) => DataFactory.literal(value, DataFactory.namedNode('https://example.org/type'))),
    )
    const property = fc.asyncProperty(fc.array(literal, { maxLength: 6 }), async (literals) => {
      const graph = new Store()
      for (const one of literals) {
        graph.add(
          DataFactory.quad(
            DataFactory.namedNode('https://example.org/a'),
            DataFactory.namedNode('http://purl.org/dc/terms/title'),
            one,
          ),
        )
      }
      if (graph.size === 0) return
      for (const format of FORMATS) {
        const written = writeRdf(graph, format)
        const back = written.ok ? await readRdf(written.value) : written
        assert.ok(back.ok, format)
        assert.ok(sameGraph(graph, back.value), format)
      }
    })
    await fc.assert(property, { numRuns: 60 })
  })
})
