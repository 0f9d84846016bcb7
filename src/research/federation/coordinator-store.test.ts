import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Database } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { signJson, verifyJson } from '../permits/signed-json.ts'
import { openCoordinatorStore } from './coordinator-store.ts'
import { coordinatorMigrations } from './migrations.ts'
import { NODE_RESULT, type NodeResult } from './node-result.ts'
import { AWAY_MS, nodeState } from './node-state.ts'
import { signTask, TASK, type Task } from './task.ts'
import { aTable, aTask, now, testKeys } from './testing/federation.ts'

const keys = testKeys()

async function storeOn(database: Database) {
  await migrate(database, coordinatorMigrations)
  const store = openCoordinatorStore(database)
  const add = async (task: Task) => {
    const text = await signTask(task, keys.coordinator)
    const verified = await verifyJson(text, TASK, keys.trust, now())
    assert.ok(verified.ok)
    const added = await store.add(verified.value, text)
    return { hash: verified.value.hash, code: added.ok ? 'ok' : added.problem.code }
  }
  const submit = async (task: Task, taskHash: string, more: Partial<NodeResult> = {}, at = now()) => {
    const outcome = { kind: 'answered', tables: [aTable(40)] } as const
    const answered = '2029-06-01T12:00:00Z'
    const result: NodeResult = {
      format: 1,
      task: task.id,
      taskHash,
      node: 'node-pt',
      memberState: 'PT',
      answered,
      outcome,
      ...more,
    }
    const text = await signJson(result, NODE_RESULT, keys.nodes.PT)
    const verified = await verifyJson(text, NODE_RESULT, keys.trust, now())
    assert.ok(verified.ok)
    const taken = await store.submit(verified.value, text, at)
    return taken.ok ? taken.value : taken.problem.code
  }
  const states = async (task: Task, at = now()) =>
    Object.fromEntries(((await store.progress(task.id, at)) ?? []).map(({ node, state }) => [node, state]))
  return { store, add, submit, states }
}

onEachDatabase('the coordinator', (open) => {
  it('knows its tasks as they were signed, and which of them are still open', async () => {
    const { store, add } = await storeOn(await open())
    const task = await aTask(keys)
    await add(task)
    assert.deepEqual(await store.task(task.id), task)
    assert.equal(await store.task(randomUUID()), undefined)
    assert.deepEqual(await store.current(now()), [task.id])
    assert.deepEqual(await store.current(new Date(Date.parse(task.notAfter) + 1)), [])
  })

  it('lists a task to the nodes it names until they have answered, and says how far each is', async () => {
    const { store, add, submit, states } = await storeOn(await open())
    const task = await aTask(keys)
    const { hash } = await add(task)
    assert.deepEqual(await states(task), { 'node-fr': 'unreachable', 'node-pt': 'unreachable' })
    const [listed] = await store.workFor('node-pt', 0, now())
    assert.equal(listed?.id, task.id)
    assert.deepEqual(await store.workFor('node-xx', 0, now()), [])
    await store.workFor('node-fr', 999, now())
    assert.deepEqual(await states(task), { 'node-fr': 'waiting', 'node-pt': 'taken' })
    assert.equal(await submit(task, hash), 'first')
    assert.deepEqual(await states(task), { 'node-fr': 'waiting', 'node-pt': 'answered' })
    assert.deepEqual(await store.workFor('node-pt', 0, now()), [])
    const over = new Date(Date.parse(task.notAfter) + 1)
    assert.deepEqual(await states(task, over), { 'node-fr': 'unreachable', 'node-pt': 'answered' })
    await store.workFor('node-fr', 0, over)
    assert.deepEqual(await states(task, over), { 'node-fr': 'late', 'node-pt': 'answered' })
    assert.equal(await store.progress(randomUUID(), now()), undefined)
  })

  it('takes an answer once: twice is once, another one is refused and the first stays', async () => {
    const { store, add, submit } = await storeOn(await open())
    const task = await aTask(keys)
    const { hash } = await add(task)
    assert.equal(await submit(task, hash), 'first')
    assert.equal(await submit(task, hash), 'again')
    assert.equal(await submit(task, hash, { outcome: { kind: 'answered', tables: [aTable(45)] } }), 'result-differs')
    const late = new Date(Date.parse(task.notAfter) + 3_600_000)
    assert.equal(await submit(task, hash, {}, late), 'again')
    const [, answered] = (await store.progress(task.id, now())) ?? []
    assert.deepEqual(answered?.outcome, { kind: 'answered', tables: [aTable(40)] })
  })

  it('takes the same answer once when it comes several times at the same moment', async () => {
    const { add, submit } = await storeOn(await open())
    const task = await aTask(keys)
    const { hash } = await add(task)
    const taken = await Promise.all(
      [40, 40, 40, 45].map((n) => submit(task, hash, { outcome: { kind: 'answered', tables: [aTable(n)] } })),
    )
    assert.equal(taken.filter((one) => one === 'first').length, 1)
    assert.ok(
      taken.every((one) => ['first', 'again', 'result-differs'].includes(one)),
      taken.join(),
    )
  })

  it('refuses what is not an answer to its question, and what comes too late', async () => {
    const { add, submit } = await storeOn(await open())
    const task = await aTask(keys)
    const { hash } = await add(task)
    const other = await aTask(keys, { nodes: task.nodes.filter(({ node }) => node === 'node-fr') })
    const { hash: otherHash } = await add(other)
    assert.equal(await submit(other, otherHash), 'task-unknown')
    assert.equal(await submit(await aTask(keys), hash), 'task-unknown')
    assert.equal(await submit(task, otherHash), 'task-other')
    assert.equal(await submit(task, hash, {}, new Date(Date.parse(task.notAfter) + 120_000)), 'task-over')
  })

  it('keeps a task once, and refuses another one under its id', async () => {
    const { add } = await storeOn(await open())
    const task = await aTask(keys)
    assert.equal((await add(task)).code, 'ok')
    assert.equal((await add(task)).code, 'ok')
    assert.equal((await add({ ...task, purpose: 'c' })).code, 'task-exists')
  })

  it('lists 250 tasks in pages, each once, in their order', async () => {
    const { store, add } = await storeOn(await open())
    const pattern = await aTask(keys)
    const ids = Array.from({ length: 250 }, () => randomUUID())
    for (const id of ids) await add({ ...pattern, id, nonce: id })
    const listed: string[] = []
    let after = 0
    for (let page = 0; page < 20; page += 1) {
      const tasks = await store.workFor('node-pt', after, now())
      if (tasks.length === 0) break
      listed.push(...tasks.map(({ id }) => id))
      after = Math.max(...tasks.map(({ sequence }) => sequence))
    }
    assert.deepEqual(listed, ids)
  })
})

describe('the state of a node', () => {
  const task = { notAfter: '2029-06-02T00:00:00Z' }
  const at = new Date('2029-06-01T12:00:00Z')
  const seen = { node: 'n', memberState: 'PT', taken: false, lastSeen: at.toISOString() }

  it('is what it was last known to do', () => {
    const later = (milliseconds: number) => new Date(at.getTime() + milliseconds)
    assert.equal(nodeState(seen, task, at), 'waiting')
    assert.equal(nodeState({ ...seen, taken: true }, task, at), 'taken')
    assert.equal(nodeState({ ...seen, taken: true }, task, later(AWAY_MS + 1)), 'unreachable')
    assert.equal(nodeState({ node: 'n', memberState: 'PT', taken: false }, task, at), 'unreachable')
    const refused = { kind: 'refused', code: 'permit-revoked', sentence: 'No.', next: 'Ask.' } as const
    assert.equal(nodeState({ ...seen, outcome: refused }, task, later(1e10)), 'refused')
    assert.equal(
      nodeState({ ...seen, lastSeen: '2029-06-02T00:00:01Z' }, task, new Date('2029-06-02T00:00:01Z')),
      'late',
    )
  })
})
