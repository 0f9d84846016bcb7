import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { answerOf, type Merged, merge, NOTHING, totals } from './merge.ts'
import type { AnswerTable } from './node-result.ts'

const SOURCES = ['node-ee', 'node-fr', 'node-pt']
const LEVELS = ['0', '40', '65']

/** Numbers by age group and a moment of each: shown or hidden. */
const table: fc.Arbitrary<AnswerTable> = fc
  .uniqueArray(
    fc.record({
      level: fc.constantFrom(...LEVELS, null),
      persons: fc.option(fc.nat(10_000)),
      days: fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
    }),
    { selector: ({ level }) => level },
  )
  .map((cells) => ({
    name: 'days',
    dimensions: [{ name: 'age', levels: LEVELS }],
    cells: cells.map(({ level, persons, days }) =>
      persons === null
        ? { key: [level], persons }
        : { key: [level], persons, sums: { days, daysSquared: days * days } },
    ),
    evidence: {},
  }))

/** What some of the sources have said; the same source always says the same. */
const three = fc
  .tuple(
    fc.array(table, { minLength: 3, maxLength: 3 }),
    fc.array(fc.subarray(SOURCES), { minLength: 3, maxLength: 3 }),
  )
  .map(([tables, groups]) =>
    groups.map(
      (group): Merged => new Map(group.map((source) => [source, [tables[SOURCES.indexOf(source)] as AnswerTable]])),
    ),
  )

function merged(...parts: readonly Merged[]): Merged {
  return parts.reduce((all, part) => {
    const both = merge(all, part)
    assert.ok(both.ok)
    return both.value
  }, NOTHING)
}

function totalsOf(answers: Merged) {
  const added = totals(answers)
  assert.ok(added.ok, added.ok ? '' : added.problem.sentence)
  return added.value
}

describe('merging answers', () => {
  it('is associative and commutative, has an identity, and hears nothing twice: to the last digit', () => {
    fc.assert(
      fc.property(three, ([a = NOTHING, b = NOTHING, c = NOTHING]) => {
        const one = totalsOf(merged(merged(a, b), c))
        assert.deepEqual(totalsOf(merged(a, merged(b, c))), one)
        assert.deepEqual(totalsOf(merged(c, b, a)), one)
        assert.deepEqual(totalsOf(merged(NOTHING, a, b, NOTHING, c)), one)
        assert.deepEqual(totalsOf(merged(a, b, c, b, a, a)), one)
      }),
      { numRuns: 300 },
    )
  })

  it('of a whole cut by the hash of the person gives the whole', () => {
    const person = fc.record({
      level: fc.constantFrom(...LEVELS),
      days: fc.integer({ min: 0, max: 5000 }),
      shard: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(person, { maxLength: 60 }), (persons) => {
        const countedOf = (some: typeof persons): AnswerTable => ({
          name: 'days',
          dimensions: [{ name: 'age', levels: LEVELS }],
          cells: LEVELS.map((level) => {
            const inside = some.filter((one) => one.level === level)
            return {
              key: [level],
              persons: inside.length,
              sums: { days: inside.reduce((sum, { days }) => sum + days, 0) },
            }
          }),
          evidence: {},
        })
        const shards = [0, 1, 2, 3].map((shard) =>
          answerOf(`shard-${shard}`, [countedOf(persons.filter((one) => one.shard === shard))]),
        )
        assert.deepEqual(totalsOf(merged(...shards)), totalsOf(answerOf('whole', [countedOf(persons)])))
      }),
    )
  })

  it('adds what is shown, names who hides, and keeps levels that only one source has', () => {
    const of = (source: string, levels: readonly string[], persons: readonly (number | null)[]) =>
      answerOf(source, [
        {
          name: 'persons',
          dimensions: [{ name: 'year', levels }],
          cells: levels.map((level, index) => ({ key: [level], persons: persons[index] ?? null })),
          evidence: {},
        },
      ])
    const [total] = totalsOf(merged(of('pt', ['2020', '2021'], [20, null]), of('fr', ['2021', '2022'], [30, 40])))
    assert.deepEqual(total?.dimensions, [{ name: 'year', levels: ['2021', '2022', '2020'] }])
    assert.deepEqual(total?.cells.map(({ key, persons, hiddenIn }) => [key[0], persons, hiddenIn]).sort(), [
      ['2020', 20, []],
      ['2021', 30, ['pt']],
      ['2022', 40, []],
    ])
  })

  it('is refused when a source says two things, or answers another question', () => {
    const count = (name: string, persons: number): AnswerTable => ({
      name,
      dimensions: [],
      cells: [{ key: [], persons }],
      evidence: {},
    })
    const two = merge(answerOf('pt', [count('n', 10)]), answerOf('pt', [count('n', 20)]))
    assert.equal(two.ok ? 'ok' : two.problem.code, 'merge-two-answers')
    for (const other of [
      [count('m', 10)],
      [],
      [count('n', 1), count('m', 1)],
      [{ ...count('n', 1), dimensions: [{ name: 'age', levels: ['0'] }] }],
    ]) {
      const mixed = totals(merged(answerOf('pt', [count('n', 10)]), answerOf('fr', other)))
      assert.equal(mixed.ok ? 'ok' : mixed.problem.code, 'merge-other-question')
    }
    assert.deepEqual(totalsOf(NOTHING), [])
  })
})
