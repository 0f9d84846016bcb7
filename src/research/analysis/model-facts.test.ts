import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ExactTable } from '../disclosure/table.ts'
import { groupPairs, modelFacts } from './model-facts.ts'
import type { GroupedObservations } from './statistics/observations.ts'

const SEX = ['sex female', 'sex male', 'sex unknown']
const SMOKER = ['condition 1 no', 'condition 1 yes']
const DATA: GroupedObservations = {
  columns: [...SEX, 'age 2', ...SMOKER],
  groups: [SEX, SMOKER],
  rows: [
    { values: [1, 0, 0, 50, 1, 0], outcome: 1, persons: 3 },
    { values: [0, 1, 0, 40, 1, 0], outcome: 0, persons: 2 },
    { values: [0, 1, 0, 30, 0, 1], outcome: 1, persons: 1 },
  ],
}

describe('what disclosure control is told of a model', () => {
  it('has its persons, its outcomes, and as many coefficients as are fitted', () => {
    const { persons, parameters, outcomes } = modelFacts(DATA, 'logistic')
    // Constant, male, age, smoker: nobody's sex is unknown.
    assert.deepEqual({ persons, parameters, outcomes }, { persons: 6, parameters: 4, outcomes: [4, 2] })
    assert.equal(modelFacts(DATA, 'linear').outcomes, undefined)
  })

  it('has each sum of an amount, over everybody and over each level that somebody is in', () => {
    const sums = [...modelFacts(DATA, 'logistic').magnitudes]
    // Age of everybody, of women, men, non-smokers, smokers, of those with the outcome, and age times age.
    assert.deepEqual(
      sums.map(({ sum }) => sum),
      [260, 150, 110, 230, 30, 180, 50 * 50 * 3 + 40 * 40 * 2 + 30 * 30],
    )
    assert.deepEqual(sums[0], { contributors: 6, sum: 260, largest: 50, second: 50, negative: false })
    const [, , men] = sums
    assert.deepEqual([men?.contributors, men?.largest, men?.second], [3, 40, 40])
    // In a linear regression the outcome is an amount too.
    assert.ok([...modelFacts(DATA, 'linear').magnitudes].length > sums.length)
  })

  it('has the weights of a round, of everybody and in each level', () => {
    const { weights, magnitudes } = modelFacts(DATA, 'logistic', [0.25, 0.1, 0.01])
    assert.deepEqual([weights?.largest, weights?.second, weights?.sum], [0.25, 0.25, 0.96])
    const smokers = [...magnitudes].at(-1)
    assert.deepEqual([smokers?.contributors, smokers?.sum], [1, 0.01])
  })

  it('has the persons of each pair of groups, without levels that nobody is in', () => {
    const table: ExactTable = {
      dimensions: [
        { name: 'sex', levels: ['female', 'male', 'unknown'] },
        { name: 'condition 1', levels: ['no', 'yes'] },
        { name: 'outcome', levels: ['no', 'yes'] },
      ],
      cells: [
        { key: ['female', 'no', 'yes'], persons: [1, 2] },
        { key: ['female', 'no', 'no'], persons: [3] },
        { key: ['male', 'yes', 'no'], persons: [4] },
      ],
    }
    const pairs = groupPairs(table)
    assert.deepEqual(
      pairs.map(({ dimensions }) => dimensions.map(({ name }) => name).join(' × ')),
      ['sex × condition 1', 'sex × outcome', 'condition 1 × outcome'],
    )
    assert.deepEqual(pairs[0]?.dimensions[0]?.levels, ['female', 'male'])
    assert.deepEqual(pairs[0]?.cells, [
      { key: ['female', 'no'], persons: [1, 2, 3] },
      { key: ['male', 'yes'], persons: [4] },
    ])
    assert.equal(groupPairs({ dimensions: [], cells: [] }).length, 0)
    const one = groupPairs({ dimensions: table.dimensions.slice(0, 1), cells: [{ key: ['male'], persons: [4] }] })
    assert.deepEqual(one[0]?.dimensions, [{ name: 'sex', levels: ['male'] }])
  })
})
