import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Parameter } from './fhir.ts'
import type { OperationAnswer } from './server.ts'
import { ANIMALS, parameterValueOf, testServer, textsOf } from './test-server.ts'

const { ask, server } = testServer()

function parts(answer: OperationAnswer, name: string): readonly ReadonlyMap<string, unknown>[] {
  const list = (answer.resource.parameter ?? []) as readonly Parameter[]
  return list
    .filter((each) => each.name === name)
    .map(({ part = [] }) => new Map(part.map((each) => [each.name, Object.values(each)[1]])))
}

test('a code is told with its words, properties and neighbours', () => {
  const answer = ask('CodeSystem', 'lookup', { system: ANIMALS, code: 'cat' })
  assert.equal(answer.status, 200)
  assert.equal(parameterValueOf(answer, 'name'), 'Animals')
  assert.equal(parameterValueOf(answer, 'version'), '1.2.0')
  assert.equal(parameterValueOf(answer, 'display'), 'Cat')
  const properties = parts(answer, 'property')
  const byCode = new Map(properties.map((each) => [each.get('code'), each]))
  assert.equal(byCode.get('legs')?.get('value'), 4)
  assert.equal(byCode.get('parent')?.get('value'), 'mammal')
  assert.equal(byCode.get('parent')?.get('description'), 'Mammal')
  assert.equal(byCode.get('inactive')?.get('value'), false)
  const words = parts(answer, 'designation').map((each) => [each.get('language'), each.get('value')])
  assert.ok(words.some(([language, value]) => language === 'de' && value === 'Katze'))
})

test('the display is in the language that is asked for, and the answer says which it is', () => {
  const german = ask('CodeSystem', 'lookup', { system: ANIMALS, code: 'cat', displayLanguage: 'de' })
  assert.equal(parameterValueOf(german, 'display'), 'Katze')
  assert.equal(german.contentLanguage, 'de')
  const header = ask('CodeSystem', 'lookup', { system: ANIMALS, code: 'cat' }, { acceptLanguage: 'nl;q=0.9, sv' })
  assert.equal(parameterValueOf(header, 'display'), 'Kat')
  const parameterFirst = { system: ANIMALS, code: 'cat', displayLanguage: 'de' }
  assert.equal(
    parameterValueOf(ask('CodeSystem', 'lookup', parameterFirst, { acceptLanguage: 'nl' }), 'display'),
    'Katze',
  )
  const none = ask('CodeSystem', 'lookup', { system: ANIMALS, code: 'bat', displayLanguage: 'de' })
  assert.equal(parameterValueOf(none, 'display'), 'Bat')
  assert.equal(none.contentLanguage, 'en')
})

test('only the properties that are asked for', () => {
  const answer = ask('CodeSystem', 'lookup', { system: ANIMALS, code: 'cat', property: ['legs', 'lang.nl'] })
  assert.deepEqual(
    parts(answer, 'property').map((each) => each.get('code')),
    ['legs'],
  )
  assert.deepEqual(
    parts(answer, 'designation').map((each) => each.get('value')),
    ['Kat'],
  )
})

test('a supplement adds its words where it is asked for', () => {
  const useSupplement = 'http://example.org/animals-in-french'
  const answer = ask('CodeSystem', 'lookup', { system: ANIMALS, code: 'cat', displayLanguage: 'fr', useSupplement })
  assert.equal(parameterValueOf(answer, 'display'), 'Chat')
  assert.equal(parameterValueOf(answer, 'used-supplement'), `${useSupplement}|3`)
})

test('what is not there is said: 404 for a code, 422 for its system', () => {
  for (const [status, values] of [
    [404, { system: ANIMALS, code: 'unicorn' }],
    [422, { system: 'http://example.org/nowhere', code: 'cat' }],
    [422, { system: ANIMALS, version: '9', code: 'cat' }],
  ] as const) {
    const answer = ask('CodeSystem', 'lookup', values)
    assert.equal(answer.status, status, JSON.stringify(values))
    assert.equal(answer.resource.resourceType, 'OperationOutcome')
    assert.ok(textsOf(answer)[0])
  }
})

test('a coding serves instead of code and system; an instance instead of the system', () => {
  assert.equal(
    parameterValueOf(ask('CodeSystem', 'lookup', { coding: { system: ANIMALS, code: 'bat' } }), 'display'),
    'Bat',
  )
  assert.equal(parameterValueOf(ask('CodeSystem', 'lookup', { code: 'bat' }, { id: 'animals' }), 'display'), 'Bat')
  assert.equal(ask('CodeSystem', 'lookup', { code: 'bat' }, { id: 'plants' }).status, 404)
  assert.equal(server.read('CodeSystem', 'animals').status, 200)
})

test('code systems known by rule: units, countries, languages, media types', () => {
  const known: readonly (readonly [string, string, string])[] = [
    ['http://unitsofmeasure.org', 'mm[Hg]', 'mm[Hg]'],
    ['urn:iso:std:iso:3166', 'PT', 'Portugal'],
    ['urn:ietf:bcp:47', 'fr-BE', 'French (Belgium)'],
  ]
  for (const [system, code, display] of known) {
    const answer = ask('CodeSystem', 'lookup', { system, code })
    assert.equal(answer.status, 200, `${system} ${code}`)
    assert.equal(parameterValueOf(answer, 'display'), display)
  }
  for (const [system, code] of [
    ['http://unitsofmeasure.org', 'mm[Hh]'],
    ['urn:iso:std:iso:3166', 'JJ'],
    ['urn:ietf:bcp:47', 'french'],
    ['urn:ietf:bcp:13', 'not a type'],
  ] as const) {
    assert.equal(ask('CodeSystem', 'lookup', { system, code }).status, 404, `${system} ${code}`)
  }
})
