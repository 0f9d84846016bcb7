/** Joins, groups, windows, unions and steps: the same rows on every engine, over rows of chance and over none. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as b from './build.ts'
import * as r from './build-relations.ts'
import { agreement } from './testing/agreement.ts'
import { fill } from './testing/engines.ts'
import { EVENTS, FULL, NOTHING, PERSONS, randomRows } from './testing/random-rows.ts'
import type { Expression, Join, Relation, Select } from './tree.ts'

const FEW = { ...EVENTS, name: 'few' }

const engines = agreement(async (all) => {
  await fill(all, PERSONS, randomRows(PERSONS, 60, 1))
  await fill(all, EVENTS, randomRows(EVENTS, 200, 2))
  await fill(all, FEW, randomRows(EVENTS, 12, 3, 0.4))
  await fill(all, FULL, randomRows(FULL, 30, 4, 0))
  await fill(all, NOTHING, [])
})

const p = (name: string) => b.column('p', name)
const e = (name: string) => b.column('e', name)
const fromPersons = (parts: Omit<Select, 'kind' | 'from'>) =>
  r.select({ from: r.source(r.table('persons'), 'p'), ...parts })
const fromTable = (table: string, parts: Omit<Select, 'kind' | 'from'>) =>
  r.select({ from: r.source(r.table(table), 'e'), ...parts })
const allOfPersons = b.columns('p', 'id', 'age', 'weight', 'name', 'born', 'seen', 'alive')

/** Every row of a table apart, so that an order by all columns leaves no ties that matter. */
const totalOrder = [e('day'), e('person'), e('concept'), e('value'), e('note'), e('done')].map(b.ascending)

describe('joins', () => {
  const same = b.equals(p('id'), e('person'))
  const conditions: Readonly<Record<string, readonly Expression[]>> = {
    'an equality': [same],
    'an inequality of dates beside it': [same, b.lessThan(p('born'), e('day'))],
    'a window of days': [same, b.between(e('day'), b.addDays(p('born'), -365), b.addDays(p('born'), 36500))],
    'a condition of the left side alone': [same, b.moreThan(p('age'), b.integer(0))],
    'a condition of the right side alone': [same, b.isOneOf(e('concept'), [1, 2, 3])],
    'an alternative': [same, b.or(b.atMost(p('born'), e('day')), b.isNull(e('value')))],
    'two equalities and a text': [same, b.equals(p('alive'), e('done')), b.lessThan(p('name'), e('note'))],
    'an equality of expressions': [
      b.equals(b.modulo(p('age'), 3), b.modulo(e('concept'), 3)),
      b.differs(p('id'), e('person')),
    ],
    'a condition that is NULL whatever the row': [same, b.contains(b.absent('text'), 'x')],
    'an equality of dates': [b.equals(b.cast(p('seen'), 'date'), e('day'))],
  }
  for (const [name, on] of Object.entries(conditions)) {
    for (const table of ['events', 'few', 'full', 'nothing']) {
      test(`${name}, with ${table}`, async () => {
        const right = r.table(table)
        const both = [...allOfPersons, ...b.columns('e', 'person', 'concept', 'value', 'note', 'day', 'done')]
        const joined = (join: Join, columns = allOfPersons) => fromPersons({ joins: [join], columns })
        const answer = await engines.results(
          r.program([], {
            inner: joined(r.innerJoin(right, 'e', ...on), both),
            left: joined(r.leftJoin(right, 'e', ...on), both),
            semi: joined(r.semiJoin(right, 'e', ...on)),
            anti: joined(r.antiJoin(right, 'e', ...on)),
          }),
        )
        const count = (name: string) => answer.get(name)?.rows.length ?? 0
        // NULL keys have no partner: every person is in exactly one of the two.
        assert.equal(count('semi') + count('anti'), 60)
        assert.equal(count('left'), count('inner') + count('anti'))
      })
    }
  }

  test('an inner join of an inequality alone, and a cross join', async () => {
    const few = r.table('few')
    const columns = [...b.columns('p', 'id', 'born'), ...b.columns('e', 'day')]
    await engines.results(
      r.program([], {
        inequality: fromPersons({ joins: [r.innerJoin(few, 'e', b.moreThan(p('born'), e('day')))], columns }),
        cross: fromPersons({ joins: [r.crossJoin(few, 'e')], columns }),
        nothing: fromPersons({ joins: [r.crossJoin(r.table('nothing'), 'e')], columns }),
      }),
    )
  })

  test('a join on a constant of a subquery', async () => {
    const j = (name: string) => b.column('j', name)
    const withConstant = fromPersons({
      joins: [r.innerJoin(r.table('events'), 'e', b.equals(p('id'), e('person')))],
      columns: [
        b.named('nine', b.integer(9)),
        b.named('none', b.add(p('age'), b.absent('integer'))),
        b.named('day', e('day')),
      ],
    })
    const c = (name: string) => b.column('c', name)
    const joined = (how: typeof r.leftJoin, name: string) =>
      r.select({
        from: r.source(withConstant, 'c'),
        joins: [how(r.table('events'), 'j', b.equals(c(name), j('concept')))],
        columns: b.columns('c', 'day'),
      })
    for (const name of ['nine', 'none']) {
      const results = { left: joined(r.leftJoin, name), semi: joined(r.semiJoin, name), anti: joined(r.antiJoin, name) }
      await engines.results(r.program([], results))
    }
  })

  test('several joins of one select', async () => {
    const x = (name: string) => b.column('x', name)
    const joins = [
      r.semiJoin(r.table('events'), 's', b.equals(p('id'), b.column('s', 'person'))),
      r.leftJoin(r.table('few'), 'e', b.equals(p('id'), e('person'))),
      r.antiJoin(
        r.table('few'),
        'n',
        b.equals(p('age'), b.column('n', 'concept')),
        b.lessThan(b.column('n', 'day'), p('born')),
      ),
      r.innerJoin(
        r.table('events'),
        'x',
        b.equals(x('person'), p('id')),
        b.differs(x('concept'), b.coalesce(e('concept'), b.integer(0))),
      ),
    ]
    const columns = [
      ...b.columns('p', 'id'),
      b.named('other', e('concept')),
      b.named('third', x('concept')),
      b.named('when', x('day')),
    ]
    const rows = await engines.rows(fromPersons({ joins, where: b.isNotNull(p('born')), columns }))
    assert.ok(rows.length > 0)
  })
})

describe('groups', () => {
  const aggregates = (of: Expression, numeric: boolean) => [
    b.named('rows', b.countRows()),
    b.named('count', b.count(of)),
    b.named('different', b.countDistinct(of)),
    b.named('different_of_few', b.countDistinctOfPerson(of)),
    b.named('least', b.minimum(of)),
    b.named('most', b.maximum(of)),
    b.named('any', b.anyValue(of)),
    b.named('filtered', b.countRows(b.moreThan(e('concept'), b.integer(0)))),
    b.named('filtered_different', b.countDistinct(of, b.isNotNull(e('value')))),
    b.named('filtered_different_of_few', b.countDistinctOfPerson(of, b.isNotNull(e('value')))),
    b.named('filtered_most', b.maximum(of, b.equals(e('done'), b.boolean(true)))),
    ...(numeric
      ? [
          b.named('sum', b.sum(of)),
          b.named('mean', b.mean(of)),
          b.named('deviation', b.deviation(of)),
          b.named('spread', b.atLeast(b.deviation(of), b.double(0))),
          b.named('filtered_sum', b.sum(of, b.lessThan(e('value'), b.double(1)))),
          b.named('filtered_mean', b.mean(of, b.lessThan(e('value'), b.double(1)))),
          b.named('filtered_deviation', b.deviation(of, b.lessThan(e('value'), b.double(1)))),
        ]
      : []),
  ]
  for (const name of ['person', 'concept', 'value', 'note', 'day', 'done']) {
    const numeric = ['person', 'concept', 'value'].includes(name)
    test(`of ${name}`, async () => {
      const results: Record<string, Relation> = {}
      for (const table of ['events', 'few', 'full', 'nothing']) {
        results[`${table}, whole`] = fromTable(table, { columns: aggregates(e(name), numeric) })
        results[`${table}, by text`] = fromTable(table, {
          groupBy: [e('note')],
          columns: [b.named('key', e('note')), ...aggregates(e(name), numeric)],
        })
        results[`${table}, by a decade`] = fromTable(table, {
          groupBy: [b.floorDivide(b.yearOf(e('day')), 10), e('done')],
          columns: [
            b.named('decade', b.floorDivide(b.yearOf(e('day')), 10)),
            b.named('done', e('done')),
            ...aggregates(e(name), numeric),
          ],
          having: b.moreThan(b.countRows(), b.integer(1)),
        })
      }
      await engines.results(r.program([], results))
    })
  }

  test('of no rows there is one row without groups, and none with them', async () => {
    const columns = [
      b.named('n', b.countRows()),
      b.named('sum', b.sum(e('value'))),
      b.named('least', b.minimum(e('day'))),
    ]
    assert.deepEqual(await engines.rows(fromTable('nothing', { columns })), [[0, null, null]])
    assert.deepEqual(await engines.rows(fromTable('nothing', { groupBy: [e('person')], columns })), [])
  })

  test('ordered by an aggregate, with a limit', async () => {
    const select = fromTable('events', {
      groupBy: [e('note')],
      columns: [b.named('note', e('note')), b.named('n', b.countRows())],
      orderBy: [b.descending(b.countRows()), b.ascending(e('note'))],
      limit: 7,
    })
    assert.equal((await engines.rows(select, true)).length, 7)
  })
})

describe('order', () => {
  for (const name of ['person', 'value', 'note', 'day', 'done']) {
    test(`by ${name}, NULL last both ways`, async () => {
      for (const direction of [b.ascending, b.descending]) {
        const rows = await engines.rows(
          fromTable('events', { columns: [b.named('v', e(name))], distinct: true, orderBy: [direction(e(name))] }),
          true,
        )
        assert.equal(rows.at(-1)?.[0], null)
      }
    })
  }

  test('by columns that are not given', async () => {
    await engines.rows(fromTable('few', { columns: b.columns('e', 'note'), orderBy: totalOrder }), true)
  })
})

describe('windows', () => {
  const by = { partitionBy: [e('concept')], orderBy: totalOrder }
  const all = { partitionBy: [], orderBy: totalOrder }
  for (const name of ['person', 'value', 'note', 'day', 'done']) {
    test(`over ${name}`, async () => {
      const of = e(name)
      const frames = ['running', 'before', 'whole'] as const
      const extremes = frames.flatMap((frame) =>
        (
          ['minimum', 'maximum', 'count', ...(name === 'person' || name === 'value' ? (['sum'] as const) : [])] as const
        ).map((kind) => b.named(`${kind}_${frame}`, b.windowed(kind, of, by, frame))),
      )
      const columns = [
        ...b.columns('e', 'person', 'concept', 'value', 'note', 'day', 'done'),
        b.named('number', b.rowNumber(by)),
        b.named('before', b.previous(of, by)),
        b.named('after', b.next(of, all)),
        b.named('rows', b.windowed('count', undefined, { partitionBy: [e('concept'), e('done')], orderBy: [] })),
        b.named('so_far', b.windowed('maximum', of, all)),
        ...extremes,
      ]
      const results: Record<string, Relation> = {}
      for (const table of ['events', 'few', 'full', 'nothing']) results[table] = fromTable(table, { columns })
      await engines.results(r.program([], results))
    })
  }

  test('periods that meet become one, the way eras are made', async () => {
    const w = (name: string) => b.column('w', name)
    const inOrder = { partitionBy: [e('person')], orderBy: totalOrder }
    const ends = fromTable('events', {
      where: b.isNotNull(e('day')),
      columns: [
        ...b.columns('e', 'person', 'day'),
        b.named('n', b.rowNumber(inOrder)),
        b.named('ended', b.windowed('maximum', b.addDays(e('day'), 1000), inOrder, 'before')),
      ],
    })
    const starts = r.select({
      from: r.source(ends, 'w'),
      columns: [
        ...b.columns('w', 'person', 'day', 'n'),
        b.named('new', b.choose([[b.atLeast(w('ended'), w('day')), b.integer(0)]], b.integer(1))),
      ],
    })
    const numbered = r.select({
      from: r.source(starts, 'w'),
      columns: [
        ...b.columns('w', 'person', 'day'),
        b.named('era', b.windowed('sum', w('new'), { partitionBy: [w('person')], orderBy: [b.ascending(w('n'))] })),
      ],
    })
    const eras = r.select({
      from: r.source(numbered, 'w'),
      groupBy: [w('person'), w('era')],
      columns: [
        b.named('person', w('person')),
        b.named('start', b.minimum(w('day'))),
        b.named('end', b.maximum(w('day'))),
      ],
    })
    const rows = await engines.rows(eras)
    assert.ok(rows.length > 20)
  })
})

describe('programs', () => {
  test('steps are read by steps and results; inline steps are views', async () => {
    const older = r.inlineStep(
      'older',
      fromPersons({ where: b.moreThan(p('age'), b.integer(0)), columns: allOfPersons }),
    )
    const s = (name: string) => b.column('s', name)
    const counted = r.madeStep(
      'counted',
      r.select({
        from: r.source(r.step('older'), 's'),
        groupBy: [s('alive')],
        columns: [b.named('alive', s('alive')), b.named('n', b.countRows())],
      }),
    )
    const answer = await engines.results(
      r.program([older, counted], { counted: r.step('counted'), older: r.step('older'), persons: r.table('persons') }),
    )
    const counts = answer.get('counted')?.rows.map((row) => Number(row[1])) ?? []
    assert.equal(
      counts.reduce((total, n) => total + n, 0),
      answer.get('older')?.rows.length,
    )
    assert.equal(answer.get('persons')?.rows.length, 60)
  })

  test('unions keep duplicates, and widen integers that meet doubles', async () => {
    const part = (table: string, column: string) =>
      fromTable(table, { columns: [b.named(`from_${column}`, e(column)), b.named('note', e('note'))] })
    const rows = await engines.rows(
      r.unionAll(part('events', 'person'), part('few', 'value'), part('nothing', 'person'), part('events', 'person')),
    )
    assert.equal(rows.length, 412)
  })

  test('rows in the query: of each type, with NULLs, and none', async () => {
    const columns = [
      { name: 'i', type: 'integer' },
      { name: 'd', type: 'double' },
      { name: 't', type: 'text' },
      { name: 'day', type: 'date' },
      { name: 'at', type: 'datetime' },
      { name: 'b', type: 'boolean' },
    ] as const
    const nothing = columns.map(({ type }) => ({ type, value: null }))
    const row = [
      { type: 'integer', value: -9007199254740991 },
      { type: 'double', value: 0.1 },
      { type: 'text', value: '\'\\"\n😀' },
      { type: 'date', value: '1900-01-01' },
      { type: 'datetime', value: '2199-12-31T23:59:59.000001' },
      { type: 'boolean', value: false },
    ] as const
    assert.deepEqual(await engines.rows(r.rows(columns, [nothing, row, nothing])), [
      nothing.map(() => null),
      row.map(({ value }) => value),
      nothing.map(() => null),
    ])
    assert.deepEqual(await engines.rows(r.rows(columns, [])), [])
    assert.deepEqual(await engines.rows(r.rows(columns, [nothing])), [nothing.map(() => null)])
  })

  test('many rows of integers, with and without NULLs', async () => {
    const columns = ['person', 'pseudonym'].map((name) => ({ name, type: 'integer' as const }))
    const rows = Array.from({ length: 5000 }, (_, index) => [index - 2500, 9_007_199_254_740_991 - index * index])
    const cells = rows.map((row) => row.map((value) => ({ type: 'integer' as const, value })))
    assert.deepEqual(await engines.rows(r.rows(columns, cells), true), rows)
    const absent = [
      { type: 'integer', value: null },
      { type: 'integer', value: 7 },
    ] as const
    assert.equal((await engines.rows(r.rows(columns, [...cells, absent]))).length, 5001)
  })

  test('a list of ten thousand concepts', async () => {
    const concepts = Array.from({ length: 10_000 }, (_, index) => index * 7 - 7)
    const found = await engines.rows(
      fromTable('events', { where: b.isOneOf(e('concept'), concepts), columns: b.columns('e', 'concept') }),
    )
    assert.ok(found.length > 0)
    const listed = r.rows(
      [{ name: 'concept', type: 'integer' }],
      concepts.map((value) => [{ type: 'integer', value }]),
    )
    const joined = fromTable('events', {
      joins: [r.semiJoin(listed, 'c', b.equals(e('concept'), b.column('c', 'concept')))],
      columns: b.columns('e', 'concept'),
    })
    assert.equal((await engines.rows(joined)).length, found.length)
  })
})
