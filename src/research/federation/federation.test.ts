/** A coordinator and nodes of two countries over mutual TLS: what comes back, and what is refused by each node for itself. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createPeerFetch } from '#platform/http/peer-fetch.ts'
import { failed, ok } from '#platform/result/result.ts'
import { until } from '../../../test/faults/processes.ts'
import type { DatasetId } from '../permits/permit.ts'
import { signPermit } from '../permits/permit-signature.ts'
import { signJson } from '../permits/signed-json.ts'
import type { Execution } from './answer-task.ts'
import { coordinatorClient } from './coordinator-client.ts'
import type { AskedState } from './coordinator-store.ts'
import { answerOf, merge, NOTHING, totals } from './merge.ts'
import { NODE_RESULT, type NodeResult } from './node-result.ts'
import type { Task } from './task.ts'
import {
  aTable,
  aTask,
  now,
  permitOf,
  type TestFederation,
  type TestNode,
  testFederation,
} from './testing/federation.ts'

describe('a federation', () => {
  let federation: TestFederation
  let portugal: TestNode
  let ran: Execution[] = []
  let execute = async (execution: Execution) => ok([aTable(execution.permit.memberState === 'PT' ? 40 : 30)])
  before(async () => {
    federation = await testFederation()
    const running = (execution: Execution) => {
      ran.push(execution)
      return execute(execution)
    }
    portugal = await federation.node('PT', running)
    await federation.node('FR', running)
  })
  after(() => federation.close())

  async function progressOf(task: Task): Promise<readonly AskedState[]> {
    return (await federation.coordinator.door.store.progress(task.id, now())) ?? []
  }

  /** Asks, and waits until each of the nodes has said something. */
  async function ask(task: Task): Promise<ReadonlyMap<string, AskedState>> {
    ran = []
    await federation.coordinator.ask(task)
    await until('all have answered', async () => (await progressOf(task)).every(({ outcome }) => outcome))
    return new Map((await progressOf(task)).map((one) => [one.node, one]))
  }

  const codeOf = (state: AskedState | undefined): string =>
    state?.outcome?.kind === 'refused' ? state.outcome.code : (state?.outcome?.kind ?? 'nothing')

  it('answers: each node under the permit of its country, and the answers add up', async () => {
    const task = await aTask(federation.keys)
    const states = await ask(task)
    let merged = NOTHING
    for (const { node, outcome } of states.values()) {
      assert.equal(outcome?.kind, 'answered')
      const both = merge(merged, answerOf(node, outcome?.kind === 'answered' ? outcome.tables : []))
      assert.ok(both.ok)
      merged = both.value
    }
    const added = totals(merged)
    assert.equal(added.ok && added.value[0]?.cells[0]?.persons, 70)
    assert.deepEqual(ran.map(({ permit }) => permit.id).sort(), ['permit-fr-1', 'permit-pt-1'])
    const [told, granted] = await portugal.ledger.list({ limit: 2 })
    assert.equal(told?.event.subtype?.[0]?.code, 'answer-released')
    assert.equal(granted?.event.subtype?.[0]?.code, 'access-decided')
    const details = told?.event.entity?.flatMap(({ detail }) => detail ?? [])
    assert.equal(details?.find(({ type }) => type === 'urn:tessera:task')?.valueString, task.id)
  })

  /** What is wrong with the task that Portugal gets; the code with which it refuses. */
  const refusals: readonly (readonly [string, string, (task: Task) => Task | Promise<Task>])[] = [
    ['its person is not in the permit', 'permit-person', (task) => ({ ...task, person: 'urn:eidas|PT/99999' })],
    ['its purpose is not in the permit', 'permit-purpose', (task) => ({ ...task, purpose: 'c' })],
    [
      'it asks of another dataset',
      'permit-dataset',
      (task) => ({ ...task, nodes: task.nodes.map((one) => ({ ...one, dataset: 'pt-other' as DatasetId })) }),
    ],
    [
      'it brings no permit of the country',
      'task-without-permit',
      (task) => ({ ...task, permits: task.permits.filter(({ memberState }) => memberState !== 'PT') }),
    ],
    [
      'it brings the permit of France as that of Portugal',
      'permit-other-country',
      (task) => ({
        ...task,
        permits: task.permits.map(({ permit }, index) => ({
          memberState: index === 0 ? 'PT' : 'FR',
          permit: index === 0 ? (task.permits[1]?.permit ?? '') : permit,
        })),
      }),
    ],
    [
      'it brings a permit that another body signed',
      'key-unknown',
      async (task) => ({
        ...task,
        permits: [{ memberState: 'PT', permit: await signPermit(permitOf('PT'), federation.keys.bodies.FR) }],
      }),
    ],
    [
      'it brings a permit that has ended',
      'permit-expired',
      async (task) => ({
        ...task,
        permits: [
          {
            memberState: 'PT',
            permit: await signPermit(permitOf('PT', { until: '2029-05-31T00:00:00Z' }), federation.keys.bodies.PT),
          },
        ],
      }),
    ],
    [
      'it brings another permit under the number of a known one',
      'permit-differs',
      async (task) => ({
        ...task,
        permits: [
          {
            memberState: 'PT',
            permit: await signPermit(permitOf('PT', { caseId: 'case-2' }), federation.keys.bodies.PT),
          },
        ],
      }),
    ],
    [
      'it brings a permit for SQL only',
      'permit-tool',
      async (task) => ({
        ...task,
        permits: [
          {
            memberState: 'PT',
            permit: await signPermit(permitOf('PT', { tools: ['sql'] }), federation.keys.bodies.PT),
          },
        ],
      }),
    ],
    [
      'it brings something that is no permit',
      'signed-malformed',
      (task) => ({ ...task, permits: [{ memberState: 'PT', permit: 'x' }] }),
    ],
    [
      'it wants secure sums, for which the node has no key',
      'secure-sum-unsupported',
      (task) => ({ ...task, sums: 'secure' }),
    ],
    [
      'it takes Portugal for a node of France',
      'task-not-for-us',
      (task) => ({ ...task, nodes: task.nodes.map((one) => ({ ...one, memberState: 'FR' })) }),
    ],
  ]
  for (const [name, code, change] of refusals) {
    it(`refuses a task when ${name} (${code}), runs nothing, and has it in the ledger`, async () => {
      const task = await change(await aTask(federation.keys))
      const states = await ask({ ...task, nodes: task.nodes.filter(({ node }) => node === 'node-pt') })
      assert.equal(codeOf(states.get('node-pt')), code)
      assert.deepEqual(ran, [])
      const entries = await portugal.ledger.list({ limit: 2 })
      assert.ok(entries.every(({ event }) => event.outcome === '8' && event.outcomeDesc?.startsWith(`${code}: `)))
    })
  }

  it('tells why a node has no answer: its disclosure control, its engine', async () => {
    execute = async () => failed('disclosure-too-few', 'Too few persons.', 'Ask about a larger group.') as never
    const states = await ask(await aTask(federation.keys))
    assert.deepEqual([...states.values()].map(codeOf), ['disclosure-too-few', 'disclosure-too-few'])
    execute = async () => ok([aTable(40)])
  })

  it('tries again when a node fails, gives up after some attempts, and goes on with other tasks', async () => {
    let failures = 0
    execute = async ({ task, permit }) => {
      if (task.purpose !== 'e' || permit.memberState === 'FR') return ok([aTable(40)])
      failures += 1
      throw new Error('the disk is gone')
    }
    const states = await ask(await aTask(federation.keys))
    assert.equal(codeOf(states.get('node-pt')), 'task-failed')
    assert.equal(codeOf(states.get('node-fr')), 'answered')
    assert.equal(failures, 5)
    execute = async () => ok([aTable(40)])
    assert.equal(codeOf((await ask(await aTask(federation.keys))).get('node-pt')), 'answered')
  })

  it('stops what runs under a permit that is revoked; the other country goes on', async () => {
    let began = 0
    execute = ({ permit, signal }) => {
      began += 1
      if (permit.memberState === 'FR') return Promise.resolve(ok([aTable(30)]))
      // Works until it is stopped, as an engine does.
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
    }
    const ids = { id: `permit-${randomUUID()}` as never }
    const task = await aTask(federation.keys, {}, ids)
    await federation.coordinator.ask(task)
    await until('both run', () => began >= 2)
    const revoked = { permit: ids.id, since: now().toISOString(), state: 'revoked' } as const
    await federation.coordinator.publish('PT', { number: 2, permits: [revoked] })
    await until('all have answered', async () => (await progressOf(task)).every(({ outcome }) => outcome))
    assert.deepEqual((await progressOf(task)).map(codeOf), ['answered', 'permit-revoked'])
    execute = async () => ok([aTable(40)])
    assert.deepEqual(await portugal.work.list(), [])
    // And it stays so, whatever list comes next.
    await federation.coordinator.publish('PT', { number: 3 })
    const again = await ask(await aTask(federation.keys, {}, ids))
    assert.deepEqual([...again.values()].map(codeOf), ['answered', 'permit-revoked'])
  })

  it('gives no answer that was made before the permit was revoked and not yet told', async () => {
    const ids = { id: `permit-${randomUUID()}` as never }
    const revoked = { permit: ids.id, since: now().toISOString(), state: 'revoked' } as const
    execute = async ({ permit }) => {
      if (permit.memberState === 'PT') {
        await federation.coordinator.publish('PT', { number: 4, permits: [revoked] })
        await until(
          'the node knows',
          async () =>
            (await portugal.ledger.list({ limit: 1 }))[0]?.event.subtype?.[0]?.code === 'revocations-accepted',
        )
      }
      return ok([aTable(40)])
    }
    const states = await ask(await aTask(federation.keys, {}, ids))
    assert.equal(codeOf(states.get('node-pt')), 'permit-revoked')
    execute = async () => ok([aTable(40)])
  })

  it('shows a node that nobody has heard of by its name', async () => {
    const task = await aTask(federation.keys)
    const nodes = [...task.nodes, { node: 'node-gr', memberState: 'GR', dataset: 'gr-registry' as DatasetId }]
    await federation.coordinator.ask({ ...task, nodes })
    await until('two have answered', async () => (await progressOf(task)).filter(({ outcome }) => outcome).length === 2)
    assert.deepEqual(
      (await progressOf(task)).map(({ node, state }) => [node, state]),
      [
        ['node-fr', 'answered'],
        ['node-gr', 'unreachable'],
        ['node-pt', 'answered'],
      ],
    )
  })

  it('has every refusal and answer in a whole chain', async () => {
    assert.ok((await portugal.ledger.verify()).intact)
  })

  describe('lets nobody in', () => {
    const clientOf = (who: string) => {
      const own = federation.tls[who]
      const theirs = federation.tls.EU
      assert.ok(own && theirs)
      const peer = createPeerFetch({ ...own.tls, timeoutMs: 2000, maxBytes: 1_000_000 })
      const { url } = federation.coordinator
      return {
        peer,
        client: coordinatorClient({ fetch: peer.fetch, url, certificates: [theirs.tls.fingerprint], now }),
      }
    }

    it('whose certificate has no part in it', async () => {
      const { peer, client } = clientOf('EU')
      const heard = await client.work({ after: 0, digest: '', waitSeconds: 0 })
      assert.equal(heard.ok ? 'ok' : heard.problem.code, 'coordinator-refused')
      peer.close()
    })

    it('who sends the answer of another node, or an unsigned one', async () => {
      const { peer, client } = clientOf('FR')
      const task = await aTask(federation.keys)
      const outcome = { kind: 'answered', tables: [aTable(1)] } as const
      const who = { node: 'node-pt', memberState: 'PT', answered: now().toISOString() }
      const result: NodeResult = { format: 1, task: task.id, taskHash: '0'.repeat(64), ...who, outcome }
      const told = await client.submit(await signJson(result, NODE_RESULT, federation.keys.nodes.PT))
      assert.equal(told.ok ? 'ok' : told.problem.code, 'coordinator-refused')
      const forged = await client.submit(await signJson(result, NODE_RESULT, federation.keys.nodes.FR))
      assert.deepEqual(forged.ok && forged.value, { refused: 'key-unknown' })
      const garbage = await client.submit('garbage')
      assert.deepEqual(garbage.ok && garbage.value, { refused: 'signed-malformed' })
      peer.close()
    })

    it('who is not the coordinator it was told of', async () => {
      const own = federation.tls.PT
      assert.ok(own)
      const peer = createPeerFetch({ ...own.tls, timeoutMs: 2000, maxBytes: 1_000_000 })
      const { url } = federation.coordinator
      const client = coordinatorClient({ fetch: peer.fetch, url, certificates: [own.tls.fingerprint], now })
      const heard = await client.work({ after: 0, digest: '', waitSeconds: 0 })
      assert.equal(heard.ok ? 'ok' : heard.problem.code, 'tls-untrusted')
      peer.close()
    })
  })
})
