import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inlineStep, madeStep, program, step, table, unionAll } from './build-relations.ts'
import { waitsFor } from './waits-for.ts'

test('steps and results wait for what they read, through views, and for nothing else', () => {
  const steps = [
    madeStep('a', table('t')),
    inlineStep('view', unionAll(step('a'), table('t'))),
    madeStep('b', table('t')),
    madeStep('c', unionAll(step('view'), step('b'))),
  ]
  const results = { r: step('view'), s: step('c'), t: table('t') }
  assert.deepEqual(waitsFor(program(steps, results)), { steps: [[], [], [0, 1]], results: [[0], [2], []] })
})
