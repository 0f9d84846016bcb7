/** Tables of the airlock: what was made in workspaces, and what was asked to leave them. */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'
import type { RequestStatus } from './decide.ts'

export type AirlockTables = {
  /** Results of SQL, R and typed queries. They may be about single persons: encrypted. */
  workspace_output: {
    id: string
    member_state: string
    permit: string
    dataset: string
    person: string
    tool: string
    at: string
    title: string
    content: string
  }
  /** As its events say, for lists. */
  workspace_request: {
    id: string
    member_state: string
    permit: string
    case_id: string
    dataset: string
    tool: string
    requested_by: string
    requested_at: string
    description: string
    files: number
    status: RequestStatus
  }
  workspace_request_event: {
    request: string
    /** Counts from 1. */
    sequence: number
    /** Who wrote it, among those who tried at the same moment. */
    id: string
    event: string
  }
}

const TABLES = [
  `create table workspace_output (
    id text primary key, member_state text not null, permit text not null, dataset text not null, person text not null,
    tool text not null, at text not null, title text not null, content text not null
  )`,
  'create index workspace_output_permit on workspace_output (member_state, permit, at)',
  `create table workspace_request (
    id text primary key, member_state text not null, permit text not null, case_id text not null,
    dataset text not null, tool text not null, requested_by text not null, requested_at text not null,
    description text not null, files bigint not null, status text not null
  )`,
  'create index workspace_request_permit on workspace_request (member_state, permit, requested_at)',
  'create index workspace_request_status on workspace_request (status, requested_at)',
  `create table workspace_request_event (
    request text not null, sequence bigint not null, id text not null, event text not null,
    primary key (request, sequence)
  )`,
]

export const airlockMigrations: readonly Migration[] = [
  {
    name: 'workspace-004-airlock',
    up: async (transaction) => {
      for (const statement of TABLES) await sql.raw(statement).execute(transaction)
    },
  },
]
