import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Analysis } from '../../analysis/analysis.ts'
import { signTask, type Task, type TaskRound, verifyTask } from '../task.ts'
import { aTask, now, testKeys } from '../testing/federation.ts'
import { roundId } from './rounds.ts'

const keys = testKeys()
const LOGISTIC: Analysis = {
  kind: 'logistic-regression',
  cohort: {},
  outcome: { kind: 'has', cohort: {} },
  covariates: [{ kind: 'age' }],
}

describe('the task of a round', () => {
  const round = { number: 3, columns: ['age 1'], shift: [50.25], scale: [12.5], coefficients: [0.1, -0.2] }
  async function verified(more: Partial<TaskRound>, task: Partial<Task> = {}) {
    const first = await aTask(keys, { analysis: LOGISTIC })
    const asked: Task = { ...first, id: roundId(first.id, 3), ...task, round: { of: first.id, ...round, ...more } }
    const us = { id: 'node-pt', country: 'PT' }
    return verifyTask({ id: asked.id, jws: await signTask(asked, keys.coordinator) }, us, keys.trust, now())
  }

  it('is signed and verified as any task, and brings its numbers to the last digit', async () => {
    const coefficients = [0.1 + 0.2, -1 / 3]
    const read = await verified({ coefficients })
    assert.ok(read.ok, JSON.stringify(read))
    assert.deepEqual(read.value.task.content.round?.coefficients, coefficients)
  })

  it('is refused when its numbers do not fit together, it is of another kind of question, or there were too many', async () => {
    const wrong: readonly (readonly [Partial<TaskRound>, Partial<Task>?])[] = [
      [{ coefficients: [0.1] }],
      [{ shift: [] }],
      [{ scale: [0] }],
      [{ number: 26 }],
      // Under an id of its own, a round would be answered beside the one that has this number.
      [{ number: 4 }],
      [{}, { id: randomUUID() }],
      [{}, { analysis: { kind: 'count', cohort: {}, by: [] } }],
    ]
    for (const [more, task] of wrong) {
      const read = await verified(more, task)
      assert.equal(read.ok ? 'ok' : read.problem.code, 'signed-content', JSON.stringify(more))
    }
  })

  it('has an id that follows from the question and the number, and no other', () => {
    const first = '5f2b1a52-54a8-4b9c-9a3d-0f6f0c7a1e11'
    assert.equal(roundId(first, 1), roundId(first, 1))
    const ids = Array.from({ length: 25 }, (_, index) => roundId(first, index + 1))
    assert.equal(new Set(ids).size, 25)
    assert.ok(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/.test(id)))
  })
})
