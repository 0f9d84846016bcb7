/** The expressions that the conformance suite validates, over its edition. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { type Ecl, openEcl } from '../../ecl/ecl.ts'
import { buildEdition } from '../build/build.ts'
import { type Edition, openEdition } from '../edition.ts'
import { expressionMatches } from './match.ts'
import { isExpression } from './parse.ts'
import { renderExpression } from './render.ts'
import { validateExpression } from './validate.ts'

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpus', 'terminology')
const TESTS = join(CORPUS, 'tx-tests')
const RELEASE = join(CORPUS, 'tx-source', 'snomed')
const skip = existsSync(RELEASE) ? false : 'the terminology corpus is not beside the checkout'

const index = z.object({
  suites: z.array(
    z.object({
      mode: z.string().optional(),
      tests: z.array(
        z.object({
          name: z.string(),
          operation: z.string(),
          request: z.string().default(''),
          response: z.string().default(''),
        }),
      ),
    }),
  ),
})
const parameters = z.object({ parameter: z.array(z.looseObject({ name: z.string() })) })
const valueSet = z.object({
  compose: z.object({
    include: z.array(z.object({ filter: z.array(z.object({ property: z.string(), value: z.string() })).optional() })),
  }),
})

let home = ''
let edition: Edition
let ecl: Ecl

before(async () => {
  if (skip !== false) return
  home = mkdtempSync(join(tmpdir(), 'tessera-expressions-'))
  const file = join(home, 'edition')
  assert.ok((await buildEdition([RELEASE], file, {})).ok)
  const opened = await openEdition(file)
  assert.ok(opened.ok)
  edition = opened.value
  ecl = openEcl(edition)
})

after(() => {
  ecl?.close()
  if (home !== '') rmSync(home, { recursive: true, force: true })
})

function cases() {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(TESTS, file), 'utf8'))
  return index
    .parse(read('test-cases.json'))
    .suites.filter(({ mode }) => mode === 'snomed')
    .flatMap(({ tests }) => tests)
    .flatMap(({ name, operation, request, response }) => {
      const asked = parameters.parse(read(request)).parameter
      const code = String(asked.find((one) => one.name === 'code')?.valueCode ?? '')
      if (!isExpression(code)) return []
      const answer = parameters.parse(read(response)).parameter
      const value = (wanted: string, field: string): unknown => answer.find((one) => one.name === wanted)?.[field]
      const found = valueSet.safeParse(asked.find((one) => one.name === 'valueSet')?.resource)
      const filters = found.success ? found.data.compose.include.flatMap(({ filter }) => filter ?? []) : []
      return [
        {
          name,
          code,
          result: value('result', 'valueBoolean'),
          display: value('display', 'valueString'),
          // The word of the suite for codes of the code system itself; others fail for the value set.
          ofSystem: operation === 'cs-validate-code',
          issues: JSON.stringify(value('issues', 'resource') ?? ''),
          constraint: filters.find(({ property }) => property === 'constraint')?.value,
        },
      ]
    })
}

test('expressions are valid, or not, as the suite expects, with its display and its reason', { skip }, () => {
  let compared = 0
  for (const { name, code, result, display, ofSystem, issues } of cases()) {
    const validated = validateExpression(edition, code)
    if (ofSystem) assert.equal(validated.ok, result, name)
    if (validated.ok) {
      const termOf = (id: string) => edition.preferredTerm(edition.ordinalOf(id), ['en-US', 'en'])?.term
      if (display !== undefined) assert.equal(renderExpression(validated.value, termOf), display, name)
    } else assert.ok(issues.includes(validated.problem.sentence), `${name}: ${validated.problem.sentence} in ${issues}`)
    compared += 1
  }
  assert.ok(compared > 20, `${compared} expressions`)
})

test('expressions are in the sets of constraints, or not, as the suite expects', { skip }, () => {
  let compared = 0
  for (const { name, code, result, constraint } of cases()) {
    const validated = validateExpression(edition, code)
    if (constraint === undefined || !validated.ok) continue
    const matched = expressionMatches(ecl, constraint, validated.value)
    assert.ok(matched.ok, name)
    assert.equal(matched.value, result, `${name}: ${code} in ${constraint}`)
    compared += 1
  }
  assert.ok(compared > 15, `${compared} expressions`)
})
