import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, columns, equals } from '../build.ts'
import { inlineStep, innerJoin, madeStep, program, select, source, step, table } from '../build-relations.ts'
import { DUCKDB } from '../print/duckdb.ts'
import { POSTGRESQL } from '../print/postgresql.ts'
import { decidedFor } from './run-program.ts'

const all = (name: string) => select({ from: source(table(name), 't'), columns: columns('t', 'id', 'person', 'day') })
const given = program(
  [
    inlineStep('view', all('events')),
    madeStep('once', select({ from: source(step('view'), 'v'), columns: columns('v', 'id', 'person') })),
    madeStep('twice', all('persons')),
  ],
  {
    answer: select({
      from: source(step('once'), 'a'),
      joins: ['b', 'c'].map((as) => innerJoin(step('twice'), as, equals(column('a', 'person'), column(as, 'id')))),
      columns: columns('a', 'id'),
    }),
  },
)

/** Each step with the columns that it still has. */
const steps = (dialect: typeof DUCKDB) =>
  decidedFor(dialect, given).steps.map(({ name, relation }) => [
    name,
    relation.kind === 'select' && relation.columns.map((one) => one.name),
  ])

test('DuckDB makes only what is read twice, and of it only what is read', () => {
  assert.deepEqual(steps(DUCKDB), [['twice', ['id']]])
  const [answer] = decidedFor(DUCKDB, given).results
  assert.ok(answer?.relation.kind === 'select')
  assert.deepEqual(answer.relation.from.relation, table('events'))
})

test('PostgreSQL, which orders joins across views itself, is left the steps', () => {
  assert.deepEqual(steps(POSTGRESQL), [
    ['view', ['id', 'person']],
    ['once', ['id', 'person']],
    ['twice', ['id']],
  ])
})
