/** Trees without meaning are refused before they are SQL; what has a meaning does not depend on how much of it there is. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as b from '../build.ts'
import * as r from '../build-relations.ts'
import type { Expression, Program, Relation, Select } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import { CLICKHOUSE } from './clickhouse.ts'
import { DUCKDB } from './duckdb.ts'
import { POSTGRESQL } from './postgresql.ts'
import { printProgram } from './program.ts'

const TABLES = [
  {
    name: 'visits',
    columns: [
      { name: 'id', type: 'integer', nullable: false },
      { name: 'day', type: 'date', nullable: true },
      { name: 'note', type: 'text', nullable: true },
    ],
  },
] as const

const v = (name: string) => b.column('v', name)
const visits = r.source(r.table('visits'), 'v')
const answer = (relation: Relation) => r.program([], { answer: relation })
const select = (parts: Partial<Select>) => answer(r.select({ from: visits, columns: b.columns('v', 'id'), ...parts }))
const value = (expression: Expression) => select({ columns: [b.named('x', expression)] })
const integer = (value: number) => ({ type: 'integer', value }) as const

const REFUSED: Readonly<Record<string, Program>> = {
  'an unknown table': answer(r.table('persons')),
  'a step that comes later': r.program([r.madeStep('a', r.step('b')), r.madeStep('b', r.table('visits'))], {}),
  'a step twice': r.program([r.madeStep('a', r.table('visits')), r.inlineStep('a', r.table('visits'))], {}),
  'an unknown source': value(b.column('w', 'id')),
  'an unknown column': value(v('secret')),
  'a source twice': select({ joins: [r.crossJoin(r.table('visits'), 'V')] }),
  'the source of a semi-join in a column': select({
    joins: [r.semiJoin(r.table('visits'), 'w', b.equals(v('id'), b.column('w', 'id')))],
    columns: b.columns('w', 'id'),
  }),
  'a column twice': select({ columns: [b.named('a', v('id')), b.named('A', v('id'))] }),
  'no columns': select({ columns: [] }),
  'a name that is too long': select({ columns: [b.named('é'.repeat(32), v('id'))] }),
  'an empty name': select({ columns: [b.named('', v('id'))] }),
  'text plus integer': value(b.add(v('note'), 1)),
  'a date compared with a text': value(b.equals(v('day'), b.text('2020-01-01'))),
  'a condition that is a number': select({ where: v('id') }),
  'days of a text': value(b.daysBetween(v('note'), v('day'))),
  'a cast from text': value(b.cast(v('note'), 'integer')),
  'the mean of dates': value(b.mean(v('day'))),
  'floor division of doubles': value(b.floorDivide(b.double(1), 2)),
  'nothing to choose from': value(b.least()),
  'an integer beyond 2^53': value(b.integer(2 ** 53)),
  'half an integer': value(b.integer(0.5)),
  'no number': value(b.double(Number.NaN)),
  'a text with NUL': value(b.text('a\0b')),
  'half a character': value(b.text('\ud83d')),
  'a day that is not': value(b.date('2021-02-29')),
  'a date that is none': value(b.date("2021-01-01' OR '")),
  'a datetime without time': value(b.datetime('2021-01-01')),
  'a datetime of 25 hours': value(b.datetime('2021-01-01T25:00:00')),
  'a left join without an equality': select({
    joins: [r.leftJoin(r.table('visits'), 'w', b.lessThan(v('id'), b.column('w', 'id')))],
  }),
  'an anti-join on the right side alone': select({
    joins: [r.antiJoin(r.table('visits'), 'w', b.equals(b.column('w', 'id'), b.integer(1)))],
  }),
  'an equality that may not hold': select({
    joins: [r.leftJoin(r.table('visits'), 'w', b.or(b.equals(v('id'), b.column('w', 'id')), b.isNull(v('day'))))],
  }),
  'windows of groups': select({
    groupBy: [v('id')],
    columns: [b.named('n', b.rowNumber({ partitionBy: [], orderBy: [b.ascending(v('id'))] }))],
  }),
  'having without groups': select({ having: b.boolean(true) }),
  'distinct rows ordered by another column': select({ distinct: true, orderBy: [b.ascending(v('day'))] }),
  'a negative limit': select({ limit: -1 }),
  'a union of different widths': answer(
    r.unionAll(r.table('visits'), r.select({ from: visits, columns: b.columns('v', 'id') })),
  ),
  'a union of different types': answer(
    r.unionAll(
      r.select({ from: visits, columns: [b.named('x', v('id'))] }),
      r.select({ from: visits, columns: [b.named('x', v('day'))] }),
    ),
  ),
  'a row that is too short': answer(
    r.rows(
      [
        { name: 'a', type: 'integer' },
        { name: 'b', type: 'integer' },
      ],
      [[integer(1)]],
    ),
  ),
  'a cell of another type': answer(r.rows([{ name: 'a', type: 'text' }], [[integer(1)]])),
}

for (const dialect of [DUCKDB, POSTGRESQL, CLICKHOUSE]) {
  describe(`${dialect.name} refuses`, () => {
    for (const [name, program] of Object.entries(REFUSED)) {
      test(name, () => assert.throws(() => printProgram(program, TABLES, dialect, { prefix: 'step' }), TreeError))
    }
  })
}

test('ClickHouse refuses dates that it would change', () => {
  const early = value(b.date('1899-12-31'))
  assert.throws(() => printProgram(early, TABLES, CLICKHOUSE, { prefix: 'step' }), TreeError)
  assert.match(printProgram(early, TABLES, DUCKDB, { prefix: 'step' }).results[0]?.sql ?? '', /1899/)
})

test('inline steps make no table; the others are numbered', () => {
  const printed = printProgram(
    r.program([r.inlineStep('view', r.table('visits')), r.madeStep('made', r.step('view'))], { made: r.step('made') }),
    TABLES,
    DUCKDB,
    { prefix: 'step_' },
  )
  assert.deepEqual(
    printed.steps.map((step) => step.table),
    ['step_2'],
  )
  assert.deepEqual(
    printed.results[0]?.columns.map(({ name, type }) => `${name} ${type}`),
    ['id integer', 'day date', 'note text'],
  )
})

test('DuckDB joins by keys; a semi-join by anything else is EXISTS there', () => {
  const joined = (...on: readonly [Expression, ...Expression[]]) => {
    const printed = printProgram(select({ joins: [r.antiJoin(r.table('visits'), 'w', ...on)] }), TABLES, DUCKDB, {
      prefix: 'step',
    })
    return printed.results[0]?.sql ?? ''
  }
  const same = b.equals(v('id'), b.column('w', 'id'))
  assert.match(joined(same, b.and(b.isNull(b.column('w', 'note')))), /ANTI JOIN/)
  assert.match(joined(same, b.lessThan(v('day'), b.column('w', 'day'))), /NOT EXISTS/)
  assert.match(joined(same, b.isNull(v('note'))), /NOT EXISTS/)
})

test('a condition of a hundred thousand parts', () => {
  const parts = Array.from({ length: 100_000 }, (_, index) => b.equals(v('id'), b.integer(index)))
  const sql = printProgram(select({ where: b.or(...parts) }), TABLES, DUCKDB, { prefix: 'step' }).results[0]?.sql ?? ''
  assert.equal(sql.split(' OR ').length, 100_000)
})
