import assert from 'node:assert/strict'
import { it } from 'node:test'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase, type TestDatabase } from '../../../test/databases.ts'
import { dispensingMigrations, type OutboxTables } from './migrations.ts'
import { type NewSubmission, openOutbox } from './outbox.ts'

const NOW = new Date('2026-11-27T10:00:00.000Z')
const after = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)
const PHARMACY = 'urn:oid:1.2.250.1.71.4.2.2|5550001'

function submission(change: Partial<NewSubmission> = {}): NewSubmission {
  return {
    kind: 'dispensation',
    submissionId: '2.25.1',
    dispensationId: 'urn:uuid:1',
    country: 'PT',
    prescriptionId: 'urn:oid:1.2|RX-1',
    professional: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    organisation: PHARMACY,
    confirmation: 'form-1',
    wire: 'fhir',
    confirmedAt: NOW,
    waiting: {
      caller: {
        country: 'FR',
        homeCommunityId: '1.2.3',
        professional: {
          identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
          name: 'Paul Durand',
          role: { code: '2262', display: 'Pharmacists' },
          organisation: { identifier: PHARMACY, name: 'Pharmacie du Lac' },
        },
        purpose: 'TREATMENT',
        patient: 'urn:oid:1.2|298123456',
      },
      emergencyReasonGiven: false,
      patient: 'urn:oid:1.2|298123456',
      format: 'fhir',
      document: Buffer.from('{"Ferreira":1}').toString('base64'),
    },
    ...change,
  }
}

onEachDatabase('the outbox', (open) => {
  async function outbox(database: TestDatabase) {
    await migrate(database, dispensingMigrations)
    return openOutbox(database, { node: 'FR', secret: 'a secret of the node' })
  }

  it('takes the wish of one form once, from however many presses', async () => {
    const box = await outbox(await open())
    const presses = await Promise.all(
      Array.from({ length: 6 }, (_, press) => box.put(submission({ submissionId: `2.25.${press}` }))),
    )
    assert.equal(presses.filter(({ isNew }) => isNew).length, 1)
    assert.equal(new Set(presses.map(({ entry }) => entry.submissionId)).size, 1)
    const other = await box.put(submission({ submissionId: '2.25.99', organisation: 'urn:oid:1|another' }))
    assert.ok(other.isNew, 'the same word from another pharmacy is another wish')
  })

  it('lets one attempt hold an entry, and others again when its lease has ended', async () => {
    const box = await outbox(await open())
    const { entry } = await box.put(submission())
    const holds = await Promise.all(Array.from({ length: 5 }, () => box.hold(entry.submissionId, NOW)))
    assert.equal(holds.filter((held) => held !== undefined).length, 1)
    const [first] = holds.filter((held) => held !== undefined)
    assert.deepEqual(first?.waiting, submission().waiting)
    assert.deepEqual([first?.entry.state, first?.entry.attempts], ['sending', 1])
    assert.equal(await box.hold(entry.submissionId, after(1)), undefined)
    const second = await box.hold(entry.submissionId, after(3))
    assert.deepEqual([second?.entry.state, second?.entry.attempts], ['unknown', 2], 'the crashed one may have arrived')
  })

  it('counts a late answer, and does not let it free the lease of another', async () => {
    const box = await outbox(await open())
    const { entry } = await box.put(submission())
    const first = await box.hold(entry.submissionId, NOW)
    const second = await box.hold(entry.submissionId, after(3))
    assert.ok(first && second)
    await box.learn(first, { kind: 'unknown' }, after(3))
    assert.equal(await box.hold(entry.submissionId, after(4)), undefined, 'the second still holds it')
    const settled = await box.learn(first, { kind: 'accepted' }, after(4))
    assert.deepEqual([settled.state, settled.settledAt], ['accepted', after(4).toISOString()])
    const late = await box.learn(second, { kind: 'refused', repeatable: true }, after(5), '4106')
    assert.deepEqual([late.state, late.code], ['accepted', undefined])
    assert.equal(await box.hold(entry.submissionId, after(60)), undefined, 'settled is settled')
  })

  it('tells what is due, with growing pauses, and what waits for a person', async () => {
    const box = await outbox(await open())
    const { entry } = await box.put(submission())
    assert.deepEqual(await box.due(after(1)), [], 'whoever confirmed is sending')
    assert.deepEqual(await box.due(after(3)), [entry.submissionId], 'he was cut off')
    const held = await box.hold(entry.submissionId, after(3))
    assert.ok(held)
    await box.learn(held, { kind: 'unknown' }, after(3), 'ERROR_GENERIC_TIMEOUT')
    assert.deepEqual(await box.due(after(3)), [])
    assert.deepEqual(await box.due(after(4)), [entry.submissionId])
    const again = await box.hold(entry.submissionId, after(4))
    assert.ok(again)
    const doubtful = await box.learn(again, { kind: 'refused', repeatable: false }, after(4), '4106')
    assert.deepEqual([doubtful.state, doubtful.code, doubtful.needsPerson], ['unknown', '4106', true])
    assert.deepEqual(await box.due(after(10_000)), [])
    assert.equal(await box.hold(entry.submissionId, after(10_000)), undefined)
    const told = await box.settleByHand(entry.submissionId, 'accepted', after(20))
    assert.deepEqual([told?.state, told?.needsPerson], ['accepted', undefined])
    assert.equal((await box.settleByHand(entry.submissionId, 'refused', after(21)))?.state, undefined, 'only once')
  })

  it('keeps no words of patient or document in clear, and drops what nothing needs', async () => {
    const database = await open()
    const box = await outbox(database)
    const { entry } = await box.put(submission())
    const kysely = database.kysely.$extendTables<OutboxTables>()
    const stored = JSON.stringify(await kysely.selectFrom('dispensing_submission').selectAll().execute())
    for (const word of ['Ferreira', '298123456', 'Durand', Buffer.from('{"Ferr').toString('base64')]) {
      assert.ok(!stored.includes(word), word)
    }
    const held = await box.hold(entry.submissionId, NOW)
    assert.ok(held)
    await box.learn(held, { kind: 'refused', repeatable: true }, NOW, '4106')
    assert.deepEqual(await box.unrecorded(), [entry.submissionId])
    assert.ok(await box.waiting(entry.submissionId), 'the ledger needs to know who it was')
    await box.recorded(entry.submissionId)
    assert.deepEqual(await box.unrecorded(), [])
    assert.equal(await box.waiting(entry.submissionId), undefined)
  })

  it('keeps an accepted dispensation for its discard, marks it when that is accepted, and forgets it', async () => {
    const box = await outbox(await open())
    const { entry } = await box.put(submission())
    const held = await box.hold(entry.submissionId, NOW)
    assert.ok(held)
    await box.learn(held, { kind: 'accepted' }, NOW)
    await box.recorded(entry.submissionId)
    assert.ok(await box.waiting(entry.submissionId))
    assert.equal((await box.ofPrescription(PHARMACY, 'PT', entry.prescriptionId)).length, 1)
    const back = await box.put(submission({ kind: 'discard', submissionId: '2.25.2', confirmation: 'discard' }))
    const sent = await box.hold(back.entry.submissionId, after(1))
    assert.ok(sent)
    await box.learn(sent, { kind: 'accepted' }, after(1))
    const [newest] = (await box.ofDispensation(entry.dispensationId)).filter(({ kind }) => kind === 'dispensation')
    assert.equal(newest?.discardedAt, after(1).toISOString())
    assert.deepEqual(await box.ofPrescription(PHARMACY, 'PT', entry.prescriptionId), [])
    assert.equal(await box.forget(after(60)), 1)
    assert.equal(await box.waiting(entry.submissionId), undefined)
  })

  it('is the same for every replica, and unreadable with another secret', async () => {
    const database = await open()
    const box = await outbox(database)
    const { entry } = await box.put(submission())
    const replica = await openDatabase(database.url)
    try {
      const other = openOutbox(replica, { node: 'FR', secret: 'a secret of the node' })
      assert.deepEqual(await other.ofOrganisation(PHARMACY), [entry])
      const stranger = openOutbox(replica, { node: 'FR', secret: 'another' })
      await assert.rejects(stranger.waiting(entry.submissionId))
      assert.deepEqual(await openOutbox(replica, { node: 'EE', secret: 'x' }).ofOrganisation(PHARMACY), [])
    } finally {
      await replica.close()
    }
  })
})
