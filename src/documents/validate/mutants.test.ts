import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  type Example,
  europeanPackages,
  examples,
  ipsExamples,
  SHARED,
  testDefinitions,
  WITHOUT_PACKAGES,
} from './testing/definitions.ts'
import { mutantsOf } from './testing/mutants.ts'
import { validate } from './validate.ts'

const SEED = 20_261_124
const packages = europeanPackages()

function check(valid: readonly Example[], directories: readonly string[], count: number): void {
  const definitions = testDefinitions(directories)
  const isValid = (resource: unknown) =>
    !validate(resource, { definitions }).some((issue) => issue.severity === 'error')
  assert.deepEqual(
    valid.filter((example) => !isValid(example.resource)).map((example) => example.file),
    [],
    'mutants must be made of valid examples',
  )
  const bundles = valid.filter((example) => example.resource.resourceType === 'Bundle')
  // Documents have the most to break: they are drawn as often as all single resources together.
  const drawn = [
    ...valid,
    ...Array.from({ length: Math.ceil(valid.length / Math.max(1, bundles.length)) }, () => bundles).flat(),
  ]
  const mutants = mutantsOf(drawn, count, SEED)
  assert.equal(mutants.length, count)
  const missed = mutants.filter((mutant) => isValid(mutant.resource))
  const caught = 1 - missed.length / mutants.length
  assert.ok(
    caught >= 0.95,
    `caught ${(caught * 100).toFixed(1)} %; missed:\n${missed.map((one) => `${one.kind}: ${one.rule} at ${one.place} of ${one.file}`).join('\n')}`,
  )
}

test('300 mutants of the IPS examples are caught', () => {
  check(ipsExamples(), [], 300)
})

test('300 mutants of the EPS and base examples are caught', { skip: packages ? false : WITHOUT_PACKAGES }, () => {
  const folder = (name: string) => examples(join(SHARED, name, 'package', 'example'))
  check([...folder('hl7.fhir.eu.eps'), ...folder('hl7.fhir.eu.base')], packages ?? [], 300)
})

test('the same seed makes the same mutants', () => {
  const valid = ipsExamples()
  assert.deepEqual(mutantsOf(valid, 40, 7), mutantsOf(valid, 40, 7))
  assert.notDeepEqual(mutantsOf(valid, 40, 7), mutantsOf(valid, 40, 8))
})
