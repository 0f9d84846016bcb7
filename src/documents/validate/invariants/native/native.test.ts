/** What is compiled natively says what fhirpath.js says, on every value that the examples and their mutants have. */
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
} from '../../testing/definitions.ts'
import { mutantsOf } from '../../testing/mutants.ts'
import { startRun, validateRun } from '../../validate.ts'
import { evaluateNatively } from '../compile-invariant.ts'
import { createFhirPath, parseFhirPath } from '../fhirpath.ts'
import type { Invariant } from '../invariant.ts'
import { knownRule } from '../known-rules.ts'
import { UNSUPPORTED } from './collection.ts'
import { compilePath } from './compile-path.ts'

const packages = europeanPackages()
const fhirPath = createFhirPath()

interface Compared {
  readonly native: number
  readonly left: number
  readonly constraints: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
  readonly wrong: readonly string[]
}

function compare(resources: readonly Example['resource'][], directories: readonly string[]): Compared {
  const definitions = testDefinitions(directories)
  const tests = new Map<string, Invariant['test']>()
  const constraints = new Set<string>()
  const failed = new Set<string>()
  const wrong: string[] = []
  let native = 0
  let left = 0
  for (const resource of resources) {
    const run = startRun(resource, String(resource.resourceType), {
      definitions,
      observe(invariant, value, scope) {
        const { constraint, path } = invariant
        if (knownRule(constraint)) return
        const syntax = parseFhirPath(constraint.expression)
        const expression = syntax && compilePath(syntax)
        if (!expression) {
          left++
          return
        }
        const key = `${path} ${constraint.expression}`
        const reference = tests.get(key) ?? fhirPath.compile(constraint.expression, path)
        tests.set(key, reference)
        try {
          const own = evaluateNatively(expression, path, value, scope, run)
          const expected = reference(value, scope, run)
          native++
          constraints.add(constraint.key)
          if (own === false) failed.add(constraint.key)
          if (own !== expected)
            wrong.push(
              `${constraint.key} at ${path}: ${own}, fhirpath.js ${expected}: ${constraint.expression} on ${JSON.stringify(value).slice(0, 300)}`,
            )
        } catch (error) {
          if (error !== UNSUPPORTED) throw error
          left++
        }
      },
    })
    validateRun(run)
  }
  return { native, left, constraints, failed, wrong: [...new Set(wrong)] }
}

/** Values of a wrong JSON type are reported before; there the two may differ. */
const SHAPE_KINDS = ['wrong type', 'empty value']

test('native constraints agree with fhirpath.js: IPS and mutants', () => {
  const valid = ipsExamples()
  const mutants = mutantsOf(valid, 250, 11).filter((mutant) => !SHAPE_KINDS.includes(mutant.kind))
  const compared = compare(
    [...valid, ...mutants].map((one) => one.resource),
    [],
  )
  assert.deepEqual(compared.wrong, [])
  assert.ok(compared.native > 10 * compared.left, `${compared.native} native, ${compared.left} left to fhirpath.js`)
  assert.ok(compared.constraints.size >= 40)
  assert.ok(compared.failed.size >= 5)
})

test('native constraints agree with fhirpath.js: every European guide', {
  skip: packages ? false : WITHOUT_PACKAGES,
}, () => {
  const all = examples(SHARED, '*/package/example/*.json').filter(
    (example) => example.file.startsWith(`hl7.fhir.eu`) || example.file.startsWith(join('ihe.iti.balp')),
  )
  const compared = compare(
    all.map((example) => example.resource),
    packages ?? [],
  )
  assert.deepEqual(compared.wrong, [])
  assert.ok(compared.constraints.size >= 60)
})
