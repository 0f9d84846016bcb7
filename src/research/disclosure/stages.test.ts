import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cellKeyMaker } from './noise.ts'
import type { DisclosureRules } from './rules.ts'
import {
  type Complemented,
  complement,
  type Exact,
  exact,
  type Perturbed,
  perturb,
  type Released,
  release,
  type Suppressed,
  suppress,
  usualPerturbation,
} from './stages.ts'
import type { ReleaseEvidence, TableDimension } from './table.ts'
import { crossTable, exactOf, keyOf, listTable, PLAIN, range, SECRET } from './testing/tables.ts'

const cellKey = cellKeyMaker(SECRET, 'test')
const evidence = () => ({ format: 1 }) as ReleaseEvidence

function means(rules: DisclosureRules) {
  return { rules, cellKey, admit: () => 'new' as const, reviewed: false }
}

function throughAll(table: Exact, rules: DisclosureRules): Released {
  const suppressed = suppress(table, means(rules))
  assert.ok(suppressed.ok)
  const complemented = complement(suppressed.value)
  assert.ok(complemented.ok)
  return release(perturb(complemented.value, usualPerturbation(rules, cellKey)), evidence)
}

describe('the order of disclosure control', () => {
  it('lets the right order compile and run', () => {
    const released = throughAll(exactOf(listTable([13, 40, 9, 30])), PLAIN)
    assert.deepEqual(
      released.cells.map(({ persons }) => persons),
      [null, 40, null, 30, 92],
    )
  })

  it('protects levels that are apart within another dimension as parts of a sum there, and only there', () => {
    const cohort = { name: 'cohort', levels: ['a', 'b'], overlapping: true }
    const age = { name: 'age', levels: ['young', 'middle', 'old'], overlapping: true }
    // The same persons enter the second cohort later: over both cohorts nothing adds up.
    const cells = [
      { key: ['a', 'young'], persons: range(1, 4) },
      { key: ['a', 'middle'], persons: range(5, 200) },
      { key: ['a', 'old'], persons: range(205, 100) },
      { key: ['b', 'middle'], persons: range(205, 50) },
      { key: ['b', 'old'], persons: range(1, 150) },
    ]
    const hidden = (dimension: TableDimension) =>
      throughAll(exactOf({ dimensions: [cohort, dimension], cells }), PLAIN).cells.flatMap(({ key, persons }) =>
        persons === null ? [key.map((level) => level ?? 'all').join(' ')] : [],
      )
    assert.deepEqual(hidden(age), ['a young', 'b young', 'all young'])
    assert.deepEqual(hidden({ ...age, apartWithin: 'cohort' }), [
      'a young',
      'a old',
      'b young',
      'b middle',
      'all young',
    ])
    const wrong = exact({ dimensions: [{ ...cohort, overlapping: false }, age], cells }, keyOf)
    assert.equal(wrong.ok, false)
  })

  it('lets no other order compile, and refuses it when it was forced', () => {
    const change = usualPerturbation(PLAIN, cellKey)
    const start = exactOf(listTable([60, 70]))
    const suppressed = suppress(start, means(PLAIN))
    assert.ok(suppressed.ok)
    // @ts-expect-error noise before suppression
    assert.throws(() => perturb(start, change), /complemented/)
    // @ts-expect-error noise before complementary suppression
    assert.throws(() => perturb(suppressed.value, change), /complemented/)
    // @ts-expect-error complementary suppression of an exact table
    assert.throws(() => complement(start), /suppressed/)
    // @ts-expect-error suppression twice
    assert.throws(() => suppress(suppressed.value, means(PLAIN)), /exact/)
    // @ts-expect-error release of an exact table
    assert.throws(() => release(start, evidence), /perturbed/)
    // @ts-expect-error a table made by hand
    assert.throws(() => release({ cells: [] }, evidence), /perturbed/)
    assert.throws(() => release({ ...start } as unknown as Perturbed, evidence), /perturbed/)
  })

  it('keeps the types of the steps apart', () => {
    const taken: { exact?: Exact; suppressed?: Suppressed; complemented?: Complemented; released?: Released } = {}
    const complemented = {} as Complemented
    // @ts-expect-error a complemented table is no suppressed one
    taken.suppressed = complemented
    // @ts-expect-error a complemented table is not released
    taken.released = complemented
    taken.complemented = complemented
    assert.equal(taken.complemented, complemented)
  })

  it('cannot be changed after a step', () => {
    const start = exactOf(crossTable([[20, 30]]))
    assert.throws(() => {
      ;(start as { grid: unknown }).grid = {}
    }, TypeError)
  })
})
