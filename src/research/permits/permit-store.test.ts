import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { createLog } from '#platform/log/log.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import type { DatasetId, PermitId } from './permit.ts'
import { signPermit, verifyPermit } from './permit-signature.ts'
import { openPermitStore } from './permit-store.ts'
import { startRunningWork } from './running-work.ts'
import { testDoor } from './testing/door.ts'
import { aPermit, DATASET, NOW } from './testing/permits.ts'

const log = createLog({ level: 'silent', name: 'PT' })
const revoked = { permit: 'permit-pt-1', since: '2029-06-01T10:00:00Z', state: 'revoked' } as const
const what = { dataset: DATASET as DatasetId, tool: 'typed-query' }

function reasonOf(signal: AbortSignal): string {
  return signal.reason instanceof ProblemError ? signal.reason.problem.code : String(signal.reason)
}

function stopped(signal: AbortSignal): Promise<string> {
  if (signal.aborted) return Promise.resolve(reasonOf(signal))
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(reasonOf(signal)), { once: true }))
}

onEachDatabase('permits in the database', (open) => {
  it('keep a permit once, give it back as it came, and refuse another one under its number', async () => {
    const door = await testDoor(await open())
    const verified = async (more = {}) => {
      const text = await signPermit(aPermit(more), door.bodyKey)
      const permit = await verifyPermit(text, door.trust, NOW)
      assert.ok(permit.ok)
      return { text, permit: permit.value }
    }
    const first = await verified()
    const again = await verified()
    const other = await verified({ purposes: ['c'] })
    assert.notEqual(first.text, again.text)
    assert.ok((await door.permits.keep(first.permit, first.text, NOW)).ok)
    assert.ok((await door.permits.keep(again.permit, again.text, NOW)).ok)
    const differs = await door.permits.keep(other.permit, other.text, NOW)
    assert.equal(differs.ok ? 'ok' : differs.problem.code, 'permit-differs')
    assert.equal(await door.permits.permitText('PT', 'permit-pt-1'), first.text)
    assert.equal(await door.permits.permitText('FR', 'permit-pt-1'), undefined)
  })

  it('take lists of revocations forwards only', async () => {
    const door = await testDoor(await open(), false)
    assert.equal(await door.publish({ number: 5 }), 'ok')
    assert.equal(await door.publish({ number: 5 }), 'ok')
    assert.equal(await door.publish({ number: 4 }), 'revocations-older')
    assert.equal(await door.publish({ number: 5, permits: [revoked] }), 'revocations-forked')
    assert.equal(await door.publish({ number: 6, permits: [revoked] }), 'ok')
    assert.equal((await door.permits.latest('PT', 'body-pt'))?.list.number, 6)
  })

  it('hold a revocation for ever, and a suspension as long as the lists say', async () => {
    const door = await testDoor(await open())
    const standing = async () => {
      const held = await door.permits.standingOf(aPermit(), NOW)
      return held.ok ? 'ok' : held.problem.code
    }
    assert.equal(await standing(), 'ok')
    await door.publish({ number: 2, permits: [{ ...revoked, state: 'suspended' }] })
    assert.equal(await standing(), 'permit-suspended')
    await door.publish({ number: 3 })
    assert.equal(await standing(), 'ok')
    await door.publish({ number: 4, permits: [revoked] })
    assert.equal(await standing(), 'permit-revoked')
    await door.publish({ number: 5 })
    assert.equal(await standing(), 'permit-revoked')
  })

  it('stop what runs under a permit when it is revoked, at once here and by polling elsewhere, and nothing else', async () => {
    const database = await open()
    const door = await testDoor(database)
    const elsewhere = await openDatabase(database.url)
    const options = { log, now: () => NOW, pollMs: 20 }
    const here = startRunningWork({ database, permits: door.permits, ...options, pollMs: 60_000 })
    const there = startRunningWork({ database: elsewhere, permits: openPermitStore(elsewhere), ...options })
    const other = aPermit({ id: 'permit-pt-2' as PermitId })
    const [mine, theirs, unrelated] = [
      await here.begin(aPermit(), what),
      await there.begin(aPermit(), what),
      await there.begin(other, what),
    ]
    assert.equal((await here.list()).length, 3)
    await door.publish({ number: 2, permits: [revoked] })
    await here.check()
    assert.equal(reasonOf(mine.signal), 'permit-revoked')
    assert.equal(await stopped(theirs.signal), 'permit-revoked')
    assert.equal(unrelated.signal.aborted, false)
    await mine.end('permit-revoked')
    await theirs.end('permit-revoked')
    assert.deepEqual(
      (await here.list()).map(({ id, permit }) => ({ id, permit })),
      [{ id: unrelated.id, permit: 'permit-pt-2' }],
    )
    await Promise.all([here.close(), there.close()])
    assert.equal(reasonOf(unrelated.signal), 'node-closing')
    await elsewhere.close()
  })

  it('stop what runs when the permit ends, and when its standing is no longer known', async () => {
    const database = await open()
    const door = await testDoor(database)
    let now = NOW
    const work = startRunningWork({ database, permits: door.permits, log, now: () => now, pollMs: 20 })
    const first = await work.begin(aPermit(), what)
    now = new Date('2029-06-03T00:00:00Z')
    assert.equal(await stopped(first.signal), 'revocations-stale')
    await first.end('stopped')
    now = NOW
    const second = await work.begin(aPermit({ until: '2029-06-01T13:00:00Z' }), what)
    now = new Date('2029-06-01T13:00:00Z')
    assert.equal(await stopped(second.signal), 'permit-expired')
    await work.close()
  })
})
