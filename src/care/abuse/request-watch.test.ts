import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it, test } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import { onEachDatabase, type TestDatabase } from '../../../test/databases.ts'
import { readAlerts } from './alerts.ts'
import { abuseMigrations } from './migrations.ts'
import { type Observation, requestWatch } from './request-watch.ts'
import { readThresholds, type Threshold } from './thresholds.ts'

const AT = new Date('2026-11-27T09:10:00Z')
const observation: Observation = {
  country: 'FR',
  pointOfCare: 'urn:oid:1|P',
  patient: 'urn:oid:2|42',
  service: 'patient-summary',
  purpose: 'TREATMENT',
  at: AT,
}

onEachDatabase('the watch on requests', (open) => {
  async function watchOn(database: TestDatabase, thresholds: readonly Threshold[], emergencyAlerts = false) {
    await migrate(database, abuseMigrations)
    const log = createLog({ level: 'silent', name: 'test' })
    const secret = new Uint8Array(32)
    return requestWatch({ database, thresholds: { thresholds, emergencyAlerts }, secret, log, flushAfterMs: 0 })
  }
  const patient: Threshold = { subject: 'patient', periodSeconds: 3600, alertAbove: 3 }

  it('alerts once when a patient is asked for too often, whoever asks, and not before', async () => {
    const database = await open()
    const watch = await watchOn(database, [patient])
    for (const country of ['FR', 'EE', 'FR']) await watch.observe({ ...observation, country })
    await watch.observe({ ...observation, patient: 'urn:oid:2|43' })
    assert.deepEqual(await readAlerts(database), [])
    for (let more = 0; more < 3; more += 1) assert.equal((await watch.observe(observation)).limited, false)
    const alerts = await readAlerts(database)
    assert.equal(alerts.length, 1)
    assert.equal(alerts[0]?.code, 'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS_FOR_UNIQUE_PATIENT')
    assert.deepEqual([alerts[0]?.requests, alerts[0]?.threshold, alerts[0]?.country], [4, 3, 'FR'])
    assert.doesNotMatch(JSON.stringify(alerts), /42/, 'nobody is named')
    await watch.observe({ ...observation, at: new Date(AT.getTime() + 3_600_000) })
    assert.equal((await readAlerts(database)).length, 1, 'a new hour counts from the beginning')
  })

  it('counts points of care and countries for themselves, and refuses only where a limit says so', async () => {
    const database = await open()
    const watch = await watchOn(database, [
      { subject: 'point-of-care', periodSeconds: 60, alertAbove: 2 },
      { subject: 'country', periodSeconds: 60, alertAbove: 3, refuseAbove: 4 },
    ])
    const limited: boolean[] = []
    for (const pointOfCare of ['a', 'b', 'a', 'a', 'c']) {
      limited.push((await watch.observe({ ...observation, pointOfCare })).limited)
    }
    assert.deepEqual(limited, [false, false, false, false, true])
    assert.equal((await watch.observe({ ...observation, country: 'EE' })).limited, false)
    assert.deepEqual((await readAlerts(database)).map(({ kind }) => kind).sort(), ['country', 'point-of-care'])
  })

  it('two replicas count together', async () => {
    const database = await open()
    const other = await openDatabase(database.url)
    try {
      const watches = [await watchOn(database, [patient])]
      const log = createLog({ level: 'silent', name: 'test' })
      const thresholds = { thresholds: [patient], emergencyAlerts: false }
      watches.push(requestWatch({ database: other, thresholds, secret: new Uint8Array(32), log, flushAfterMs: 0 }))
      await Promise.all(Array.from({ length: 20 }, (_, index) => watches[index % 2]?.observe(observation)))
      await watches[0]?.observe(observation)
      const counted = await database.kysely
        .$extendTables<{ request_count: { requests: number } }>()
        .selectFrom('request_count')
        .select('requests')
        .execute()
      assert.deepEqual(
        counted.map(({ requests }) => Number(requests)),
        [21],
      )
      assert.equal((await readAlerts(database)).length, 1)
    } finally {
      await other.close()
    }
  })

  it('tells of emergencies, once for a patient, a point of care and a day', async () => {
    const database = await open()
    const watch = await watchOn(database, [], true)
    const emergency = { ...observation, purpose: 'EMERGENCY' } as const
    await watch.observe(observation)
    await watch.observe(emergency)
    await watch.observe(emergency)
    await watch.observe({ ...emergency, patient: undefined })
    assert.deepEqual(
      (await readAlerts(database)).map(({ kind }) => kind),
      ['emergency'],
    )
  })
})

test('the thresholds that ship can be read; wrong ones are told with their place', () => {
  const file = join(import.meta.dirname, '..', '..', '..', 'data', 'policies', 'thresholds.json')
  const read = readThresholds(JSON.parse(readFileSync(file, 'utf8')))
  assert.ok(read.ok && read.value.thresholds.length >= 3)
  const wrong = readThresholds({ thresholds: [{ subject: 'patient', periodSeconds: 0, alertAbove: 1 }] })
  assert.equal(!wrong.ok && wrong.problem.place?.path, 'thresholds.0.periodSeconds')
})
