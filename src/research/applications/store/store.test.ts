import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import { sql } from 'kysely'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase, type TestDatabase } from '../../../../test/databases.ts'
import type { Command } from '../case/commands.ts'
import { replay } from '../case/evolve.ts'
import { clocksOf } from '../clocks/clocks.ts'
import type { Procedure, Procedures } from '../procedure.ts'
import { actor, answersFor, CASE_ID, HOLDER, permitTerms, procedureIn, proceduresOf } from '../testing/example-case.ts'
import { caseIdOf } from '../testing/many-cases.ts'
import { openCaseLists } from './case-lists.ts'
import { type CaseStore, openCaseStore } from './case-store.ts'
import { type CaseTables, caseMigrations } from './migrations.ts'
import { runNightly } from './nightly.ts'

let procedures: Procedures
let procedure: Procedure
before(async () => {
  procedures = await proceduresOf('FR')
  procedure = await procedureIn('FR')
})

const by = actor('applicant')
const AT = '2029-04-03T10:00:00Z'

async function given(store: CaseStore, caseId: string, command: Command): Promise<void> {
  const handled = await store.handle(caseId, command)
  assert.ok(handled.ok, `${command.kind}: ${JSON.stringify(handled)}`)
}

async function submitted(store: CaseStore, caseId = CASE_ID, at = AT, title = 'Study'): Promise<void> {
  const answers = answersFor('data-permit', ['FR', 'PT'], { title, applicantIdentifier: `applicant of ${title}` })
  await given(store, caseId, { kind: 'draft', at, by, caseId, applicationKind: 'data-permit', answers })
  await given(store, caseId, { kind: 'submit', at, by })
}

async function readyToGrant(store: CaseStore, caseId = CASE_ID): Promise<void> {
  const part = { memberState: 'FR', at: '2029-04-10T10:00:00Z' }
  const criteria = procedure.rules.criteria['data-permit'].map(({ code }) => ({ code, met: true, reason: 'Read.' }))
  await given(store, caseId, { kind: 'confirm-complete', by: actor('intake'), ...part })
  await given(store, caseId, { kind: 'assess', by: actor('assessor'), ...part, criteria })
  await given(store, caseId, { kind: 'estimate-fee', by: actor('intake'), ...part, items: [] })
}

const grant = (at: string): Command => ({
  kind: 'grant',
  at,
  by: actor('coordinator'),
  memberState: 'FR',
  terms: permitTerms('FR', '2031-06-01T00:00:00Z'),
})
const refuse = (at: string): Command => ({
  kind: 'refuse',
  at,
  by: actor('coordinator'),
  memberState: 'FR',
  justification: 'Not proportionate.',
})

onEachDatabase('cases in the database', (open) => {
  async function opened(database?: TestDatabase) {
    const used = database ?? (await open())
    await migrate(used, caseMigrations)
    return { database: used, store: openCaseStore(used, procedures), lists: openCaseLists(used, procedures) }
  }

  it('are their events: the stored state is the replayed one', async () => {
    const { store } = await opened()
    await submitted(store)
    await readyToGrant(store)
    await given(store, CASE_ID, grant('2029-04-11T10:00:00Z'))
    const state = await store.load(CASE_ID)
    const events = await store.events(CASE_ID)
    assert.deepEqual(replay(events), state)
    assert.equal(state?.version, events.length)
    assert.equal(await store.load(caseIdOf(1)), undefined)
    const refused = await store.handle(caseIdOf(1), { kind: 'submit', at: AT, by })
    assert.equal(!refused.ok && refused.problem.code, 'case-unknown')
  })

  it('are decided by one of many who decide at once, from several connections', async () => {
    const first = await open()
    const { store } = await opened(first)
    await submitted(store)
    await readyToGrant(store)
    const second = await openDatabase(first.url)
    try {
      const stores = [store, openCaseStore(second, procedures)]
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, index) => {
          const at = '2029-04-11T10:00:00Z'
          return stores[index % 2]?.handle(CASE_ID, index % 4 < 2 ? grant(at) : refuse(at))
        }),
      )
      assert.equal(outcomes.filter((outcome) => outcome?.ok).length, 1)
      for (const outcome of outcomes) {
        if (outcome && !outcome.ok) assert.equal(outcome.problem.code, 'not-in-this-state')
      }
      const decisions = (await store.events(CASE_ID)).filter(({ kind }) => kind === 'granted' || kind === 'refused')
      assert.equal(decisions.length, 1)
    } finally {
      await second.close()
    }
  })

  it('are not decided on a page that is older than the case', async () => {
    const { store } = await opened()
    await submitted(store)
    const seen = (await store.load(CASE_ID))?.version
    await readyToGrant(store)
    const late = await store.handle(CASE_ID, refuse('2029-04-11T10:00:00Z'), seen)
    assert.equal(!late.ok && late.problem.code, 'case-changed')
    const now = await store.handle(CASE_ID, refuse('2029-04-11T10:00:00Z'), (await store.load(CASE_ID))?.version)
    assert.ok(now.ok)
  })

  it('begin once, and go on while others begin', async () => {
    const { store } = await opened()
    const answers = answersFor('data-permit')
    const drafts = await Promise.all(
      Array.from({ length: 6 }, () =>
        store.handle(CASE_ID, { kind: 'draft', at: AT, by, caseId: CASE_ID, applicationKind: 'data-permit', answers }),
      ),
    )
    assert.equal(drafts.filter(({ ok }) => ok).length, 1)
    await Promise.all(Array.from({ length: 10 }, (_, index) => submitted(store, caseIdOf(index))))
    assert.equal((await store.events(caseIdOf(9))).length, 3)
  })

  it('are listed by page, status and party', async () => {
    const { store, lists } = await opened()
    for (let index = 0; index < 7; index += 1) {
      await submitted(store, caseIdOf(index), `2029-04-0${1 + Math.floor(index / 2)}T10:00:00Z`, `Study ${index}`)
    }
    await given(store, caseIdOf(3), { kind: 'withdraw', at: '2029-05-01T10:00:00Z', by })
    const all = await lists.list()
    assert.equal(all.length, 7)
    assert.equal(all[0]?.title, 'Study 3')
    const paged: string[] = []
    for (let page = await lists.list({ limit: 2 }); page.length > 0; ) {
      paged.push(...page.map(({ title }) => title))
      const after = page.at(-1)
      page = await lists.list({ limit: 2, ...(after ? { after } : {}) })
    }
    assert.deepEqual(
      paged,
      all.map(({ title }) => title),
    )
    assert.equal((await lists.list({ ownStatus: 'withdrawn' })).length, 1)
    assert.equal((await lists.list({ party: HOLDER.PT })).length, 7)
    assert.equal((await lists.list({ party: by.person, kind: 'data-request' })).length, 0)
    assert.equal((await lists.list({ party: 'nobody' })).length, 0)
    const draft = { kind: 'draft', at: '2029-06-01T10:00:00Z', by, caseId: caseIdOf(8) } as const
    await given(store, draft.caseId, { ...draft, applicationKind: 'data-permit', answers: {} })
    assert.deepEqual([(await lists.list()).length, (await lists.list({ submitted: true })).length], [8, 7])
    const register = await lists.register({ limit: 3 })
    const rest = await lists.register(register.at(-1) ? { before: register.at(-1) as never } : {})
    assert.deepEqual(new Set([...register, ...rest].map(({ title }) => title)), new Set(paged))
  })

  it('stand on the overdue board and in reminders by the clocks of their state', async () => {
    const { store, lists } = await opened()
    await submitted(store)
    const state = await store.load(CASE_ID)
    assert.ok(state)
    const due = clocksOf(state, procedure).map((clock) => [clock.memberState, clock.due])
    assert.deepEqual(due, [
      ['FR', '2029-07-03'],
      ['PT', '2029-07-03'],
    ])
    assert.deepEqual(await lists.overdue('2029-07-03T12:00:00Z'), [])
    // Midnight comes an hour later in Lisbon.
    const places = async (now: string) => (await lists.overdue(now)).map(({ memberState }) => memberState)
    assert.deepEqual(await places('2029-07-03T22:30:00Z'), ['FR'])
    assert.deepEqual((await places('2029-07-03T23:30:00Z')).toSorted(), ['FR', 'PT'])
    const steps = async (now: string) => (await lists.reminders(now)).map(({ step }) => step)
    assert.deepEqual(await steps('2029-06-19T08:00:00Z'), [14, 14])
    assert.deepEqual(await steps('2029-06-20T08:00:00Z'), [])
  })

  it('have lists that are rebuilt from the events, also by code that wrote another format', async () => {
    const { database, store, lists } = await opened()
    await submitted(store, caseIdOf(1), AT, 'One')
    await submitted(store, caseIdOf(2), AT, 'Two')
    const snapshot = async () => {
      const kysely = database.kysely.$extendTables<CaseTables>()
      return {
        cases: await kysely.selectFrom('research_case').selectAll().orderBy('case_id').execute(),
        clocks: await kysely
          .selectFrom('research_case_clock')
          .selectAll()
          .orderBy('case_id')
          .orderBy('member_state')
          .execute(),
        parties: await kysely
          .selectFrom('research_case_party')
          .selectAll()
          .orderBy('case_id')
          .orderBy('party')
          .execute(),
      }
    }
    const right = await snapshot()
    await sql`update research_case set state = '{}', state_format = 0, title = 'wrong', next_due = null`.execute(
      database.kysely,
    )
    await sql`delete from research_case_clock`.execute(database.kysely)
    await sql`delete from research_case_party`.execute(database.kysely)
    assert.equal((await store.load(caseIdOf(1)))?.application?.title, 'One', 'read from the events')
    assert.equal(await lists.rebuild(), 2)
    assert.deepEqual(await snapshot(), right)
    let events = 0
    for await (const { caseId } of lists.allEvents()) {
      assert.ok([caseIdOf(1), caseIdOf(2)].includes(caseId))
      events += 1
    }
    assert.equal(events, 6)
  })

  it('of an excluded applicant are refused in every case until the day has passed', async () => {
    const { store } = await opened()
    await submitted(store, caseIdOf(1), AT, 'A')
    await readyToGrant(store, caseIdOf(1))
    await given(store, caseIdOf(1), grant('2029-04-11T10:00:00Z'))
    const part = { memberState: 'FR', by: actor('coordinator') }
    await given(store, caseIdOf(1), {
      kind: 'notify-finding',
      at: '2029-05-02T10:00:00Z',
      ...part,
      finding: 'f1',
      against: 'user',
      description: 'Re-identification.',
      viewsUntil: '2029-05-30',
    })
    await given(store, caseIdOf(1), {
      kind: 'conclude-finding',
      at: '2029-06-01T10:00:00Z',
      ...part,
      finding: 'f1',
      confirmed: true,
      reasons: 'Proven.',
      revoke: true,
      exclude: { party: 'applicant of A', until: '2031-06-01' },
    })
    const again = async (at: string, title: string) => {
      const answers = answersFor('data-permit', ['FR'], { applicantIdentifier: `applicant of ${title}` })
      const caseId = caseIdOf(Date.parse(at) + title.length)
      await given(store, caseId, { kind: 'draft', at, by, caseId, applicationKind: 'data-permit', answers })
      const handled = await store.handle(caseId, { kind: 'submit', at, by })
      return handled.ok ? 'ok' : handled.problem.code
    }
    assert.equal(await again('2031-06-01T10:00:00Z', 'A'), 'applicant-excluded')
    assert.equal(await again('2031-06-01T10:00:00Z', 'BB'), 'ok')
    assert.equal(await again('2031-06-02T10:00:00Z', 'A'), 'ok')
  })

  it('lapse and expire by themselves when their last day is over, once', async () => {
    const { store, lists } = await opened()
    const at = '2029-04-10T10:00:00Z'
    for (const index of [1, 2, 3]) await submitted(store, caseIdOf(index), AT, `Study ${index}`)
    const questions = ['What?']
    await given(store, caseIdOf(1), { kind: 'ask-completion', at, by: actor('intake'), memberState: 'FR', questions })
    await readyToGrant(store, caseIdOf(2))
    await given(store, caseIdOf(2), grant(at))
    const run = (now: string) => runNightly({ store, lists, country: 'FR' }, now)
    assert.deepEqual(await run('2029-05-08T12:00:00Z'), { lapsed: 0, expired: 0 })
    assert.deepEqual(await run('2029-05-10T12:00:00Z'), { lapsed: 1, expired: 0 })
    assert.deepEqual(await run('2029-05-10T12:00:00Z'), { lapsed: 0, expired: 0 })
    assert.deepEqual(await run('2031-06-03T00:30:00Z'), { lapsed: 0, expired: 1 })
    const statuses = await Promise.all(
      [1, 2, 3].map(async (index) => (await store.load(caseIdOf(index)))?.parts.FR?.status),
    )
    assert.deepEqual(statuses, ['lapsed', 'ended', 'completeness-check'])
  })

  it('keep the version of the rules they began under when newer ones come', async () => {
    const { database, store } = await opened()
    await submitted(store, caseIdOf(1))
    const old = procedure.rules
    // The newer text gives two weeks, not four.
    const newer = {
      ...old,
      version: '2029-05',
      appliesFrom: '2029-05-01',
      clocks: old.clocks.map((clock) =>
        clock.id === 'completeApplication' ? { ...clock, length: { weeks: 2 } } : clock,
      ),
    }
    const ruleSets = new Map([
      [old.version, old],
      [newer.version, newer],
    ])
    const both = openCaseStore(database, { ...procedures, ruleSets })
    const dueOf = async (caseId: string) => {
      await given(both, caseId, {
        kind: 'ask-completion',
        at: '2029-06-05T10:00:00Z',
        by: actor('intake'),
        memberState: 'FR',
        questions: ['What?'],
      })
      const state = await both.load(caseId)
      assert.ok(state)
      const clock = clocksOf(state, both.procedureFor(state)).find(({ id }) => id === 'completeApplication')
      return [state.ruleSet, clock?.due]
    }
    await submitted(both, caseIdOf(2), '2029-05-02T10:00:00Z')
    assert.deepEqual(await dueOf(caseIdOf(1)), ['2029-03', '2029-07-03'])
    assert.deepEqual(await dueOf(caseIdOf(2)), ['2029-05', '2029-06-19'])
  })
})
