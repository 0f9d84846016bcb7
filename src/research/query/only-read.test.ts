import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, columns, countRows, equals, named, rowNumber } from './build.ts'
import { innerJoin, madeStep, program, select, source, step, table, unionAll } from './build-relations.ts'
import { onlyRead } from './only-read.ts'
import type { Relation } from './tree.ts'

const from = source(table('t'), 't')
const rows = { kind: 'select', from, columns: columns('t', 'id', 'person', 'day') } as const
const reading = (name: string, ...names: readonly string[]): Relation =>
  select({ from: source(step(name), 's'), columns: columns('s', ...names) })

/** The columns that each step still has. */
function kept(steps: Parameters<typeof program>[0], results: Parameters<typeof program>[1]) {
  return onlyRead(program(steps, results)).steps.map(({ relation }) => {
    const first = relation.kind === 'union-all' ? relation.relations[0] : relation
    return first?.kind === 'select' ? first.columns.map(({ name }) => name) : []
  })
}

test('columns that nobody reads are left out, along chains of steps', () => {
  const steps = [madeStep('a', rows), madeStep('b', reading('a', 'id', 'day'))]
  assert.deepEqual(kept(steps, { r: reading('b', 'id') }), [['id'], ['id']])
})

test('what a join, a condition or an order asks for is read', () => {
  const joined = select({
    from: source(step('a'), 'a'),
    joins: [innerJoin(step('b'), 'b', equals(column('a', 'id'), column('b', 'person')))],
    where: equals(column('a', 'person'), column('b', 'id')),
    columns: columns('a', 'id'),
    orderBy: [{ expression: column('b', 'day') }],
  })
  const steps = [madeStep('a', rows), madeStep('b', rows)]
  assert.deepEqual(kept(steps, { r: joined }), [
    ['id', 'person'],
    ['id', 'person', 'day'],
  ])
})

test('a query within a query asks only for what is asked of it', () => {
  const inner = select({ from: source(step('a'), 'i'), columns: columns('i', 'id', 'person', 'day') })
  const steps = [madeStep('a', rows)]
  assert.deepEqual(kept(steps, { r: select({ from: source(inner, 'o'), columns: columns('o', 'day') }) }), [['day']])
})

test('parts of a union lose the same columns', () => {
  const renamed = select({
    from: source(table('u'), 'u'),
    columns: [named('x', column('u', 'id')), named('y', column('u', 'person')), named('z', column('u', 'day'))],
  })
  const cut = onlyRead(program([madeStep('a', unionAll(rows, renamed))], { r: reading('a', 'day') })).steps[0]
  assert.deepEqual(
    cut?.relation.kind === 'union-all' &&
      cut.relation.relations.map((part) => part.kind === 'select' && part.columns.map(({ name }) => name)),
    [['day'], ['z']],
  )
})

test('how many rows there are stays: distinct rows, totals, a step that is only counted', () => {
  const distinct = { ...rows, distinct: true }
  assert.deepEqual(kept([madeStep('a', distinct)], { r: reading('a', 'id') }), [['id', 'person', 'day']])
  const total = select({ from: source(table('t'), 't'), columns: [named('n', countRows()), named('m', countRows())] })
  assert.deepEqual(kept([madeStep('a', total)], { r: reading('a', 'm') }), [['n', 'm']])
  const counted = select({ from: source(step('a'), 's'), columns: [named('n', countRows())] })
  assert.deepEqual(kept([madeStep('a', rows)], { r: counted }), [['id']])
})

test('a number that nobody reads is not given', () => {
  const number = rowNumber({ partitionBy: [column('t', 'person')], orderBy: [{ expression: column('t', 'day') }] })
  const numbered = { ...rows, columns: [...rows.columns, named('number', number)] }
  assert.deepEqual(kept([madeStep('a', numbered)], { r: reading('a', 'person') }), [['person']])
})

test('a step that is a result, or a part of a union, is read whole', () => {
  assert.deepEqual(kept([madeStep('a', rows)], { r: step('a') }), [['id', 'person', 'day']])
  assert.deepEqual(kept([madeStep('a', rows)], { r: unionAll(step('a'), step('a')) }), [['id', 'person', 'day']])
})
