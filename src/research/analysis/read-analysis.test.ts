import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { bandLabels, bandOf } from './bands.ts'
import { readAnalysis } from './read-analysis.ts'

describe('reading a question', () => {
  const good: readonly unknown[] = [
    { kind: 'count', cohort: {}, by: [{ kind: 'age-group', bounds: [0, 18, 65] }, { kind: 'sex' }] },
    {
      kind: 'cohort-counts',
      cohorts: [
        { name: 'a', cohort: {} },
        { name: 'b', cohort: {} },
      ],
      by: [{ kind: 'sex' }],
    },
    { kind: 'rate', cohort: {}, by: [{ kind: 'calendar-year' }] },
    { kind: 'time-series', cohort: {}, unit: 'month', by: [] },
    { kind: 'distribution', cohort: {}, measure: { kind: 'age' }, by: [], classes: [0, 50] },
    { kind: 'survival', cohort: {}, event: {}, by: [], step: 30, until: 365 },
    { kind: 'characterisation', cohort: {}, domains: ['drug'] },
    { kind: 'linear-regression', cohort: {}, outcome: { kind: 'age' }, covariates: [{ kind: 'sex' }] },
    { kind: 'logistic-regression', cohort: {}, outcome: { kind: 'has', cohort: {} }, covariates: [{ kind: 'age' }] },
  ]

  test('every kind is read as it was written', () => {
    for (const question of good) assert.deepEqual(readAnalysis(question), { ok: true, value: question })
  })

  const many = (size: number) => Array.from({ length: size }, (_, index) => ({ name: `${index}`, cohort: {} }))

  test('what is wrong is told with its place', () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [undefined, /\$/],
      [{ kind: 'delete', cohort: {} }, /\$\.kind/],
      [{ kind: 'count', cohort: {}, by: [{ kind: 'age-group', bounds: [18, 18] }] }, /\$\.by\.0\.bounds.*do not rise/],
      [{ kind: 'count', cohort: {}, by: [{ kind: 'age-group', bounds: [] }] }, /no lower bound/],
      [{ kind: 'count', cohort: {}, by: [{ kind: 'condition', concepts: [] }] }, /\$\.by\.0\.concepts/],
      [{ kind: 'count', cohort: [], by: [] }, /\$\.cohort/],
      [{ kind: 'count', cohort: {}, by: [], table: 'person' }, /table/],
      [{ kind: 'cohort-counts', cohorts: [], by: [] }, /\$\.cohorts/],
      [{ kind: 'cohort-counts', cohorts: [{ name: '', cohort: {} }], by: [] }, /\$\.cohorts\.0\.name/],
      [{ kind: 'cohort-counts', cohorts: many(101), by: [] }, /\$\.cohorts/],
      [{ kind: 'cohort-counts', cohorts: [...many(1), ...many(1)], by: [] }, /\$\.cohorts.*same name/],
      [{ kind: 'survival', cohort: {}, event: {}, by: [], step: 0, until: 365 }, /\$\.step/],
      [{ kind: 'logistic-regression', cohort: {}, outcome: { kind: 'age' }, covariates: [] }, /\$\.outcome/],
      [{ kind: 'linear-regression', cohort: {}, outcome: { kind: 'has', cohort: {} }, covariates: [] }, /\$\.outcome/],
    ]
    for (const [question, pattern] of cases) {
      const read = readAnalysis(question)
      assert.ok(!read.ok && read.problem.code === 'analysis-unreadable', JSON.stringify(question))
      assert.match(read.problem.sentence, pattern)
    }
  })

  test('tables with more cells than people are refused', () => {
    const ages = { kind: 'age-group', bounds: Array.from({ length: 100 }, (_, age) => age) }
    const read = readAnalysis({ kind: 'count', cohort: {}, by: [ages, { kind: 'calendar-month' }, ages] })
    assert.ok(!read.ok && read.problem.code === 'analysis-too-fine')
    const cohorts = readAnalysis({ kind: 'cohort-counts', cohorts: many(50), by: [ages, { kind: 'sex' }, ages] })
    assert.ok(!cohorts.ok && cohorts.problem.code === 'analysis-too-fine')
    const survival = readAnalysis({ kind: 'survival', cohort: {}, event: {}, by: [ages], step: 1, until: 50_000 })
    assert.ok(!survival.ok && survival.problem.code === 'analysis-too-fine')
  })

  test('nothing that JSON can say makes it throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => assert.equal(typeof readAnalysis(json).ok, 'boolean')))
    const mutated = fc.tuple(
      fc.constantFrom(...good),
      fc.constantFrom('by', 'cohort', 'cohorts', 'kind', 'step', 'outcome'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(mutated, ([question, key, value]) =>
        assert.equal(typeof readAnalysis({ ...Object(question), [key]: value }).ok, 'boolean'),
      ),
    )
  })
})

describe('bands', () => {
  test('have the words that people use', () => {
    assert.deepEqual(bandLabels([0, 1, 18, 65], true), ['<0', '0', '1-17', '18-64', '65+'])
    assert.deepEqual(bandLabels([5.5, 7], false), ['<5.5', '5.5 to <7', '>=7'])
  })

  test('a value is in the band whose bounds it lies between', () => {
    const bounds = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1 })
      .map((list) => list.sort((a, b) => a - b))
    fc.assert(
      fc.property(bounds, fc.double({ min: -60, max: 60, noNaN: true }), (list, value) => {
        const band = bandOf(value, list)
        assert.ok(band === 0 || value >= (list[band - 1] ?? Number.POSITIVE_INFINITY))
        assert.ok(band === list.length || value < (list[band] ?? Number.NEGATIVE_INFINITY))
      }),
    )
  })
})
