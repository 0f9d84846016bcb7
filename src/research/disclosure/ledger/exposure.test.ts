import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { PersonKeys } from '../persons.ts'
import { type Exposure, emptyExposure } from './exposure.ts'

const MOST = 1e6
const FLOOR = 10

function set(...ranges: readonly (readonly [number, number])[]): PersonKeys {
  const members = new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index)))
  return Float64Array.from([...members].sort((a, b) => a - b))
}

function answered(...sets: readonly PersonKeys[]): Exposure {
  const exposure = emptyExposure(MOST)
  for (const one of sets) assert.notEqual(exposure.admit(one, FLOOR), 'refused')
  return exposure
}

describe('exposure', () => {
  it('lets k persons pass, and fewer not', () => {
    assert.equal(emptyExposure(MOST).admit(set([0, 10]), FLOOR), 'new')
    assert.equal(emptyExposure(MOST).admit(set([0, 9]), FLOOR), 'refused')
    assert.equal(emptyExposure(MOST).admit(set(), FLOOR), 'known')
  })

  it('refuses a cohort that differs from an earlier one by 1 to 9 persons, either way or by exchange', () => {
    for (const d of [1, 2, 5, 9]) {
      assert.equal(answered(set([0, 120])).admit(set([0, 120 - d]), FLOOR), 'refused')
      assert.equal(answered(set([0, 120])).admit(set([0, 120 + d]), FLOOR), 'refused')
    }
    assert.equal(answered(set([0, 120])).admit(set([3, 123]), FLOOR), 'refused')
    assert.equal(answered(set([0, 120])).admit(set([0, 110]), FLOOR), 'new')
    assert.equal(answered(set([0, 120])).admit(set([0, 120]), FLOOR), 'known')
  })

  it('refuses what unions, intersections and complements of earlier answers come close to', () => {
    const thirds = answered(set([0, 100]), set([100, 200]), set([200, 300]))
    assert.equal(thirds.admit(set([0, 304]), FLOOR), 'refused')
    assert.equal(thirds.admit(set([0, 300]), FLOOR), 'known')
    const overlapping = answered(set([0, 100]), set([50, 150]), set([0, 150]))
    assert.equal(overlapping.admit(set([50, 96]), FLOOR), 'refused')
    assert.equal(overlapping.admit(set([50, 100]), FLOOR), 'known')
    const complement = answered(set([0, 1000]), set([0, 400]))
    assert.equal(complement.admit(set([404, 1000]), FLOOR), 'refused')
  })

  it('refuses the last of a chain of small steps that add up', () => {
    const chain = answered(set([0, 500]), set([0, 520]), set([0, 540]))
    assert.equal(chain.admit(set([0, 535]), FLOOR), 'refused')
    assert.equal(chain.admit(set([0, 560]), FLOOR), 'new')
  })

  it('forgets what is taken back, and says when it is full', () => {
    const exposure = answered(set([0, 120]))
    assert.equal(exposure.admit(set([60, 180]), FLOOR), 'new')
    exposure.truncate(1)
    assert.equal(exposure.rank(), 1)
    assert.equal(exposure.admit(set([60, 180]), FLOOR), 'new')
    assert.equal(emptyExposure(1).admit(set([0, 120]), FLOOR), 'full')
  })

  it('never lets a set of fewer than k persons into the span, whatever was asked (independent elimination)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer(), fc.integer({ min: 1, max: 15 })), { maxLength: 40 }), (asked) => {
        const floor = 4
        const exposure = emptyExposure(MOST)
        const rows: number[][] = []
        for (const [seed, share] of asked) {
          const members = Array.from({ length: 20 }, (_, person) => person).filter(
            (person) => Math.imul(seed ^ Math.imul(person + 1, 0x9e3779b1), 0x85ebca6b) >>> 28 < share,
          )
          const verdict = exposure.admit(Float64Array.from(members), floor)
          if (verdict === 'refused') continue
          rows.push(Array.from({ length: 20 }, (_, person) => (members.includes(person) ? 1 : 0)))
        }
        for (const small of smallSets(20, floor - 1)) assert.ok(!spans(rows, small), `{${small}} can be computed`)
      }),
      { numRuns: 40 },
    )
  })
})

function* smallSets(
  persons: number,
  most: number,
  from = 0,
  chosen: readonly number[] = [],
): Generator<readonly number[]> {
  if (chosen.length > 0) yield chosen
  if (chosen.length === most) return
  for (let person = from; person < persons; person += 1)
    yield* smallSets(persons, most, person + 1, [...chosen, person])
}

/** By row reduction, once for all small sets of a test would be faster; this is the plain way. */
const reduced = new WeakMap<readonly number[][], readonly (readonly number[])[]>()

function spans(rows: readonly number[][], members: readonly number[]): boolean {
  const basis = reduced.get(rows) ?? echelon(rows)
  reduced.set(rows, basis)
  const vector = Array.from({ length: 20 }, (_, person) => (members.includes(person) ? 1 : 0))
  return reduce(vector, basis).every((value) => Math.abs(value) < 1e-6)
}

function echelon(rows: readonly number[][]): readonly (readonly number[])[] {
  const basis: number[][] = []
  for (const row of rows) {
    const rest = reduce(row, basis)
    if (rest.some((value) => Math.abs(value) > 1e-6)) basis.push(rest)
  }
  return basis
}

function reduce(row: readonly number[], basis: readonly (readonly number[])[]): number[] {
  let rest = [...row]
  for (const one of basis) {
    const pivot = one.findIndex((value) => Math.abs(value) > 1e-6)
    const times = (rest[pivot] ?? 0) / (one[pivot] ?? 1)
    rest = rest.map((value, index) => value - times * (one[index] ?? 0))
  }
  return rest
}
