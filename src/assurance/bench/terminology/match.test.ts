import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { differences, type MatchRules } from './match.ts'
import { exampleOf, mutations } from './testing/example.ts'

const rules: MatchRules = { modes: new Set(['general']), fhirVersion: '5.0.0' }
const same = (expected: unknown, actual: unknown, more: Partial<MatchRules> = {}): boolean =>
  differences(expected, actual, { ...rules, ...more }).length === 0

test('equal values are equal, everything else is not', () => {
  assert.ok(same({ a: 1, b: [true, null, 'x'] }, { a: 1, b: ['x', true, null] }))
  assert.ok(!same({ a: 1 }, { a: '1' }))
  assert.ok(!same({ a: 1 }, { a: 2 }))
  assert.ok(!same({ a: 1 }, {}))
  assert.ok(!same({}, { a: 1 }))
  assert.ok(!same({ a: [] }, { a: {} }))
  assert.ok(!same({ a: ['x', 'x'] }, { a: ['x'] }))
  assert.ok(!same({ a: ['x'] }, { a: ['x', 'x'] }))
})

test('templates allow what they name and nothing else', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['$$', ['', 'anything\nat all'], []],
    ['$id$', ['a-b.9'], ['a b', '', 'x'.repeat(65)]],
    [
      '$uuid$',
      ['urn:uuid:8acdbfdc-e9d2-11ed-a05b-0242ac120003'],
      ['8acdbfdc-e9d2-11ed-a05b-0242ac120003', 'urn:uuid:X'],
    ],
    ['$instant$', ['2026-08-07T10:00:00.123Z', '2026-08-07T10:00:00+02:00'], ['2026-08-07', '2026-13-07T10:00:00Z']],
    ['$date$', ['2026-08-07', '2026-08-07T10:00:00Z'], ['07.08.2026', '2026']],
    ['$url$', ['http://a.b/c'], ['urn:oid:1.2', 'a b']],
    ['$token$', ['1.2-x_y'], ['a b', '', '-a']],
    ['$string$', ['some words'], [' padded', 'padded ']],
    ['$semver$', ['1.9.6', '1.0.0-beta.1+build'], ['1.9', 'v1.0.0', '01.0.0']],
    ['$version$', ['5.0.0'], ['4.0.1']],
    ['$choice:a|b c$', ['a', 'b c'], ['a|b c', 'b', '']],
    ['$fragments:Sup|x$', ['a supplement X'], ['a supplement', 'x']],
    ['$external:1$', ['any words'], []],
    ['$external:2:http://a/b|1.0$', ["'http://a/b|1.0' is unknown"], ['no such value set', 'http://a/b']],
    ['$unknown-template$', [], ['$unknown-template$', 'x']],
  ]
  for (const [template, fine, wrong] of cases) {
    for (const text of fine) assert.ok(same({ a: template }, { a: text }), `${template} allows ${text}`)
    for (const text of wrong) assert.ok(!same({ a: template }, { a: text }), `${template} refuses ${text}`)
    assert.ok(!same({ a: template }, { a: 1 }))
    assert.ok(!same({ a: template }, {}))
  }
})

test('with a list of messages the very words are demanded', () => {
  const externals = { 1: 'The code is wrong' }
  assert.ok(same({ a: '$external:1:wrong$' }, { a: 'The code is wrong' }, { externals }))
  assert.ok(!same({ a: '$external:1:wrong$' }, { a: 'Something is wrong' }, { externals }))
})

test('optional items may be absent, but not different', () => {
  const expected = { p: [{ $optional$: true, name: 'a', value: 1 }, { name: 'b' }] }
  assert.ok(same(expected, { p: [{ name: 'b' }] }))
  assert.ok(same(expected, { p: [{ name: 'b' }, { name: 'a', value: 1 }] }))
  assert.ok(!same(expected, { p: [{ name: 'b' }, { name: 'a', value: 2 }] }))
  assert.ok(!same(expected, { p: [{ name: 'a', value: 1 }] }))
})

test('an array of which every item is optional may be absent; an empty one may not stand for a full one', () => {
  assert.ok(same({ p: [{ $optional$: true, a: 1 }] }, {}))
  assert.ok(!same({ p: [{ a: 1 }] }, {}))
  assert.ok(!same({ p: [{ a: 1 }] }, { p: [] }))
})

test('optional can depend on the mode, the version, or be a warning', () => {
  const optional = (word: unknown) => ({ p: [{ $optional$: word, a: 1 }] })
  assert.ok(same(optional('!tx.fhir.org'), { p: [] }))
  assert.ok(!same(optional('!tx.fhir.org'), { p: [] }, { modes: new Set(['tx.fhir.org']) }))
  assert.ok(same(optional('warning:version'), { p: [] }))
  assert.ok(same(optional('version:5'), { p: [] }))
  assert.ok(!same(optional('version:4'), { p: [] }))
  assert.ok(same(optional('version:4'), { p: [] }, { fhirVersion: '4.0.1' }))
  assert.ok(!same(optional('flat'), { p: [] }))
  assert.ok(same(optional('flat'), { p: [] }, { modes: new Set(['flat']) }))
  assert.ok(!same(optional(false), { p: [] }))
})

test('a loose expectation does not take the item that a strict one needs', () => {
  const expected = { p: [{ name: '$$' }, { name: 'x' }] }
  assert.ok(same(expected, { p: [{ name: 'x' }, { name: 'y' }] }))
  const optional = { p: [{ $optional$: true, name: '$$' }, { name: 'x' }] }
  assert.ok(same(optional, { p: [{ name: 'x' }] }))
})

test('optional properties may be absent, but not wrong, and nothing else may come in their place', () => {
  const expected = { '$optional-properties$': ['id', 'date'], id: '$id$', name: 'n' }
  assert.ok(same(expected, { name: 'n' }))
  assert.ok(same(expected, { id: 'a', name: 'n' }))
  assert.ok(!same(expected, { id: 'a b', name: 'n' }))
  assert.ok(!same(expected, { id: 'a' }))
  assert.ok(!same(expected, { name: 'n', date: '2020' }))
})

test('counted arrays are compared by size alone', () => {
  const expected = { $count$: 1, '$count-arrays$': ['contains'], contains: [{ code: 'a' }, { code: 'b' }] }
  assert.ok(same(expected, { contains: [{ code: 'x' }, { code: 'y' }] }))
  assert.ok(!same(expected, { contains: [{ code: 'a' }] }))
})

test('a statement of capability may say more, in any order, but must say what is asked', () => {
  const expected = { format: ['json'], rest: [{ mode: 'server', operation: [{ name: 'b' }, { name: 'a' }] }] }
  const actual = {
    format: ['xml', 'json'],
    more: 1,
    rest: [{ mode: 'server', operation: [{ name: 'a' }, { name: 'c' }, { name: 'b' }] }],
  }
  assert.ok(same(expected, actual, { minimum: true }))
  assert.ok(!same(expected, actual))
  assert.ok(!same({ rest: [{ operation: [{ name: 'z' }] }] }, actual, { minimum: true }))
  assert.ok(!same({ other: 1 }, actual, { minimum: true }))
})

test('what a server may add: narrative, meta, diagnostics, extensions that the tests do not handle', () => {
  const expected = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'x', diagnostics: '$$' }] }
  assert.ok(
    same(expected, { resourceType: 'OperationOutcome', text: {}, meta: {}, issue: [{ severity: 'error', code: 'x' }] }),
  )
  const extra = { severity: 'information', code: 'informational', diagnostics: 'request 1' }
  assert.ok(same(expected, { resourceType: 'OperationOutcome', issue: [extra, { severity: 'error', code: 'x' }] }))
  assert.ok(
    !same(expected, {
      resourceType: 'OperationOutcome',
      issue: [
        { ...extra, details: {} },
        { severity: 'error', code: 'x' },
      ],
    }),
  )
  const extended = { c: [{ code: 'a', extension: [{ url: 'http://e/1', valueString: 's' }] }] }
  assert.ok(same({ c: [{ code: 'a' }] }, extended))
  assert.ok(!same({ c: [{ code: 'a' }] }, extended, { handledExtensions: new Set(['http://e/1']) }))
  assert.ok(!same(extended, { c: [{ code: 'a' }] }))
  assert.ok(!same(extended, { c: [{ code: 'a', extension: [{ url: 'http://e/1', valueString: 't' }] }] }))
})

test('the texts of a summary have no order, but all must be there', () => {
  const parameter = (valueString: string) => ({ parameter: [{ name: 'message', valueString }] })
  assert.ok(same(parameter('a; b'), parameter('b; a')))
  assert.ok(!same(parameter('a; b'), parameter('b; c')))
})

test('a difference is told where it is', () => {
  const expected = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'a', valueCode: 'x' },
      { name: 'b', valueCode: 'y' },
    ],
  }
  const actual = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'b', valueCode: 'z' },
      { name: 'a', valueCode: 'x' },
    ],
  }
  assert.deepEqual(differences(expected, actual, rules), [
    { path: 'Parameters.parameter[0].valueCode', kind: 'different', expected: 'y', actual: 'z' },
  ])
})

const folder = join(import.meta.dirname, '../../../../../shared/corpus/terminology/tx-tests')
const absent = existsSync(folder) ? false : '../shared/corpus/terminology/tx-tests is not here'

test('an answer made from each expected file matches it, and every change of it is noticed', { skip: absent }, () => {
  let changed = 0
  for (const name of globSync('*/**/*response*.json', { cwd: folder })) {
    const expected: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    if (JSON.stringify(expected).length > 20_000) continue
    const example = exampleOf(expected)
    assert.deepEqual(differences(expected, example, rules), [], name)
    for (const mutation of mutations(expected, example)) {
      // Deprecated, and in the expected files at random: it counts only where it contradicts `expression`.
      if (/\.(?:location|fhir_comments) absent$/.test(mutation.what)) continue
      changed++
      assert.ok(differences(expected, mutation.value, rules).length > 0, `${name}: ${mutation.what}`)
    }
  }
  assert.ok(changed > 10_000, `${changed} changes were tried`)
})
