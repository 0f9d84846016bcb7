import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { disclosureMigrations } from './ledger/migrations.ts'
import { openPrivacyBudget } from './privacy/budget.ts'
import { DEFAULT_RULES } from './read-rules.ts'
import { releaseTable } from './release.ts'
import type { ExactTable, GridKey, ReleasedTable } from './table.ts'
import { cohortTable, crossTable, listTable, memoryContext, range } from './testing/tables.ts'

function at(table: ReleasedTable, ...key: GridKey) {
  return table.cells.find((cell) => JSON.stringify(cell.key) === JSON.stringify(key))
}

async function code(table: ExactTable, changes = {}): Promise<string> {
  const answer = await releaseTable(table, await memoryContext(changes))
  return answer.ok ? 'released' : answer.problem.code
}

async function released(table: ExactTable, changes = {}): Promise<ReleasedTable> {
  const answer = await releaseTable(table, await memoryContext(changes))
  assert.ok(answer.ok, answer.ok ? '' : answer.problem.sentence)
  return answer.value
}

describe('a released table', () => {
  it('has all margins, counts within the stated noise, and its evidence', async () => {
    const { cells, evidence } = await released(
      crossTable([
        [100, 200],
        [300, 400],
      ]),
    )
    assert.equal(cells.length, 9)
    const truth = [100, 200, 300, 300, 400, 700, 400, 600, 1000]
    cells.forEach(({ persons }, index) => {
      assert.ok(Math.abs((persons ?? -99) - (truth[index] ?? 0)) <= 2)
    })
    assert.deepEqual(evidence.noise, { kind: 'cell-key', spread: 2, weights: [1, 2, 3, 2, 1], variance: 4 / 3 })
    assert.deepEqual([evidence.hidden, evidence.shown, evidence.rules], [0, 9, DEFAULT_RULES.version])
    for (const hash of [evidence.inputHash, evidence.exactHash, evidence.releasedHash])
      assert.match(hash, /^[0-9a-f]{64}$/)
  })

  it('hides zeros, unless every variable of the cell is one whose zeros may be told', async () => {
    const table = listTable([0, 200, 300])
    assert.equal(at(await released(table), 'c0')?.persons, null)
    const shown = await released(table, { rules: { ...DEFAULT_RULES, zerosShownFor: ['column'] } })
    assert.deepEqual(
      ['c0', 'c1', 'c2'].map((level) => (at(shown, level)?.persons ?? -1) >= 198 || at(shown, level)?.persons === 0),
      [true, true, true],
    )
  })

  it('tells the zeros of one level that says nothing of anybody, whatever the other variables are', async () => {
    const rules = { ...DEFAULT_RULES, zerosShownFor: ['column=c1'] }
    const table = crossTable([
      [100, 0],
      [300, 0],
    ])
    const { cells, evidence } = await released(table, { rules })
    assert.equal(evidence.hidden, 0)
    assert.equal(cells.filter(({ persons }) => persons === 0).length, 3)
    const hidden = await released(table, { rules: { ...DEFAULT_RULES, zerosShownFor: ['column=c0'] } })
    assert.ok(hidden.cells.every(({ persons }) => persons !== 0))
  })

  it('counts a person once in the margin of levels that overlap', async () => {
    const dimension = { name: 'condition', levels: ['a', 'b'], overlapping: true }
    const cells = [
      { key: ['a'], persons: range(1, 200) },
      { key: ['b'], persons: range(101, 200) },
    ]
    const both = await released({ dimensions: [dimension], cells })
    assert.ok(Math.abs((at(both, null)?.persons ?? 0) - 300) <= 2)
    assert.equal(await code({ dimensions: [{ ...dimension, overlapping: false }], cells }), 'disclosure-table-invalid')
  })

  it('leaves out a level that was found in the data and has nothing to show', async () => {
    const dimension = { name: 'condition', levels: ['common', 'rare'], overlapping: true, discovered: true }
    const cells = [
      { key: ['common'], persons: range(1, 200) },
      { key: ['rare'], persons: range(1, 4) },
    ]
    const table = await released({ dimensions: [dimension], cells })
    assert.doesNotMatch(JSON.stringify(table), /rare/)
    assert.equal(table.evidence.hidden, 0)
  })

  it('tells means and sums of enough persons, none that few persons make, and asks a checker about values below zero', async () => {
    const withValues = (value: (index: number) => number): ExactTable => ({
      dimensions: [],
      measures: [{ name: 'days', acrossCells: 'once' }],
      cells: [{ key: [], persons: range(1, 100), values: { days: range(0, 100).map(value) } }],
    })
    const told = (await released(withValues((index) => 10 + (index % 5)))).cells[0]?.measures?.days
    assert.ok(told && Math.abs(told.mean - 12) <= 0.2 && Math.abs(told.persons - 100) <= 2)
    assert.equal(told.sum, Number((told.mean * told.persons).toPrecision(3)))
    assert.equal(await code(withValues((index) => (index === 0 ? 10_000 : 1))), 'disclosure-too-few')
    assert.equal(await code(withValues((index) => (index < 95 ? Number.NaN : 1))), 'disclosure-too-few')
    assert.equal(await code(withValues((index) => index - 5)), 'disclosure-needs-review')
    assert.equal(
      await code(
        withValues((index) => index - 5),
        { reviewedBy: 'checker' },
      ),
      'released',
    )
    // A mean of all but three would give away the three.
    assert.equal(await code(withValues((index) => (index < 3 ? Number.NaN : 1 + (index % 3)))), 'disclosure-too-few')
  })

  it('adds the contributions of a person up in a margin, or counts them once', async () => {
    const table = (acrossCells: 'add' | 'once'): ExactTable => ({
      dimensions: [{ name: 'month', levels: ['1', '2'], overlapping: true }],
      measures: [{ name: 'cost', acrossCells }],
      cells: ['1', '2'].map((month) => ({
        key: [month],
        persons: range(1, 400),
        values: { cost: range(1, 400).map(() => 7) },
      })),
    })
    const mean = async (how: 'add' | 'once') => at(await released(table(how)), null)?.measures?.cost?.mean ?? 0
    assert.ok(Math.abs((await mean('add')) - 14) < 0.1)
    assert.ok(Math.abs((await mean('once')) - 7) < 0.1)
  })

  it('is refused where it is malformed or too fine', async () => {
    const good = crossTable([[100, 200]])
    const [first] = good.cells
    assert.ok(first)
    for (const wrong of [
      { ...good, cells: [first, first] },
      { ...good, cells: [{ ...first, key: ['r0'] }] },
      { ...good, cells: [{ ...first, key: ['r0', 'nowhere'] }] },
      { ...good, dimensions: [...good.dimensions.slice(0, 1), { name: 'column', levels: ['c0', 'c0'] }] },
      { ...good, measures: [{ name: 'days', acrossCells: 'add' as const }] },
      { ...good, dimensions: [{ name: 'row', levels: range(0, 30_000).map(String) }, ...good.dimensions.slice(1)] },
    ]) {
      assert.equal(await code(wrong), 'disclosure-table-invalid')
    }
    assert.equal(
      await code(crossTable(range(0, 60).map(() => range(0, 40).map((n) => n % 5)))),
      'disclosure-table-too-fine',
    )
  })

  it('is refused under rules below the floors', async () => {
    for (const laxer of [
      { frequencyFloor: 4 },
      { perturbation: { kind: 'round', base: 1 } as const },
      { perturbation: { kind: 'cell-key', spread: 1 } as const },
      { dominance: { n: 1, k: 0.9, p: 0.1 } },
      { dominance: { n: 2, k: 0.95, p: 0.1 } },
      { dominance: { n: 2, k: 0.9, p: 0 } },
      { privacyBudget: { epsilon: 10, perAnswer: 5 } },
      { refusalsBeforeReview: 1_000_000 },
    ]) {
      assert.equal(await code(listTable([100]), { rules: { ...DEFAULT_RULES, ...laxer } }), 'disclosure-rules-too-lax')
    }
  })

  it('says the same of too few persons and of persons too close to an earlier answer', async () => {
    const context = await memoryContext()
    assert.ok((await releaseTable(cohortTable(range(1, 100)), context)).ok)
    const few = await releaseTable(cohortTable(range(500, 3)), context)
    const close = await releaseTable(cohortTable(range(1, 97)), context)
    assert.deepEqual(few, close)
    assert.equal(few.ok, false)
  })

  it('does not let one table give away what another hid', async () => {
    const context = await memoryContext()
    const fine = await releaseTable(listTable([5, 40, 60, 80]), context)
    assert.ok(fine.ok)
    assert.equal(at(fine.value, 'c0')?.persons, null)
    // The same persons with the small level joined to another: 45 - 40 would be the five.
    const [a, b, ...rest] = listTable([5, 40, 60, 80]).cells
    assert.ok(a && b)
    const joined = {
      ...b,
      persons: [...Array.from<number | bigint>(a.persons), ...Array.from<number | bigint>(b.persons)] as number[],
    }
    const coarse = await releaseTable({ ...listTable([5, 40, 60, 80]), cells: [joined, ...rest] }, context)
    assert.ok(coarse.ok)
    const shownFine = at(fine.value, 'c1')?.persons !== null
    const shownCoarse = at(coarse.value, 'c1')?.persons !== null
    assert.ok(!(shownFine && shownCoarse))
  })
})

describe('differential privacy on top', () => {
  it('spends before it answers, answers anew each time, and ends with the budget', async () => {
    const database = await openDatabase('sqlite::memory:')
    await migrate(database, disclosureMigrations)
    const rules = { ...DEFAULT_RULES, privacyBudget: { epsilon: 1, perAnswer: 0.1 } }
    const context = await memoryContext({ rules, budget: openPrivacyBudget(database) })
    const answers = new Set<number | null | undefined>()
    for (let time = 0; time < 10; time += 1) {
      const answer = await releaseTable(cohortTable(range(1, 1000)), context)
      assert.ok(answer.ok)
      assert.deepEqual(answer.value.evidence.noise, { kind: 'geometric', epsilon: 0.1, sensitivity: 1 })
      answers.add(answer.value.cells[0]?.persons)
    }
    assert.ok(answers.size > 2)
    const over = await releaseTable(cohortTable(range(1, 1000)), context)
    assert.equal(over.ok ? 'ok' : over.problem.code, 'disclosure-budget-spent')
  })
})
