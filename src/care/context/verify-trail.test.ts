import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { borderRecorder } from './border-recorder.ts'
import { exchange, RECORDER_TABLES, retrieval } from './testing/accesses.ts'
import { verifyTrail } from './verify-trail.ts'

const signer = testSigner(testAuthority())
const log = createLog({ level: 'silent', name: 'FR' })

async function trail() {
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, RECORDER_TABLES)
  const seal = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const ledger = await openLedger(database, { node: 'FR', signer: seal })
  const audit = { site: 'FR', host: 'ncp.fr', profile: 'standard' } as const
  const recorder = await borderRecorder({ ledger, database, node: 'FR', signer, log, audit })
  for (const number of [1, 2, 3]) await recorder.record(retrieval('B', number), exchange(number, true))
  assert.ok(await recorder.settled(10_000))
  await recorder.close()
  const problems = async () =>
    (await verifyTrail(database, ledger, 'FR')).problems.map(({ id, code }) => `${id} ${code}`)
  return { database, ledger, problems }
}

describe('the whole trail', () => {
  it('is told to agree when it does', async () => {
    const { database, ledger } = await trail()
    const { signers, ...counted } = await verifyTrail(database, ledger, 'FR')
    assert.deepEqual(counted, { transactions: 3, auditMessages: 3, evidences: 6, waiting: 0, problems: [] })
    assert.equal(signers.length, 1)
    assert.deepEqual((await verifyTrail(database, ledger, 'FR', signers)).problems, [])
    const foreign = (await verifyTrail(database, ledger, 'FR', ['00'.repeat(32)])).problems
    assert.deepEqual(
      foreign.map(({ code }) => code),
      ['signer-unknown'],
    )
    await database.close()
  })

  it('shows what was altered, taken away or put elsewhere', async () => {
    const { database, problems } = await trail()
    const run = (text: string) => sql.raw(text).execute(database.kysely)
    await run(`update border_transaction set facts = replace(facts, 'Camille', 'Claude') where id = 'FR:1'`)
    assert.deepEqual(await problems(), ['FR:1 facts-altered'])
    await run(
      `update audit_message set xml = replace(xml, 'EventOutcomeIndicator="0"', 'EventOutcomeIndicator="4"') where sequence = 2`,
    )
    await run(
      `update border_evidence set xml = (select xml from border_evidence where sequence = 3 limit 1) where id like '%:2:request:NRO'`,
    )
    await run(`delete from border_transaction where id = 'FR:3'`)
    assert.deepEqual((await problems()).sort(), [
      'FR:1 facts-altered',
      'FR:2:patient-summary-retrieve signature-digest',
      'FR:3 transaction-missing',
      'urn:tessera:evidence:FR:2:request:NRO entry-differs',
    ])
    await database.close()
  })

  it('misses a message and an evidence that were taken away', async () => {
    const { database, problems } = await trail()
    await sql.raw('delete from audit_message where sequence = 2').execute(database.kysely)
    await sql.raw(`delete from border_evidence where id like '%:3:response:NRR'`).execute(database.kysely)
    assert.deepEqual((await problems()).sort(), [
      'FR:2:patient-summary-retrieve audit-message-missing',
      'urn:tessera:evidence:FR:3:response:NRR evidence-missing',
    ])
    await database.close()
  })
})
