import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { type PseudonymKey, type PseudonymOptions, pseudonymKeyOf, pseudonymsOf } from './pseudonyms.ts'

const PERSONS = Array.from({ length: 5000 }, (_, at) => at + 1)
const secret = randomBytes(32)
const key = pseudonymKeyOf('key-1', secret)

async function given(
  from: PseudonymKey,
  options: PseudonymOptions,
  dataset = 'registry',
  persons: readonly number[] = PERSONS,
) {
  const result = await pseudonymsOf(from, dataset, persons, options)
  assert.ok(result.ok)
  return result.value
}

describe('pseudonyms of a permit', () => {
  it('are the same each time and in any order', async () => {
    const first = await given(key, { permit: 'p1', shiftDays: 30 })
    const second = await given(
      pseudonymKeyOf('key-1', secret),
      { permit: 'p1', shiftDays: 30 },
      'registry',
      [...PERSONS].reverse(),
    )
    assert.deepEqual(new Map([...second].sort(([a], [b]) => a - b)), first)
  })

  it('are positive integers that JSON carries exactly, one for each person', async () => {
    const pseudonyms = [...(await given(key, { permit: 'p1' })).values()].map(({ pseudonym }) => pseudonym)
    assert.ok(pseudonyms.every((one) => Number.isSafeInteger(one) && one > 0))
    assert.equal(new Set(pseudonyms).size, PERSONS.length)
  })

  it('of two permits share nothing: neither numbers, nor order, nor shifts', async () => {
    const one = await given(key, { permit: 'p1', shiftDays: 30 })
    for (const other of [
      await given(key, { permit: 'p2', shiftDays: 30 }),
      await given(pseudonymKeyOf('key-2', randomBytes(32)), { permit: 'p1', shiftDays: 30 }),
      await given(key, { permit: 'p1', shiftDays: 30 }, 'another dataset'),
    ]) {
      const numbers = new Set([...one.values()].map(({ pseudonym }) => pseudonym))
      assert.ok([...other.values()].every(({ pseudonym }) => !numbers.has(pseudonym)))
      // Neighbours by rank in one permit are no neighbours in the other; expected correlation 0, its deviation 1/√5000.
      const ranks = [rankOf(one), rankOf(other)] as const
      assert.ok(Math.abs(correlation(ranks[0], ranks[1])) < 0.08)
      const shifts = PERSONS.filter((person) => one.get(person)?.shift === other.get(person)?.shift)
      assert.ok(shifts.length < PERSONS.length * 0.04, 'shifts agree by chance only (1 in 61)')
    }
  })

  it('tell nothing of the person: their order is not that of the release', async () => {
    const ranks = rankOf(await given(key, { permit: 'p1' }))
    assert.ok(Math.abs(correlation(ranks, PERSONS)) < 0.08)
  })

  it('shift days evenly between the bounds, and not at all when not asked', async () => {
    const shifts = [...(await given(key, { permit: 'p1', shiftDays: 3 })).values()].map(({ shift }) => shift)
    const counts = Map.groupBy(shifts, (shift) => shift)
    assert.deepEqual(
      [...counts.keys()].sort((a, b) => a - b),
      [-3, -2, -1, 0, 1, 2, 3],
    )
    for (const [, list] of counts) assert.ok(Math.abs(list.length - 5000 / 7) < 150)
    assert.ok([...(await given(key, { permit: 'p1' })).values()].every(({ shift }) => shift === 0))
  })

  it('are refused when two persons would share one, and when options make no sense', async () => {
    const constant: PseudonymKey = { id: 'bad', macs: async (messages) => messages.map(() => new Uint8Array(32)) }
    const collision = await pseudonymsOf(constant, 'd', [1, 2], { permit: 'p' })
    assert.equal(collision.ok ? '' : collision.problem.code, 'pseudonym-collision')
    const wrong = await pseudonymsOf(key, 'd', [1], { permit: 'p', shiftDays: 400 })
    assert.equal(wrong.ok ? '' : wrong.problem.code, 'pseudonym-options-wrong')
    const broken: PseudonymKey = { id: 'broken', macs: async () => [] }
    await assert.rejects(pseudonymsOf(broken, 'd', [1], { permit: 'p' }))
    assert.throws(() => pseudonymKeyOf('short', randomBytes(16)), RangeError)
  })

  it('do not change when the caller wipes the secret', async () => {
    const own = Buffer.from(secret)
    const kept = pseudonymKeyOf('k', own)
    own.fill(0)
    assert.deepEqual(
      await given(kept, { permit: 'p1' }, 'registry', [1]),
      await given(key, { permit: 'p1' }, 'registry', [1]),
    )
  })
})

function rankOf(pseudonyms: ReadonlyMap<number, { readonly pseudonym: number }>): readonly number[] {
  const sorted = [...pseudonyms.values()].map(({ pseudonym }) => pseudonym).sort((a, b) => a - b)
  const rank = new Map(sorted.map((pseudonym, at) => [pseudonym, at]))
  return PERSONS.map((person) => rank.get(pseudonyms.get(person)?.pseudonym ?? 0) ?? 0)
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [ml, mr] = [mean(left), mean(right)]
  const sum = (of: (at: number) => number) => left.reduce((total, _value, at) => total + of(at), 0)
  const l = (at: number) => (left[at] ?? 0) - ml
  const r = (at: number) => (right[at] ?? 0) - mr
  return sum((at) => l(at) * r(at)) / Math.sqrt(sum((at) => l(at) ** 2) * sum((at) => r(at) ** 2))
}
