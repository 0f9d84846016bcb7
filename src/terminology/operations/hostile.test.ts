/** Whatever comes in, there is an answer: of this kind or an OperationOutcome that says what is wrong. Nothing is thrown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Parameters } from './fhir.ts'
import type { OperationRequest, TerminologyType } from './server.ts'
import { ANIMALS, animals, MAMMALS, mammals, map, testServer, textsOf } from './test-server.ts'

const { ask, server } = testServer()

const OPERATIONS: readonly (readonly [TerminologyType | undefined, string])[] = [
  ['CodeSystem', 'lookup'],
  ['CodeSystem', 'validate-code'],
  ['CodeSystem', 'subsumes'],
  ['ValueSet', 'expand'],
  ['ValueSet', 'validate-code'],
  ['ValueSet', 'batch-validate-code'],
  ['ValueSet', 'related'],
  ['ConceptMap', 'translate'],
  [undefined, 'closure'],
]

test('an unknown operation, and each operation without anything to go on', () => {
  assert.equal(ask('CodeSystem', 'explode', {}).status, 404)
  assert.equal(ask(undefined, 'expand', {}).status, 404)
  for (const [type, operation] of OPERATIONS) {
    const answer = ask(type, operation, {})
    if (operation === 'batch-validate-code') continue
    assert.ok(answer.status >= 400 && answer.status < 500, `${operation} ${answer.status}`)
    assert.ok(
      textsOf(answer).every((text) => text.length > 10),
      operation,
    )
  }
})

test('numbers, flags and objects of the wrong kind are refused by name', () => {
  for (const [values, name] of [
    [{ url: MAMMALS, count: 'many' }, 'count'],
    [{ url: MAMMALS, count: -1 }, 'count'],
    [{ url: MAMMALS, offset: -10 }, 'offset'],
    [{ url: MAMMALS, offset: 1.5 }, 'offset'],
    [{ url: MAMMALS, count: Number.MAX_VALUE }, 'count'],
    [{ url: MAMMALS, activeOnly: 'perhaps' }, 'activeOnly'],
    [{ valueSet: 'http://example.org/vs' }, 'valueSet'],
    [{ valueSet: animals }, 'valueSet'],
  ] as const) {
    const answer = ask('ValueSet', 'expand', values)
    assert.equal(answer.status, 400, name)
    assert.match(textsOf(answer).join(), new RegExp(name))
  }
  assert.equal(ask('ValueSet', 'validate-code', { url: MAMMALS, coding: 'cat' }).status, 400)
  assert.equal(ask('CodeSystem', 'lookup', { coding: { system: 5, code: 'cat' } }).status, 400)
})

test('parameters that are no parameters', () => {
  for (const parameters of [
    undefined,
    null,
    {},
    { resourceType: 'Parameters', parameter: 'x' },
    { resourceType: 'Parameters', parameter: [null] },
    { resourceType: 'Parameters', parameter: [{ valueString: 'x' }] },
    { resourceType: 'Parameters', parameter: [{ name: 'tx-resource', resource: 7 }] },
  ]) {
    const request = {
      resourceType: 'ValueSet',
      operation: 'expand',
      parameters: parameters as unknown as Parameters,
      fhirVersion: 'R5',
    }
    const answer = server.operation(request as OperationRequest) as { readonly status: number }
    assert.equal(answer.status, 400, JSON.stringify(parameters))
  }
})

/** Any JSON, often with the names that matter. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(ANIMALS, MAMMALS, 'cat', 'is-a', 'concept', '', '(((', `${ANIMALS}|`, '|', '1.x'),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      'system',
      'version',
      'code',
      'display',
      'url',
      'compose',
      'include',
      'exclude',
      'concept',
      'filter',
      'property',
      'op',
      'value',
      'valueSet',
      'designation',
      'language',
      'use',
      'extension',
      'valueCode',
      'valueBoolean',
      'content',
      'supplements',
      'group',
      'source',
      'target',
      'element',
      'relationship',
      'unmapped',
      'mode',
      'coding',
      'contained',
      'status',
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
}))

const damaged = fc.tuple(fc.constantFrom(animals, mammals, map), json.object).map(([resource, damage]) => ({
  ...resource,
  ...(damage as object),
}))

const parameter = fc.oneof(
  fc.record({
    name: fc.constantFrom(
      'url',
      'code',
      'system',
      'filter',
      'displayLanguage',
      'property',
      'useSupplement',
      'system-version',
      'designation',
    ),
    valueString: fc.constantFrom(
      ANIMALS,
      MAMMALS,
      'cat',
      'en',
      '',
      'x'.repeat(5000),
      `${ANIMALS}|1`,
      '*',
      'de-CH;q=x, fr',
    ),
  }),
  fc.record({ name: fc.constantFrom('coding', 'codingA', 'codingB', 'sourceCoding'), valueCoding: json.object }),
  fc.record({ name: fc.constantFrom('codeableConcept'), valueCodeableConcept: json.object }),
  fc.record({
    name: fc.constantFrom('valueSet', 'tx-resource', 'conceptMap', 'thisValueSet', 'otherValueSet', 'codeSystem'),
    resource: damaged,
  }),
  fc.record({
    name: fc.constantFrom('count', 'offset', 'activeOnly', 'abstract'),
    valueInteger: fc.integer({ min: -5, max: 50 }),
  }),
)

test('damaged resources and parameters of any kind are answered', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPERATIONS), fc.array(parameter, { maxLength: 7 }), ([type, operation], list) => {
      const answer = server.operation({
        ...(type && { resourceType: type }),
        operation,
        parameters: { resourceType: 'Parameters', parameter: list } as unknown as Parameters,
        fhirVersion: 'R4',
      }) as { readonly status: number; readonly resource: { readonly resourceType: string } }
      assert.ok([200, 400, 404, 422].includes(answer.status), String(answer.status))
      assert.equal(typeof answer.resource.resourceType, 'string')
      assert.doesNotThrow(() => JSON.stringify(answer.resource))
    }),
    { numRuns: 3000 },
  )
})

test('an expression that makes others think for ever is matched in one pass', () => {
  const text = `${'a'.repeat(4000)}!`
  const codeSystem = {
    resourceType: 'CodeSystem',
    url: 'http://example.org/a',
    content: 'complete',
    concept: [{ code: text }],
  }
  const filter = [{ property: 'code', op: 'regex', value: '(a+)+$' }]
  const valueSet = {
    resourceType: 'ValueSet',
    url: 'http://example.org/vs',
    compose: { include: [{ system: 'http://example.org/a', filter }] },
  }
  const answer = ask('ValueSet', 'expand', { valueSet, 'tx-resource': codeSystem })
  assert.equal(answer.status, 200)
  assert.equal((answer.resource.expansion as { readonly total: number }).total, 0)
})
