import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDefinitions } from '../testing/definitions.ts'
import type { JsonObject } from './json.ts'
import { compileValueSet } from './value-sets.ts'

const COLOURS: JsonObject = {
  resourceType: 'CodeSystem',
  url: 'urn:colours',
  content: 'complete',
  concept: [
    {
      code: 'warm',
      concept: [{ code: 'red', property: [{ code: 'kind', valueCode: 'primary' }] }, { code: 'orange' }],
    },
    { code: 'cold', concept: [{ code: 'blue', property: [{ code: 'kind', valueCode: 'primary' }] }] },
    { code: 'grey', property: [{ code: 'subsumedBy', valueCode: 'cold' }] },
  ],
}

function codes(compose: JsonObject, others: readonly JsonObject[] = [], expansion?: JsonObject): unknown {
  const resources = [
    { resourceType: 'ValueSet', url: 'urn:vs', compose, ...(expansion ? { expansion } : {}) },
    COLOURS,
    ...others,
  ]
  const compiled = compileValueSet('urn:vs', (kind, url) =>
    resources.filter((one) => one.resourceType === kind && one.url === url),
  )
  const systems = Object.fromEntries(
    Object.entries(compiled?.systems ?? {}).map(([system, list]) => [system, list?.toSorted() ?? null]),
  )
  return compiled?.partial ? { ...systems, partial: true } : systems
}

test('whole systems, listed codes, filters by hierarchy and property', () => {
  assert.deepEqual(codes({ include: [{ system: 'urn:colours' }] }), {
    'urn:colours': ['blue', 'cold', 'grey', 'orange', 'red', 'warm'],
  })
  assert.deepEqual(
    codes({
      include: [
        { system: 'urn:x', concept: [{ code: 'a' }] },
        { system: 'urn:x', concept: [{ code: 'b' }] },
      ],
    }),
    { 'urn:x': ['a', 'b'] },
  )
  const filter = (op: string, value: string, property = 'concept') =>
    codes({ include: [{ system: 'urn:colours', filter: [{ property, op, value }] }] })
  assert.deepEqual(filter('is-a', 'warm'), { 'urn:colours': ['orange', 'red', 'warm'] })
  assert.deepEqual(filter('descendent-of', 'cold'), { 'urn:colours': ['blue', 'grey'] })
  assert.deepEqual(filter('is-not-a', 'warm'), { 'urn:colours': ['blue', 'cold', 'grey'] })
  assert.deepEqual(filter('=', 'primary', 'kind'), { 'urn:colours': ['blue', 'red'] })
  assert.deepEqual(filter('exists', 'true', 'kind'), { 'urn:colours': null })
})

test('exclusions, intersections, imported value sets, circles', () => {
  const warm = {
    resourceType: 'ValueSet',
    url: 'urn:warm',
    compose: { include: [{ system: 'urn:colours', filter: [{ property: 'concept', op: 'is-a', value: 'warm' }] }] },
  }
  assert.deepEqual(codes({ include: [{ system: 'urn:colours' }], exclude: [{ valueSet: ['urn:warm'] }] }, [warm]), {
    'urn:colours': ['blue', 'cold', 'grey'],
  })
  assert.deepEqual(
    codes(
      {
        include: [
          { system: 'urn:colours', filter: [{ property: 'kind', op: '=', value: 'primary' }], valueSet: ['urn:warm'] },
        ],
      },
      [warm],
    ),
    { 'urn:colours': ['red'] },
  )
  assert.deepEqual(codes({ include: [{ valueSet: ['urn:vs'] }] }), { partial: true })
  assert.deepEqual(codes({ include: [{ valueSet: ['urn:nowhere'] }] }), { partial: true })
})

test('what cannot be listed is said to be unknown; an expansion helps', () => {
  const snomed = {
    include: [{ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '404684003' }] }],
  }
  assert.deepEqual(codes(snomed), { 'http://snomed.info/sct': null })
  assert.deepEqual(codes(snomed, [], { contains: [{ system: 'http://snomed.info/sct', code: '38341003' }] }), {
    'http://snomed.info/sct': ['38341003'],
  })
})

test('value sets of the core are listed', () => {
  const definitions = testDefinitions()
  assert.deepEqual(definitions.valueSet('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')?.systems, {
    'http://hl7.org/fhir/administrative-gender': ['male', 'female', 'other', 'unknown'],
  })
  const status = definitions.valueSet('http://hl7.org/fhir/ValueSet/condition-clinical')
  assert.ok(status?.systems['http://terminology.hl7.org/CodeSystem/condition-clinical']?.includes('recurrence'))
  const missing = definitions
    .urls()
    .flatMap((url) => definitions.structure(url)?.root.children ?? [])
    .flatMap((element) => (element.binding?.strength === 'required' ? [element.binding.valueSet] : []))
    .filter((url) => !definitions.valueSet(url))
  // SubscriptionStatus is of R4B; the core package brings it without its terminology.
  assert.deepEqual([...new Set(missing)], ['http://hl7.org/fhir/ValueSet/subscription-notification-type'])
})
