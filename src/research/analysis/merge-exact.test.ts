import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { ExactAnswer } from './answer.ts'
import { mergeExact } from './merge-exact.ts'

/** Answers of as many shards as wanted: person n is in shard n modulo their number. */
const answers = (shards: number) =>
  fc
    .array(fc.record({ person: fc.nat(200), level: fc.constantFrom('a', 'b', 'c'), value: fc.integer() }), {
      maxLength: 60,
    })
    .map((records) => {
      const unique = [...new Map(records.map((one) => [`${one.person} ${one.level}`, one])).values()]
      const answer = (rows: typeof records): ExactAnswer => ({
        kind: 'distribution',
        discovered: [],
        tables: { values: tableOf(rows) },
        observations: {
          columns: ['x'],
          groups: [],
          rows: [...new Set(rows.map((one) => one.value % 3))].sort().map((value) => ({
            values: [value],
            outcome: 0,
            persons: rows.filter((one) => one.value % 3 === value).length,
          })),
        },
      })
      const parts = Array.from({ length: shards }, (_, shard) =>
        answer(unique.filter((one) => one.person % shards === shard)),
      )
      return { whole: answer(unique), parts }
    })

function tableOf(rows: readonly { readonly person: number; readonly level: string; readonly value: number }[]) {
  const levels = ['a', 'b', 'c']
  const cells = levels.flatMap((level) => {
    const inside = rows.filter((row) => row.level === level).sort((left, right) => left.person - right.person)
    if (inside.length === 0) return []
    const persons = Float64Array.from(inside, (row) => row.person)
    return [{ key: [level], persons, values: { value: Float64Array.from(inside, (row) => row.value) } }]
  })
  return { dimensions: [{ name: 'level', levels }], measures: [{ name: 'value', acrossCells: 'once' as const }], cells }
}

describe('merging exact answers', () => {
  test('is associative and commutative, and gives the whole', () => {
    fc.assert(
      fc.property(answers(3), ({ whole, parts: [first, second, third] }) => {
        if (!first || !second || !third) return
        const expected = mergeExact([whole])
        assert.deepEqual(mergeExact([first, second, third]), expected)
        assert.deepEqual(mergeExact([third, first, second]), expected)
        assert.deepEqual(mergeExact([first, mergeExact([second, third])]), expected)
        assert.deepEqual(mergeExact([mergeExact([first, second]), third]), expected)
      }),
    )
  })

  test('answers to different questions are a defect of the caller', () => {
    const count: ExactAnswer = { kind: 'count', discovered: [], tables: { persons: tableOf([]) } }
    assert.throws(() => mergeExact([count, { ...count, kind: 'rate' }]), TypeError)
    assert.throws(() => mergeExact([count, { ...count, tables: {} }]), TypeError)
  })
})
