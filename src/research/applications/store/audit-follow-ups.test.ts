/** What became of the measures of audits, on both databases: what is written stays, is in the ledger, and follows its audit. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { sql } from 'kysely'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { testDoor } from '../../permits/testing/door.ts'
import type { Actor, Role } from '../case/events.ts'
import { measuresOn, type NewFollowUp } from '../register/audit-follow-up.ts'
import type { NewAudit } from '../register/environment-audit.ts'
import { auditFollowUpMigrations, openAuditFollowUps } from './audit-follow-ups.ts'
import { environmentAuditMigrations, openEnvironmentAudits } from './environment-audits.ts'

const BODY = { id: 'hdab-pt', name: 'Body of Portugal', country: 'PT' }
const NOW = new Date('2029-08-15T12:00:00Z')
const AUDIT: NewAudit = {
  ...{ audited: '2029-05-20', environment: 'spe-1', auditor: 'Security Auditors', kind: 'third-party' },
  ...{ findings: 'Logs are kept for ten months.', measures: { words: 'Keep them for a year.', until: '2029-09-01' } },
}
const DONE: NewFollowUp = { outcome: 'carried-out', day: '2029-08-14', words: 'Logs are kept for two years.' }
const MORE: NewFollowUp = { outcome: 'extended', day: '2029-10-01', words: 'Disks come late.' }
const as = (role: Role, organisation = BODY.id): Actor => ({ person: `https://id.example|${role}`, role, organisation })

onEachDatabase('the follow-up of audits', (open) => {
  /** With one audit. */
  async function opened() {
    const database = await open()
    const { ledger } = await testDoor(database)
    await migrate(database, [...environmentAuditMigrations, ...auditFollowUpMigrations])
    const of = (body = BODY) => {
      const audits = openEnvironmentAudits(database, { ledger, body, now: () => NOW })
      return { audits, followUps: openAuditFollowUps(database, { ledger, body, audits, now: () => NOW }) }
    }
    const { audits, followUps } = of()
    const audited = async (change: Partial<NewAudit> = {}) =>
      assert.ok((await audits.record({ ...AUDIT, ...change }, as('auditor'))).ok)
    await audited()
    const say = async (followUp: NewFollowUp, seen: number, audit = 1, by = as('auditor')) => {
      const recorded = await followUps.record({ audit, followUp, seen }, by)
      return recorded.ok ? 'ok' : recorded.problem.code
    }
    /** Of one audit: what was recorded, and how its measures stand. */
    const seen = async (number: number) => {
      const audit = await audits.find(number)
      const [one] = await followUps.of(audit ? [audit] : [])
      assert.ok(one)
      return { followUps: one.followUps, state: measuresOn(one, '2029-09-15') }
    }
    return { database, ledger, audits, followUps, of, audited, say, seen }
  }

  it('keeps what was recorded, by whom and when, and the ledger knows it', async () => {
    const { ledger, say, seen } = await opened()
    assert.equal((await seen(1)).state.kind, 'overdue')
    assert.equal(await say(MORE, 0, 1, as('coordinator')), 'ok')
    assert.equal((await seen(1)).state.kind, 'open')
    assert.equal(await say(DONE, 1), 'ok')
    const recordedAt = NOW.toISOString()
    const { followUps, state } = await seen(1)
    assert.deepEqual(followUps, [
      { ...MORE, number: 1, audit: 1, recordedAt, recordedBy: 'https://id.example|coordinator' },
      { ...DONE, number: 2, audit: 1, recordedAt, recordedBy: 'https://id.example|auditor' },
    ])
    assert.deepEqual(state, { kind: 'carried-out', on: '2029-08-14', until: '2029-10-01', inTime: true })
    const [{ event } = { event: undefined }] = await ledger.list({ limit: 1 })
    assert.equal(event?.subtype?.[0]?.code, 'audit-followed-up')
    const text = JSON.stringify(event)
    for (const known of ['2029-08-14', 'carried-out', 'https://id.example', 'auditor']) assert.ok(text.includes(known))
    assert.ok(!text.includes('two years'), 'the ledger has the hash of the words only')
    assert.equal((await ledger.verify()).intact, true)
  })

  it('takes records of those who record audits only, and writes down who else tried', async () => {
    const { ledger, say, seen } = await opened()
    const others = ['intake', 'assessor', 'data-preparer', 'output-checker', 'applicant', 'data-holder'] as const
    for (const role of others) assert.equal(await say(DONE, 0, 1, as(role)), 'role-not-allowed', role)
    assert.equal(await say(DONE, 0, 1, as('auditor', 'hdab-fr')), 'role-not-allowed')
    assert.deepEqual((await seen(1)).followUps, [])
    const refused = (await ledger.list({})).filter(({ event }) => event.outcome === '8')
    assert.equal(refused.length, others.length + 1)
  })

  it('takes records about measures that there are, once carried out only corrections, and of what was seen', async () => {
    const { audited, say, seen, of } = await opened()
    const { measures: _measures, ...without } = AUDIT
    assert.ok((await of().audits.record(without, as('auditor'))).ok)
    assert.equal(await say(DONE, 0, 2), 'measures-none')
    assert.equal(await say(DONE, 0, 7), 'audit-unknown')
    assert.equal(await say(DONE, 1), 'follow-up-changed', 'seen what is not there')
    assert.equal(await say({ ...DONE, replaces: 1 }, 0), 'follow-up-unknown')
    assert.equal(await say(DONE, 0), 'ok')
    assert.equal(await say(MORE, 0), 'follow-up-changed', 'not seen what is there')
    assert.equal(await say(MORE, 1), 'measures-carried-out')
    assert.equal(await say({ ...MORE, replaces: 1 }, 1), 'ok')
    assert.equal(await say({ ...DONE, replaces: 1 }, 2), 'follow-up-changed', 'it is corrected already')
    const { followUps, state } = await seen(1)
    assert.deepEqual(
      followUps.map(({ replaces, replacedBy }) => [replaces, replacedBy]),
      [
        [undefined, 2],
        [1, undefined],
      ],
    )
    assert.equal(state.kind, 'open')
    await audited({ findings: 'The same, in better words.', replaces: 1 })
    assert.equal(await say(DONE, 2, 1), 'follow-up-changed', 'the audit is corrected')
    assert.deepEqual(await of({ ...BODY, country: 'FR' }).followUps.demanding(), [], 'of another body')
  })

  it('follows an audit through its corrections, as long as they demand the same', async () => {
    const { audited, followUps, say, seen } = await opened()
    assert.equal(await say(MORE, 0), 'ok')
    await audited({ auditor: 'Security Auditors Ltd', replaces: 1 })
    assert.equal((await seen(2)).state.kind, 'open', 'the extension holds')
    assert.equal(await say(DONE, 1, 2), 'ok')
    await audited({ findings: 'Better words.', replaces: 2 })
    assert.equal((await seen(3)).state.kind, 'carried-out')
    await audited({ measures: { words: 'Keep them for five years.', until: '2029-09-01' }, replaces: 3 })
    const last = await seen(4)
    assert.equal(last.state.kind, 'overdue', 'nothing was said of the new measures')
    assert.deepEqual(
      last.followUps.map(({ audit, outdated }) => [audit, outdated]),
      [
        [1, true],
        [2, true],
      ],
    )
    assert.equal(await say({ ...DONE, replaces: 2 }, 2, 4), 'follow-up-changed', 'what does not count is not corrected')
    assert.equal(await say(DONE, 2, 4), 'ok')
    assert.equal((await seen(4)).state.kind, 'carried-out')
    const demanding = await followUps.demanding()
    assert.deepEqual(
      demanding.map(({ audit, followUps: said }) => [audit.number, audit.first, said.length]),
      [[4, 1, 3]],
    )
  })

  it('writes one of several that are recorded at the same moment, and says so to the others', async () => {
    const { say, seen, ledger } = await opened()
    const tried = await Promise.all(Array.from({ length: 6 }, () => say(DONE, 0)))
    assert.equal(tried.filter((one) => one === 'ok').length, 1, tried.join())
    const corrected = await Promise.all([1, 2].map(() => say({ ...MORE, replaces: 1 }, 1)))
    assert.equal(corrected.filter((one) => one === 'ok').length, 1, corrected.join())
    assert.equal((await seen(1)).followUps.length, 2)
    const refused = (await ledger.list({})).filter(({ event }) => event.outcome === '8')
    assert.equal(refused.length, 6)
  })

  it('says nothing was recorded when the ledger did not take it', async () => {
    const { database, ledger, audits } = await opened()
    const full = { ...ledger, append: () => Promise.reject(new Error('full')) }
    const followUps = openAuditFollowUps(database, { ledger: full, body: BODY, audits, now: () => NOW })
    await assert.rejects(followUps.record({ audit: 1, followUp: DONE, seen: 0 }, as('auditor')), /full/)
    const rows = await sql<{ n: number }>`select count(*) as n from research_audit_follow_up`.execute(database.kysely)
    assert.equal(Number(rows.rows[0]?.n), 0)
  })
})
