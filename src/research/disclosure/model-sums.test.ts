import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { magnitudeOf } from './dominance.ts'
import { admitModelSums, numbersOf, type SummedModel } from './model-sums.ts'
import { DEFAULT_RULES } from './read-rules.ts'
import { type ReleaseContext, releaseTable } from './release.ts'
import type { ExactTable } from './table.ts'
import { cohortTable, crossTable, memoryContext, range } from './testing/tables.ts'

/** Three coefficients: ten numbers are told, with twelve persons behind each. */
const MODEL: SummedModel = { persons: 400, parameters: 3, magnitudes: [] }
const PAIRS = crossTable([
  [100, 80],
  [120, 100],
])

async function code(model: SummedModel, tables: readonly ExactTable[] = [PAIRS], context?: ReleaseContext) {
  const admitted = await admitModelSums(model, tables, context ?? (await memoryContext({})))
  return admitted.ok ? 'ok' : admitted.problem.code
}

describe('the sums of a model', () => {
  it('may leave when enough persons stand behind each of them', async () => {
    assert.equal(await code(MODEL), 'ok')
    assert.equal(await code({ ...MODEL, outcomes: [380, 20] }), 'ok')
  })

  it('stay where a pair of levels has few persons, or nobody, though each of the two has many', async () => {
    for (const few of [9, 1, 0]) {
      const pairs = crossTable([
        [100, 80],
        [120, few],
      ])
      assert.equal(await code({ ...MODEL, persons: 300 + few }, [pairs]), 'disclosure-model-too-small', `${few}`)
    }
    const rules = { ...DEFAULT_RULES, zerosShownFor: ['row', 'column'] }
    const none = crossTable([
      [100, 80],
      [120, 0],
    ])
    assert.equal(await code(MODEL, [none], await memoryContext({ rules })), 'ok')
  })

  it('stay where an outcome is that of few', async () => {
    assert.equal(await code({ ...MODEL, outcomes: [391, 9] }), 'disclosure-model-too-small')
    assert.equal(await code({ ...MODEL, outcomes: [400, 0] }), 'disclosure-model-too-small')
  })

  it('stay where there are many coefficients for the persons', async () => {
    assert.equal(numbersOf(3), 10)
    assert.equal(await code({ ...MODEL, persons: 120 }), 'ok')
    assert.equal(await code({ ...MODEL, persons: 119 }), 'disclosure-model-too-small')
    // One coefficient: ten persons for it are not enough, since three numbers are told.
    assert.equal(await code({ ...MODEL, parameters: 1, persons: 35 }), 'disclosure-model-too-small')
  })

  it('stay where one or two persons make a sum, or nobody can tell because values lie below zero', async () => {
    const even = magnitudeOf(range(40, 30))
    assert.equal(await code({ ...MODEL, magnitudes: [even] }), 'ok')
    const largest = magnitudeOf([9000, ...range(1, 30)])
    assert.equal(await code({ ...MODEL, magnitudes: [even, largest] }), 'disclosure-model-too-small')
    assert.equal(await code({ ...MODEL, magnitudes: [magnitudeOf([-1, 50, 60])] }), 'disclosure-needs-review')
  })

  it('stay where the weights of a round rest on a handful of persons', async () => {
    const spread = magnitudeOf(range(1, 40).map(() => 0.2))
    assert.equal(await code({ ...MODEL, weights: spread }), 'ok')
    const few = magnitudeOf(range(1, 40).map((one) => (one < 9 ? 0.25 : 1e-6)))
    assert.equal(await code({ ...MODEL, weights: few }), 'disclosure-model-too-small')
  })

  it('are held against all that was answered before, and remembered themselves', async () => {
    const context = await memoryContext({})
    assert.equal(await code(MODEL, [PAIRS], context), 'ok')
    // Told again, or as other sums of the same groups: nothing new.
    assert.equal(await code(MODEL, [PAIRS], context), 'ok')
    const all = PAIRS.cells.flatMap(({ persons }) => Array.from(persons, Number))
    const without = await releaseTable(cohortTable(all.slice(3)), context)
    assert.equal(without.ok ? 'ok' : without.problem.code, 'disclosure-too-few')
    const moved = crossTable(
      [
        [100, 80],
        [120, 100],
      ],
      4,
    )
    assert.notEqual(await code(MODEL, [moved], context), 'ok')
    // What was refused has left no trace: the same persons may be asked about as before.
    assert.equal(await code(MODEL, [PAIRS], context), 'ok')
  })

  it('count as refusals where they are refused, for whichever reason', async () => {
    const rules = { ...DEFAULT_RULES, refusalsBeforeReview: 2 }
    const context = await memoryContext({ rules })
    for (const persons of [9, 10]) await code({ ...MODEL, persons }, [PAIRS], context)
    assert.equal(await code(MODEL, [PAIRS], context), 'disclosure-refusals-exhausted')
  })

  it('are not told under a privacy budget', async () => {
    const rules = { ...DEFAULT_RULES, privacyBudget: { epsilon: 2, perAnswer: 0.5 } }
    assert.equal(await code(MODEL, [PAIRS], await memoryContext({ rules })), 'disclosure-table-invalid')
  })
})
