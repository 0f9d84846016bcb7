import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { NationalConnector, NationalDispensation, NationalProblemCode } from '#national/connector.ts'
import { migrate } from '#platform/database/migrate.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { onEachDatabase, type TestDatabase } from '../../../../test/databases.ts'
import { type Delivering, deliver, deliverUnfinished, writeWork } from './deliver.ts'
import { type NewSubmission, openDispensingJournal } from './journal.ts'
import { receivedSubmissionMigrations } from './migrations.ts'

const submission: NewSubmission = {
  country: 'FR',
  submissionId: '2.25.1',
  kind: 'dispensation',
  digest: 'd1',
  dispensationId: '2.25.9',
  prescriptionId: 'urn:oid:1|RX',
  patient: 'urn:oid:1|42',
  organisation: 'urn:oid:2|P',
  received: '2026-11-27T09:00:00.000Z',
}

const dispensation: NationalDispensation = {
  submissionId: '2.25.1',
  dispensationId: '2.25.9',
  prescriptionId: 'urn:oid:1|RX',
  items: [{ prescribedItem: 'urn:oid:1|L', packages: 2, product: 'Any', substituted: false }],
  document: { format: 'cda', bytes: new TextEncoder().encode('<ClinicalDocument/>') },
}

const work = writeWork({
  caller: {
    country: 'FR',
    professional: {
      identifier: 'i',
      name: 'n',
      role: '2262',
      organisation: 'o',
      organisationIdentifier: 'urn:oid:2|P',
    },
    purpose: 'TREATMENT',
  },
  dispensation,
})

const refusedSettlement = { state: 'refused', status: 403, code: '4106', sentence: 'S', next: 'N' } as const

/** A national side that counts what it was given, and answers as the test says. */
function nationalSide(answers: (NationalProblemCode | 'ok' | 'throw')[] = []) {
  const given: NationalDispensation[] = []
  const answer = async (what: NationalDispensation): Promise<Result<void, NationalProblemCode>> => {
    given.push(what)
    const next = answers.shift() ?? 'ok'
    if (next === 'throw') throw new Error('crash')
    return next === 'ok' ? ok(undefined) : failed(next, 'S', 'N')
  }
  const connector = { submitDispensation: answer } as unknown as NationalConnector
  return { given, connector }
}

onEachDatabase('the journal of dispensations', (open) => {
  async function journalOn(database: TestDatabase) {
    await migrate(database, receivedSubmissionMigrations)
    return openDispensingJournal(database)
  }
  const delivering = (connector: NationalConnector, journal: Delivering['journal']): Delivering => ({
    connector,
    journal,
    clock: () => new Date('2026-11-27T09:01:00Z'),
    refusal: ({ code }) => ({ ...refusedSettlement, sentence: code }),
  })

  it('keeps one row for a submission of a country, whoever comes first', async () => {
    const journal = await journalOn(await open())
    const opened = await Promise.all(Array.from({ length: 8 }, () => journal.open(submission, { work })))
    assert.equal(opened.filter(({ first }) => first).length, 1)
    assert.equal((await journal.open({ ...submission, country: 'EE' }, { work })).first, true, 'of each country')
    const late = await journal.open({ ...submission, digest: 'd2' }, { settlement: refusedSettlement })
    assert.deepEqual([late.first, late.entry.digest, late.entry.settlement], [false, 'd1', undefined])
  })

  it('keeps the first settlement, and forgets the clinical content with it', async () => {
    const journal = await journalOn(await open())
    await journal.open(submission, { work })
    assert.equal((await journal.find(submission))?.work, work)
    const first = await journal.settle(submission, { state: 'accepted' }, '2026-11-27T09:01:00Z')
    const second = await journal.settle(submission, refusedSettlement, '2026-11-27T09:02:00Z')
    assert.deepEqual([first?.settlement, second?.settlement], [{ state: 'accepted' }, { state: 'accepted' }])
    assert.equal((await journal.find(submission))?.work, undefined)
    const refused = { ...submission, submissionId: '2.25.2' }
    const { entry } = await journal.open(refused, { settlement: refusedSettlement })
    assert.deepEqual(entry.settlement, refusedSettlement)
    assert.deepEqual((await journal.find(refused))?.settlement, refusedSettlement)
    assert.deepEqual(await journal.unfinished(), [])
  })

  it('hands over what was written, settles it, and does not ask again', async () => {
    const journal = await journalOn(await open())
    const { given, connector } = nationalSide()
    const { entry } = await journal.open(submission, { work })
    assert.deepEqual(await deliver(delivering(connector, journal), entry), { state: 'accepted' })
    assert.deepEqual(
      given.map((one) => ({ ...one, document: Buffer.from(one.document.bytes).toString() })),
      [{ ...dispensation, document: '<ClinicalDocument/>' }],
    )
    const again = await journal.find(submission)
    assert.ok(again)
    await deliver(delivering(connector, journal), again)
    assert.equal(given.length, 1)
    assert.equal((await journal.accepted('FR', '2.25.9'))?.discarded, false)
    assert.equal(await journal.accepted('EE', '2.25.9'), undefined)
  })

  it('a refusal of the national side stays; what is not known is tried again', async () => {
    const journal = await journalOn(await open())
    const { connector } = nationalSide([
      'national-unavailable',
      'national-dispensation-not-stored',
      'national-already-dispensed',
    ])
    const { entry } = await journal.open(submission, { work })
    const attempt = () => deliver(delivering(connector, journal), entry)
    assert.equal(await attempt(), undefined)
    assert.equal(await attempt(), undefined)
    assert.deepEqual(
      (await journal.unfinished()).map(({ attempts }) => attempts),
      [2],
    )
    assert.deepEqual(await attempt(), { ...refusedSettlement, sentence: 'national-already-dispensed' })
    assert.deepEqual(await journal.unfinished(), [])
  })

  it('after a stop at any point the next start ends what was begun', async () => {
    const journal = await journalOn(await open())
    const { given, connector } = nationalSide(['throw'])
    const { entry } = await journal.open(submission, { work })
    await assert.rejects(deliver(delivering(connector, journal), entry), /crash/)
    await journal.open({ ...submission, submissionId: '2.25.3', received: '2026-11-27T08:00:00.000Z' }, { work })
    const settled: string[] = []
    const count = await deliverUnfinished(delivering(connector, journal), async ({ submissionId }) => {
      settled.push(submissionId)
    })
    assert.deepEqual([count, settled], [2, ['2.25.3', '2.25.1']])
    assert.equal(given.length, 3, 'handed over once before the stop, and each once after')
  })
})
