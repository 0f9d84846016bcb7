/** The tables of the editor, and the guards that keep its history. */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'
import { appendOnly } from '../releases/migrations.ts'

export type EditorTables = {
  /** One row a working set: locked by every change. */
  terminology_work_set: { node: string; name: string; events: number }
  terminology_work: {
    node: string
    working_set: string
    id: string
    /** What makes it the same as another one; unique. */
    identity: string
    kind: string
    /** Of a mapping: those of its source. */
    system: string
    code: string
    /** Of a mapping: the map. */
    language: string
    status: string
    version: number
    /** JSON: WorkContent. */
    content: string
    /** JSON: names. */
    authors: string
    reviewer: string | null
    changed_at: string
  }
  terminology_work_event: {
    node: string
    working_set: string
    sequence: number
    entry: string
    at: string
    person: string
    action: string
    /** JSON: WorkState. */
    state_before: string | null
    state_after: string | null
    note: string
  }
}

const TABLES = [
  `create table terminology_work_set (
    node text not null,
    name text not null,
    events integer not null,
    primary key (node, name)
  )`,
  `create table terminology_work (
    node text not null,
    working_set text not null,
    id text not null,
    identity text not null,
    kind text not null,
    system text not null,
    code text not null,
    language text not null,
    status text not null,
    version integer not null,
    content text not null,
    authors text not null,
    reviewer text,
    changed_at text not null,
    primary key (node, working_set, id),
    unique (node, working_set, identity)
  )`,
  'create index terminology_work_order on terminology_work (node, working_set, system, code, id)',
  `create table terminology_work_event (
    node text not null,
    working_set text not null,
    sequence integer not null,
    entry text not null,
    at text not null,
    person text not null,
    action text not null,
    state_before text,
    state_after text,
    note text not null,
    primary key (node, working_set, sequence)
  )`,
  'create index terminology_work_event_entry on terminology_work_event (node, working_set, entry, sequence)',
]

export const editorMigrations: readonly Migration[] = [
  {
    name: 'terminology-002-editor',
    up: async (transaction, dialect) => {
      const guards = appendOnly('terminology_work_event', ['node', 'working_set', 'sequence'], dialect)
      for (const statement of [...TABLES, ...guards]) await sql.raw(statement).execute(transaction)
    },
  },
]
