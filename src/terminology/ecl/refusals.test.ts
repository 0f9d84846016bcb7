/** Everything but sets: refusals that need an edition, rows of reference sets, explanations. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openEcl } from './ecl.ts'
import type { EclCode } from './problems.ts'
import { type PlainConcept, plainSubstrate } from './testing/plain-edition.ts'

function concept(id: string, parents: readonly string[]): PlainConcept {
  return {
    id,
    parents,
    active: true,
    defined: false,
    module: '900000000000207008',
    effectiveTime: 20250101,
    attributes: [],
    descriptions: [],
  }
}

const ROOT = '138875005'
const MAP = '447562003'
const row = (component: string, fields: Readonly<Record<string, string>>) => ({
  id: 'row',
  referenceSet: MAP,
  active: true,
  module: '900000000000207008',
  effectiveTime: 20250101,
  component,
  fields,
})

const ecl = openEcl(
  plainSubstrate({
    concepts: [concept(ROOT, []), concept(MAP, [ROOT]), concept('64572001', [ROOT]), concept('10200004', ['64572001'])],
    members: [
      row('64572001', { mapTarget: 'J45.9', mapPriority: '1' }),
      row('10200004', { mapTarget: 'K70', mapPriority: '2' }),
    ],
    associations: [],
  }),
)
after(() => ecl.close())

test('what an edition cannot answer is refused with the place', () => {
  const cases: readonly (readonly [string, EclCode, number])[] = [
    ['< 99999999', 'ecl-unknown-concept', 2],
    ['64572001 OR (* : 99999999 = *)', 'ecl-unknown-concept', 17],
    ['* : 64572001 = << 99999999', 'ecl-unknown-concept', 18],
    ['<< LOINC#54486-6', 'ecl-alternate-identifier', 3],
    ['* {{ dialect = xx-unknown }}', 'ecl-unknown-dialect', 15],
    [`^ ${MAP} {{ M nothing = "x" }}`, 'ecl-unknown-field', 17],
    [`^ [nothing] ${MAP}`, 'ecl-unknown-field', 0],
    [`^ [mapTarget] ${MAP}`, 'ecl-field-not-concept', 0],
    ['* : { 64572001 = *, R 64572001 = * }', 'ecl-mixed-group', 4],
  ]
  for (const [text, code, offset] of cases) {
    const result = ecl.evaluate(text)
    assert.ok(!result.ok, text)
    assert.equal(result.problem.code, code, text)
    assert.equal(result.problem.offset, offset, text)
    const match = ecl.matches(text, 0)
    if (code === 'ecl-unknown-concept' || code === 'ecl-alternate-identifier')
      assert.ok(!match.ok, `${text}: the same when one concept is asked`)
  }
})

test('the budget ends an evaluation, and a larger one lets it through', () => {
  const result = ecl.evaluate('< (* MINUS 10200004)', { budget: 3 })
  assert.equal(result.ok ? '' : result.problem.code, 'ecl-budget')
  assert.ok(ecl.evaluate('< (* MINUS 10200004)').ok)
})

test('modules, types and dialects written out need not be concepts of the edition', () => {
  const result = ecl.evaluate('* {{ C moduleId = 900000000000207008 }}')
  assert.ok(result.ok)
  assert.equal(result.value.size, 4)
  assert.equal(ecl.evaluate('* {{ C moduleId = << 900000000000207008 }}').ok, false)
})

test('rows of a reference set come as a table', () => {
  const some = ecl.memberRows(`^ [mapTarget, mapPriority] ${MAP}`, 1)
  assert.deepEqual(some, {
    ok: true,
    value: { columns: ['mapTarget', 'mapPriority'], rows: [['J45.9', '1']], more: true },
  })
  const all = ecl.memberRows(`^ [*] ${MAP} {{ M mapPriority > #1 }}`, 10)
  assert.deepEqual(all, {
    ok: true,
    value: {
      columns: ['referencedComponentId', 'mapTarget', 'mapPriority'],
      rows: [['10200004', 'K70', '2']],
      more: false,
    },
  })
})

test('an explanation has every part with its number of concepts', () => {
  const result = ecl.explain('<< 64572001 |Disease| MINUS 10200004')
  assert.ok(result.ok)
  const { part, count, parts } = result.value
  assert.deepEqual({ part, count }, { part: 'minus', count: 1 })
  assert.deepEqual(
    parts.map((one) => ({
      part: one.part,
      text: one.text,
      count: one.count,
      inner: one.parts.map(({ concept: id }) => id),
    })),
    [
      { part: 'descendantOrSelfOf', text: '<< 64572001 |Disease|', count: 2, inner: ['64572001'] },
      { part: 'concept', text: '10200004', count: 1, inner: [] },
    ],
  )
})

test('an answer can be read from any place', () => {
  const result = ecl.evaluate('*')
  assert.ok(result.ok)
  const all = [...result.value.toUint32Array()]
  assert.deepEqual([...result.value.from(2)], all.slice(2))
  assert.deepEqual([...result.value.from(99)], [])
  assert.deepEqual(
    all.map((one) => result.value.has(one)),
    all.map(() => true),
  )
  assert.equal(result.value.has(1000), false)
})
