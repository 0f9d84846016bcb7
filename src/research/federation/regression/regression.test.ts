/** Sums of nodes against the same regression over all persons in one place, and against arithmetic that shares no code with it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fitLinear, linearSums } from '../../analysis/statistics/linear-regression.ts'
import { fitLogistic, logisticSums, scalingOf } from '../../analysis/statistics/logistic-regression.ts'
import {
  type Coefficient,
  type GroupedObservations,
  type Observation,
  withReferences,
} from '../../analysis/statistics/observations.ts'
import { leastSquares, logisticGradient } from '../../analysis/testing/naive-regression.ts'
import { answerOf, type Merged, merge, NOTHING } from '../merge.ts'
import { linearModel, toldModel } from './model.ts'
import { type Pooled, pooled } from './pooled.ts'
import { MOST_ROUNDS, nextStep, type RoundAnswered, type RoundAsked } from './rounds.ts'
import { readRound, roundTable, sumsTable } from './sums-table.ts'

const SEX = ['sex female', 'sex male', 'sex unknown']
const YEARS = ['calendar-year 2019', 'calendar-year 2020', 'calendar-year 2021']

interface Row {
  readonly sex: number
  readonly year: number
  readonly age: number
  readonly weight: number
  readonly outcome: number
}

/** @param years that the node knows of: one that nobody was in at a node is found at others only */
function observed(rows: readonly Row[], years = YEARS): GroupedObservations {
  const flags = (all: readonly string[], found: string | undefined) => all.map((one) => (one === found ? 1 : 0))
  return {
    columns: [...SEX, 'age 2', ...years, 'measurement 4'],
    groups: [SEX, years],
    rows: rows.map(({ sex, year, age, weight, outcome }): Observation => {
      const values = [...flags(SEX, SEX[sex]), age, ...flags(years, YEARS[year]), weight]
      return { values, outcome, persons: 1 }
    }),
  }
}

function mergedOf(nodes: Readonly<Record<string, GroupedObservations>>): Merged {
  let merged = NOTHING
  for (const [node, one] of Object.entries(nodes)) {
    const more = merge(merged, answerOf(node, [sumsTable(one, {})]))
    assert.ok(more.ok)
    merged = more.value
  }
  return merged
}

function poolOf(merged: Merged): Pooled {
  const pool = pooled(merged)
  assert.ok(pool.ok, JSON.stringify(pool))
  return pool.value
}

const close = (found: number | undefined, expected: number, relative: number, least = 1e-12): void => {
  const distance = Math.abs((found ?? Number.NaN) - expected)
  assert.ok(distance <= relative * Math.max(least, Math.abs(expected)), `${found} instead of ${expected}`)
}

function sameCoefficients(found: readonly Coefficient[], expected: readonly Coefficient[], relative = 1e-9): void {
  assert.deepEqual(
    found.map(({ name }) => name),
    expected.map(({ name }) => name),
  )
  for (const [index, { value, standardError }] of expected.entries()) {
    close(found[index]?.value, value, relative, 1e-3)
    close(found[index]?.standardError, standardError, relative)
  }
}

/** The same draws for the same seed; weights lie far from zero, so that sums about it would lose digits. */
function people(count: number, seed: number, yesOrNo = false): readonly Row[] {
  let state = seed
  const draw = (): number => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
  return Array.from({ length: count }, () => {
    const [sex, year] = [Math.floor(draw() * 2), Math.floor(draw() * 3)]
    const [age, weight] = [20 + Math.floor(draw() * 60), 98765.4321 + Math.floor(draw() * 400) / 100]
    const linear = 0.4 * sex + 0.03 * (age - 50) - 0.2 * year + 0.1 * (weight - 98767)
    if (yesOrNo) return { sex, year, age, weight, outcome: draw() < 1 / (1 + Math.exp(-linear)) ? 1 : 0 }
    return { sex, year, age, weight, outcome: 120 + 10 * linear + 5 * draw() }
  })
}

describe('a linear regression over several nodes', () => {
  const parts = { fr: people(230, 11), pt: people(170, 12), ee: people(90, 13) }
  const all = Object.values(parts).flat()
  const merged = mergedOf(Object.fromEntries(Object.entries(parts).map(([node, rows]) => [node, observed(rows)])))

  it('is that of all persons together, to nine digits', () => {
    const model = linearModel(poolOf(merged))
    const whole = fitLinear(linearSums(withReferences(observed(all))))
    assert.ok(model.ok && whole.ok)
    sameCoefficients(model.value.coefficients, whole.value.coefficients)
    assert.deepEqual(model.value.references, ['sex female', 'calendar-year 2019'])
  })

  it('and what elimination gives on the rows themselves', () => {
    const model = linearModel(poolOf(merged))
    assert.ok(model.ok)
    // About the middle of the weights: elimination without it keeps no nine digits.
    const middle = 98767
    const rows = all.map((one) => [
      ...[1, one.sex, one.age, one.year === 1 ? 1 : 0, one.year === 2 ? 1 : 0, one.weight - middle],
      one.outcome,
    ])
    const expected = leastSquares(rows)
    const slopes = model.value.coefficients.slice(1).map(({ value }) => value)
    for (const [index, value] of expected.slice(1).entries()) close(slopes[index], value, 1e-9)
    close(model.value.coefficients[0]?.value, (expected[0] ?? 0) - middle * (expected[5] ?? 0), 1e-9)
  })

  it('merges in any order and any number of times, to the last digit', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('fr', 'pt', 'ee'), { minLength: 1, maxLength: 8 }), (order) => {
        let again = NOTHING
        for (const node of order) {
          const more = merge(again, new Map([...merged].filter(([name]) => name === node)))
          assert.ok(more.ok)
          again = more.value
        }
        const inside = [...merged].filter(([name]) => order.includes(name as 'fr'))
        assert.deepEqual(poolOf(again), poolOf(new Map(inside)))
      }),
      { numRuns: 50 },
    )
  })

  it('brings groups together that only some nodes have', () => {
    const early = parts.fr.filter(({ year }) => year < 2)
    const late = parts.pt.filter(({ year }) => year > 0)
    const nodes = { fr: observed(early, YEARS.slice(0, 2)), pt: observed(late, YEARS.slice(1)) }
    const model = linearModel(poolOf(mergedOf(nodes)))
    const whole = fitLinear(linearSums(withReferences(observed([...early, ...late]))))
    assert.ok(model.ok && whole.ok)
    sameCoefficients(model.value.coefficients, whole.value.coefficients)
  })

  it('tells intervals and p-values of Student, to three digits', () => {
    const model = linearModel(poolOf(merged))
    assert.ok(model.ok)
    for (const { value, standardError, low, high, p } of model.value.coefficients) {
      // With 484 degrees of freedom the quantile is 1.9649.
      close((high - low) / 2 / standardError, 1.96487, 1e-4)
      assert.equal(p < 0.05, low > 0 || high < 0, `${value}`)
    }
    const told = toldModel(model.value).coefficients
    assert.ok(told.every(({ value }) => value === Number(value.toPrecision(3))))
  })

  it('is refused in words when an answer is another, or none', () => {
    const without = pooled(new Map([['fr', []]]))
    assert.equal(without.ok ? 'ok' : without.problem.code, 'model-unreadable')
    const { columns, rows, groups } = observed(parts.pt)
    const other = { columns: columns.map((one) => (one === 'age 2' ? 'age 9' : one)), rows, groups }
    const mixed = pooled(mergedOf({ fr: observed(parts.fr), pt: other }))
    assert.equal(mixed.ok ? 'ok' : mixed.problem.code, 'merge-other-question')
    const table = sumsTable(observed(parts.fr), {})
    const cells = table.cells.filter(({ key }) => key[0] !== 'age 2' || key[1] !== 'outcome')
    const broken = pooled(new Map([['fr', [{ ...table, cells }]]]))
    assert.equal(broken.ok ? 'ok' : broken.problem.code, 'model-unreadable')
  })
})

describe('a logistic regression over several nodes', () => {
  const parts: Readonly<Record<string, GroupedObservations>> = {
    fr: observed(people(300, 21, true)),
    pt: observed(people(250, 22, true)),
  }

  /** What the nodes answer in a round, through the tables that they send. */
  function answer(asked: RoundAsked): RoundAnswered {
    const rows = Object.values(parts).flatMap((part) => narrowed(part, asked.columns))
    const sums = logisticSums({ columns: asked.columns, rows }, asked, asked.coefficients)
    const read = readRound(JSON.parse(JSON.stringify(roundTable(sums, {}))), asked.columns)
    assert.ok(read)
    return { asked, sums: read }
  }
  const narrowed = ({ columns, rows }: GroupedObservations, wanted: readonly string[]): readonly Observation[] =>
    rows.map((row) => ({ ...row, values: wanted.map((one) => row.values[columns.indexOf(one)] ?? 0) }))

  async function ended(pool: Pooled) {
    const answered: RoundAnswered[] = []
    for (;;) {
      const step = await nextStep(pool, answered)
      if (step.kind !== 'ask') return { step, rounds: answered.length }
      assert.equal(step.round.number, answered.length + 1)
      answered.push(answer(step.round))
    }
  }

  it('is that of all persons together', async () => {
    const { step, rounds } = await ended(poolOf(mergedOf(parts)))
    const rows = Object.values(parts).flatMap((part) => part.rows)
    const all = withReferences({ ...observed([]), rows })
    const scaling = scalingOf(all)
    const whole = await fitLogistic(all.columns, scaling, (at) => logisticSums(all, scaling, at))
    assert.ok(step.kind === 'fitted' && whole.ok)
    sameCoefficients(step.fit.coefficients, whole.value.coefficients, 1e-8)
    assert.equal(step.fit.persons, 550)
    assert.ok(rounds > 2 && rounds < 12, `${rounds} rounds`)
    const plain = all.rows.map(({ values, outcome }) => [...values, outcome])
    const centred = plain.map((row) => row.map((value, index) => (index === 4 ? value - 98767 : value)))
    const found = step.fit.coefficients.map(({ value }) => value)
    const constant = (found[0] ?? 0) + 98767 * (found[5] ?? 0)
    // At the best fit nothing would raise the likelihood: every sum of residuals is nothing.
    for (const slope of logisticGradient(centred, [constant, ...found.slice(1)])) assert.ok(Math.abs(slope) < 1e-4)
  })

  it('says so when the covariates tell the outcome, and when the rounds are used up', async () => {
    const told = (part: GroupedObservations): GroupedObservations => ({
      ...part,
      rows: part.rows.map((row) => ({ ...row, outcome: (row.values[3] ?? 0) > 50 ? 1 : 0 })),
    })
    const separate = Object.fromEntries(Object.entries(parts).map(([node, part]) => [node, told(part)]))
    const pool = poolOf(mergedOf(separate))
    const answered: RoundAnswered[] = []
    let step = await nextStep(pool, answered)
    while (step.kind === 'ask') {
      const { round } = step
      const rows = Object.values(separate).flatMap((part) => narrowed(part, round.columns))
      answered.push({
        asked: round,
        sums: logisticSums({ columns: round.columns, rows }, round, round.coefficients),
      })
      step = await nextStep(pool, answered)
    }
    assert.equal(step.kind === 'failed' && step.problem.code, 'regression-separated')

    const first = await nextStep(poolOf(mergedOf(parts)), [])
    assert.ok(first.kind === 'ask')
    const others = Array.from({ length: MOST_ROUNDS }, (_, index) =>
      answer({ ...first.round, coefficients: first.round.coefficients.map((one) => one + index + 1) }),
    )
    const used = await nextStep(poolOf(mergedOf(parts)), others)
    assert.equal(used.kind === 'failed' && used.problem.code, 'regression-no-convergence')
  })

  it('knows the sums without coefficients from what the nodes have said first', async () => {
    const half = { columns: ['age 1'], groups: [] }
    const rows = people(40, 31).map(({ age }, index) => ({ values: [age], outcome: index % 2, persons: 1 }))
    const pool = poolOf(mergedOf({ fr: { ...half, rows } }))
    const step = await nextStep(pool, [])
    // Half have the outcome: the fit begins at zero, and the first question is the step after.
    assert.ok(step.kind === 'ask')
    const scaling = scalingOf({ columns: half.columns, rows })
    const { score, information } = logisticSums({ columns: half.columns, rows }, scaling, [0, 0])
    close(step.round.coefficients[1], (score[1] ?? 0) / (information[1]?.[1] ?? 0), 1e-9)
  })

  it('takes no table about other columns for an answer', () => {
    const asked = { number: 1, columns: ['sex male'], shift: [0.5], scale: [0.5], coefficients: [0, 0.1] }
    const table = roundTable(answer(asked).sums, {})
    assert.ok(readRound(table, ['sex male']))
    assert.equal(readRound(table, ['sex male', 'age 2']), undefined)
    assert.equal(readRound(sumsTable(parts.fr ?? observed([]), {}), ['sex male']), undefined)
  })
})
