import assert from 'node:assert/strict'
import { after, it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Result } from '#platform/result/result.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import type { Permit } from '../permits/permit.ts'
import { signPermit } from '../permits/permit-signature.ts'
import { startRunningWork } from '../permits/running-work.ts'
import { testDoor } from '../permits/testing/door.ts'
import { aPermit, DATASET, NOW, RESEARCHER } from '../permits/testing/permits.ts'
import { unwrapped } from '../query/testing/engines.ts'
import type { SecondFactors } from './second-factor/second-factor.ts'
import { sessionMigrations } from './session-store.ts'
import { openWorkspaces, type SessionHolder } from './workspace.ts'

/** Takes 111111 and nothing else: the second factor has its own tests. */
const factors: Pick<SecondFactors, 'verify'> = {
  verify: async (_, code) =>
    code === '111111'
      ? { ok: true, value: undefined }
      : { ok: false, problem: { code: 'second-factor-wrong', sentence: 'Wrong.', next: 'Again.' } },
}
const MARIA = 'urn:eidas|PT/99'

onEachDatabase('a workspace', (open) => {
  const closing: (() => Promise<void>)[] = []
  after(async () => {
    for (const close of closing) await close()
  })

  async function opened(more: Partial<Permit> = {}) {
    const database = await open()
    const door = await testDoor(database)
    await migrate(database, sessionMigrations)
    let at = NOW.getTime()
    const now = () => new Date(at)
    const log = createLog({ level: 'silent', name: 'PT' })
    const work = startRunningWork({ database, permits: door.permits, log, now, pollMs: 20 })
    closing.push(() => work.close())
    const permitText = await signPermit(aPermit(more), door.bodyKey)
    const options = { database, door, work, factors: factors as SecondFactors, now }
    const workspaces = openWorkspaces(options)
    const enter = (person = RESEARCHER, code = '111111') => workspaces.enter({ person, permitText, purpose: 'e', code })
    return {
      ...{ door, work, workspaces, enter, replica: openWorkspaces(options) },
      later: (minutes: number) => {
        at += minutes * 60_000
      },
      async entered(person = RESEARCHER): Promise<SessionHolder> {
        const { session } = unwrapped(await enter(person))
        return { session, person }
      },
      async logged(): Promise<readonly string[]> {
        const entries = await door.ledger.list({})
        return entries
          .map(({ event }) => `${event.subtype?.[0]?.code} ${event.outcomeDesc?.split(':')[0] ?? ''}`.trim())
          .reverse()
      },
    }
  }
  const deed = { dataset: DATASET, tool: 'sql', output: 'micro-data' } as const
  const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code)

  it('lets in who is named in the permit, with a second factor, and writes down who, when and why not', async () => {
    const { enter, logged } = await opened()
    assert.equal(codeOf(await enter(MARIA)), 'permit-person')
    assert.equal(codeOf(await enter(RESEARCHER, '222222')), 'second-factor-wrong')
    assert.equal(codeOf(await enter()), 'ok')
    assert.deepEqual(await logged(), [
      'access-decided permit-person',
      'access-decided',
      'access-decided second-factor-wrong',
      'access-decided',
      'workspace-entered',
    ])
  })

  it('asks the permit again for each thing that is done, under the name of who does it', async () => {
    const { door, workspaces, entered, replica } = await opened()
    const holder = await entered()
    const doing = unwrapped(await workspaces.begin(holder, { ...deed, details: { query: 'abc' } }))
    assert.equal(doing.scope.dataset, DATASET)
    await doing.end('answered')
    // Any replica serves it.
    const elsewhere = unwrapped(await replica.begin(holder, deed))
    await elsewhere.end('answered')
    assert.equal(codeOf(await workspaces.begin(holder, { ...deed, tool: 'r' })), 'permit-tool')
    const [refused, , begun] = await door.ledger.list({})
    assert.ok(refused?.event.outcomeDesc?.startsWith('permit-tool'))
    const text = JSON.stringify(begun?.event)
    for (const part of ['PT/12345', 'Ana Lopes', 'permit-pt-1', 'pt-registry', 'abc']) assert.ok(text.includes(part))
  })

  it('does not open with the secret of somebody else, or with none', async () => {
    const { workspaces, entered } = await opened({
      persons: [...aPermit().persons, { identifier: MARIA, name: 'Maria', role: 'authorised' }],
    })
    const { session } = await entered()
    assert.equal(codeOf(await workspaces.look({ session, person: MARIA })), 'session-unknown')
    assert.equal(codeOf(await workspaces.begin({ session: 'x', person: RESEARCHER }, deed)), 'session-unknown')
    assert.equal(codeOf(await workspaces.look({ session, person: RESEARCHER })), 'ok')
  })

  it('ends after some minutes of nothing, which looking does not lengthen and doing does', async () => {
    const { workspaces, entered, later, logged } = await opened()
    const holder = await entered()
    later(10)
    assert.equal(codeOf(await workspaces.look(holder)), 'ok')
    const doing = unwrapped(await workspaces.begin(holder, deed))
    await doing.end('answered')
    later(14)
    assert.equal(codeOf(await workspaces.look(holder)), 'ok')
    later(2)
    assert.equal(codeOf(await workspaces.look(holder)), 'session-ended')
    assert.equal(codeOf(await workspaces.begin(holder, deed)), 'session-ended')
    assert.deepEqual((await logged()).slice(-1), ['workspace-left'])
    const [session] = await workspaces.sessionsOf(aPermit())
    assert.equal(session?.reason, 'idle')
  })

  it('ends with the permit, with the day, and when it is left', async () => {
    const { workspaces, entered, later } = await opened({ until: '2029-06-01T12:30:00Z' })
    const left = await entered()
    await workspaces.leave(left)
    assert.equal(codeOf(await workspaces.look(left)), 'session-ended')
    const holder = await entered()
    later(10)
    unwrapped(await workspaces.begin(holder, deed))
    later(10)
    unwrapped(await workspaces.begin(holder, deed))
    later(10)
    assert.equal(codeOf(await workspaces.begin(holder, deed)), 'session-ended')
    assert.deepEqual((await workspaces.sessionsOf(aPermit())).map(({ reason }) => reason).sort(), ['left', 'time-over'])
  })

  it('ends at once when the permit is revoked, and so does what runs', async () => {
    const { door, work, workspaces, entered } = await opened()
    const [first, second] = [await entered(), await entered()]
    const doing = unwrapped(await workspaces.begin(first, deed))
    const since = '2029-06-01T11:30:00Z'
    await door.publish({ number: 2, permits: [{ permit: 'permit-pt-1', since, state: 'revoked' }] })
    await work.check()
    assert.ok(doing.signal.aborted)
    assert.ok(doing.signal.reason instanceof ProblemError && doing.signal.reason.problem.code === 'permit-revoked')
    await doing.end('permit-revoked')
    // Before anybody has swept.
    assert.equal(codeOf(await workspaces.begin(first, deed)), 'permit-revoked')
    assert.equal(codeOf(await workspaces.look(first)), 'session-ended')
    const swept = await workspaces.sweep()
    assert.deepEqual(
      swept.map(({ reason }) => reason),
      ['permit-revoked'],
    )
    assert.equal(codeOf(await workspaces.look(second)), 'session-ended')
    assert.deepEqual(await workspaces.sweep(), [])
  })

  it('does nothing that the ledger does not take', async () => {
    const { door, workspaces, entered } = await opened()
    const holder = await entered()
    const append = door.ledger.append
    Object.assign(door.ledger, { append: () => Promise.reject(new Error('full')) })
    await assert.rejects(workspaces.begin(holder, deed), /full/)
    await assert.rejects(entered(), /full/)
    Object.assign(door.ledger, { append })
    assert.equal((await workspaces.sessionsOf(aPermit())).length, 1)
  })
})
