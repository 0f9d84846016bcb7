/** The published and constructed vectors of disclosure control, each with the step of ours that it speaks of. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { dominance, largestShare, magnitudeOf, pRatio } from './dominance.ts'
import { cellKeyMaker, roundTo } from './noise.ts'
import { DEFAULT_RULES, readDisclosureRules } from './read-rules.ts'
import { releaseTable } from './release.ts'
import type { DisclosureRules } from './rules.ts'
import { complement, perturb, release, suppress, usualPerturbation } from './stages.ts'
import type { ExactTable, ReleaseEvidence } from './table.ts'
import { cohortTable, crossTable, exactOf, listTable, memoryContext, range, SECRET } from './testing/tables.ts'

const FILE = join(import.meta.dirname, '../../../../shared/corpus/secondary/sdc/sdc-vectors.json')

const Vector = z.looseObject({ id: z.string(), op: z.string() })
type Vector = z.infer<typeof Vector>

const cellKey = cellKeyMaker(SECRET, 'test')

/** The steps on their own, so that thresholds below the floors can be tried too. */
function pipeline(table: ExactTable, rules: DisclosureRules): readonly (number | null)[] | 'REFUSED' {
  const admit = () => 'new' as const
  const suppressed = suppress(exactOf(table), { rules, cellKey, admit, reviewed: false })
  if (!suppressed.ok) return 'REFUSED'
  const complemented = complement(suppressed.value)
  if (!complemented.ok) return 'REFUSED'
  const perturbed = perturb(complemented.value, usualPerturbation(rules, cellKey))
  return release(perturbed, () => ({ format: 1 }) as ReleaseEvidence).cells.map(({ persons }) => persons)
}

function rulesWith(frequencyFloor: number, base = 1, changes: Partial<DisclosureRules> = {}): DisclosureRules {
  return { ...DEFAULT_RULES, frequencyFloor, perturbation: { kind: 'round', base }, ...changes }
}

/** One count, alone: hidden is `null`. */
function count(persons: number, floor: number, base = 1): number | null {
  const answer = pipeline(cohortTable(range(1, persons)), rulesWith(floor, base))
  return answer === 'REFUSED' ? null : (answer[0] ?? null)
}

/** Bunny writes 0 for what it hides; we say that it is hidden. */
const asBunny = (answer: number | null) => answer ?? 0

const number = (value: unknown): number => z.number().parse(value)
const numbers = (value: unknown): number[] => z.array(z.number()).parse(value)

const checks: Readonly<Record<string, (vector: Vector) => void | Promise<void>>> = {
  suppress: (vector) => assert.equal(asBunny(count(number(vector.in), number(vector.threshold))), vector.out),
  round: (vector) => assert.equal(roundTo(number(vector.in), number(vector.nearest)), vector.out),
  pipeline: (vector) => {
    const steps = z.array(z.record(z.string(), z.number())).parse(vector.steps)
    const { suppress: floor, round } = Object.assign({}, ...steps) as { suppress: number; round: number }
    const answer = count(number(vector.in), floor, round)
    if (vector.out_in_bunny === undefined) {
      assert.equal(vector.out === null ? answer : asBunny(answer), vector.out)
      return
    }
    // Another order cannot be asked for: it does not compile (stages.test.ts), and rules that name one are refused.
    assert.equal(answer, null)
    assert.notEqual(asBunny(answer), vector.out_in_bunny)
    const read = readDisclosureRules({ ...DEFAULT_RULES, steps })
    assert.equal(read.ok ? 'ok' : read.problem.code, 'disclosure-rules-invalid')
  },
  table: (vector) => {
    const zeros = { smallCells: 'refuse', zerosShownFor: ['column'] } as const
    const answer = pipeline(listTable(numbers(vector.cells)), rulesWith(number(vector.nfilter_tab), 1, zeros))
    if (vector.out === 'REFUSED') assert.equal(answer, 'REFUSED')
    else assert.deepEqual(answer.slice(0, -1), vector.cells)
  },
  mean: (vector) => {
    const persons = range(1, number(vector.nvalid))
    const cells = [{ key: [], persons, values: { value: persons.map(() => 5) } }]
    const table: ExactTable = { dimensions: [], measures: [{ name: 'value', acrossCells: 'once' }], cells }
    assert.equal(pipeline(table, rulesWith(number(vector.nfilter_tab))), vector.out)
  },
  // Achilles removes counts of at most five: a floor of six.
  'result-row': (vector) => assert.equal(count(number(vector.count), 6) === null ? 'REMOVED' : 'KEPT', vector.out),
  'dominance-nk': (vector) => {
    const magnitude = magnitudeOf(numbers(vector.values))
    const finding = dominance(magnitude, { n: number(vector.n), k: number(vector.k), p: 0 })
    assert.equal(finding.toUpperCase(), vector.out)
    if (vector.share !== undefined) assert.ok(Math.abs(largestShare(magnitude, 2) - number(vector.share)) < 1e-12)
  },
  'dominance-p': (vector) => {
    const magnitude = magnitudeOf(numbers(vector.values))
    assert.equal(dominance(magnitude, { n: 2, k: 1, p: number(vector.p) }).toUpperCase(), vector.out)
    assert.ok(Math.abs(pRatio(magnitude) - number(vector.ratio)) < 1e-12)
  },
  'table-with-margins': (vector) => {
    const answer = pipeline(
      crossTable(z.array(z.array(z.number())).parse(vector.rows)),
      rulesWith(number(vector.threshold)),
    )
    assert.ok(answer !== 'REFUSED')
    const [a, b, rowOne, c, d, rowTwo, columnOne, columnTwo, total] = answer
    assert.deepEqual([rowOne, rowTwo], vector.row_totals)
    assert.deepEqual([columnOne, columnTwo, total], [...numbers(vector.col_totals), vector.total])
    const hidden = [a, b, c, d].filter((one) => one === null).length
    assert.ok(hidden >= number(vector.out_min_hidden_cells))
  },
  'query-sequence': async (vector) => {
    const { q1, q2 } = z
      .object({ q1: z.object({ count: z.number() }), q2: z.object({ count: z.number() }) })
      .parse(vector)
    const context = await memoryContext()
    assert.ok((await releaseTable(cohortTable(range(1, q1.count)), context)).ok)
    const second = await releaseTable(cohortTable(range(1, q2.count)), { ...context, permit: 'another' })
    assert.equal(second.ok ? 'ok' : second.problem.code, 'disclosure-too-few')
  },
}

describe('vectors of disclosure control', {
  skip: !existsSync(FILE) && 'The corpus is not beside the checkout.',
}, () => {
  const { vectors } = z.object({ vectors: z.array(Vector) }).parse(JSON.parse(readFileSync(FILE, 'utf8')))
  it('are thirty', () => assert.equal(vectors.length, 30))
  for (const vector of vectors) {
    it(vector.id, async () => {
      const check = checks[vector.op]
      assert.ok(check, `no step of ours is held against ${vector.op}`)
      await check(vector)
    })
  }
})
