/** The tables of permits: what was issued or received, what no longer holds, and what runs under which permit. */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type PermitTables = {
  research_permit: {
    member_state: string
    id: string
    /** Hex SHA-256 of what was signed. */
    hash: string
    jws: string
    received: string
  }
  /** The newest list of each body. */
  research_revocation_list: {
    member_state: string
    body: string
    number: number
    hash: string
    jws: string
    received: string
  }
  /** Revoked for good, by whichever list. */
  research_revoked_permit: { member_state: string; permit: string; since: string; list: number }
  research_job: {
    id: string
    member_state: string
    permit: string
    dataset: string
    tool: string
    /** Which process runs it. */
    replica: string
    started: string
    /** When that process last said that it does. */
    seen: string
    ended: string | null
    outcome: string | null
  }
}

const TABLES = [
  `create table research_permit (
    member_state text not null,
    id text not null,
    hash text not null,
    jws text not null,
    received text not null,
    primary key (member_state, id)
  )`,
  `create table research_revocation_list (
    member_state text not null,
    body text not null,
    number bigint not null,
    hash text not null,
    jws text not null,
    received text not null,
    primary key (member_state, body)
  )`,
  `create table research_revoked_permit (
    member_state text not null,
    permit text not null,
    since text not null,
    list bigint not null,
    primary key (member_state, permit)
  )`,
  `create table research_job (
    id text primary key,
    member_state text not null,
    permit text not null,
    dataset text not null,
    tool text not null,
    replica text not null,
    started text not null,
    seen text not null,
    ended text,
    outcome text
  )`,
  'create index research_job_running on research_job (ended, member_state, permit)',
]

export const permitMigrations: readonly Migration[] = [
  {
    name: 'permits-001-permits-and-jobs',
    up: async (transaction) => {
      for (const statement of TABLES) await sql.raw(statement).execute(transaction)
    },
  },
]
