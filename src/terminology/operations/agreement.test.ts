/** Expanding, validating and looking up tell the same about every code, whatever the definition. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codesOf, parameterValueOf, testServer } from './test-server.ts'

const SYSTEM = 'http://example.org/generated'

/** A tree of 12 concepts: the parent of each is an earlier one, or none. */
const codeSystem = fc
  .array(fc.record({ parent: fc.nat(), legs: fc.option(fc.nat(3)), retired: fc.boolean() }), {
    minLength: 12,
    maxLength: 12,
  })
  .map((list) => {
    const children = new Map<number, object[]>()
    const concepts = list.map(({ legs, retired }, index) => ({
      code: `c${index}`,
      display: `Concept ${index}`,
      property: [
        ...(legs === null ? [] : [{ code: 'legs', valueInteger: legs }]),
        ...(retired ? [{ code: 'status', valueCode: 'retired' }] : []),
      ],
    }))
    const roots: object[] = []
    for (let index = list.length - 1; index >= 0; index -= 1) {
      const node = { ...concepts[index], concept: children.get(index) ?? [] }
      const parent = index === 0 ? undefined : (list[index]?.parent ?? 0) % (index + 1)
      if (parent === undefined || parent === index) roots.unshift(node)
      else children.set(parent, [node, ...(children.get(parent) ?? [])])
    }
    return {
      resourceType: 'CodeSystem',
      url: SYSTEM,
      version: '1',
      content: 'complete',
      caseSensitive: true,
      property: [
        { code: 'legs', type: 'integer' },
        { code: 'status', uri: 'http://hl7.org/fhir/concept-properties#status', type: 'code' },
      ],
      concept: roots,
    }
  })

const code = fc.nat(13).map((index) => `c${index}`)

const filter = fc.oneof(
  fc.record({
    property: fc.constant('concept'),
    op: fc.constantFrom('is-a', 'descendent-of', 'is-not-a', 'generalizes', 'child-of'),
    value: fc.nat(11).map((index) => `c${index}`),
  }),
  fc.record({ property: fc.constant('legs'), op: fc.constantFrom('=', 'in'), value: fc.nat(3).map(String) }),
  fc.record({ property: fc.constant('legs'), op: fc.constant('exists'), value: fc.constantFrom('true', 'false') }),
  fc.record({
    property: fc.constant('code'),
    op: fc.constant('regex'),
    value: fc.constantFrom('c[0-5]', 'c1.*', '.*'),
  }),
)

const include = fc.oneof(
  fc.constant({ system: SYSTEM }),
  fc.record({
    system: fc.constant(SYSTEM),
    concept: fc.array(
      code.map((each) => ({ code: each })),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  fc.record({ system: fc.constant(SYSTEM), filter: fc.array(filter, { minLength: 1, maxLength: 2 }) }),
)

const valueSet = fc.record({
  include: fc.array(include, { minLength: 1, maxLength: 3 }),
  exclude: fc.array(include, { maxLength: 2 }),
  inactive: fc.constantFrom(undefined, true, false),
})

const everyCode = Array.from({ length: 14 }, (_, index) => `c${index}`)

test('a code is in the expansion when, and only when, it is valid in the value set', () => {
  const { ask } = testServer([])
  fc.assert(
    fc.property(codeSystem, valueSet, fc.boolean(), (system, { include, exclude, inactive }, activeOnly) => {
      const resource = {
        resourceType: 'ValueSet',
        url: 'http://example.org/vs/generated',
        status: 'active',
        compose: { include, ...(exclude.length > 0 && { exclude }), ...(inactive !== undefined && { inactive }) },
      }
      const given = { valueSet: resource, 'tx-resource': system, activeOnly }
      const expanded = ask('ValueSet', 'expand', given)
      assert.equal(expanded.status, 200, JSON.stringify(expanded.resource))
      const codes = codesOf(expanded)
      assert.equal(new Set(codes).size, codes.length)
      for (const each of everyCode) {
        const answer = ask('ValueSet', 'validate-code', { ...given, system: SYSTEM, code: each })
        assert.equal(parameterValueOf(answer, 'result'), codes.includes(each), `${each}: ${JSON.stringify(resource)}`)
      }
    }),
    { numRuns: 150 },
  )
})

test('the pages of an expansion, put together, are the whole of it', () => {
  const { ask } = testServer([])
  fc.assert(
    fc.property(codeSystem, valueSet, fc.integer({ min: 1, max: 5 }), (system, { include, exclude }, count) => {
      const resource = { resourceType: 'ValueSet', url: 'http://example.org/vs', compose: { include, exclude } }
      const given = { valueSet: resource, 'tx-resource': system, excludeNested: true }
      const whole = codesOf(ask('ValueSet', 'expand', given))
      const paged: string[] = []
      for (let offset = 0; offset < whole.length; offset += count) {
        paged.push(...codesOf(ask('ValueSet', 'expand', { ...given, offset, count })))
      }
      assert.deepEqual(paged, whole)
    }),
    { numRuns: 100 },
  )
})

test('one concept subsumes another when, and only when, the other is in its subtree', () => {
  const { ask } = testServer([])
  fc.assert(
    fc.property(codeSystem, fc.nat(11), fc.nat(11), (system, a, b) => {
      const given = { system: SYSTEM, 'tx-resource': system }
      const answer = ask('CodeSystem', 'subsumes', { ...given, codeA: `c${a}`, codeB: `c${b}` })
      const under = (top: number) => {
        const filter = [{ property: 'concept', op: 'is-a', value: `c${top}` }]
        const valueSet = {
          resourceType: 'ValueSet',
          url: 'http://example.org/vs',
          compose: { include: [{ system: SYSTEM, filter }] },
        }
        return codesOf(ask('ValueSet', 'expand', { valueSet, 'tx-resource': system }))
      }
      const expected =
        a === b
          ? 'equivalent'
          : under(a).includes(`c${b}`)
            ? 'subsumes'
            : under(b).includes(`c${a}`)
              ? 'subsumed-by'
              : 'not-subsumed'
      assert.equal(parameterValueOf(answer, 'outcome'), expected)
    }),
    { numRuns: 60 },
  )
})
