import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { poolLevels } from './pool-levels.ts'
import { DEFAULT_RULES } from './read-rules.ts'
import { percentile, ratio, releaseModel } from './statistics.ts'
import { crossTable, range } from './testing/tables.ts'

describe('percentiles', () => {
  it('need ten persons beyond on both sides, and are never an extreme', () => {
    const values = range(1, 1000)
    assert.deepEqual(percentile(values, 0.5, DEFAULT_RULES), { ok: true, value: 500 })
    for (const share of [0, 0.005, 0.01, 0.991, 0.999, 1, Number.NaN]) {
      assert.equal(percentile(values, share, DEFAULT_RULES).ok, false, `${share}`)
    }
    assert.equal(percentile(range(1, 20), 0.5, DEFAULT_RULES).ok, false)
    assert.equal(percentile(range(1, 21), 0.5, DEFAULT_RULES).ok, true)
    assert.equal(percentile([], 0.5, DEFAULT_RULES).ok, false)
  })

  it('count those beyond a value, not those who share it', () => {
    const values = [...range(0, 100).map(() => 5), 9]
    assert.equal(percentile(values, 0.5, DEFAULT_RULES).ok, false)
  })
})

it('ratios come of released numbers only', () => {
  assert.equal(ratio(10, 30), 0.333)
  assert.deepEqual([ratio(null, 30), ratio(10, null), ratio(10, 0)], [null, null, null])
})

describe('models', () => {
  const coefficients = ['intercept', 'age'].map((name) => ({ name, value: 1.23456, standardError: 0.98765 }))
  const model = { persons: 100, coefficients, levels: [{ covariate: 'sex', persons: [40, 60] }] }

  it('are told to three digits', () => {
    const told = releaseModel(model, DEFAULT_RULES)
    assert.deepEqual(told.ok && told.value[0], { name: 'intercept', value: 1.23, standardError: 0.988 })
  })

  it('are not told of too few degrees of freedom, or of a value or outcome of too few', () => {
    for (const small of [
      { ...model, persons: 11, levels: [] },
      { ...model, levels: [{ covariate: 'sex', persons: [91, 9] }] },
      { ...model, outcomes: [95, 5] as const },
    ]) {
      const told = releaseModel(small, DEFAULT_RULES)
      assert.equal(told.ok ? 'ok' : told.problem.code, 'disclosure-model-too-small')
    }
  })
})

describe('pooled levels', () => {
  it('join neighbours until enough stand in each, and lose nobody', () => {
    const steps = crossTable([
      [4, 30],
      [5, 30],
      [3, 30],
      [12, 30],
      [2, 30],
    ])
    const pooled = poolLevels(steps, 'row', 12)
    assert.deepEqual(pooled.dimensions[0]?.levels, ['r0–r2', 'r3–r4'])
    assert.deepEqual(
      pooled.cells.map(({ key, persons }) => [key.join(), persons.length]),
      [
        ['r0–r2,c0', 12],
        ['r0–r2,c1', 90],
        ['r3–r4,c0', 14],
        ['r3–r4,c1', 60],
      ],
    )
  })

  it('keep values beside their persons, and leave another table alone', () => {
    const table = {
      dimensions: [{ name: 'step', levels: ['1', '2'] }],
      measures: [{ name: 'days', acrossCells: 'add' as const }],
      cells: [
        { key: ['1'], persons: [1, 2], values: { days: [10, 20] } },
        { key: ['2'], persons: [3], values: { days: [30] } },
      ],
    }
    assert.deepEqual(poolLevels(table, 'step', 3).cells, [
      { key: ['1–2'], persons: [1, 2, 3], values: { days: [10, 20, 30] } },
    ])
    assert.equal(poolLevels(table, 'another', 3), table)
  })
})
