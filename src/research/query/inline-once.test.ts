import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column, columns, equals } from './build.ts'
import { copiedStep, inlineStep, innerJoin, madeStep, program, select, source, step, table } from './build-relations.ts'
import { inlineOnce } from './inline-once.ts'
import type { Relation } from './tree.ts'

const reading = (...names: readonly string[]): Relation => {
  const [first = '', ...others] = names
  return select({
    from: source(step(first), 's0'),
    joins: others.map((name, index) =>
      innerJoin(step(name), `s${index + 1}`, equals(column('s0', 'id'), column(`s${index + 1}`, 'id'))),
    ),
    columns: columns('s0', 'id'),
  })
}

const inlined = (steps: Parameters<typeof program>[0], results: Parameters<typeof program>[1]) =>
  inlineOnce(program(steps, results))
    .steps.filter(({ inline }) => inline)
    .map(({ name }) => name)

test('what is read once is written there, what is read twice or by nobody is made', () => {
  const steps = [madeStep('once', table('t')), madeStep('twice', table('t')), madeStep('never', table('t'))]
  assert.deepEqual(inlined(steps, { a: reading('once', 'twice'), b: reading('twice') }), ['once'])
})

test('a view that is read twice reads what it reads twice', () => {
  const steps = [madeStep('base', table('t')), inlineStep('view', reading('base'))]
  assert.deepEqual(inlined(steps, { a: reading('view') }), ['base', 'view'])
  assert.deepEqual(inlined(steps, { a: reading('view', 'view') }), ['view'])
})

test('chains are followed: each is read once by one that is read once', () => {
  const steps = [madeStep('a', table('t')), madeStep('b', reading('a')), madeStep('c', reading('b'))]
  assert.deepEqual(inlined(steps, { r: reading('c') }), ['a', 'b', 'c'])
  assert.deepEqual(inlined(steps, { r: reading('c', 'c') }), ['a', 'b'])
})

test('what must be copied is copied', () => {
  assert.deepEqual(inlined([copiedStep('copy', table('t'))], { r: reading('copy') }), [])
})
