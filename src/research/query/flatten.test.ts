import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays, atLeast, column, columns, date, equals, integer, named, rowNumber } from './build.ts'
import {
  antiJoin,
  inlineStep,
  innerJoin,
  leftJoin,
  madeStep,
  program,
  select,
  source,
  step,
  table,
} from './build-relations.ts'
import { flatten } from './flatten.ts'
import { DUCKDB } from './print/duckdb.ts'
import { printProgram } from './print/program.ts'
import type { TableDescription } from './tables.ts'
import type { Relation } from './tree.ts'

const TABLES: readonly TableDescription[] = ['events', 'persons'].map((name) => ({
  name,
  columns: [
    { name: 'id', type: 'integer', nullable: false },
    { name: 'person', type: 'integer', nullable: false },
    { name: 'day', type: 'date', nullable: false },
  ],
}))

/** The SQL of the only result, on one line and without quotes. */
function written(steps: Parameters<typeof program>[0], relation: Relation): string {
  const flat = flatten(program(steps, { r: relation }))
  assert.deepEqual(
    flat.steps.filter(({ inline }) => inline),
    [],
  )
  return printProgram(flat, TABLES, DUCKDB, { prefix: 's' }).results[0]?.sql.replaceAll('"', '') ?? ''
}

const same = (left: string, right: string) => equals(column(left, 'person'), column(right, 'person'))

/** Events of persons from a day on, moved by a day: as a permit shows them. */
const view = inlineStep(
  'view',
  select({
    from: source(table('events'), 'e'),
    joins: [innerJoin(table('persons'), 'p', equals(column('e', 'person'), column('p', 'id')))],
    where: atLeast(column('e', 'day'), date('2020-01-01')),
    columns: [...columns('p', 'person'), named('moved', addDays(column('e', 'day'), 1))],
  }),
)

test('a view is written into the query that reads it, with its conditions', () => {
  const reader = select({
    from: source(step('view'), 'v'),
    where: atLeast(column('v', 'moved'), date('2021-01-01')),
    columns: columns('v', 'person', 'moved'),
  })
  assert.equal(
    written([view], reader),
    'SELECT flat_2.person AS person, (flat_1.day + CAST(1::bigint AS integer)) AS moved FROM events AS flat_1 ' +
      'INNER JOIN persons AS flat_2 ON (flat_1.person = flat_2.id) ' +
      "WHERE ((flat_1.day >= DATE '2020-01-01') AND ((flat_1.day + CAST(1::bigint AS integer)) >= DATE '2021-01-01'))",
  )
})

test('in the place of an inner join its sources come in an order in which each has an equality', () => {
  const reader = select({
    from: source(table('events'), 'x'),
    joins: [innerJoin(step('view'), 'v', same('x', 'v'))],
    columns: columns('x', 'id'),
  })
  assert.equal(
    written([view], reader),
    'SELECT x.id AS id FROM events AS x INNER JOIN persons AS flat_2 ON (x.person = flat_2.person) ' +
      "INNER JOIN events AS flat_1 ON (flat_1.person = flat_2.id) WHERE ((flat_1.day >= DATE '2020-01-01'))",
  )
})

test('what is numbered, grouped or cut stays a query of its own', () => {
  const number = rowNumber({ partitionBy: [column('e', 'person')], orderBy: [{ expression: column('e', 'day') }] })
  const from = source(table('events'), 'e')
  const inner = [
    select({ from, columns: [named('id', number)] }),
    select({ from, groupBy: [column('e', 'id')], columns: columns('e', 'id') }),
    select({ from, columns: columns('e', 'id'), distinct: true }),
    select({ from, columns: columns('e', 'id'), limit: 3 }),
  ]
  for (const relation of inner) {
    const reader = select({ from: source(relation, 'o'), columns: columns('o', 'id') })
    assert.match(written([], reader), /^SELECT o\.id AS id FROM \(SELECT .*\) AS o$/)
  }
})

test('the right side of a left or anti join stays: there a condition is not one of all rows', () => {
  for (const join of [leftJoin, antiJoin]) {
    const reader = select({
      from: source(table('events'), 'x'),
      joins: [join(step('view'), 'v', same('x', 'v'))],
      columns: columns('x', 'id'),
    })
    assert.match(written([view], reader), /JOIN \(SELECT .*\) AS v ON \(x\.person = v\.person\)$/)
  }
})

test('a value in the place of a column is neither joined by nor grouped or ordered by', () => {
  const fixed = select({
    from: source(table('events'), 'e'),
    columns: [named('person', integer(1)), ...columns('e', 'id')],
  })
  const from = source(fixed, 'f')
  const readers = [
    select({ from, joins: [leftJoin(table('persons'), 'p', same('f', 'p'))], columns: columns('f', 'id') }),
    select({ from, groupBy: [column('f', 'person')], columns: columns('f', 'person') }),
    select({ from, columns: columns('f', 'id'), orderBy: [{ expression: column('f', 'person') }] }),
  ]
  for (const reader of readers) assert.match(written([], reader), /FROM \(SELECT 1::bigint AS person/)
})

test('steps that are made stay steps', () => {
  const made = madeStep('made', select({ from: source(step('view'), 'v'), columns: columns('v', 'person') }))
  const flat = flatten(program([view, made], { r: step('made') }))
  assert.deepEqual(
    flat.steps.map(({ name }) => name),
    ['made'],
  )
  assert.deepEqual(flat.results, [{ name: 'r', relation: step('made') }])
})
