/** What the airlock decides by itself: the office and the duties of who decides, even when nobody's page was asked. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import {
  actor,
  CASE_ID,
  type Desk,
  grantCase,
  HOLDER,
  procedureIn,
  submittedCase,
} from '#research/applications/testing/example-case.ts'
import { signPermit, verifyPermit } from '#research/permits/permit-signature.ts'
import { testDoor } from '#research/permits/testing/door.ts'
import { aPermit, NOW, RESEARCHER } from '#research/permits/testing/permits.ts'
import { type Airlock, openAirlock } from '#research/workspace/airlock/airlock.ts'
import { airlockMigrations } from '#research/workspace/airlock/migrations.ts'
import { peopleMigrations } from '#trust/people/migrations.ts'
import type { Office } from '#trust/people/professional.ts'
import { openSessions, type Session, type Sessions } from '#trust/people/sessions.ts'
import { outputCheckers } from './output-checkers.ts'

const CLARA = 'https://id.example|clara'
const COUNTS = {
  tables: [{ name: 'by sex', columns: ['sex', 'persons'], rows: [['F', 120] as const], complete: true }],
}

describe('an output checker', () => {
  let database: Database
  let made: Desk
  let airlock: Airlock
  let sessions: Sessions
  let request: () => Promise<string>

  before(async () => {
    database = await openDatabase('sqlite::memory:')
    const door = await testDoor(database)
    await migrate(database, [...airlockMigrations, ...peopleMigrations])
    const procedure = await procedureIn('FR')
    made = submittedCase(procedure)
    grantCase(made, procedure, 'FR', '2029-05-02T10:00:00Z', '2031-06-01T00:00:00Z')
    const cases = { load: async () => made.state(), procedureFor: () => procedure }
    sessions = openSessions(database, { country: 'FR', now: () => NOW.getTime() })
    airlock = openAirlock({
      ...{ database, door, secret: 'a secret of the node, long enough for it', now: () => NOW },
      mayCheck: outputCheckers({ sessions, cases, body: procedure.body, organisation: 'hdab-fr' }),
    })
    const permit = aPermit({ caseId: CASE_ID })
    const text = await signPermit(permit, door.bodyKey)
    const verified = await verifyPermit(text, door.trust, NOW)
    assert.ok(verified.ok && (await door.permits.keep(verified.value, text, NOW)).ok)
    request = async () => {
      const made = {
        permit,
        dataset: 'pt-registry',
        person: RESEARCHER,
        tool: 'sql',
        title: 'x',
        content: COUNTS,
      } as const
      const kept = await airlock.keep(made)
      assert.ok(kept.ok)
      const asked = await airlock.request({
        person: RESEARCHER,
        permit,
        outputs: [kept.value.id],
        description: 'Table',
      })
      assert.ok(asked.ok)
      return asked.value
    }
  })
  after(() => database.close())

  function signIn(identifier: string, office: Office | undefined, organisation = 'hdab-fr'): Promise<Session> {
    const name = { given: 'Clara', family: 'Martin', assurance: 'eidas2' }
    const exercise = {
      ...{ identifier, ...name, role: undefined, profession: '', country: 'FR', ...(office && { office }) },
      organisation: { identifier: `urn:organisation|${organisation}`, name: 'Body', kind: 'Other' } as const,
    }
    return sessions.begin({ person: { identifier, ...name, exercises: [exercise] }, exercise: 0, idToken: '' })
  }

  /** As a page would call it, or somebody who found a way around the page. */
  async function decide(by: string, kind: 'approve' | 'ask' | 'refuse' = 'approve'): Promise<string> {
    const id = await request()
    const version = (await airlock.desk.find(id))?.version ?? ''
    const decided = await airlock.desk.decide(id, { kind, words: 'Because.', by, version })
    return decided.ok ? 'ok' : decided.problem.code
  }

  it('is nobody without the office at this body, whichever way he came to the desk', async () => {
    for (const kind of ['approve', 'ask', 'refuse'] as const) {
      assert.equal(await decide(CLARA, kind), 'airlock-not-checker', 'is not signed in')
    }
    for (const office of [undefined, 'access-body-assessor', 'access-body-auditor', 'data-user'] as const) {
      const { secret } = await signIn(CLARA, office)
      assert.equal(await decide(CLARA), 'airlock-not-checker', office ?? 'no office')
      await sessions.end(secret)
    }
    await signIn(CLARA, 'access-body-output-checker', 'hdab-pt')
    assert.equal(await decide(CLARA), 'airlock-not-checker', 'of another body')
    await signIn('https://id.example|another', 'access-body-output-checker')
    assert.equal(await decide(CLARA), 'airlock-not-checker', 'a colleague is signed in')
  })

  it('decides while he is signed in, and not after', async () => {
    const { secret } = await signIn(CLARA, 'access-body-output-checker')
    assert.equal(await decide(CLARA), 'ok')
    assert.equal(await decide(CLARA, 'refuse'), 'ok')
    await sessions.end(secret)
    assert.equal(await decide(CLARA), 'airlock-not-checker')
  })

  it('had no part in the case that is kept apart from it, and is not named in it', async () => {
    const preparer = actor('data-preparer')
    await signIn(preparer.person, 'access-body-output-checker')
    assert.equal(await decide(preparer.person), 'ok')
    const at = '2029-05-03T10:00:00Z'
    made.give({ kind: 'ask-holder', by: preparer, at, memberState: 'FR', holder: HOLDER.FR })
    assert.equal(await decide(preparer.person), 'airlock-not-checker')
    const member = actor('member')
    await signIn(member.person, 'access-body-output-checker')
    assert.equal(await decide(member.person), 'airlock-not-checker')
  })
})
