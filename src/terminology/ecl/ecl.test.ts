import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openEcl } from './ecl.ts'
import { parseEcl } from './parse.ts'
import { printEcl } from './print.ts'
import type { Constraint } from './syntax.ts'
import { arbitraryConstraint, arbitraryRefined } from './testing/arbitrary-constraint.ts'
import { arbitraryEdition } from './testing/arbitrary-edition.ts'
import { naive } from './testing/naive.ts'
import { type PlainEdition, plainSubstrate } from './testing/plain-edition.ts'

/** The tree without places. */
function placeless(tree: unknown): unknown {
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === 'at' ? undefined : value)))
}

test('a printed tree is read back as the same tree, and printed the same again', () => {
  fc.assert(
    fc.property(arbitraryConstraint, (tree) => {
      const text = printEcl(tree)
      const read = parseEcl(text)
      assert.ok(read.ok, `${text}\n${read.ok ? '' : read.problem.sentence}`)
      assert.deepEqual(placeless(read.value), placeless(tree), text)
      assert.equal(printEcl(read.value), text)
    }),
    { numRuns: 2000 },
  )
})

const kinds = new Map<string, number>()

function countKinds(tree: unknown): void {
  JSON.stringify(tree, (key, value: unknown) => {
    if ((key === 'kind' || key === 'operator') && typeof value === 'string')
      kinds.set(value, (kinds.get(value) ?? 0) + 1)
    return value
  })
}

/** Compares sets and single concepts with the naive evaluator, on both ways of working; returns how many had an answer. */
function compareAll(edition: PlainEdition, trees: readonly Constraint[]): number {
  const substrate = plainSubstrate(edition)
  const ecl = openEcl(substrate)
  // The ways of working that only pay for large sets must give the same.
  const thresholds = { fewConcepts: 0, fewValues: 0, worthKeeping: 0 }
  const large = openEcl(substrate, { thresholds, hierarchyBytes: 1000, columnRows: 8 })
  const slow = naive(edition)
  let compared = 0
  try {
    for (const tree of trees) {
      const text = printEcl(tree)
      const answer = ecl.evaluate(text)
      if (!answer.ok) {
        // The two refusals that depend on the rows; everything else must have an answer.
        const allowed = ['ecl-unknown-field', 'ecl-field-not-concept'].includes(answer.problem.code)
        assert.ok(allowed, `${text}\n${answer.problem.sentence}`)
        continue
      }
      compared += 1
      countKinds(tree)
      const expected = slow.evaluate(tree)
      assert.deepEqual([...answer.value.from(0)].map(substrate.sctidOf), expected, text)
      const other = large.evaluate(text)
      assert.ok(other.ok, text)
      assert.deepEqual([...other.value.from(0)].map(substrate.sctidOf), expected, text)
      const inside = new Set(expected)
      for (const { id } of edition.concepts) {
        const match = ecl.matches(text, substrate.ordinalOf(id))
        assert.ok(match.ok, text)
        assert.equal(match.value, inside.has(id), `${text}\nasked of ${id}`)
      }
    }
  } finally {
    ecl.close()
    large.close()
  }
  return compared
}

test('every operator gives what a naive evaluator gives, as a set and asked concept by concept', () => {
  let compared = 0
  fc.assert(
    fc.property(arbitraryEdition, fc.array(arbitraryConstraint, { minLength: 6, maxLength: 6 }), (edition, trees) => {
      compared += compareAll(edition, trees)
    }),
    { numRuns: 300 },
  )
  assert.ok(compared > 1000, `${compared} compared`)
  const wanted =
    'descendantOf descendantOrSelfOf childOf childOrSelfOf ancestorOf ancestorOrSelfOf parentOf parentOrSelfOf top bottom memberOf and or minus refined group attribute dotted descriptionFiltered conceptFiltered history != < <= > >= number string boolean time term language type typeId dialect dialectId descriptionId module effectiveTime active definitionStatus definitionStatusId field list'
  for (const kind of wanted.split(' ')) assert.ok((kinds.get(kind) ?? 0) > 10, `${kind}: ${kinds.get(kind) ?? 0}`)
})

test('refinements of everything give what a naive evaluator gives', () => {
  fc.assert(
    fc.property(arbitraryEdition, fc.array(arbitraryRefined, { minLength: 8, maxLength: 8 }), (edition, trees) => {
      compareAll(edition, trees)
    }),
    { numRuns: 200 },
  )
})
