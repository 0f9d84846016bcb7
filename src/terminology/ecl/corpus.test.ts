/** The expressions of the conformance suite's SNOMED CT part, over the edition it is written for: sets and single concepts. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { buildEdition } from '#terminology/snomed/build/build.ts'
import { type Edition, openEdition } from '#terminology/snomed/edition.ts'
import { type Ecl, openEcl } from './ecl.ts'

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'terminology')
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
const expansion = z.object({
  expansion: z.object({ total: z.number(), contains: z.array(z.object({ code: z.string() })).optional() }),
})

let home = ''
let edition: Edition
let ecl: Ecl

before(async () => {
  if (skip !== false) return
  home = mkdtempSync(join(tmpdir(), 'tessera-ecl-'))
  const file = join(home, 'edition')
  const built = await buildEdition([RELEASE], file, {})
  assert.ok(built.ok, built.ok ? '' : built.problem.sentence)
  const opened = await openEdition(file)
  assert.ok(opened.ok)
  edition = opened.value
  ecl = openEcl(edition)
})

after(() => {
  ecl?.close()
  if (home !== '') rmSync(home, { recursive: true, force: true })
})

interface Case {
  readonly name: string
  readonly operation: string
  readonly expression: string
  readonly code: string
  readonly answer: unknown
}

function cases(): readonly Case[] {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(TESTS, file), 'utf8'))
  const { suites } = index.parse(read('test-cases.json'))
  return suites
    .filter(({ mode }) => mode === 'snomed')
    .flatMap(({ tests }) => tests)
    .flatMap(({ name, operation, request, response }) => {
      const asked = parameters.parse(read(request)).parameter
      const found = valueSet.safeParse(asked.find((one) => one.name === 'valueSet')?.resource)
      const filters = found.success ? found.data.compose.include.flatMap(({ filter }) => filter ?? []) : []
      const constraint = filters.find(({ property }) => property === 'constraint')
      const code = String(asked.find((one) => one.name === 'code')?.valueCode ?? '')
      return constraint === undefined
        ? []
        : [{ name, operation, expression: constraint.value, code, answer: read(response) }]
    })
}

test('every expansion of the suite has the concepts that it expects, and every refusal is one', { skip }, () => {
  let compared = 0
  for (const { name, operation, expression, answer } of cases()) {
    if (operation !== 'expand') continue
    const result = ecl.evaluate(expression)
    const expected = expansion.safeParse(answer)
    assert.equal(result.ok, expected.success, `${name}: ${expression}`)
    compared += 1
    if (!result.ok || !expected.success) continue
    const codes = (expected.data.expansion.contains ?? []).map(({ code }) => code).sort()
    assert.equal(result.value.size, expected.data.expansion.total, `${name}: ${expression}`)
    assert.deepEqual([...result.value.from(0)].map(edition.sctidOf).sort(), codes, `${name}: ${expression}`)
  }
  assert.ok(compared > 15, `${compared} expansions`)
})

test('every concept that the suite asks about is in the set, or not, as it expects', { skip }, () => {
  let compared = 0
  for (const { name, operation, expression, code, answer } of cases()) {
    if (operation !== 'validate-code' || !/^\d+$/.test(code)) continue
    const expected = parameters.parse(answer).parameter.find((one) => one.name === 'result')?.valueBoolean
    const result = ecl.matches(expression, edition.ordinalOf(code))
    assert.ok(result.ok, `${name}: ${expression}`)
    assert.equal(result.value, expected, `${name}: ${expression} of ${code}`)
    compared += 1
  }
  assert.ok(compared > 20, `${compared} concepts`)
})

test('a cardinality counts relationships, whatever their group', { skip }, () => {
  const outside = ecl.evaluate('< 64572001 : [1..1] 363698007 = << 10200004')
  const grouped = ecl.evaluate('< 64572001 : [1..1] { [1..1] 363698007 = << 10200004 }')
  assert.ok(outside.ok && grouped.ok)
  assert.deepEqual(outside.value.toUint32Array(), grouped.value.toUint32Array())
})
