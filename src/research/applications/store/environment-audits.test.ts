/** The register of audits on both databases: what is written stays, is in the ledger, and counts once. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { testDoor } from '../../permits/testing/door.ts'
import type { Actor, Role } from '../case/events.ts'
import type { NewAudit } from '../register/environment-audit.ts'
import { environmentAuditMigrations, openEnvironmentAudits } from './environment-audits.ts'

const BODY = { id: 'hdab-pt', name: 'Body of Portugal', country: 'PT' }
const NOW = new Date('2029-06-01T12:00:00Z')
const AUDIT: NewAudit = {
  audited: '2029-05-20',
  environment: 'spe-1',
  auditor: 'An auditor of security',
  kind: 'third-party',
  findings: 'Logs are kept for ten months.',
  measures: { words: 'Keep them for a year.', until: '2029-09-01' },
}
const as = (role: Role, organisation = BODY.id): Actor => ({ person: `https://id.example|${role}`, role, organisation })
const YEAR = { from: '2029-01-01', to: '2029-12-31' }

onEachDatabase('the register of audits', (open) => {
  async function opened() {
    const database = await open()
    const { ledger } = await testDoor(database)
    await migrate(database, environmentAuditMigrations)
    const of = (body = BODY) => openEnvironmentAudits(database, { ledger, body, now: () => NOW })
    return { database, ledger, audits: of(), of }
  }

  it('keeps what was recorded, by whom and when, and the ledger knows it', async () => {
    const { audits, ledger } = await opened()
    assert.equal((await audits.record(AUDIT, as('auditor'))).ok, true)
    const { measures: _measures, ...without } = AUDIT
    assert.equal((await audits.record({ ...without, kind: 'own' }, as('coordinator'))).ok, true)
    const [second, first] = await audits.list({ limit: 10 })
    const recordedAt = NOW.toISOString()
    assert.deepEqual(first, { ...AUDIT, number: 1, first: 1, recordedAt, recordedBy: 'https://id.example|auditor' })
    assert.deepEqual([second?.number, second?.kind, second?.measures], [2, 'own', undefined])
    const [{ event } = { event: undefined }] = await ledger.list({ limit: 1 })
    assert.equal(event?.subtype?.[0]?.code, 'environment-audited')
    assert.match(JSON.stringify(event), /coordinator/)
    assert.ok(!JSON.stringify(event).includes('ten months'), 'the ledger has the hash of the findings only')
    assert.deepEqual(
      (await audits.list({ limit: 1, before: 2 })).map(({ number }) => number),
      [1],
    )
  })

  it('takes records of coordinators and auditors of this body only, and writes down who else tried', async () => {
    const { audits, ledger } = await opened()
    for (const by of [as('assessor'), as('output-checker'), as('applicant'), as('auditor', 'hdab-fr')]) {
      const recorded = await audits.record(AUDIT, by)
      assert.equal(recorded.ok ? 'ok' : recorded.problem.code, 'role-not-allowed')
    }
    assert.deepEqual(await audits.list({ limit: 10 }), [])
    assert.equal((await ledger.list({})).filter(({ event }) => event.outcome === '8').length, 4)
  })

  it('counts the audits of a period by their last day, each once however often it was corrected', async () => {
    const { audits, of } = await opened()
    const on = async (audited: string, replaces?: number) => {
      const audit = { ...AUDIT, audited, ...(replaces === undefined ? {} : { replaces }) }
      return audits.record(audit, as('auditor'))
    }
    for (const day of ['2028-12-31', '2029-01-01', '2029-12-31', '2030-01-01']) assert.ok((await on(day)).ok)
    assert.equal(await audits.countIn(YEAR), 2)
    // It was in another year.
    assert.ok((await on('2028-12-30', 2)).ok)
    assert.equal(await audits.countIn(YEAR), 1)
    assert.deepEqual([(await audits.find(2))?.replacedBy, (await audits.find(5))?.replaces], [5, 2])
    const again = await on('2029-02-01', 2)
    assert.equal(again.ok ? 'ok' : again.problem.code, 'audit-changed')
    const unknown = await on('2029-02-01', 77)
    assert.equal(unknown.ok ? 'ok' : unknown.problem.code, 'audit-unknown')
    assert.ok((await on('2029-02-01', 5)).ok, 'a correction is corrected')
    assert.deepEqual([(await audits.find(6))?.first, (await audits.find(4))?.first], [2, 4])
    assert.deepEqual(
      (await audits.demanding()).map(({ number }) => number),
      [1, 3, 4, 6],
    )
    assert.equal(await audits.countIn(YEAR), 2)
    assert.equal(await of({ ...BODY, country: 'FR' }).countIn(YEAR), 0, 'of another body')
  })

  it('loses none of those that are recorded at the same moment, or says so', async () => {
    const { audits } = await opened()
    const tried = await Promise.all(Array.from({ length: 8 }, () => audits.record(AUDIT, as('auditor'))))
    const written = tried.filter(({ ok }) => ok).length
    const numbers = (await audits.list({ limit: 20 })).map(({ number }) => number)
    assert.ok(written > 0)
    assert.deepEqual(
      numbers,
      Array.from({ length: written }, (_, index) => written - index),
    )
    const corrected = await Promise.all([1, 2].map(() => audits.record({ ...AUDIT, replaces: 1 }, as('auditor'))))
    assert.equal(corrected.filter(({ ok }) => ok).length, 1)
  })

  it('says nothing was recorded when the ledger did not take it', async () => {
    const { database, ledger } = await opened()
    const full = { ...ledger, append: () => Promise.reject(new Error('full')) }
    const audits = openEnvironmentAudits(database, { ledger: full, body: BODY, now: () => NOW })
    await assert.rejects(audits.record(AUDIT, as('auditor')), /full/)
    const rows = await sql<{ n: number }>`select count(*) as n from research_environment_audit`.execute(database.kysely)
    assert.equal(Number(rows.rows[0]?.n), 0)
  })
})
