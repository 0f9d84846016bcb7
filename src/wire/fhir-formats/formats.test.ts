import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { r4Table, r5Table } from '../../../data/fhir/generate.ts'
import type { FhirVersion } from './elements.ts'
import { ExactNumber, parseKeepingDigits } from './exact-number.ts'
import { parseJsonResource } from './parse-json.ts'
import { readXml } from './read-xml.ts'
import { writeXml } from './write-xml.ts'

const root = join(import.meta.dirname, '../../..')

type JsonObject = Readonly<Record<string, unknown>>

function roundTrip(resource: JsonObject, version: FhirVersion): unknown {
  const xml = writeXml(resource, version)
  assert.ok(xml.ok, xml.ok ? '' : `${xml.problem.sentence} ${xml.problem.place?.path}`)
  const read = readXml(Buffer.from(xml.value), version)
  assert.ok(read.ok, read.ok ? '' : read.problem.sentence)
  return read.value
}

test('the tables are what their sources say', () => {
  const stored = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, 'data/fhir', `elements.${name}.json`), 'utf8'))
  assert.deepEqual(stored('r4'), r4Table())
  assert.deepEqual(stored('r5'), r5Table())
})

test('what both versions have in common stands in the same order in both', () => {
  const [r4, r5] = [r4Table(), r5Table()]
  const names = (line: string | undefined): readonly string[] =>
    (line ?? '').split(' ').map((entry) => entry.split(/[*:]/)[0] ?? '')
  // R5 moved these on purpose.
  const moved = new Set(['NamingSystem', 'DataRequirement', 'Dosage', 'Dosage.doseAndRate', 'SampledData'])
  for (const type of Object.keys(r4)) {
    if (moved.has(type) || !(type in r5)) continue
    const [old, now] = [names(r4[type]), names(r5[type])]
    assert.deepEqual(
      old.filter((name) => now.includes(name)),
      now.filter((name) => old.includes(name)),
      type,
    )
  }
})

test('elements stand in the order of the specification, whatever the order in JSON', () => {
  const xml = writeXml({ status: 'active', url: 'http://a', resourceType: 'ValueSet', id: 'x', name: 'N' }, 'R4')
  assert.ok(xml.ok)
  assert.equal(
    xml.value,
    '<?xml version="1.0" encoding="UTF-8"?><ValueSet xmlns="http://hl7.org/fhir"><id value="x"/><url value="http://a"/><name value="N"/><status value="active"/></ValueSet>',
  )
})

test('ids and extensions of values, holes in lists, nested resources, narrative, signs', () => {
  const resource = {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'a',
        id: 'p1',
        valueString: 'tab\there\nline "quoted" & <less>',
        _valueString: { id: 'v', extension: [{ url: 'http://e', valueBoolean: false }] },
      },
      { name: 'b', _valueCode: { extension: [{ url: 'http://e', valueInteger: -3 }] } },
      {
        name: 'tx-resource',
        resource: {
          resourceType: 'CodeSystem',
          text: {
            status: 'generated',
            div: '<div xmlns="http://www.w3.org/1999/xhtml"><p class="x">a &amp; b<br/></p></div>',
          },
          contained: [{ resourceType: 'ValueSet', status: 'draft' }],
          filter: [{ code: 'x', operator: ['=', 'is-a'], _operator: [null, { id: 'i' }], value: 'v' }],
          concept: [{ code: 'a', concept: [{ code: 'b', property: [{ code: 'w', valueDecimal: 1.5 }] }] }],
        },
      },
    ],
  }
  assert.deepEqual(roundTrip(resource, 'R5'), resource)
})

test('decimals keep their digits through XML and through JSON', () => {
  const xml = (value: string) =>
    `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="d"/><valueDecimal value="${value}"/></parameter></Parameters>`
  for (const text of ['1.50', '0.10', '3', '-2.000', '12345678901234567890.12345', '1e3', '0.0']) {
    const read = readXml(Buffer.from(xml(text)), 'R4')
    assert.ok(read.ok, text)
    const json = JSON.stringify(read.value)
    assert.ok(json.includes(`"valueDecimal":${text}}`), json)
    assert.equal(JSON.stringify(parseKeepingDigits(json)), json)
    const again = writeXml(parseKeepingDigits(json) as JsonObject, 'R4')
    assert.ok(again.ok && again.value.includes(`value="${text}"`), text)
  }
  const exact = new ExactNumber('1.50')
  assert.equal(Number(exact) + 1, 2.5)
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat({ max: 9 }), (whole, zeros) => {
      const text = `{"a":[${whole}.5${'0'.repeat(zeros)}, {"b": ${whole}}]}`
      assert.equal(JSON.stringify(parseKeepingDigits(text)), text.replaceAll(' ', ''))
    }),
  )
})

const faults: readonly (readonly [string, string, RegExp])[] = [
  ['<a', 'xml-not-well-formed', /Line 1, column/],
  ['<!DOCTYPE x><Parameters xmlns="http://hl7.org/fhir"/>', 'xml-doctype', /column/],
  ['<Parameters/>', 'fhir-type-unknown', /Line 1/],
  ['<Patient xmlns="http://hl7.org/fhir"/>', 'fhir-type-unknown', /Line 1/],
  ['<Parameters xmlns="http://hl7.org/fhir">\n<nonsense value="1"/></Parameters>', 'fhir-element-unknown', /Line 2/],
  ['<Parameters xmlns="http://hl7.org/fhir">text</Parameters>', 'fhir-value-wrong', /Line 1/],
  [
    '<Parameters xmlns="http://hl7.org/fhir">\n\n<parameter><name value="a"/><name value="b"/></parameter></Parameters>',
    'fhir-value-wrong',
    /Line 3/,
  ],
  [
    '<Parameters xmlns="http://hl7.org/fhir"><parameter><valueBoolean value="yes"/></parameter></Parameters>',
    'fhir-value-wrong',
    /true or false/,
  ],
  [
    '<Parameters xmlns="http://hl7.org/fhir"><parameter><valueInteger value="1.5"/></parameter></Parameters>',
    'fhir-value-wrong',
    /whole/,
  ],
  [
    '<Parameters xmlns="http://hl7.org/fhir"><parameter><name/></parameter></Parameters>',
    'fhir-value-wrong',
    /no value/,
  ],
  [
    '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="a" other="b"/></parameter></Parameters>',
    'fhir-element-unknown',
    /attribute/,
  ],
]

test('faults of XML are told with their place', () => {
  for (const [xml, code, sentence] of faults) {
    const read = readXml(Buffer.from(xml), 'R4')
    assert.ok(!read.ok, xml)
    assert.equal(read.problem.code, code, xml)
    assert.match(read.problem.sentence, sentence, xml)
  }
})

test('faults of JSON are told with their place', () => {
  const place = (text: string) => {
    const read = parseJsonResource(text)
    return read.ok ? undefined : [read.problem.code, read.problem.place?.line, read.problem.place?.column]
  }
  assert.deepEqual(place('{"resourceType":"Parameters",\n  "parameter": [}'), ['json-not-well-formed', 2, 17])
  assert.deepEqual(place('{"a": 1'), ['json-not-well-formed', 1, 8])
  assert.deepEqual(place('[]'), ['json-not-a-resource', 1, 1])
  assert.deepEqual(place('null'), ['json-not-a-resource', 1, 1])
  assert.equal(place('['.repeat(100_000))?.[0], 'json-too-deep')
  assert.equal(place('{"resourceType":"Parameters"}'), undefined)
})

test('what cannot be written as XML is told with its path', () => {
  const problem = (resource: JsonObject) => {
    const written = writeXml(resource, 'R4')
    return written.ok ? undefined : [written.problem.code, written.problem.place?.path]
  }
  assert.deepEqual(problem({ resourceType: 'Patient' }), ['fhir-type-unknown', 'Patient'])
  assert.deepEqual(problem({ resourceType: 'ValueSet', expansion: { property: [] } }), [
    'fhir-element-unknown',
    'ValueSet.expansion.property',
  ])
  assert.deepEqual(problem({ resourceType: 'ValueSet', name: '\u0001' }), ['fhir-value-wrong', 'ValueSet.name'])
  assert.deepEqual(problem({ resourceType: 'ValueSet', name: {} }), ['fhir-value-wrong', 'ValueSet.name'])
  assert.deepEqual(problem({ resourceType: 'ValueSet', text: { div: '<div>&nbsp;</div>' } }), [
    'fhir-value-wrong',
    'ValueSet.text.div',
  ])
})

const KINDS = new Set(['CodeSystem', 'ValueSet', 'ConceptMap', 'NamingSystem'])

/** Narratives are compared by their text: attribute quotes and empty elements may be written otherwise. */
function withoutNarrative(resource: JsonObject): JsonObject {
  const { text: _text, contained: _contained, ...rest } = resource
  return rest
}

test('every terminology resource of the installed packages survives JSON → XML → JSON', () => {
  let count = 0
  for (const name of ['hl7.terminology.r4', 'hl7.fhir.r4.expansions', 'hl7.fhir.uv.ips']) {
    const folder = join(root, 'node_modules', name)
    for (const file of globSync('{package,.}/*.json', { cwd: folder })) {
      const resource: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
      if (typeof resource !== 'object' || resource === null || !('resourceType' in resource)) continue
      if (!KINDS.has(String(resource.resourceType)) || file.startsWith('package/other')) continue
      const own = withoutNarrative(resource as JsonObject)
      assert.deepEqual(roundTrip(own, 'R4'), own, `${name} ${file}`)
      count++
    }
  }
  assert.ok(count > 2000, `${count} resources`)
})

const corpus = join(root, '../shared/corpus/terminology/tx-tests')

test('every setup and request of the ecosystem tests survives JSON → XML → JSON', {
  skip: existsSync(corpus) ? false : '../shared/corpus is not here',
}, () => {
  let count = 0
  let foreign = 0
  for (const file of globSync('*/**/*.json', { cwd: corpus })) {
    if (/response|outcome|capterms|messages/.test(file)) continue
    const resource: unknown = JSON.parse(readFileSync(join(corpus, file), 'utf8'))
    if (typeof resource !== 'object' || resource === null || JSON.stringify(resource).includes('"$')) continue
    const own = withoutNarrative(resource as JsonObject)
    // A few files have elements that no FHIR version has.
    const written = writeXml(own, 'R5')
    if (!written.ok) {
      assert.equal(written.problem.code, 'fhir-element-unknown', file)
      foreign++
      continue
    }
    assert.deepEqual(roundTrip(own, 'R5'), own, file)
    count++
  }
  assert.ok(count > 500, `${count} resources`)
  assert.ok(foreign < 5, `${foreign} files have foreign elements`)
})
