import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { CompactSign } from 'jose'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { ok } from '#platform/result/result.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import { signPermit } from '../permits/permit-signature.ts'
import { startRunningWork } from '../permits/running-work.ts'
import { testDoor } from '../permits/testing/door.ts'
import type { CoordinatorClient, Work } from './coordinator-client.ts'
import { fetchWork } from './fetch-work.ts'
import { nodeMigrations } from './migrations.ts'
import { NODE_RESULT } from './node-result.ts'
import { openNodeStore } from './node-store.ts'
import { signTask, type Task, verifyTask } from './task.ts'
import { aTable, aTask, listOf, log, now, permitOf, saying, testKeys } from './testing/federation.ts'

const keys = testKeys()
const us = { id: 'node-pt', country: 'PT' }

async function codeOf(task: Task, text?: string, at = now()): Promise<string> {
  const verified = await verifyTask(
    { id: task.id, jws: text ?? (await signTask(task, keys.coordinator)) },
    us,
    keys.trust,
    at,
  )
  return verified.ok ? 'ok' : verified.problem.code
}

describe('a task', () => {
  it('is taken by the nodes it names', async () => {
    assert.equal(await codeOf(await aTask(keys)), 'ok')
  })

  const hours = (count: number) => new Date(now().getTime() + count * 3_600_000)
  const cases: readonly (readonly [string, string, (task: Task) => Promise<string>])[] = [
    ['its time is over', 'task-over', async (task) => codeOf(task, undefined, hours(2))],
    ['it was signed in the future', 'issued-in-future', async (task) => codeOf(task, undefined, hours(-2))],
    [
      'it is listed under another id',
      'task-other',
      async (task) => codeOf({ ...task, id: randomUUID() }, await signTask(task, keys.coordinator)),
    ],
    [
      'it names other nodes',
      'task-not-for-us',
      async (task) => codeOf({ ...task, nodes: task.nodes.filter(({ node }) => node !== 'node-pt') }),
    ],
    [
      'a body signed that may not',
      'signer-without-right',
      async (task) =>
        codeOf(
          { ...task, coordinator: { id: 'body-pt', country: 'PT' } },
          await signTask({ ...task, coordinator: { id: 'body-pt', country: 'PT' } }, keys.bodies.PT),
        ),
    ],
    ['a stranger signed', 'key-unknown', async (task) => codeOf(task, await signTask(task, keys.bodies.FR))],
    [
      'somebody signed with the name of the key',
      'signature-wrong',
      async (task) => codeOf(task, await signTask(task, { ...keys.bodies.FR, kid: 'eu-1' })),
    ],
    [
      'a node was added to it',
      'signature-wrong',
      async (task) => {
        const [header, payload = '', signature] = (
          await signTask({ ...task, nodes: task.nodes.filter(({ node }) => node !== 'node-pt') }, keys.coordinator)
        ).split('.')
        const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), nodes: task.nodes }
        return codeOf(task, [header, Buffer.from(canonicalJson(changed)).toString('base64url'), signature].join('.'))
      },
    ],
    ['it is a permit', 'signed-kind', async (task) => codeOf(task, await signPermit(permitOf('PT'), keys.bodies.PT))],
    [
      'it has no end in sight',
      'signed-content',
      async (task) => codeOf({ ...task, notAfter: hours(31 * 24).toISOString() }),
    ],
    ['it ends before it begins', 'signed-content', async (task) => codeOf({ ...task, notAfter: task.issued })],
    [
      'it names a node twice',
      'signed-content',
      async (task) => codeOf({ ...task, nodes: [...task.nodes, ...task.nodes] }),
    ],
    [
      'it brings two permits of a country',
      'signed-content',
      async (task) => codeOf({ ...task, permits: [...task.permits, ...task.permits] }),
    ],
    [
      'its question is none',
      'signed-content',
      async (task) => codeOf({ ...task, analysis: { kind: 'rows' } as never }),
    ],
    ['it says something unknown', 'signed-content', async (task) => codeOf({ ...task, andAlso: true } as never)],
  ]
  for (const [name, code, attempt] of cases) {
    it(`is refused when ${name} (${code})`, async () => assert.equal(await attempt(await aTask(keys)), code))
  }
})

describe('a result is refused', () => {
  const result = {
    format: 1,
    task: 't',
    taskHash: '0'.repeat(64),
    node: 'node-pt',
    memberState: 'PT',
    answered: '2029-06-01T12:00:00Z',
  }
  const age = { ...aTable(1), dimensions: [{ name: 'age', levels: ['0'] }] }
  const read = (tables: readonly unknown[]) => NODE_RESULT.read({ ...result, outcome: { kind: 'answered', tables } })
  it('when a cell lies outside of its table, comes twice, or tells sums of hidden persons', () => {
    assert.ok(read([aTable(1)]).ok)
    assert.ok(
      read([
        {
          ...age,
          cells: [
            { key: ['0'], persons: 1, sums: { days: 2 } },
            { key: [null], persons: null },
          ],
        },
      ]).ok,
    )
    for (const cells of [
      [{ key: ['1'], persons: 1 }],
      [{ key: [], persons: 1 }],
      [
        { key: ['0'], persons: 1 },
        { key: ['0'], persons: 2 },
      ],
      [{ key: ['0'], persons: null, sums: { days: 2 } }],
      [{ key: ['0'], persons: '1' }],
      [{ key: ['0'], persons: 1, who: [7] }],
    ]) {
      const refused = read([{ ...age, cells }])
      assert.equal(refused.ok ? JSON.stringify(cells) : refused.problem.code, 'result-malformed')
    }
  })
})

describe('what a node fetches', () => {
  async function fetching(answers: readonly Partial<Work>[]) {
    const database = await openDatabase('sqlite::memory:')
    const door = { ...(await testDoor(database, false)), trust: keys.trust }
    await migrate(database, nodeMigrations)
    const store = openNodeStore(database, 'node-pt')
    const left = [...answers]
    const client: CoordinatorClient = {
      work: async () => ok({ tasks: [], digest: 'd', clockAhead: 0, ...left.shift() }),
      submit: async () => ok({ taken: true }),
    }
    const work = startRunningWork({ database, permits: door.permits, log, now })
    const options = {
      door,
      store,
      client,
      work,
      log,
      now,
      key: keys.nodes.PT,
      execute: saying(1),
      releasesOf: async () => [],
    }
    const close = async () => {
      await work.close()
      await database.close()
    }
    return { fetch: () => fetchWork(options, { after: 0, digest: '' }, 0), store, door, close }
  }
  const listed = async (task: Task, sequence = 1) => ({
    id: task.id,
    sequence,
    task: await signTask(task, keys.coordinator),
  })

  it('is kept once; a replay is refused and in the ledger', async () => {
    const task = await aTask(keys)
    const replays = [await listed({ ...task, purpose: 'c' }), await listed({ ...task, id: randomUUID() })]
    const first = await listed(task)
    const { fetch, door, store, close } = await fetching([{ tasks: [first] }, { tasks: [first] }, { tasks: replays }])
    for (let turn = 0; turn < 3; turn += 1) assert.ok((await fetch()).ok)
    const entries = await door.ledger.list({})
    assert.deepEqual(
      entries.map(({ event }) => event.outcomeDesc?.split(':')[0]),
      ['task-replayed', 'task-replayed'],
    )
    assert.equal((await store.claim(now(), 1000))?.id, task.id)
    assert.equal(await store.claim(now(), 1000), undefined)
    await close()
  })

  it('waits while the clocks of both sides differ by more than a minute', async () => {
    const tasks = [await listed(await aTask(keys))]
    const { fetch, store, close } = await fetching([
      { tasks, clockAhead: 2 * 3_600_000 },
      { tasks, clockAhead: -2 * 3_600_000 },
      { tasks, clockAhead: 59_000 },
    ])
    for (const words of [/7200 s ahead of/, /7200 s behind/]) {
      const waited = await fetch()
      assert.ok(!waited.ok)
      assert.equal(waited.problem.code, 'clock-differs')
      assert.match(waited.problem.sentence, words)
      assert.equal(await store.claim(now(), 1000), undefined)
    }
    assert.ok((await fetch()).ok)
    assert.ok(await store.claim(now(), 1000))
    await close()
  })

  it('takes lists of revoked permits that their bodies signed, and no others', async () => {
    const forged = (await listOf(keys, 'PT', { number: 7 })).replace(/.{6}$/, 'AAAAAA')
    const stranger = await listOf(
      { ...keys, bodies: { ...keys.bodies, PT: { ...keys.bodies.FR, kid: 'body-pt-1' } } },
      'PT',
      { number: 8 },
    )
    const unsigned = await new CompactSign(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'ES256' })
      .sign(keys.bodies.PT.privateKey)
    const lists = [
      forged,
      stranger,
      unsigned,
      await listOf(keys, 'PT', { number: 2 }),
      await listOf(keys, 'FR'),
      await listOf(keys, 'PT', { number: 1 }),
    ]
    const { fetch, door, close } = await fetching([{ lists }, { lists }])
    await fetch()
    await fetch()
    assert.equal((await door.permits.latest('PT', 'body-pt'))?.list.number, 2)
    assert.equal((await door.permits.latest('FR', 'body-fr'))?.list.number, 1)
    const accepted = (await door.ledger.list({})).map(({ event }) => event.subtype?.[0]?.code)
    assert.deepEqual(accepted, ['revocations-accepted', 'revocations-accepted'])
    await close()
  })
})
