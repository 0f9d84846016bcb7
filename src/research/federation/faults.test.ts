/** What goes wrong between a node and its coordinator; each time the answer arrives once it is mended, and once only. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Handler } from '#platform/http/serve.ts'
import { ok } from '#platform/result/result.ts'
import { noProcesses, until } from '../../../test/faults/processes.ts'
import { coordinatorHandler, PATHS } from './coordinator-handler.ts'
import type { AskedState } from './coordinator-store.ts'
import type { Task } from './task.ts'
import {
  aTable,
  aTask,
  began,
  now,
  saying,
  type TestFederation,
  type TestNode,
  testFederation,
} from './testing/federation.ts'

/** The long run has 1000. */
const TASKS = Number(process.env.TESSERA_FEDERATION_TASKS ?? 120)

const hanging: Handler = () => new Promise(() => undefined)
const failing: Handler = () => new Response('broken', { status: 503 })
const garbled: Handler = () => new Response('{"tasks": [{"id": 7}]}', { headers: { date: now().toUTCString() } })
const binary: Handler = () => new Response(new Uint8Array([0xff, 0xfe, 0, 1]))
const endless: Handler = () =>
  new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }))

describe('when the coordinator', () => {
  let federation: TestFederation
  let node: TestNode
  let runs = 0
  before(async () => {
    federation = await testFederation()
    node = await federation.node('PT', async () => {
      runs += 1
      return ok([aTable(40)])
    })
  })
  afterEach(() => federation.coordinator.break(undefined))
  after(() => federation.close())

  async function stateOf(task: Task, which = 'node-pt'): Promise<AskedState | undefined> {
    const states = await federation.coordinator.door.store.progress(task.id, now())
    return states?.find((one) => one.node === which)
  }
  const answered = (task: Task) =>
    until('the node has answered', async () => (await stateOf(task))?.state === 'answered')

  const faults: readonly (readonly [string, string, Handler])[] = [
    ['hangs', 'timeout', hanging],
    ['answers 503', 'coordinator-failed', failing],
    ['answers something else', 'coordinator-garbled', garbled],
    ['answers bytes', 'coordinator-garbled', binary],
    ['never ends its answer', 'timeout', endless],
  ]
  for (const [name, code, fault] of faults) {
    it(`${name}, the node says so (${code}), waits, and answers when it is well again`, async () => {
      federation.coordinator.break(fault)
      const said = () => node.worker.status().problem?.code
      await until(`the node says ${code}`, () => said() === code || said() === 'too-large')
      const task = await aTask(federation.keys)
      await federation.coordinator.ask(task)
      federation.coordinator.break(undefined)
      await answered(task)
      assert.equal(node.worker.status().problem, undefined)
    })

    it(`${name} when the answer comes, the same answer is told again and counts once`, async () => {
      const before = runs
      const inner = federation.coordinator
      let refused = 0
      // Takes the answer, and is broken before it can say so.
      inner.break(async (request, connection) => {
        const response = await coordinatorHandler(inner.door)(request, connection)
        if (!request.url.endsWith(PATHS.results) || refused > 1) return response
        refused += 1
        return fault(request, connection)
      })
      const task = await aTask(federation.keys)
      await inner.ask(task)
      await until('it was told more than once', () => refused > 1)
      await answered(task)
      assert.equal(runs, before + 1)
    })
  }

  it('is restarted, the node finds it again; what was asked and answered is still there', async () => {
    const [early, late] = [await aTask(federation.keys), await aTask(federation.keys)]
    await federation.coordinator.ask(early)
    await answered(early)
    await federation.coordinator.restart()
    assert.equal((await stateOf(early))?.state, 'answered')
    await federation.coordinator.ask(late)
    await answered(late)
  })

  it('is away for a node whose clock is two hours wrong: nothing is run, and the node says why', async () => {
    const hours = 2 * 3_600_000
    let ran = 0
    const wrong = await federation.node(
      'FR',
      async () => {
        ran += 1
        return ok([aTable(30)])
      },
      { clock: () => new Date(now().getTime() - hours) },
    )
    const task = await aTask(federation.keys)
    await federation.coordinator.ask(task)
    await answered(task)
    await until('the node says so', () => wrong.worker.status().problem?.code === 'clock-differs')
    assert.equal(ran, 0)
    assert.equal((await stateOf(task, 'node-fr'))?.outcome, undefined)
    await wrong.close()
  })

  it(`has ${TASKS} tasks, all are answered, and each is run once`, async () => {
    const before = runs
    const pattern = await aTask(federation.keys)
    const nodes = pattern.nodes.filter(({ node }) => node === 'node-pt')
    const tasks = Array.from({ length: TASKS }, () => ({ ...pattern, id: randomUUID(), nonce: randomUUID(), nodes }))
    for (const task of tasks) await federation.coordinator.ask(task)
    for (const task of tasks) await answered(task)
    assert.equal(runs, before + TASKS)
  })
})

describe('when a node is killed', { skip: noProcesses }, () => {
  let federation: TestFederation
  before(async () => {
    federation = await testFederation()
  })
  after(() => federation.close())

  it('between its answer and its telling, the answer that was written is told after the start, and no other', async (t) => {
    const { coordinator, directory, keys, tls } = federation
    const runsFile = join(directory, 'runs')
    const options = {
      trust: keys.trust.parties(),
      key: { ...keys.nodes.PT, privateKey: keys.nodes.PT.privateKey.export({ type: 'pkcs8', format: 'pem' }) },
      tlsFolder: join(directory, 'PT'),
      coordinatorCertificate: tls.EU?.tls.fingerprint,
      coordinator: coordinator.url,
      database: `sqlite:${join(directory, 'node.db')}`,
    }
    const start = () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/node-process.ts')], {
        env: { ...process.env, OPTIONS: JSON.stringify(options), RUNS: runsFile, TEST_BEGAN: String(began) },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      t.after(() => child.kill('SIGKILL'))
      return child
    }
    // The answer is written before it is told: when it is told, it may be killed.
    let told = 0
    coordinator.break((request, connection) => {
      if (!request.url.endsWith(PATHS.results)) return coordinatorHandler(coordinator.door)(request, connection)
      told += 1
      return new Promise(() => undefined)
    })
    const task = await aTask(keys)
    const portugal = { ...task, nodes: task.nodes.filter(({ node }) => node === 'node-pt') }
    await coordinator.ask(portugal)
    const first = start()
    await until('the answer is on its way', () => told > 0)
    first.kill('SIGKILL')
    await once(first, 'exit')
    coordinator.break(undefined)
    const second = start()
    const outcome = async () => (await coordinator.door.store.progress(task.id, now()))?.[0]?.outcome
    await until('it has answered', async () => (await outcome()) !== undefined)
    second.kill('SIGKILL')
    await once(second, 'exit')
    const runs = readFileSync(runsFile, 'utf8').trim().split('\n')
    assert.equal(runs.length, 1)
    const [, persons] = runs[0]?.split(' ') ?? []
    assert.deepEqual(await outcome(), { kind: 'answered', tables: [aTable(Number(persons))] })
  })

  it('in the middle of its work, the work is taken up again under the same name', async () => {
    const { coordinator, directory, keys } = federation
    const url = `sqlite:${join(directory, 'interrupted.db')}`
    const names: string[] = []
    let release = (): void => undefined
    const first = await federation.node(
      'FR',
      ({ releaseKey, signal }) => {
        names.push(releaseKey)
        return new Promise((resolve) => {
          release = () => resolve(ok([aTable(31)]))
          signal.addEventListener('abort', release)
        })
      },
      { url },
    )
    const task = await aTask(keys)
    await coordinator.ask({ ...task, nodes: task.nodes.filter(({ node }) => node === 'node-fr') })
    await until('it works', () => names.length === 1)
    await first.close()
    await federation.node(
      'FR',
      (execution) => {
        names.push(execution.releaseKey)
        return saying(30)(execution)
      },
      { url },
    )
    const outcome = async () => (await coordinator.door.store.progress(task.id, now()))?.[0]?.outcome
    await until('it has answered', async () => (await outcome()) !== undefined)
    assert.deepEqual(await outcome(), { kind: 'answered', tables: [aTable(30)] })
    assert.equal(names.length, 2)
    assert.equal(names[0], names[1])
  })
})
