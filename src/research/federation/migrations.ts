/** The tables of a federation: tasks and answers at the coordinator, tasks and answers at a node. */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type CoordinatorTables = {
  federation_task: {
    id: string
    /** Counts from 1 in the order of arrival; nodes ask for what comes after the last one they know. */
    sequence: number
    hash: string
    jws: string
    not_after: string
  }
  federation_asked: {
    task: string
    node: string
    member_state: string
    taken: string | null
    answered: string | null
    result_hash: string | null
    result: string | null
  }
  /** When each node last asked for work. */
  federation_contact: { node: string; seen: string }
}

export type NodeTables = {
  federation_received: {
    node: string
    task: string
    coordinator: string
    nonce: string
    hash: string
    jws: string
    received: string
    /** `open` → `done` (the answer is here) → `told` (the coordinator has it) or `unwanted` (it does not take it). */
    state: 'open' | 'done' | 'told' | 'unwanted'
    attempts: number
    /** Which replica works at it, and until when it is left alone. */
    holder: string | null
    held_until: string | null
    result: string | null
    /** What the coordinator said when it did not take the answer. */
    code: string | null
  }
}

const COORDINATOR = [
  `create table federation_task (
    id text primary key,
    sequence bigint not null unique,
    hash text not null,
    jws text not null,
    not_after text not null
  )`,
  `create table federation_asked (
    task text not null references federation_task (id),
    node text not null,
    member_state text not null,
    taken text,
    answered text,
    result_hash text,
    result text,
    primary key (task, node)
  )`,
  'create index federation_asked_node on federation_asked (node, answered)',
  'create table federation_contact (node text primary key, seen text not null)',
]

const NODE = [
  `create table federation_received (
    node text not null,
    task text not null,
    coordinator text not null,
    nonce text not null,
    hash text not null,
    jws text not null,
    received text not null,
    state text not null check (state in ('open', 'done', 'told', 'unwanted')),
    attempts bigint not null,
    holder text,
    held_until text,
    result text,
    code text,
    primary key (node, task)
  )`,
  'create unique index federation_received_nonce on federation_received (node, coordinator, nonce)',
  'create index federation_received_state on federation_received (node, state)',
]

export const coordinatorMigrations: readonly Migration[] = [migration('federation-001-coordinator', COORDINATOR)]
export const nodeMigrations: readonly Migration[] = [migration('federation-001-node', NODE)]

function migration(name: string, statements: readonly string[]): Migration {
  return {
    name,
    up: async (transaction) => {
      for (const statement of statements) await sql.raw(statement).execute(transaction)
    },
  }
}
