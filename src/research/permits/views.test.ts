/** What a query sees through a permit, on real rows. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ascending, column, columns, equals, named } from '../query/build.ts'
import { innerJoin, madeStep, program, rows, select, source, step, table } from '../query/build-relations.ts'
import type { Cell } from '../query/engine.ts'
import type { DataEngine } from '../query/tables.ts'
import type { Program, Relation } from '../query/tree.ts'
import type { DatasetScope, Permit, PermitId } from './permit.ts'
import { permitEngine } from './permit-engine.ts'
import type { OptedOut, Pseudonyms } from './persons.ts'
import { aPermit } from './testing/permits.ts'
import { facts, smallData } from './testing/small-data.ts'
import { underPermit } from './under-permit.ts'
import { type PermitViews, permitViews, type ViewOptions } from './views.ts'

function numbers(names: readonly string[], values: readonly (readonly number[])[]): Relation {
  return rows(
    names.map((name) => ({ name, type: 'integer' as const })),
    values.map((row) => row.map((value) => ({ type: 'integer' as const, value }))),
  )
}

const OPTED_OUT: OptedOut = { asOf: aPermit().optOutAsOf, relation: numbers(['person_id'], [[8]]) }

function pseudonyms(permit: PermitId = aPermit().id, factor = 7, shift?: number): Pseudonyms {
  const names = ['person_id', 'pseudonym', ...(shift === undefined ? [] : ['shift_days'])]
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => [
    id,
    1000 - id * factor,
    ...(shift === undefined ? [] : [shift * id]),
  ])
  return { permit, relation: numbers(names, values), shifted: shift !== undefined }
}

function scopeOf(more: Partial<DatasetScope> = {}): DatasetScope {
  const [scope] = aPermit().datasets
  assert.ok(scope)
  return { ...scope, ...more }
}

function options(more: Partial<ViewOptions> = {}): ViewOptions {
  return {
    permit: aPermit(),
    scope: scopeOf(),
    facts,
    optedOut: OPTED_OUT,
    pseudonyms: 'none',
    output: 'statistics',
    ...more,
  }
}

function viewsOf(more: Partial<ViewOptions> = {}): PermitViews {
  const views = permitViews(options(more))
  if (!views.ok) throw new Error(views.problem.sentence)
  return views.value
}

/** The columns of one view, ordered by themselves. */
function reading(views: PermitViews, name: string, ...names: readonly string[]): Program {
  const view = views.tables.get(name)
  assert.ok(view, `no view of ${name}`)
  return program([], {
    seen: select({
      from: source(view, 'v'),
      columns: columns('v', ...names),
      orderBy: names.map((one) => ascending(column('v', one))),
    }),
  })
}

describe('the views of a permit', () => {
  let data: DataEngine
  before(async () => {
    data = await smallData()
  })
  after(() => data.close())

  async function run(views: PermitViews, asked: Program): Promise<readonly (readonly Cell[])[]> {
    const inside = underPermit(views, asked)
    if (!inside.ok) throw new Error(inside.problem.sentence)
    const answered = await data.run(inside.value)
    if (!answered.ok) throw new Error(answered.problem.sentence)
    return answered.value.get('seen')?.rows ?? []
  }

  it('hold the persons of the population without those who opted out', async () => {
    const views = viewsOf()
    assert.deepEqual(await run(views, reading(views, 'person', 'person_id', 'year_of_birth')), [
      [1, 1960],
      [2, 1970],
      [9, 1980],
    ])
  })

  it('hold those who opted out when the permit has the exception of the law', async () => {
    const permit: Permit = aPermit({ optOutException: 'Public health emergency, national law 12/2029' })
    const views = viewsOf({ permit, optedOut: 'exception' })
    assert.deepEqual((await run(views, reading(views, 'person', 'person_id'))).flat(), [1, 2, 8, 9])
  })

  it('hold the whole population when it has no conditions', async () => {
    const views = viewsOf({ scope: scopeOf({ population: {} }) })
    assert.deepEqual((await run(views, reading(views, 'person', 'person_id'))).flat(), [1, 2, 3, 4, 5, 6, 7, 9])
  })

  it('hold events that begin inside the period, and cut what ends later', async () => {
    const views = viewsOf()
    const seen = await run(
      views,
      reading(views, 'condition_occurrence', 'person_id', 'condition_start_date', 'condition_end_date'),
    )
    assert.deepEqual(seen, [
      [1, '2016-03-01', '2016-04-01'],
      [1, '2024-12-30', '2024-12-31'],
      [2, '2020-02-29', null],
      [9, '2018-03-01', null],
    ])
  })

  it('cut spans of observation to the period, and leave out those that only touch it from outside', async () => {
    const views = viewsOf()
    const names = ['person_id', 'observation_period_start_date', 'observation_period_end_date']
    assert.deepEqual(await run(views, reading(views, 'observation_period', ...names)), [
      [1, '2015-01-01', '2024-12-31'],
      [2, '2019-01-01', '2021-01-01'],
    ])
  })

  it('show persons under the pseudonyms of the permit, in all tables alike', async () => {
    const views = viewsOf({ pseudonyms: pseudonyms() })
    assert.deepEqual((await run(views, reading(views, 'person', 'person_id'))).flat(), [937, 986, 993])
    assert.deepEqual(
      (await run(views, reading(views, 'condition_occurrence', 'person_id'))).flat(),
      [937, 986, 993, 993],
    )
  })

  it('move all days of a person by his own shift, after the period was cut', async () => {
    const views = viewsOf({ pseudonyms: pseudonyms(aPermit().id, 7, 1) })
    const seen = await run(views, reading(views, 'condition_occurrence', 'person_id', 'condition_start_date'))
    assert.deepEqual(seen, [
      [937, '2018-03-10'],
      [986, '2020-03-02'],
      [993, '2016-03-02'],
      [993, '2024-12-31'],
    ])
  })

  it('number rows anew where rows are shown, so that two permits share no number', async () => {
    const tables = [
      ...scopeOf().tables,
      { table: 'visit_occurrence', columns: ['visit_occurrence_id', 'visit_start_date'] },
    ].map((one) =>
      one.table === 'condition_occurrence' ? { ...one, columns: [...one.columns, 'visit_occurrence_id'] } : one,
    )
    const scope = scopeOf({ tables })
    const views = viewsOf({ scope, pseudonyms: pseudonyms(), output: 'micro-data' })
    const names = ['condition_occurrence_id', 'visit_occurrence_id', 'person_id', 'condition_start_date']
    // Ordered by pseudonym: person 9 is 937, 2 is 986, 1 is 993.
    assert.deepEqual(await run(views, reading(views, 'condition_occurrence', ...names)), [
      [1, 1, 937, '2018-03-01'],
      [2, 2, 986, '2020-02-29'],
      [3, 3, 993, '2016-03-01'],
      [4, 4, 993, '2024-12-30'],
    ])
    const [visits, conditions] = [views.tables.get('visit_occurrence'), views.tables.get('condition_occurrence')]
    assert.ok(visits && conditions)
    // The references still meet: each condition with the visit of its day.
    const joined = program([], {
      seen: select({
        from: source(conditions, 'c'),
        joins: [innerJoin(visits, 'v', equals(column('c', 'visit_occurrence_id'), column('v', 'visit_occurrence_id')))],
        where: equals(column('c', 'condition_start_date'), column('v', 'visit_start_date')),
        columns: columns('c', 'person_id'),
      }),
    })
    assert.equal((await run(views, joined)).length, 4)
  })

  it('open the vocabulary to everybody, as it holds nobody', async () => {
    const views = viewsOf()
    assert.deepEqual(
      await run(views, reading(views, 'concept_ancestor', 'ancestor_concept_id', 'descendant_concept_id')),
      [[201826, 443238]],
    )
  })
})

describe('an engine bound to a permit', () => {
  it('runs what reads the views, refuses everything else, and does not close the data', async () => {
    const data = await smallData()
    const views = viewsOf()
    const bound = permitEngine(data, views)
    const seen = await bound.run(reading(views, 'person', 'person_id'))
    assert.deepEqual(seen.ok && seen.value.get('seen')?.rows, [[1], [2], [9]])
    const outside = await bound.run(program([], { seen: table('person') }))
    assert.ok(!outside.ok)
    assert.equal(outside.problem.code, 'outside-permit')
    assert.match(outside.problem.sentence, /table person/)
    await bound.close()
    assert.ok((await bound.run(reading(views, 'person', 'person_id'))).ok)
    await data.close()
  })
})

describe('views are refused', () => {
  const cases: readonly (readonly [string, string, Partial<ViewOptions>])[] = [
    [
      'pseudonyms of another permit',
      'pseudonyms-of-another-permit',
      { pseudonyms: pseudonyms('permit-pt-2' as PermitId) },
    ],
    ['rows without pseudonyms', 'pseudonyms-missing', { output: 'micro-data' }],
    [
      'opt-outs of today instead of the frozen moment',
      'opt-out-moment',
      { optedOut: { ...OPTED_OUT, asOf: '2029-06-01T12:00:00Z' } },
    ],
    ['an exception from opt-out that the permit does not have', 'opt-out-without-exception', { optedOut: 'exception' }],
    [
      'a table that is not there',
      'table-unknown',
      { scope: scopeOf({ tables: [{ table: 'genome', columns: ['x'] }] }) },
    ],
    [
      'a table that does not say whose rows it holds',
      'table-unbound',
      { scope: scopeOf({ tables: [{ table: 'fact_relationship', columns: ['fact_id_1'] }] }) },
    ],
    [
      'a column that is not there',
      'column-unknown',
      { scope: scopeOf({ tables: [{ table: 'person', columns: ['salary'] }] }) },
    ],
    [
      'the number by which the source knows the person',
      'column-identifies',
      { scope: scopeOf({ tables: [{ table: 'person', columns: ['person_source_value'] }] }) },
    ],
  ]
  for (const [name, code, more] of cases) {
    it(`with ${name} (${code})`, () => {
      const views = permitViews(options(more))
      assert.equal(views.ok ? 'ok' : views.problem.code, code)
    })
  }
})

describe('a program is refused that reads', () => {
  const views = viewsOf()
  const person = views.tables.get('person')
  assert.ok(person)
  const cases: readonly (readonly [string, string, string, Program])[] = [
    [
      'a table itself',
      'table-outside',
      'person',
      program([], { seen: select({ from: source(table('person'), 'p'), columns: columns('p', 'year_of_birth') }) }),
    ],
    [
      'a view that the permit does not have',
      'table-outside',
      'note',
      program([], {
        seen: select({ from: source(step('permit_view_note'), 'n'), columns: columns('n', 'note_text') }),
      }),
    ],
    [
      'a column that the view does not have',
      'column-outside',
      'person.race_concept_id',
      reading(views, 'person', 'race_concept_id'),
    ],
    [
      'such a column through a step of its own',
      'column-outside',
      'mine.race_concept_id',
      program([madeStep('mine', select({ from: source(person, 'p'), columns: columns('p', 'year_of_birth') }))], {
        seen: select({ from: source(step('mine'), 'm'), columns: columns('m', 'race_concept_id') }),
      }),
    ],
    [
      'a hidden column in a condition only',
      'column-outside',
      'person.race_concept_id',
      program([], {
        seen: select({
          from: source(person, 'p'),
          where: equals(column('p', 'race_concept_id'), column('p', 'person_id')),
          columns: columns('p', 'year_of_birth'),
        }),
      }),
    ],
    [
      'a table in a join only',
      'table-outside',
      'death',
      program([], {
        seen: select({
          from: source(person, 'p'),
          joins: [innerJoin(table('death'), 'd', equals(column('p', 'person_id'), column('d', 'person_id')))],
          columns: columns('p', 'year_of_birth'),
        }),
      }),
    ],
    [
      'a table in a step only',
      'table-outside',
      'death',
      program([madeStep('mine', table('death'))], {
        seen: select({ from: source(person, 'p'), columns: columns('p', 'year_of_birth') }),
      }),
    ],
    [
      'the real numbers behind the pseudonyms',
      'step-outside',
      'permit_persons',
      program([], { seen: select({ from: source(step('permit_persons'), 'p'), columns: columns('p', 'person_id') }) }),
    ],
    [
      'a step in the place of one of ours',
      'step-outside',
      'permit_persons',
      program([madeStep('permit_persons', person)], { seen: person }),
    ],
    [
      'a step that comes later',
      'step-outside',
      'later',
      program([madeStep('mine', step('later')), madeStep('later', person)], { seen: step('mine') }),
    ],
  ]
  for (const [name, code, mentioned, asked] of cases) {
    it(`${name} (${code})`, () => {
      const inside = underPermit(views, asked)
      assert.ok(!inside.ok)
      assert.equal(inside.problem.code, code)
      assert.ok(inside.problem.sentence.includes(mentioned), inside.problem.sentence)
    })
  }

  it('while what compilers do goes through: steps over views, groups, columns renamed', () => {
    const asked = program(
      [madeStep('mine', select({ from: source(person, 'p'), columns: [named('born', column('p', 'year_of_birth'))] }))],
      {
        seen: select({
          from: source(step('mine'), 'm'),
          groupBy: [column('m', 'born')],
          columns: columns('m', 'born'),
        }),
      },
    )
    const inside = underPermit(views, asked)
    assert.ok(inside.ok)
    assert.deepEqual(
      inside.value.steps.map(({ name }) => name),
      ['permit_persons', 'permit_view_person', 'mine'],
    )
  })
})
