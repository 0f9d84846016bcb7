import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationAnswer } from './server.ts'
import { ANIMALS, ANIMALS_FR, MAMMALS, parameterValueOf, testServer, type Values } from './test-server.ts'

const { ask } = testServer()
const inSet = (values: Values, more = {}) => ask('ValueSet', 'validate-code', { url: MAMMALS, ...values }, more)
const inSystem = (values: Values, more = {}) => ask('CodeSystem', 'validate-code', values, more)

interface Issue {
  readonly severity: string
  readonly code: string
  readonly type: string | undefined
  readonly text: string
  readonly at: string | undefined
}

function issuesOf(answer: OperationAnswer): readonly Issue[] {
  const outcome = parameterValueOf(answer, 'issues') as
    | { readonly issue?: readonly Record<string, unknown>[] }
    | undefined
  return (outcome?.issue ?? []).map((issue) => {
    const { text, coding } = issue.details as {
      readonly text: string
      readonly coding?: readonly { readonly code: string }[]
    }
    return {
      severity: String(issue.severity),
      code: String(issue.code),
      type: coding?.[0]?.code,
      text,
      at: (issue.expression as readonly string[] | undefined)?.[0],
    }
  })
}

test('the three ways to say a code, each with the place of what is wrong', () => {
  for (const [values, at] of [
    [{ system: ANIMALS, code: 'crow' }, 'code'],
    [{ coding: { system: ANIMALS, code: 'crow' } }, 'Coding.code'],
    [{ codeableConcept: { coding: [{ system: ANIMALS, code: 'crow' }] } }, 'CodeableConcept.coding[0].code'],
  ] as const) {
    const answer = inSet(values)
    assert.equal(answer.status, 200)
    assert.equal(parameterValueOf(answer, 'result'), false)
    const notInSet = issuesOf(answer).find(({ type }) => type === 'not-in-vs' || type === 'this-code-not-in-vs')
    assert.equal(notInSet?.at, at)
    assert.equal(notInSet?.code, 'code-invalid')
  }
  for (const values of [
    { system: ANIMALS, code: 'cat' },
    { coding: { system: ANIMALS, code: 'cat' } },
    {
      codeableConcept: {
        coding: [
          { system: ANIMALS, code: 'crow' },
          { system: ANIMALS, code: 'cat' },
        ],
      },
    },
  ]) {
    const answer = inSet(values)
    assert.equal(parameterValueOf(answer, 'result'), true)
    assert.equal(parameterValueOf(answer, 'display'), 'Cat')
    assert.equal(parameterValueOf(answer, 'version'), '1.2.0')
  }
})

test('a wrong word is an error, or a warning when the request is lenient; the words of any language are right', () => {
  const strict = inSystem({ url: ANIMALS, code: 'cat', display: 'Dog' })
  assert.equal(parameterValueOf(strict, 'result'), false)
  assert.equal(issuesOf(strict)[0]?.type, 'invalid-display')
  assert.match(String(parameterValueOf(strict, 'message')), /Dog/)
  const lenient = inSystem({ url: ANIMALS, code: 'cat', display: 'Dog', 'lenient-display-validation': true })
  assert.equal(parameterValueOf(lenient, 'result'), true)
  assert.equal(issuesOf(lenient)[0]?.severity, 'warning')
  assert.equal(parameterValueOf(inSystem({ url: ANIMALS, code: 'cat', display: 'Domestic cat' }), 'result'), true)
  const german = inSystem({ url: ANIMALS, code: 'cat', display: 'Katze', displayLanguage: 'de' })
  assert.equal(parameterValueOf(german, 'result'), true)
  assert.equal(parameterValueOf(german, 'display'), 'Katze')
})

test('an unknown code, an unknown system, an unknown version', () => {
  assert.equal(issuesOf(inSystem({ url: ANIMALS, code: 'unicorn' }))[0]?.type, 'invalid-code')
  const nowhere = inSet({ system: 'http://example.org/nowhere', code: 'cat' })
  assert.equal(parameterValueOf(nowhere, 'result'), false)
  assert.ok(
    issuesOf(nowhere).some(({ type, text }) => type === 'not-found' && text.includes('http://example.org/nowhere')),
  )
  assert.equal(parameterValueOf(nowhere, 'x-unknown-system'), 'http://example.org/nowhere')
  const version = inSystem({ url: ANIMALS, version: '9.9', code: 'cat' })
  assert.equal(parameterValueOf(version, 'result'), false)
  assert.match(String(parameterValueOf(version, 'message')), /1\.2\.0/)
})

test('the system is inferred where the value set leaves one choice', () => {
  const inferred = inSet({ code: 'cat', inferSystem: true })
  assert.equal(parameterValueOf(inferred, 'result'), true)
  assert.equal(parameterValueOf(inferred, 'system'), ANIMALS)
  const missing = inSet({ code: 'cat' })
  assert.ok(missing.status >= 400 || parameterValueOf(missing, 'result') === false)
})

test('membership alone can be asked for', () => {
  const values = { system: ANIMALS, code: 'cat', display: 'Dog', 'valueset-membership-only': true }
  assert.equal(parameterValueOf(inSet(values), 'result'), true)
})

test('an abstract concept is a member, and refused where only what can be chosen is allowed', () => {
  assert.equal(parameterValueOf(inSet({ system: ANIMALS, code: 'mammal' }), 'result'), true)
  const refused = inSet({ system: ANIMALS, code: 'mammal', abstract: false })
  assert.equal(parameterValueOf(refused, 'result'), false)
})

test('an inactive concept is told to be so', () => {
  const answer = inSet({ system: ANIMALS, code: 'aurochs' })
  assert.equal(parameterValueOf(answer, 'result'), true)
  assert.equal(parameterValueOf(answer, 'inactive'), true)
  assert.equal(parameterValueOf(inSet({ system: ANIMALS, code: 'aurochs', activeOnly: true }), 'result'), false)
})

test('version rules: a default, a check, a force', () => {
  const rule = (name: string, version: string) =>
    inSystem({ url: ANIMALS, code: 'cat', [name]: `${ANIMALS}|${version}` })
  assert.equal(parameterValueOf(rule('system-version', '1.2.0'), 'result'), true)
  assert.equal(parameterValueOf(rule('system-version', '1.x'), 'result'), true)
  assert.equal(parameterValueOf(rule('check-system-version', '1.2.0'), 'result'), true)
  const checked = rule('check-system-version', '2.0.0')
  assert.notEqual(checked.status === 200 && parameterValueOf(checked, 'result'), true)
  const forced = rule('force-system-version', '2.0.0')
  assert.notEqual(forced.status === 200 && parameterValueOf(forced, 'result'), true)
})

test('a supplement that is demanded must be there, and belong to the system', () => {
  const good = inSystem({
    url: ANIMALS,
    code: 'cat',
    display: 'Chat',
    displayLanguage: 'fr',
    useSupplement: ANIMALS_FR,
  })
  assert.equal(parameterValueOf(good, 'result'), true)
  const bad = inSystem({ url: ANIMALS, code: 'cat', useSupplement: 'http://example.org/none' })
  assert.ok(bad.status >= 400)
})

test('supplements that supplement one another do not go round', () => {
  const one = {
    resourceType: 'CodeSystem',
    url: 'http://example.org/s1',
    content: 'supplement',
    supplements: 'http://example.org/s2',
  }
  const two = {
    resourceType: 'CodeSystem',
    url: 'http://example.org/s2',
    content: 'supplement',
    supplements: 'http://example.org/s1',
  }
  const answer = inSystem({
    url: 'http://example.org/s1',
    code: 'x',
    useSupplement: 'http://example.org/s2',
    'tx-resource': [one, two],
  })
  assert.ok(answer.status >= 400 || parameterValueOf(answer, 'result') === false)
})

test('resources of a request are of that request alone, unless it names a cache', () => {
  const ferns = {
    resourceType: 'CodeSystem',
    url: 'http://example.org/ferns',
    content: 'complete',
    concept: [{ code: 'f' }],
  }
  const asked = { url: 'http://example.org/ferns', code: 'f' }
  assert.equal(parameterValueOf(inSystem({ ...asked, 'tx-resource': ferns }), 'result'), true)
  assert.equal(parameterValueOf(inSystem(asked), 'result'), false)
  assert.equal(parameterValueOf(inSystem({ ...asked, 'tx-resource': ferns, 'cache-id': 'c1' }), 'result'), true)
  assert.equal(parameterValueOf(inSystem({ ...asked, 'cache-id': 'c1' }), 'result'), true)
  assert.equal(parameterValueOf(inSystem({ ...asked, 'cache-id': 'c2' }), 'result'), false)
})

test('many at once: each with its own answer, in order', () => {
  const one = (code: string) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'system', valueUri: ANIMALS },
      { name: 'code', valueCode: code },
    ],
  })
  const answer = ask('ValueSet', 'batch-validate-code', { url: MAMMALS, validation: [one('cat'), one('crow')] })
  const results = (answer.resource.parameter as readonly { readonly resource: OperationAnswer['resource'] }[]).map(
    ({ resource }) => parameterValueOf({ status: 200, resource }, 'result'),
  )
  assert.deepEqual(results, [true, false])
})
