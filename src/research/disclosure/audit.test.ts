/** The audit against plain enumeration of every table that fits what is shown. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type AuditedTable, audit } from './audit.ts'
import { complementOf } from './complementary.ts'
import { polytope } from './simplex.ts'
import { crossTable, exactOf } from './testing/tables.ts'

function audited(rows: readonly (readonly number[])[]): AuditedTable {
  const { grid } = exactOf(crossTable(rows))
  return { sizes: grid.entries.map(({ persons }) => persons.length), equations: grid.equations }
}

/** Smallest and largest value of each hidden cell over all tables of whole numbers that fit. Cells only, no margins. */
function enumerate({ sizes, equations }: AuditedTable, hidden: readonly number[]): Map<number, [number, number]> {
  const most = Math.max(...sizes)
  const values = [...sizes]
  const found = new Map<number, [number, number]>()
  const fits = () =>
    equations.every(({ whole, parts }) => values[whole] === parts.reduce((sum, part) => sum + (values[part] ?? 0), 0))
  const go = (at: number): void => {
    const entry = hidden[at]
    if (entry === undefined) {
      if (!fits()) return
      for (const one of hidden) {
        const [low, high] = found.get(one) ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
        found.set(one, [Math.min(low, values[one] ?? 0), Math.max(high, values[one] ?? 0)])
      }
      return
    }
    for (let value = 0; value <= most; value += 1) {
      values[entry] = value
      go(at + 1)
    }
    values[entry] = sizes[entry] ?? 0
  }
  go(0)
  return found
}

const small = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 2 }), {
  minLength: 2,
  maxLength: 3,
})

describe('the audit', () => {
  it('finds the intervals that enumeration finds', () => {
    fc.assert(
      fc.property(
        small,
        fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
        (rows, chosen) => {
          const table = audited(rows)
          const cells = table.sizes
            .map((_, entry) => entry)
            .filter((entry) => table.equations.every(({ whole }) => whole !== entry))
          const hidden = chosen.map((index) => cells[index % cells.length] ?? 0)
          for (const required of [1, 2, 3]) {
            const finding = audit(table, new Set(hidden), required, 100)
            const unsafe = [...enumerate(table, [...new Set(hidden)])].filter(
              ([, [low, high]]) => high - low < required,
            )
            assert.deepEqual(
              finding.kind === 'unsafe' ? [...finding.entries].sort((a, b) => a - b) : [],
              unsafe.map(([entry]) => entry).sort((a, b) => a - b),
            )
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('makes every hidden cell of random tables safe, or says that it cannot', () => {
    const counts = fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 4, maxLength: 4 }), {
      minLength: 2,
      maxLength: 5,
    })
    fc.assert(
      fc.property(counts, (rows) => {
        const table = audited(rows)
        const primary = new Set(table.sizes.flatMap((size, entry) => (size < 10 ? [entry] : [])))
        const everybody = table.sizes.length - 1
        const cost = (entry: number) => (entry === everybody ? Number.POSITIVE_INFINITY : (table.sizes[entry] ?? 0))
        const added = complementOf(table, primary, cost, 10, 300)
        if (!added.ok) return
        const hidden = new Set([...primary, ...added.value.added])
        if (primary.has(everybody)) return
        assert.equal(audit(table, hidden, 10, 300).kind, 'safe')
        if (primary.size > 0) assert.ok((added.value.narrowest ?? 0) >= 10)
      }),
      { numRuns: 60 },
    )
  })

  it('knows an unbounded and an impossible system', () => {
    assert.equal(polytope([[1, -1]], [3])?.greatest(0, 1, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
    assert.equal(polytope([[1, 1]], [-1]), undefined)
    assert.equal(
      polytope(
        [
          [1, 1],
          [2, 2],
        ],
        [4, 8],
      )?.greatest(0, 1, 100),
      4,
    )
  })

  it('gives up on more hidden cells than it was told to work out', () => {
    const table = audited([
      [1, 2],
      [3, 4],
    ])
    assert.equal(audit(table, new Set([0, 1, 3, 4]), 10, 3).kind, 'too-large')
  })
})
