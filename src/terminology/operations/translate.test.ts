import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClosureStore } from './closure.ts'
import type { Parameter } from './fhir.ts'
import type { OperationAnswer } from './server.ts'
import { ANIMALS, animals, MAP, map, parameterValueOf, TARGETS, testServer } from './test-server.ts'

const { ask } = testServer()

function matches(answer: OperationAnswer): readonly Readonly<Record<string, unknown>>[] {
  const list = (answer.resource.parameter ?? []) as readonly Parameter[]
  return list
    .filter(({ name }) => name === 'match')
    .map(({ part = [] }) => Object.fromEntries(part.map(({ name, ...value }) => [name, Object.values(value)[0]])))
}

test('a mapping keeps its relationship and its comment', () => {
  const answer = ask('ConceptMap', 'translate', { url: MAP, system: ANIMALS, sourceCode: 'cat' })
  assert.equal(parameterValueOf(answer, 'result'), true)
  const [first, second] = matches(answer)
  assert.equal(first?.relationship, 'source-is-narrower-than-target')
  assert.deepEqual(first?.concept, { system: TARGETS, code: 'F', display: 'Felidae' })
  assert.equal(second?.relationship, 'not-related-to')
})

test('only unrelated targets are no translation', () => {
  const unrelated = {
    ...map,
    url: 'http://example.org/map/other',
    group: [
      {
        source: ANIMALS,
        target: TARGETS,
        element: [{ code: 'cat', target: [{ code: 'P', relationship: 'not-related-to' }] }],
      },
    ],
  }
  const answer = ask('ConceptMap', 'translate', {
    conceptMap: unrelated,
    sourceCoding: { system: ANIMALS, code: 'cat' },
  })
  assert.equal(parameterValueOf(answer, 'result'), false)
})

test('what is not mapped is told as the group says; what is marked as not mappable has no match', () => {
  const fixed = ask('ConceptMap', 'translate', { url: MAP, sourceCoding: { system: ANIMALS, code: 'crow' } })
  assert.deepEqual(
    matches(fixed).map(({ concept }) => concept),
    [{ system: TARGETS, code: 'other', display: 'Something else' }],
  )
  const none = ask('ConceptMap', 'translate', { url: MAP, sourceCoding: { system: ANIMALS, code: 'aurochs' } })
  assert.equal(parameterValueOf(none, 'result'), false)
  assert.deepEqual(matches(none), [])
  const provided = {
    ...map,
    group: [{ source: ANIMALS, target: TARGETS, element: [], unmapped: { mode: 'use-source-code' } }],
  }
  const same = ask('ConceptMap', 'translate', { conceptMap: provided, sourceCoding: { system: ANIMALS, code: 'crow' } })
  assert.deepEqual(
    matches(same).map(({ concept }) => (concept as { readonly code: string }).code),
    ['crow'],
  )
})

test('the other way round: from the target to what is mapped to it', () => {
  const answer = ask('ConceptMap', 'translate', { url: MAP, targetCoding: { system: TARGETS, code: 'F' } })
  assert.equal(parameterValueOf(answer, 'result'), true)
  assert.deepEqual(
    matches(answer).map(({ concept, source }) => [concept, source]),
    [
      [
        { system: TARGETS, code: 'F', display: 'Felidae' },
        { system: ANIMALS, code: 'cat' },
      ],
    ],
  )
})

test('without a map, those of the systems are asked', () => {
  const given = { sourceCoding: { system: ANIMALS, code: 'cat' }, targetSystem: TARGETS }
  assert.equal(parameterValueOf(ask('ConceptMap', 'translate', given), 'result'), true)
  const none = ask('ConceptMap', 'translate', { ...given, targetSystem: 'http://example.org/elsewhere' })
  assert.notEqual(none.status === 200 && parameterValueOf(none, 'result'), true)
})

test('a closure table grows with what it is given, and tells from a version on', () => {
  const closures = createClosureStore()
  const server = testServer([animals], { closures })
  const coding = (code: string) => ({ system: ANIMALS, code })
  const closure = (values: object) => server.ask(undefined, 'closure', { name: 'mine', ...values })
  assert.equal(closure({}).status, 200)
  closure({ concept: [coding('mammal'), coding('crow')] })
  const grown = closure({ concept: coding('cat') })
  const text = JSON.stringify(grown.resource)
  assert.match(text, /"cat"/)
  assert.match(text, /"mammal"/)
  assert.doesNotMatch(text, /"crow"/)
  const replay = closure({ version: '0' })
  assert.match(JSON.stringify(replay.resource), /"cat"/)
  assert.ok(server.ask(undefined, 'closure', { name: 'unknown', concept: coding('cat') }).status >= 400)
})
