import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkTotals, sideBySide } from './across-nodes.ts'
import type { ReleasedTable, ReleaseEvidence } from './table.ts'

function table(...counts: readonly (number | null)[]): ReleasedTable {
  return {
    dimensions: [{ name: 'sex', levels: counts.map((_, index) => `${index}`) }],
    cells: counts.map((persons, index) => ({ key: [`${index}`], persons })),
    evidence: {} as ReleaseEvidence,
  }
}

describe('cells of nodes and their total', () => {
  it('stand side by side, with who shows and who hides', () => {
    const cells = sideBySide(
      new Map([
        ['EE', table(12, null)],
        ['FR', table(30, 40)],
      ]),
    )
    assert.deepEqual(cells, [
      { key: ['0'], shown: 42, showing: ['EE', 'FR'], hiding: [] },
      { key: ['1'], shown: 40, showing: ['FR'], hiding: ['EE'] },
    ])
  })

  it('are told together only where the total gives no hidden cell away', () => {
    const nodes = new Map([
      ['EE', table(12, null, null, null)],
      ['FR', table(30, 40, null, null)],
      ['PT', table(50, 60, 70, 80)],
    ])
    const totals = new Map(
      [0, 1, 2, 3].map((cell, index) => [JSON.stringify([`${cell}`]), [92, 104, 77, 95][index] ?? 0]),
    )
    const findings = checkTotals(sideBySide(nodes), totals, 10)
    assert.deepEqual(
      findings.map(({ tellable, width }) => [tellable, width]),
      [
        [true, null],
        [false, 0],
        [false, 7],
        [true, 15],
      ],
    )
  })

  it('tells no total that is missing', () => {
    const [finding] = checkTotals(sideBySide(new Map([['EE', table(null)]])), new Map(), 10)
    assert.equal(finding?.tellable, false)
  })
})
