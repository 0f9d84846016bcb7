/** The recorder on both databases: what it writes at once, what it makes afterwards, and how they hang together. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { migrate } from '#platform/database/migrate.ts'
import { createMetrics } from '#platform/health/metrics.ts'
import { createLog } from '#platform/log/log.ts'
import { fromBase64 } from '#trust/audit/audit-message.ts'
import { verifyAuditMessage } from '#trust/audit/sign-audit-message.ts'
import { verifyEvidence } from '#trust/evidence/verify-evidence.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { onEachDatabase, type TestDatabase } from '../../../test/databases.ts'
import { openKeyFigureStore } from '../key-figures/key-figure-store.ts'
import { type BorderRecorderOptions, borderRecorder } from './border-recorder.ts'
import { factsDigestOf } from './record-access.ts'
import { DISPENSATION, exchange, LISTING, RECORDER_TABLES, retrieval } from './testing/accesses.ts'

const signer = testSigner(testAuthority(), { country: 'FR' })
const seal = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
const log = createLog({ level: 'silent', name: 'FR' })
const audit = { site: 'FR-75', host: 'ncp.fr', profile: 'openncp' } as const

async function node(database: TestDatabase, more: Partial<BorderRecorderOptions> = {}) {
  await migrate(database, RECORDER_TABLES)
  const ledger = await openLedger(database, { node: 'FR', signer: seal })
  const recorder = await borderRecorder({ ledger, database, node: 'FR', signer, log, audit, ...more })
  return { ledger, recorder }
}

onEachDatabase('the recorder', (open) => {
  it('ties ledger, audit message, evidences and key figure of one access together', async () => {
    const database = await open()
    const { ledger, recorder } = await node(database)
    await recorder.record(retrieval('B', 1), exchange(1, true))
    assert.ok(await recorder.settled(10_000))
    const [entry] = await ledger.list({})
    assert.ok(entry)
    const shown = await recorder.transaction('FR:1')
    assert.ok(shown)
    assert.equal(shown.entryHash, entry.hash)
    assert.match(factsDigestOf(entry.event) ?? '', /^[0-9a-f]{64}$/)
    assert.equal(shown.transaction, 'ITI-39')

    assert.deepEqual(
      shown.auditMessages.map(({ event }) => event),
      ['patient-summary-retrieve'],
    )
    const message = verifyAuditMessage(Buffer.from(shown.auditMessages[0]?.xml ?? ''))
    assert.ok(message.ok)
    const { objects, participants } = message.value.message
    const named = objects.find(({ idType }) => idType.code === 'LedgerEntry')
    assert.deepEqual(
      named?.details.map(({ value }) => fromBase64(value)),
      ['1', entry.hash],
    )
    assert.equal(objects[0]?.id, '298123456^^^&2.16.17.710.820.1000.990.1.1&ISO')
    assert.deepEqual(
      participants.map(({ userId }) => userId),
      [
        'Cabinet du port',
        '<899700218896@urn:oid:1.2.250.1.71.4.2.1>',
        'CN=ncp.fr, O=France, C=FR',
        'CN=ncp.pt, O=Portugal, C=PT',
      ],
    )

    assert.deepEqual(
      shown.evidences.map(({ id }) => id.split(':').slice(-2).join(' ')),
      ['request NRO', 'response NRR'],
    )
    for (const { xml, digest } of shown.evidences) {
      const evidence = verifyEvidence(Buffer.from(xml))
      assert.ok(evidence.ok)
      assert.deepEqual(evidence.value.ledger, { node: 'FR', sequence: 1, hash: entry.hash })
      assert.equal(evidence.value.digest, digest)
      assert.equal(xml.includes('298123456'), false)
    }
    assert.equal(shown.evidences[0]?.digest, exchange(1, true).requestDigest)

    const figures = []
    for await (const page of openKeyFigureStore(database, 'FR').pages({})) figures.push(...page)
    assert.equal(figures.length, 1)
    assert.equal(figures[0]?.role, '2211')
    assert.equal(JSON.stringify(figures).includes('298123456'), false)
    await recorder.close()
  })

  it('makes the evidence of an answer when the answer is known, and not before', async () => {
    const database = await open()
    const { recorder } = await node(database)
    await recorder.record(retrieval('A', 1), exchange(1, false))
    assert.ok(await recorder.settled(10_000))
    const kinds = async () => (await recorder.transaction('FR:1'))?.evidences.map(({ kind, part }) => `${part} ${kind}`)
    assert.deepEqual(await kinds(), ['request NRR'])
    const answer = { messageId: 'urn:uuid:1', responseDigest: 'ab'.repeat(32), response: '<a>Silva</a>' }
    await recorder.answered(answer)
    assert.ok(await recorder.settled(10_000))
    assert.deepEqual(await kinds(), ['request NRR', 'response NRO'])
    const shown = await recorder.transaction('FR:1')
    assert.equal(shown?.responseDigest, answer.responseDigest)
    assert.equal(shown?.auditMessages.length, 1)
    assert.equal(shown?.response?.includes('Silva'), false)
    // Somebody who says it twice, or about a message that nobody sent, changes nothing.
    await recorder.answered({ ...answer, responseDigest: 'cd'.repeat(32) })
    await recorder.answered({ ...answer, messageId: 'unknown' })
    assert.equal((await recorder.transaction('FR:1'))?.responseDigest, answer.responseDigest)
    await recorder.close()
  })

  it('tells what was refused, what was lost, and what never left', async () => {
    const database = await open()
    const { recorder } = await node(database)
    await recorder.record({ ...DISPENSATION, outcome: { kind: 'refused', code: '4105' } }, exchange(1, false))
    await recorder.record(
      { ...LISTING, outcome: { kind: 'failed', code: 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE' } },
      exchange(2, false),
    )
    await recorder.record({ ...LISTING, professional: undefined, patient: undefined, outcome: { kind: 'refused' } })
    assert.ok(await recorder.settled(10_000))
    const [never, lost, refused] = await Promise.all(['FR:3', 'FR:2', 'FR:1'].map((id) => recorder.transaction(id)))
    assert.deepEqual(
      refused?.auditMessages.map(({ event, outcome }) => `${event} ${outcome}`),
      ['dispensation 8'],
    )
    const refusal = verifyEvidence(Buffer.from(refused?.evidences[0]?.xml ?? ''))
    assert.equal(
      refusal.ok && `${refusal.value.form} ${refusal.value.eventCode}`,
      'AcceptanceRejectionByRecipient Rejection',
    )
    assert.deepEqual(lost?.auditMessages.map(({ event, outcome }) => `${event} ${outcome}`).sort(), [
      'communication-failure 12',
      'prescription-list 12',
    ])
    assert.deepEqual(
      lost?.evidences.map(({ kind }) => kind),
      ['NRD'],
    )
    assert.deepEqual(never?.evidences, [])
    assert.equal(never?.auditMessages.length, 1)
    await recorder.close()
  })

  it('tells of a document what was done with it', async () => {
    const database = await open()
    const { recorder } = await node(database)
    const record = retrieval('B', 1)
    assert.ok(record.step === 'retrieve')
    await recorder.record({ ...record, transformed: true }, exchange(1, true))
    assert.ok(await recorder.settled(10_000))
    const shown = await recorder.transaction('FR:1')
    assert.deepEqual(shown?.auditMessages.map(({ event }) => event).sort(), [
      'patient-summary-retrieve',
      'transformation',
    ])
    const told = shown?.auditMessages.find(({ event }) => event === 'transformation')?.xml ?? ''
    assert.match(told, /EHDSI-94/)
    assert.match(told, /1\.2\.3\^doc-1|MS4yLjNeZG9jLTE=/)
    await recorder.close()
  })

  it('makes what an earlier process has left', async () => {
    const database = await open()
    const { recorder } = await node(database)
    await recorder.close()
    // Written, and then the process died: nobody follows up.
    await recorder.record(retrieval('B', 1), exchange(1, true))
    await recorder.note({
      event: 'smp-query',
      side: 'B',
      recorded: '2026-11-24T10:00:00.000Z',
      outcome: '0',
      targets: ['https://smp.example'],
    })
    const { recorder: next } = await node(database)
    assert.ok(await next.settled(10_000))
    assert.equal((await next.transaction('FR:1'))?.auditMessages.length, 1)
    await next.close()
  })

  it('is one recorder with its replica, and makes nothing twice', async () => {
    const database = await open()
    const [one, other] = [await node(database), await node(database)]
    const numbers = Array.from({ length: 30 }, (_, index) => index + 1)
    await Promise.all(numbers.map((n) => (n % 2 ? one : other).recorder.record(retrieval('B', n), exchange(n, true))))
    assert.ok(await one.recorder.settled(20_000))
    const all = await one.recorder.recentTransactions(100)
    assert.equal(all.length, 30)
    for (const { id } of all) {
      const shown = await other.recorder.transaction(id)
      assert.equal(shown?.auditMessages.length, 1)
      assert.equal(shown?.evidences.length, 2)
    }
    assert.equal((await one.ledger.verify()).intact, true)
    await one.recorder.close()
    await other.recorder.close()
  })

  it('records nothing when the ledger takes nothing, and the other way round', async () => {
    const database = await open()
    const { recorder, ledger } = await node(database)
    const unfit = { ...retrieval('B', 1), document: 'x'.repeat(300_000) }
    await assert.rejects(recorder.record(unfit as ReturnType<typeof retrieval>, exchange(1, true)))
    assert.deepEqual(await recorder.recentTransactions(10), [])
    await assert.rejects(
      ledger.append((await import('#trust/ledger/audit-event.ts')).loginEvent(login()), async () => {
        throw new Error('The disk is full.')
      }),
    )
    assert.deepEqual(await ledger.list({}), [])
    await recorder.record(retrieval('B', 2), exchange(2, true))
    assert.equal((await recorder.recentTransactions(10)).length, 1)
    assert.equal((await ledger.verify()).intact, true)
    await recorder.close()
  })

  it('takes whatever a stranger calls his messages', async () => {
    const database = await open()
    const { recorder } = await node(database)
    const hostile = { ...exchange(1, false), messageId: `\0\ud800é${'x'.repeat(100_000)}`, clientName: '\u0001<&"' }
    await Promise.all([recorder.record(retrieval('A', 1), hostile), recorder.record(retrieval('A', 2), hostile)])
    await recorder.answered({ messageId: hostile.messageId, responseDigest: 'ab'.repeat(32) })
    assert.ok(await recorder.settled(10_000))
    const all = await recorder.recentTransactions(10)
    assert.deepEqual(
      all.map(({ responseDigest }) => responseDigest),
      ['ab'.repeat(32), undefined],
    )
    for (const { id } of all) assert.equal((await recorder.transaction(id))?.auditMessages.length, 1)
    await recorder.close()
  })

  it('is not held up by a row that nobody can read', async () => {
    const database = await open()
    const { recorder } = await node(database)
    await sql`insert into border_transaction (id, node, entered, facts, state, claimed_until)
      values ('FR:note:broken', 'FR', '2000-01-01T00:00:00.000Z', '{"kind":"?"}', 'waiting', '')`.execute(
      database.kysely,
    )
    await recorder.record(retrieval('B', 1), exchange(1, true))
    assert.equal(await recorder.settled(1000), false)
    assert.equal((await recorder.transaction('FR:1'))?.auditMessages.length, 1)
    await recorder.close()
  })

  it('keeps messages redacted and forgets them in time', async () => {
    const database = await open()
    let now = new Date('2026-11-24T10:00:01.500Z')
    const { recorder } = await node(database, { now: () => now })
    await recorder.record(retrieval('B', 1), exchange(1, true))
    const shown = await recorder.transaction('FR:1')
    assert.match(shown?.request ?? '', /<Envelope><Body><PatientId extension="•••"\/>/)
    assert.equal(JSON.stringify(await recorder.recentTransactions(1)).includes('298123456'), false)
    assert.equal(shown?.response?.includes('Silva'), false)
    assert.equal(shown?.durationMs, 1500)
    now = new Date('2026-11-28T10:00:00.000Z')
    assert.ok(await recorder.settled(10_000))
    await recorder.close()
    const later = await node(database, { now: () => now })
    assert.ok(await later.recorder.settled(10_000))
    await later.recorder.close()
    assert.equal((await later.recorder.transaction('FR:1'))?.request, undefined)
  })

  it('makes only what it is told to make', async () => {
    const database = await open()
    const { recorder } = await node(database, {
      evidence: 'off',
      keyFigures: false,
      envelopes: { keep: 'none', hours: 1 },
    })
    await recorder.record(retrieval('B', 1), exchange(1, true))
    assert.ok(await recorder.settled(10_000))
    const shown = await recorder.transaction('FR:1')
    assert.deepEqual([shown?.evidences, shown?.request, shown?.auditMessages.length], [[], undefined, 1])
    await recorder.close()
  })
})

describe('the recorder', () => {
  it('counts transactions in the metrics of the node', async () => {
    const { openDatabase } = await import('#platform/database/database.ts')
    const database = { ...(await openDatabase('sqlite::memory:')), url: '' }
    const metrics = createMetrics()
    const { recorder } = await node(database, { metrics })
    await recorder.record(retrieval('A', 1))
    await recorder.record(retrieval('A', 2))
    assert.match(
      await metrics.text(),
      /^tessera_border_transactions_total\{side="A",peer="FR",step="retrieve",service="patient-summary",wire="ihe",outcome="success"\} 2$/m,
    )
    await recorder.close()
    await database.close()
  })
})

function login() {
  return {
    recorded: '2026-11-24T10:00:00.000Z',
    node: { country: 'FR', address: '127.0.0.1' },
    person: { identifier: 'a|b', name: 'c', organisation: { identifier: 'd|e', name: 'f' } },
  }
}
