/** libxml2 is the oracle: on real documents and on what chance makes of them, both must give the same tree or both refuse. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import * as libxml2 from 'libxml2-wasm'
import { parseXml } from './parse.ts'
import { corpusFiles, withoutCorpus } from './testing/corpus.ts'
import type { XmlElement } from './tree.ts'

type Shape = readonly [string, readonly string[], readonly (Shape | string)[]]

function ours(element: XmlElement): Shape {
  const attributes = element.attributes.map(({ name, namespace, value }) => `{${namespace}}${name}=${value}`).sort()
  return [
    `{${element.namespace}}${element.name}`,
    attributes,
    element.children.map((node) => (typeof node === 'string' ? node : ours(node))),
  ]
}

function theirs(element: libxml2.XmlElement): Shape {
  const attributes = element.attrs.map((held) => `{${held.namespaceUri}}${held.name}=${held.value}`).sort()
  const children: (Shape | string)[] = []
  for (let node = element.firstChild; node !== null; node = node.next) {
    // The binding has no object for a processing instruction and cannot go past it.
    if (node === undefined) throw new Unreachable()
    if (node instanceof libxml2.XmlElement) children.push(theirs(node))
    else if (node instanceof libxml2.XmlText || node instanceof libxml2.XmlCData) {
      const last = children[children.length - 1]
      if (typeof last === 'string') children[children.length - 1] = last + node.content
      else if (node.content !== '') children.push(node.content)
    }
  }
  return [`{${element.namespaceUri}}${element.name}`, attributes, children]
}

class Unreachable extends Error {}

/** The tree, `unknown` when the binding cannot walk it, undefined when libxml2 refuses. */
function theirShape(bytes: Uint8Array): Shape | 'unknown' | undefined {
  let document: libxml2.XmlDocument
  try {
    document = libxml2.XmlDocument.fromBuffer(bytes, { option: libxml2.ParseOption.XML_PARSE_HUGE })
  } catch {
    return undefined
  }
  try {
    return theirs(document.root)
  } catch (problem) {
    if (problem instanceof Unreachable) return 'unknown'
    throw problem
  } finally {
    document.dispose()
  }
}

const XML_FILES = ['openncp/**/*.xml', 'france/cda/*.xml', 'france/schematron/*.sch']

test('the same tree as libxml2 on every document of the corpus', { skip: withoutCorpus() }, () => {
  let compared = 0
  for (const file of XML_FILES.flatMap(corpusFiles)) {
    const bytes = readFileSync(file)
    const parsed = parseXml(bytes, { file })
    const expected = theirShape(bytes)
    if (!parsed.ok) {
      assert.ok(expected === undefined || parsed.problem.code === 'xml-doctype', `${file}: ${parsed.problem.sentence}`)
      continue
    }
    if (expected === 'unknown') continue
    assert.deepEqual(ours(parsed.value.root), expected, file)
    compared++
  }
  assert.ok(compared > 100)
})

const SEED =
  '<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="urn:one" xmlns:p="urn:two" p:x="1&amp;2" y=\'é\'>t <p:b>u<![CDATA[<&]]></p:b><!-- c --><c/>&#233;&lt;\n</a><?q r?>'
const PIECES = [
  '<', '>', '/', '&', ';', '"', "'", '=', ' ', '\n', '<!--', '-->', '--', '<![CDATA[', ']]>', '<?', '?>', 'xmlns', 'xmlns:p=""', 'p:', ':', '&#1;', '&#x10FFFF;', '&amp;',
  '<d/>', '</a>', '<e>', '</e>', 'x="1"', '\u0001', '\ufffe', 'é', '😀', '<!DOCTYPE a>', 'xml', '\t', '\r\n', '-', '1',
] // biome-ignore format: a list

/** Namespace errors are no fatal errors for libxml2, and it takes any version number (XML 1.0 §2.8); they are for us. */
const STRICTER =
  /encoding "|prefix|is not a valid name|bound|xmlns|no valid name|stands twice|the XML declaration is not well formed/

/** libxml2 also refuses namespace names that are no URI; the namespaces recommendation does not make that an error. */
function oddNamespace(xml: string, usual: readonly string[] = ['', 'urn:one', 'urn:two']): boolean {
  return namespacesIn(xml).some((uri) => !usual.includes(uri))
}

function namespacesIn(xml: string): readonly string[] {
  return [...xml.matchAll(/xmlns(?::[^\s=]*)?\s*=\s*(["'])(.*?)\1/gs)].map(([, , uri = '']) => uri)
}

test('accepts and refuses as libxml2 does, whatever chance makes of a document', () => {
  const change = fc.record({
    at: fc.nat({ max: SEED.length }),
    remove: fc.nat({ max: 6 }),
    insert: fc.constantFrom('', ...PIECES),
  })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const xml = changes.reduce(
        (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
        SEED,
      )
      const bytes = Buffer.from(xml)
      const parsed = parseXml(bytes)
      const expected = theirShape(bytes)
      if (parsed.ok) {
        if (expected === undefined && oddNamespace(xml)) return
        if (expected !== 'unknown') assert.deepEqual(ours(parsed.value.root), expected, xml)
      } else if (expected !== undefined) {
        assert.ok(
          parsed.problem.code === 'xml-doctype' || STRICTER.test(parsed.problem.sentence),
          `${parsed.problem.sentence}\n${xml}`,
        )
      }
    }),
    { numRuns: 6000 },
  )
})

test('bytes changed at random: never accepted where libxml2 refuses', { skip: withoutCorpus() }, () => {
  const [file] = corpusFiles('openncp/cda/ps/v2__1.xml')
  assert.ok(file)
  const whole = readFileSync(file)
  const usual = namespacesIn(whole.toString('latin1'))
  const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.nat({ max: 255 }) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const bytes = Buffer.from(whole)
      for (const { at, byte } of changes) bytes[at] = byte
      const parsed = parseXml(bytes)
      const expected = theirShape(bytes)
      if (parsed.ok) {
        if (expected === undefined && oddNamespace(bytes.toString('latin1'), usual)) return
        if (expected !== 'unknown') assert.deepEqual(ours(parsed.value.root), expected)
      } else if (expected !== undefined) assert.match(parsed.problem.sentence, STRICTER)
    }),
    { numRuns: 400 },
  )
})
