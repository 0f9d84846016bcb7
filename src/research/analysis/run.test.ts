import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { personKeyMaker } from '../disclosure/persons.ts'
import { exact } from '../disclosure/stages.ts'
import type { ExactTable } from '../disclosure/table.ts'
import { fill, openEngines, type TestEngines, unwrapped } from '../query/testing/engines.ts'
import type { Analysis, Dimension, Measure } from './analysis.ts'
import type { ExactAnswer } from './answer.ts'
import { fitRegression } from './fit-regression.ts'
import { runAnalysis } from './run.ts'
import { runOnShards, type Shard, shardScope } from './shards.ts'
import {
  hasCondition,
  measured,
  type NaiveTable,
  naiveCohortCounts,
  naiveConcepts,
  naiveCount,
  naiveEntries,
  naiveRows,
  naiveSurvival,
  naiveTime,
  naiveValues,
} from './testing/naive.ts'
import { leastSquares, logisticGradient } from './testing/naive-regression.ts'
import { scopeOf, simpleCohorts, smallDataset, tablesOf } from './testing/small-dataset.ts'

const data = smallDataset('analyses', 500)
const tables = tablesOf(data)
const scope = scopeOf(tables)
const cohort = { concept: 1 }
const other = { concept: 3 }

const COHORTS = [
  { name: 'of one', cohort },
  { name: 'of nobody', cohort: { concept: 99 } },
  { name: 'of three', cohort: other },
]

const AGE: Dimension = { kind: 'age-group', bounds: [0, 18, 40, 65] }
const SEX: Dimension = { kind: 'sex' }
const BYS: readonly (readonly Dimension[])[] = [
  [],
  [AGE, SEX],
  [{ kind: 'calendar-year' }, { kind: 'age-group', bounds: [30, 31, 50] }],
  [{ kind: 'calendar-month' }],
  [{ kind: 'condition', concepts: [10, 3] }, SEX],
]
const MEASURES: readonly Measure[] = [
  { kind: 'age' },
  { kind: 'follow-up-days' },
  { kind: 'days-until', cohort: other },
  { kind: 'measurement', concepts: [21, 22] },
]

/** The same shape as the naive answers: cell → person → values. */
function plain(table: ExactTable | undefined): NaiveTable {
  assert.ok(table)
  return new Map(
    table.cells.map(({ key, persons, values = {} }) => {
      const lists = (table.measures ?? []).map(({ name }) => values[name] ?? [])
      const people = Array.from(persons, Number).map((person, index): [number, number[]] => {
        return [person, lists.map((list) => list[index] ?? Number.NaN)]
      })
      assert.equal(new Set(people.map(([person]) => person)).size, people.length, 'each person once in a cell')
      assert.deepEqual(
        [...people].sort(([left], [right]) => left - right),
        people,
        'persons in their order',
      )
      for (const [index, word] of key.entries()) assert.ok(table.dimensions[index]?.levels.includes(word), word)
      return [key.join('|'), new Map(people)]
    }),
  )
}

function same(found: ExactTable | undefined, expected: NaiveTable): void {
  const byPerson = (cell: Map<number, number[]>) => [...cell].sort(([left], [right]) => left - right)
  const listed = (table: NaiveTable) =>
    [...table].map(([key, cell]) => [key, byPerson(cell)] as const).sort(([left], [right]) => (left < right ? -1 : 1))
  assert.deepEqual(listed(plain(found)), listed(expected))
}

describe('analyses', () => {
  let opened: TestEngines
  before(async () => {
    opened = await openEngines()
    for (const one of tables) await fill(opened.engines, one, one.rows)
  })
  after(() => opened.close())

  /** The same answer from every engine, or the test fails. */
  async function ask(analysis: Analysis): Promise<ExactAnswer> {
    const answers: ExactAnswer[] = []
    for (const engine of opened.engines) {
      answers.push(unwrapped(await runAnalysis(analysis, { engine, scope, compileCohorts: simpleCohorts })))
    }
    const [first, ...others] = answers
    assert.ok(first)
    for (const answer of others) assert.deepEqual(answer, first)
    return first
  }

  test('count persons by what they were at their first entry', async () => {
    for (const by of BYS) {
      const question = { kind: 'count', cohort, by } as const
      same((await ask(question)).tables.persons, naiveCount(data, question))
    }
  })

  test('count persons of several cohorts in one program, each by what they were at their entry into it', async () => {
    for (const by of BYS) {
      const question = { kind: 'cohort-counts', cohorts: COHORTS, by } as const
      const { persons } = (await ask(question)).tables
      same(persons, naiveCohortCounts(data, question))
      assert.deepEqual(
        persons?.dimensions.map(({ name }) => name),
        ['cohort', ...by.map(({ kind }) => kind)],
      )
      assert.deepEqual(
        persons?.dimensions[0]?.levels,
        COHORTS.map(({ name }) => name),
        'one that nobody enters is there too',
      )
    }
  })

  test('time series count persons and entries in every unit of time', async () => {
    for (const unit of ['month', 'year'] as const) {
      const answer = await ask({ kind: 'time-series', cohort, unit, by: [SEX] })
      same(answer.tables.entries, naiveEntries(data, cohort, [SEX], unit))
      assert.equal(answer.tables.entries?.dimensions[0]?.levels.length, unit === 'month' ? 32 : 3)
    }
  })

  test('rates have entries and person-time in the same cells', async () => {
    for (const by of BYS) {
      const { entries, time } = (await ask({ kind: 'rate', cohort, by })).tables
      same(entries, naiveEntries(data, cohort, by))
      same(time, naiveTime(data, by))
      assert.deepEqual(
        entries?.dimensions.map((one) => one.name),
        time?.dimensions.map((one) => one.name),
      )
    }
  })

  test('say which levels are parts of a sum: ages within a month, a year, a cohort; months not within a year', async () => {
    const apart = async (question: Analysis) => {
      const [table] = Object.values((await ask(question)).tables)
      return table?.dimensions.map(({ name, overlapping, apartWithin }) => [name, overlapping ?? false, apartWithin])
    }
    const MONTH: Dimension = { kind: 'calendar-month' }
    const YEAR: Dimension = { kind: 'calendar-year' }
    assert.deepEqual(await apart({ kind: 'time-series', cohort, unit: 'year', by: [AGE, SEX, MONTH] }), [
      ['year', true, undefined],
      ['age-group', true, 'year'],
      ['sex', false, undefined],
      ['calendar-month', true, undefined],
    ])
    assert.deepEqual(await apart({ kind: 'rate', cohort, by: [YEAR, AGE] }), [
      ['calendar-year', true, undefined],
      ['age-group', true, 'calendar-year'],
    ])
    assert.deepEqual(await apart({ kind: 'rate', cohort, by: [YEAR, MONTH] }), [
      ['calendar-year', true, 'calendar-month'],
      ['calendar-month', true, undefined],
    ])
    assert.deepEqual(await apart({ kind: 'rate', cohort, by: [AGE] }), [['age-group', true, undefined]])
    const conditions: Dimension = { kind: 'condition', concepts: [3] }
    assert.deepEqual(await apart({ kind: 'cohort-counts', cohorts: COHORTS, by: [AGE, conditions] }), [
      ['cohort', true, undefined],
      ['age-group', true, 'cohort'],
      ['condition', true, undefined],
    ])
  })

  test('distributions have the values of persons, and their classes', async () => {
    for (const measure of MEASURES) {
      const question = { kind: 'distribution', cohort, measure, by: [SEX], classes: [0, 10, 100] } as const
      const { classes, values } = (await ask(question)).tables
      const expected = naiveValues(data, question)
      same(values, expected)
      const classOf = (value: number): string => {
        const words = measure.kind === 'measurement' ? ['0 to <10', '10 to <100', '>=100'] : ['0-9', '10-99', '100+']
        return value < 0 ? '<0' : ((value < 10 ? words[0] : value < 100 ? words[1] : words[2]) ?? '')
      }
      const classified: NaiveTable = new Map()
      for (const [key, cell] of expected) {
        for (const [person, [value = 0]] of cell) {
          const code = `${key}|${classOf(value)}`
          classified.set(code, (classified.get(code) ?? new Map<number, number[]>()).set(person, []))
        }
      }
      same(classes, classified)
    }
  })

  test('survival says who left in which step, and how', async () => {
    for (const [step, until] of [
      [1, 400],
      [30, 365],
      [7, 150],
    ] as const) {
      const question = { kind: 'survival', cohort, event: other, by: [SEX], step, until } as const
      const { steps } = (await ask(question)).tables
      const expected = naiveSurvival(data, question)
      same(steps, expected)
      assert.ok(
        [...expected.keys()].some((key) => key.endsWith('event')) &&
          [...expected.keys()].some((key) => key.endsWith('censored')),
      )
    }
  })

  test('characterisation counts the persons of each concept', async () => {
    const answer = await ask({ kind: 'characterisation', cohort, domains: ['condition', 'drug', 'measurement'] })
    same(answer.tables.condition, naiveConcepts(data, cohort, data.conditions))
    same(answer.tables.drug, naiveConcepts(data, cohort, data.drugs))
    same(answer.tables.measurement, naiveConcepts(data, cohort, data.measurements))
    assert.deepEqual(answer.discovered, ['concept'])
  })

  const LINEAR: Analysis = {
    kind: 'linear-regression',
    cohort,
    outcome: { kind: 'follow-up-days' },
    covariates: [{ kind: 'age' }, SEX, { kind: 'condition', concepts: [10, 4] }],
  }

  test('linear regression fits as ordinary least squares on rows do', async () => {
    const answer = await ask(LINEAR)
    const fit = unwrapped(await fitRegression(answer))
    const expected = leastSquares(
      naiveRows(data, cohort, [
        () => 1,
        (person, first) => measured(data, { kind: 'age' }, person, first),
        (person) => (person.sex === 8507 ? 1 : 0),
        (person) => (person.sex !== 8507 && person.sex !== 8532 ? 1 : 0),
        (person) => (hasCondition(data, 10, person.id) ? 1 : 0),
        (person) => (hasCondition(data, 4, person.id) ? 1 : 0),
        (person, first) => measured(data, { kind: 'follow-up-days' }, person, first),
      ]).map((row) => row.filter((_, index) => index !== 4)),
    )
    // Everybody of the cohort has condition 1, which is below 10: that column falls away.
    assert.deepEqual(
      fit.coefficients.map((one) => one.name),
      ['constant', 'age 1', 'sex male', 'sex unknown', 'condition 4 yes'],
    )
    for (const [index, coefficient] of fit.coefficients.entries()) {
      assert.ok(Math.abs(coefficient.value - (expected[index] ?? Number.NaN)) < 1e-6, `${coefficient.name}`)
    }
  })

  const LOGISTIC: Analysis = {
    kind: 'logistic-regression',
    cohort,
    outcome: { kind: 'has', cohort: { concept: 5 } },
    covariates: [SEX, { kind: 'follow-up-days' }],
  }

  test('logistic regression ends where the gradient on rows is zero', async () => {
    const answer = await ask(LOGISTIC)
    const fit = unwrapped(await fitRegression(answer))
    const value = (name: string) => fit.coefficients.find((one) => one.name === name)?.value ?? 0
    const rows = naiveRows(data, cohort, [
      (person) => (person.sex === 8507 ? 1 : 0),
      (person) => (person.sex !== 8507 && person.sex !== 8532 ? 1 : 0),
      (person, first) => measured(data, { kind: 'follow-up-days' }, person, first),
      (person) => (data.conditions.some((one) => one.person === person.id && one.concept === 5) ? 1 : 0),
    ])
    const names = ['sex male', 'sex unknown', 'follow-up-days 2']
    const gradient = logisticGradient(rows, ['constant', ...names].map(value))
    assert.ok(rows.length > 30)
    assert.deepEqual(
      fit.coefficients.map((one) => one.name),
      ['constant', ...names],
    )
    assert.ok(
      gradient.every((one) => Math.abs(one) < 1e-6),
      String(gradient),
    )
    const groupsTable = plain(answer.tables.groups)
    const total = [...groupsTable.values()].reduce((sum, cell) => sum + cell.size, 0)
    assert.equal(total, rows.length)
    assert.equal(fit.persons, rows.length)
    const ill = rows.filter((row) => row.at(-1) === 1).length
    assert.deepEqual(fit.outcomes, [ill, rows.length - ill])
    const men = rows.filter((row) => row[0] === 1).length
    assert.equal(fit.levels[0]?.persons[1], men)
    assert.equal(
      fit.levels[0]?.persons.reduce((sum, one) => sum + one, 0),
      rows.length,
    )
  })

  const QUESTIONS: readonly Analysis[] = [
    { kind: 'count', cohort, by: [AGE, SEX, { kind: 'condition', concepts: [3, 4] }] },
    { kind: 'cohort-counts', cohorts: COHORTS, by: [AGE, SEX, { kind: 'condition', concepts: [3, 4] }] },
    { kind: 'rate', cohort, by: [{ kind: 'calendar-year' }, AGE] },
    { kind: 'time-series', cohort, unit: 'month', by: [AGE, SEX] },
    { kind: 'distribution', cohort, measure: { kind: 'measurement', concepts: [21] }, by: [SEX], classes: [50, 100] },
    { kind: 'survival', cohort, event: other, by: [], step: 30, until: 700 },
    { kind: 'characterisation', cohort, domains: ['condition', 'drug'] },
    LINEAR,
    LOGISTIC,
  ]

  test('any number of shards give what the whole gives, without a difference', async () => {
    const [engine] = opened.engines
    assert.ok(engine)
    const columnsOf = (name: string) => scope.columns?.get(name) ?? []
    for (const shards of [1, 2, 3, 7]) {
      const parts = Array.from(
        { length: shards },
        (_, shard): Shard => ({
          engine,
          scope: shardScope(scope, shard, shards, (name) => name !== 'concept_ancestor', columnsOf),
        }),
      )
      const [first, ...others] = parts
      assert.ok(first)
      for (const question of QUESTIONS) {
        const whole: ExactAnswer = unwrapped(
          await runAnalysis(question, { engine, scope, compileCohorts: simpleCohorts }),
        )
        const merged: ExactAnswer = unwrapped(
          await runOnShards(question, [first, ...others], { compileCohorts: simpleCohorts }),
        )
        assert.deepEqual(sortedLevels(merged), sortedLevels(whole), `${question.kind} on ${shards} shards`)
      }
    }
  })

  test('disclosure control takes every table as it is', async () => {
    const keyOf = personKeyMaker(new Uint8Array(32).fill(7), 'test')
    for (const question of QUESTIONS) {
      for (const table of Object.values((await ask(question)).tables)) unwrapped(exact(table, keyOf))
    }
  })

  test('a table or column that the scope has not is named', async () => {
    const [engine] = opened.engines
    assert.ok(engine)
    const columns = new Map(
      [...(scope.columns ?? [])].map(([name, all]) => [name, all.filter((one) => one !== 'year_of_birth')]),
    )
    const without = { ...scope, columns, tables: new Map([...scope.tables].filter(([name]) => name !== 'measurement')) }
    const question: Analysis = {
      kind: 'distribution',
      cohort,
      measure: { kind: 'measurement', concepts: [21] },
      by: [],
      classes: [0],
    }
    const answer = await runAnalysis(question, { engine, scope: without, compileCohorts: simpleCohorts })
    assert.ok(!answer.ok && answer.problem.code === 'analysis-outside-permit')
    assert.match(answer.problem.sentence, /measurement, person\.year_of_birth/)
  })

  test('limits and the signal stop an analysis', async () => {
    const [engine] = opened.engines
    assert.ok(engine)
    const question: Analysis = { kind: 'count', cohort, by: [] }
    const common = { engine, scope, compileCohorts: simpleCohorts }
    const large = await runAnalysis(question, { ...common, mostPersons: 3 })
    assert.ok(!large.ok && large.problem.code === 'query-too-large')
    const stopped = await runAnalysis(question, { ...common, signal: AbortSignal.abort() })
    assert.ok(!stopped.ok && stopped.problem.code === 'query-stopped')
  })

  test("OHDSI's cohort language is the default, and its problems are told", async () => {
    const [engine] = opened.engines
    assert.ok(engine)
    const answer = await runAnalysis({ kind: 'count', cohort: { ConceptSets: 'no list' }, by: [] }, { engine, scope })
    assert.ok(!answer.ok && answer.problem.code === 'analysis-cohort')
    assert.match(answer.problem.sentence, /cohort/)
  })
})

/** Levels that were found in the data come in the order in which shards found them. */
function sortedLevels(answer: ExactAnswer): ExactAnswer {
  const sorted = Object.entries(answer.tables).map(([name, table]) => {
    const dimensions = table.dimensions.map((one) => ({ ...one, levels: [...one.levels].sort() }))
    return [name, { ...table, dimensions }]
  })
  return { ...answer, tables: Object.fromEntries(sorted) }
}
