/** Lists over many cases, read from the derived rows: cases, overdue board, register, exclusions; and their rebuilding. */
import type { Kysely } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { addDays } from '../calendar/civil-day.ts'
import type { CaseEvent } from '../case/events.ts'
import { replay } from '../case/evolve.ts'
import { type BoardRow, type CaseClock, overdueBoard, type Reminder, remindersOf } from '../clocks/board.ts'
import type { Clock } from '../clocks/clocks.ts'
import { calendarOf, type Procedures, procedureOf } from '../procedure.ts'
import type { PublicEntry } from '../register/register.ts'
import { rowsOf } from './case-rows.ts'
import { replaceDerived, storedEvent } from './case-store.ts'
import type { CaseTables } from './migrations.ts'

export interface CaseSummary {
  readonly caseId: string
  readonly version: number
  readonly kind: string
  readonly stage: string
  /** Status of this body's own part. */
  readonly ownStatus?: string
  readonly title: string
  readonly applicant: string
  readonly submittedAt?: string
  readonly changedAt: string
  /** Day on which the first of its clocks ends. */
  readonly nextDue?: string
}

export interface CaseFilter {
  readonly kind?: string
  readonly ownStatus?: string
  /** Person or data holder who has a part in it. */
  readonly party?: string
  /** Leaves out drafts, which are their applicants' own. */
  readonly submitted?: true
  /** At most; 100 unless told, never more than 1000. */
  readonly limit?: number
  /** Last row of the page before. */
  readonly after?: Pick<CaseSummary, 'caseId' | 'changedAt'>
}

export interface Exclusion {
  /** Identifier of a user or a data holder. */
  readonly party: string
  readonly until: string
  readonly caseId: string
  readonly title: string
}

export interface CaseLists {
  /** Last changed first. */
  list(filter?: CaseFilter): Promise<readonly CaseSummary[]>
  /** Clocks that have passed, longest first. */
  overdue(now: string): Promise<readonly BoardRow[]>
  /** Reminders of today. */
  reminders(now: string): Promise<readonly Reminder[]>
  /** Newest first. */
  register(options?: {
    readonly limit?: number
    readonly before?: Pick<PublicEntry, 'submittedAt' | 'caseId'>
  }): Promise<readonly PublicEntry[]>
  /** Parties that are excluded on this day, and why in which case (Art. 63(3), (4)); those that end last first. */
  exclusions(day: string): Promise<readonly Exclusion[]>
  /** Every event, case by case in order, in pieces that fit in memory. */
  allEvents(): AsyncIterable<{ readonly caseId: string; readonly event: CaseEvent }>
  /** Derives every row anew from the events: after a change of holidays, rules or code. Returns the number of cases. */
  rebuild(): Promise<number>
}

const MOST_ROWS = 1000
const PIECE = 5000
/** Days ahead of the last day at which the first reminder is sent. */
const FIRST_REMINDER = 28

/** Needs `caseMigrations`. */
export function openCaseLists(database: Database, procedures: Procedures): CaseLists {
  const kysely = database.kysely.$extendTables<CaseTables>()
  const body = procedures.body.country
  const today = (now: string) => calendarOf(procedures, body).dayOf(now)

  return {
    list: (filter = {}) => list(kysely, body, filter),
    // A day more, as it may be later elsewhere; the board itself decides by the place of each clock.
    overdue: async (now) => overdueBoard(await clocksUntil(kysely, body, addDays(today(now), 1)), procedures, now),
    reminders: async (now) =>
      remindersOf(await clocksUntil(kysely, body, addDays(today(now), FIRST_REMINDER + 1)), procedures, now),
    async register({ limit = 100, before } = {}) {
      let query = kysely
        .selectFrom('research_case')
        .select('public_entry')
        .where('body', '=', body)
        .where('public_entry', 'is not', null)
      if (before) {
        query = query.where(({ eb, or, and }) =>
          or([
            eb('public_since', '<', before.submittedAt),
            and([eb('public_since', '=', before.submittedAt), eb('case_id', '<', before.caseId)]),
          ]),
        )
      }
      const rows = await query
        .orderBy('public_since', 'desc')
        .orderBy('case_id', 'desc')
        .limit(Math.min(limit, MOST_ROWS))
        .execute()
      return rows.map(({ public_entry: entry }) => JSON.parse(entry ?? 'null') as PublicEntry)
    },
    exclusions: (day) =>
      kysely
        .selectFrom('research_exclusion')
        .innerJoin('research_case', (join) =>
          join
            .onRef('research_case.body', '=', 'research_exclusion.body')
            .onRef('research_case.case_id', '=', 'research_exclusion.case_id'),
        )
        .select(['party', 'until_day as until', 'research_exclusion.case_id as caseId', 'title'])
        .where('research_exclusion.body', '=', body)
        .where('until_day', '>=', day)
        .orderBy('until_day', 'desc')
        .orderBy('party')
        .execute(),
    allEvents: () => allEvents(kysely, body),
    rebuild: () => rebuild(kysely, body, procedures),
  }
}

async function list(kysely: Kysely<CaseTables>, body: string, filter: CaseFilter): Promise<readonly CaseSummary[]> {
  const { kind, ownStatus, party, after } = filter
  let query = kysely.selectFrom('research_case').where('research_case.body', '=', body)
  if (party !== undefined) {
    const own = kysely
      .selectFrom('research_case_party')
      .select('case_id')
      .where('body', '=', body)
      .where('party', '=', party)
    query = query.where('case_id', 'in', own)
  }
  if (kind !== undefined) query = query.where('kind', '=', kind)
  if (ownStatus !== undefined) query = query.where('own_status', '=', ownStatus)
  if (filter.submitted) query = query.where('stage', '!=', 'draft')
  if (after) {
    query = query.where(({ eb, or, and }) =>
      or([
        eb('changed_at', '<', after.changedAt),
        and([eb('changed_at', '=', after.changedAt), eb('case_id', '<', after.caseId)]),
      ]),
    )
  }
  const rows = await query
    .select(['case_id', 'version', 'kind', 'stage', 'own_status', 'title', 'applicant', 'submitted_at', 'changed_at'])
    .select('next_due')
    .orderBy('changed_at', 'desc')
    .orderBy('case_id', 'desc')
    .limit(Math.min(filter.limit ?? 100, MOST_ROWS))
    .execute()
  return rows.map((row) => ({
    caseId: row.case_id,
    version: row.version,
    kind: row.kind,
    stage: row.stage,
    ...(row.own_status === '' ? {} : { ownStatus: row.own_status }),
    title: row.title,
    applicant: row.applicant,
    ...(row.submitted_at === null ? {} : { submittedAt: row.submitted_at }),
    changedAt: row.changed_at,
    ...(row.next_due === null ? {} : { nextDue: row.next_due }),
  }))
}

async function clocksUntil(kysely: Kysely<CaseTables>, body: string, day: string): Promise<readonly CaseClock[]> {
  const rows = await kysely
    .selectFrom('research_case_clock')
    .innerJoin('research_case', (join) =>
      join
        .onRef('research_case.body', '=', 'research_case_clock.body')
        .onRef('research_case.case_id', '=', 'research_case_clock.case_id'),
    )
    .select(['research_case_clock.case_id as caseId', 'research_case.title as title', 'research_case_clock.detail'])
    .where('research_case_clock.body', '=', body)
    .where('due', '<=', day)
    .orderBy('due')
    .orderBy('research_case_clock.case_id')
    .execute()
  // Written by `rowsOf`.
  return rows.map(({ caseId, title, detail }) => ({ ...(JSON.parse(detail) as Clock), caseId, title }))
}

async function* allEvents(kysely: Kysely<CaseTables>, body: string) {
  let last = { caseId: '', version: 0 }
  for (;;) {
    const { caseId, version } = last
    const rows = await kysely
      .selectFrom('research_case_event')
      .select(['case_id', 'version', 'event'])
      .where('body', '=', body)
      .where(({ eb, or, and }) =>
        or([eb('case_id', '>', caseId), and([eb('case_id', '=', caseId), eb('version', '>', version)])]),
      )
      .orderBy('case_id')
      .orderBy('version')
      .limit(PIECE)
      .execute()
    for (const row of rows) yield { caseId: row.case_id, event: storedEvent(row.event) }
    const end = rows.at(-1)
    if (!end || rows.length < PIECE) return
    last = { caseId: end.case_id, version: end.version }
  }
}

/** Case by case, each in a transaction of its own, under the version it was read at: nobody has to stop working. */
async function rebuild(kysely: Kysely<CaseTables>, body: string, procedures: Procedures): Promise<number> {
  const cases = await kysely.selectFrom('research_case').select('case_id').where('body', '=', body).execute()
  for (const { case_id: caseId } of cases) {
    await inTransaction(kysely, async (transaction) => {
      const { version, changed_at: changedAt } = await transaction
        .updateTable('research_case')
        .set(({ ref }) => ({ version: ref('version') }))
        .where('body', '=', body)
        .where('case_id', '=', caseId)
        .returning(['version', 'changed_at'])
        .executeTakeFirstOrThrow()
      const rows = await transaction
        .selectFrom('research_case_event')
        .select('event')
        .where('body', '=', body)
        .where('case_id', '=', caseId)
        .where('version', '<=', version)
        .orderBy('version')
        .execute()
      const state = replay(rows.map(({ event }) => storedEvent(event)))
      if (!state) return
      const derived = rowsOf(state, changedAt, procedureOf(procedures, state.ruleSet))
      await transaction
        .updateTable('research_case')
        .set(derived.case)
        .where('body', '=', body)
        .where('case_id', '=', caseId)
        .execute()
      await replaceDerived(transaction, derived)
    })
  }
  return cases.length
}
