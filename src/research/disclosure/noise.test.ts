import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  cellKeyMaker,
  countNoise,
  roundTo,
  significant,
  sumNoise,
  triangularVariance,
  triangularWeights,
} from './noise.ts'
import { accumulate, distinct, personKeyMaker } from './persons.ts'
import { chiSquare, range, SECRET } from './testing/tables.ts'

const cellKey = cellKeyMaker(SECRET, 'test')
const keys = personKeyMaker(SECRET, 'test')(range(1, 4000))

/** Deterministic, so that a test that holds today holds tomorrow. */
function someSet(index: number): Float64Array {
  return distinct(keys.slice(index, index + 20 + (index % 50)))
}

describe('keys of persons', () => {
  it('are the same for numbers and bigints, below zero and beyond 2^32, and differ by dataset and secret', () => {
    const ids = [0, 1, -1, 2 ** 32, -(2 ** 40), Number.MAX_SAFE_INTEGER]
    const keyOf = personKeyMaker(SECRET, 'test')
    assert.deepEqual(keyOf(ids), keyOf(BigInt64Array.from(ids, BigInt)))
    assert.equal(new Set([...keyOf(ids), ...personKeyMaker(SECRET, 'other')(ids)]).size, 2 * ids.length)
    assert.ok(keyOf(ids).every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 52))
    assert.throws(() => keyOf([1.5]), TypeError)
    assert.throws(() => personKeyMaker(new Uint8Array(8), 'test'), TypeError)
  })

  it('add up to the same in any order, and a person given twice counts once', () => {
    const twice = Float64Array.of(...keys.slice(0, 50), ...keys.slice(10, 60)).reverse()
    assert.deepEqual(distinct(twice), distinct(keys.slice(0, 60)))
    assert.notEqual(accumulate(distinct(keys.slice(0, 60))), accumulate(distinct(keys.slice(1, 61))))
  })
})

describe('noise', () => {
  it('has the distribution that is stated', () => {
    for (const spread of [1, 2, 5]) {
      const weights = triangularWeights(spread)
      const seen = new Array<number>(weights.length).fill(0)
      const draws = 3900
      for (let index = 0; index < draws; index += 1) {
        const noise = countNoise(cellKey(someSet(index)), spread)
        seen[noise + spread] = (seen[noise + spread] ?? 0) + 1
      }
      const whole = weights.reduce((sum, weight) => sum + weight, 0)
      const expected = weights.map((weight) => (weight / whole) * draws)
      assert.ok(chiSquare(seen, expected) < 30, `${seen} against ${expected}`)
      const variance = weights.reduce((sum, weight, index) => sum + (weight / whole) * (index - spread) ** 2, 0)
      assert.ok(Math.abs(variance - triangularVariance(spread)) < 1e-9)
    }
  })

  it('of a sum is uniform up to the largest contribution, and its own for each measure', () => {
    const shifts = Array.from({ length: 2000 }, (_, index) => sumNoise(cellKey(someSet(index)), 'days', 100))
    assert.ok(shifts.every((shift) => Math.abs(shift) <= 100))
    const tenths = new Array<number>(10).fill(0)
    for (const shift of shifts) {
      const tenth = Math.min(9, Math.floor((shift + 100) / 20))
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    assert.ok(chiSquare(tenths, new Array<number>(10).fill(200)) < 30)
    assert.notEqual(sumNoise(cellKey(someSet(1)), 'days', 100), sumNoise(cellKey(someSet(1)), 'age', 100))
  })

  it('rounds half upwards, and to significant digits', () => {
    assert.deepEqual([roundTo(12, 5), roundTo(13, 5), roundTo(12.5, 5), roundTo(7, 0)], [10, 15, 15, 7])
    assert.deepEqual([significant(123456, 3), significant(0.0012345, 3)], [123000, 0.00123])
  })
})
