/**
 * The tables of cases. Events are the truth; every other table is derived from them and can be rebuilt. `body` is the
 * country of the body, in every key.
 */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type CaseTables = {
  research_case_event: {
    body: string
    case_id: string
    /** Counts from 1, without gaps. */
    version: number
    kind: string
    at: string
    /** JSON. */
    event: string
  }
  /** One row for each case: its version, which every writer must name, and its state, so that nobody replays. */
  research_case: {
    body: string
    case_id: string
    version: number
    /** Of the code that wrote `state`; another one means: replay. */
    state_format: number
    state: string
    kind: string
    stage: string
    /** Status of the part of this body; empty while there is none. */
    own_status: string
    title: string
    applicant: string
    submitted_at: string | null
    changed_at: string
    next_due: string | null
    /** What the public register shows, as JSON, and since when. */
    public_entry: string | null
    public_since: string | null
  }
  /** Who finds a case in a list of his own: owner, members, data holders. */
  research_case_party: { body: string; case_id: string; party: string }
  research_case_clock: {
    body: string
    case_id: string
    clock: string
    member_state: string
    about: string
    /** Null while paused. */
    due: string | null
    detail: string
  }
  research_exclusion: { body: string; case_id: string; party: string; until_day: string }
  /** What must follow from events outside the database: permits to issue, bodies to tell. */
  research_case_errand: {
    body: string
    case_id: string
    /** `permit`, or the country of the body to tell. */
    target: string
    /** Order within case and target. */
    sequence: number
    payload: string
    state: 'waiting' | 'done' | 'refused'
    code: string | null
    attempts: number
    next_try_at: string
    lease: string | null
    lease_until: string | null
  }
  /** What other bodies told, so that a repetition is answered and not done again. */
  research_case_told: { body: string; case_id: string; teller: string; sequence: number; code: string | null }
}

const TABLES = [
  `create table research_case_event (
    body text not null,
    case_id text not null,
    version bigint not null check (version > 0),
    kind text not null,
    at text not null,
    event text not null,
    primary key (body, case_id, version)
  )`,
  `create table research_case (
    body text not null,
    case_id text not null,
    version bigint not null,
    state_format integer not null,
    state text not null,
    kind text not null,
    stage text not null,
    own_status text not null,
    title text not null,
    applicant text not null,
    submitted_at text,
    changed_at text not null,
    next_due text,
    public_entry text,
    public_since text,
    primary key (body, case_id)
  )`,
  'create index research_case_changed on research_case (body, changed_at, case_id)',
  'create index research_case_status on research_case (body, own_status, changed_at)',
  'create index research_case_public on research_case (body, public_since, case_id)',
  `create table research_case_party (
    body text not null,
    case_id text not null,
    party text not null,
    primary key (body, party, case_id)
  )`,
  `create table research_case_clock (
    body text not null,
    case_id text not null,
    clock text not null,
    member_state text not null,
    about text not null,
    due text,
    detail text not null,
    primary key (body, case_id, clock, member_state, about)
  )`,
  'create index research_case_clock_due on research_case_clock (body, due)',
  `create table research_exclusion (
    body text not null,
    case_id text not null,
    party text not null,
    until_day text not null,
    primary key (body, case_id, party, until_day)
  )`,
  `create table research_case_errand (
    body text not null,
    case_id text not null,
    target text not null,
    sequence bigint not null,
    payload text not null,
    state text not null check (state in ('waiting', 'done', 'refused')),
    code text,
    attempts integer not null,
    next_try_at text not null,
    lease text,
    lease_until text,
    primary key (body, case_id, target, sequence)
  )`,
  'create index research_case_errand_due on research_case_errand (body, state, next_try_at)',
  `create table research_case_told (
    body text not null,
    case_id text not null,
    teller text not null,
    sequence bigint not null,
    code text,
    primary key (body, case_id, teller, sequence)
  )`,
]

export const caseMigrations: readonly Migration[] = [
  {
    name: 'cases-001-events',
    up: async (transaction) => {
      for (const statement of TABLES) await sql.raw(statement).execute(transaction)
    },
  },
]
