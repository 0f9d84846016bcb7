import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parameter } from './fhir.ts'
import { ANIMALS, animals, codesOf, expansionOf, MAMMALS, testServer, textsOf } from './test-server.ts'

const { ask } = testServer()
const url = MAMMALS
const plain = { excludeNested: true }

function valueSet(include: readonly object[], more: object = {}): object {
  return { resourceType: 'ValueSet', url: 'http://example.org/vs', status: 'active', compose: { include, ...more } }
}

const expand = (include: readonly object[], values: object = {}, more: object = {}) =>
  ask('ValueSet', 'expand', { valueSet: valueSet(include, more), ...plain, ...values })

test('a tree where nesting is allowed, a list where it is not', () => {
  const [root] = expansionOf(ask('ValueSet', 'expand', { url })).contains
  assert.equal(root?.code, 'mammal')
  assert.equal(root?.abstract, true)
  assert.deepEqual(
    root?.contains?.map(({ code }) => code),
    ['cat', 'aurochs', 'bat'],
  )
  const list = ask('ValueSet', 'expand', { url, ...plain })
  assert.deepEqual(
    expansionOf(list).contains.map(({ code }) => code),
    ['mammal', 'cat', 'aurochs', 'bat'],
  )
})

test('pages: count and offset, the total of all', () => {
  const page = ask('ValueSet', 'expand', { url, offset: 1, count: 2 })
  assert.deepEqual(codesOf(page), ['cat', 'aurochs'])
  assert.equal(expansionOf(page).total, 4)
  assert.equal(expansionOf(page).offset, 1)
  assert.deepEqual(codesOf(ask('ValueSet', 'expand', { url, count: 0 })), [])
  assert.deepEqual(codesOf(ask('ValueSet', 'expand', { url, offset: 1_000_000_000 })), [])
  assert.equal(codesOf(ask('ValueSet', 'expand', { url, count: 2_000_000_000 })).length, 4)
})

test('inactive concepts are told, and left out on request of either side', () => {
  const all = expansionOf(ask('ValueSet', 'expand', { url, ...plain })).contains
  assert.equal(all.find(({ code }) => code === 'aurochs')?.inactive, true)
  assert.ok(!codesOf(ask('ValueSet', 'expand', { url, activeOnly: true })).includes('aurochs'))
  assert.ok(!codesOf(expand([{ system: ANIMALS }], {}, { inactive: false })).includes('aurochs'))
})

test('text is found in every word of a concept, in any order and without accents', () => {
  assert.deepEqual(codesOf(expand([{ system: ANIMALS }], { filter: 'katz' })), ['cat'])
  assert.deepEqual(codesOf(expand([{ system: ANIMALS }], { filter: 'cat dom' })), ['cat'])
  assert.deepEqual(codesOf(expand([{ system: ANIMALS }], { filter: 'zebra' })), [])
})

test('excluded codes, value sets and systems are not there', () => {
  const without = (exclude: object) => codesOf(expand([{ system: ANIMALS }], {}, { exclude: [exclude] }))
  assert.deepEqual(without({ system: ANIMALS, concept: [{ code: 'cat' }, { code: 'crow' }] }), [
    'mammal',
    'aurochs',
    'bat',
    'bird',
  ])
  assert.deepEqual(without({ valueSet: [MAMMALS] }), ['bird', 'crow'])
  assert.deepEqual(codesOf(expand([{ system: ANIMALS }], { 'exclude-system': ANIMALS })), [])
})

test('filters: each operator, and every one of several must hold', () => {
  const by = (...filter: readonly object[]) => codesOf(expand([{ system: ANIMALS, filter }]))
  assert.deepEqual(by({ property: 'concept', op: 'descendent-of', value: 'mammal' }), ['cat', 'aurochs', 'bat'])
  assert.deepEqual(by({ property: 'concept', op: 'is-not-a', value: 'mammal' }), ['bird', 'crow'])
  assert.deepEqual(by({ property: 'concept', op: 'generalizes', value: 'cat' }).toSorted(), ['cat', 'mammal'])
  assert.deepEqual(by({ property: 'concept', op: 'child-of', value: 'bird' }), ['crow'])
  assert.deepEqual(by({ property: 'code', op: 'regex', value: 'c.*' }), ['cat', 'crow'])
  assert.deepEqual(by({ property: 'legs', op: '=', value: '2' }), ['bat', 'crow'])
  assert.deepEqual(by({ property: 'legs', op: 'in', value: '2,4' }), ['cat', 'bat', 'crow'])
  assert.deepEqual(by({ property: 'legs', op: 'exists', value: 'false' }), ['mammal', 'aurochs', 'bird'])
  assert.deepEqual(
    by({ property: 'legs', op: '=', value: '2' }, { property: 'concept', op: 'is-a', value: 'mammal' }),
    ['bat'],
  )
})

test('several value sets of one include are what all of them have; includes are added up', () => {
  const other = valueSet([{ system: ANIMALS, concept: [{ code: 'cat' }, { code: 'crow' }] }])
  const include = [{ valueSet: [MAMMALS, 'http://example.org/vs'] }]
  const asked = { ...valueSet(include), url: 'http://example.org/both' }
  assert.deepEqual(codesOf(ask('ValueSet', 'expand', { valueSet: asked, 'tx-resource': other, ...plain })), ['cat'])
  const two = expand([{ system: ANIMALS, concept: [{ code: 'cat' }] }, { valueSet: [MAMMALS] }])
  assert.deepEqual(codesOf(two).toSorted(), ['aurochs', 'bat', 'cat', 'mammal'])
})

test('words of a language are tagged, and words in its place are what they are', () => {
  const answer = ask('ValueSet', 'expand', { url, ...plain, displayLanguage: 'de', includeDesignations: true })
  const byCode = new Map(expansionOf(answer).contains.map((each) => [each.code, each]))
  assert.equal(byCode.get('cat')?.display, 'Katze')
  assert.equal(byCode.get('bat')?.display, 'Bat')
  const words = byCode.get('cat')?.designation as readonly { readonly language?: string; readonly value: string }[]
  assert.ok(words.every(({ language }) => language !== undefined))
  assert.deepEqual(answer.contentLanguage?.split(', ').toSorted(), ['de', 'en'])
})

test('what was used is named', () => {
  const list = expansionOf(ask('ValueSet', 'expand', { url, count: 2 })).parameter as readonly Parameter[]
  const used = list.map(({ name, ...value }) => [name, Object.values(value)[0]])
  assert.ok(used.some(([name, value]) => name === 'used-codesystem' && value === `${ANIMALS}|1.2.0`))
  assert.ok(used.some(([name, value]) => name === 'count' && value === 2))
})

test('more than the bound is too costly, a page of it is not', () => {
  const small = testServer([animals], { expansionLimit: 3 })
  const whole = small.ask('ValueSet', 'expand', { valueSet: valueSet([{ system: ANIMALS }]) })
  assert.equal(whole.status, 422)
  assert.equal((whole.resource.issue as readonly { readonly code: string }[])[0]?.code, 'too-costly')
  const page = small.ask('ValueSet', 'expand', { valueSet: valueSet([{ system: ANIMALS }]), count: 3 })
  assert.deepEqual(codesOf(page), ['mammal', 'cat', 'aurochs'])
})

test('what cannot be expanded is refused with the reason', () => {
  const unknown = expand([{ system: 'http://example.org/nowhere' }])
  assert.ok(unknown.status >= 400)
  assert.match(textsOf(unknown).join(), /http:\/\/example\.org\/nowhere/)
  const missing = ask('ValueSet', 'expand', { url: 'http://example.org/value-set/none' })
  assert.equal(missing.status, 404)
  const badFilter = expand([{ system: ANIMALS, filter: [{ property: 'colour', op: '=', value: 'red' }] }])
  assert.ok(badFilter.status >= 400)
  const badRegex = expand([{ system: ANIMALS, filter: [{ property: 'code', op: 'regex', value: '(' }] }])
  assert.ok(badRegex.status >= 400)
})

test('value sets that include one another are refused, whatever the way round', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name, index, all) => ({
    resourceType: 'ValueSet',
    url: `http://example.org/circle/${name}`,
    status: 'active',
    compose: { include: [{ valueSet: [`http://example.org/circle/${all[(index + 1) % 3]}`] }] },
  }))
  const answer = ask('ValueSet', 'expand', { valueSet: a, 'tx-resource': [a, b, c] })
  assert.ok(answer.status >= 400)
  assert.match(textsOf(answer).join(), /http:\/\/example\.org\/circle\//)
  const validated = ask('ValueSet', 'validate-code', {
    valueSet: a,
    'tx-resource': [a, b, c],
    system: ANIMALS,
    code: 'cat',
  })
  assert.ok(validated.status >= 400)
  assert.match(textsOf(validated).join(), /http:\/\/example\.org\/circle\//)
})

test('a deep chain of value sets and a deep tree of concepts do not break it', () => {
  const link = (at: number) => ({
    resourceType: 'ValueSet',
    url: `http://example.org/chain/${at}`,
    status: 'active',
    compose: { include: at === 0 ? [{ system: ANIMALS }] : [{ valueSet: [`http://example.org/chain/${at - 1}`] }] },
  })
  const chain = Array.from({ length: 200 }, (_, at) => link(at))
  const answer = ask('ValueSet', 'expand', { url: 'http://example.org/chain/199', 'tx-resource': chain })
  assert.ok(answer.status === 200 || answer.status === 422, String(answer.status))
  let concept: object = { code: 'c0', display: 'Deepest' }
  for (let at = 1; at < 500; at += 1) concept = { code: `c${at}`, concept: [concept] }
  const deep = { resourceType: 'CodeSystem', url: 'http://example.org/deep', content: 'complete', concept: [concept] }
  const all = ask('ValueSet', 'expand', {
    valueSet: valueSet([{ system: 'http://example.org/deep' }]),
    'tx-resource': deep,
    ...plain,
  })
  assert.equal(codesOf(all).length, 500)
})
