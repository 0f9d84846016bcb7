/** The tables of the release centre, and the guards that keep its history, on both databases. */
import { sql } from 'kysely'
import type { Dialect } from '#platform/database/database.ts'
import type { Migration } from '#platform/database/migrate.ts'

export type ReleaseTables = {
  /** One row a node: locked by every change. `releases` is the highest number, `events` has no gaps. */
  terminology_centre: { node: string; releases: number; events: number }
  terminology_release: {
    node: string
    number: number
    title: string
    state: string
    /** JSON: ids. */
    artifacts: string
    base: string
    staged_at: string
    staged_by: string
    published_at: string | null
    /** While `publishing`: the home folder in which `current.json` is switched. */
    home: string | null
    /** 1: published by an import or a pull, without the centre. */
    outside: number
  }
  terminology_release_event: {
    node: string
    sequence: number
    release: number
    at: string
    person: string
    action: string
    from_state: string | null
    to_state: string
    note: string
  }
}

const TABLES = [
  'create table terminology_centre (node text primary key, releases integer not null, events integer not null)',
  `create table terminology_release (
    node text not null,
    number integer not null,
    title text not null,
    state text not null,
    artifacts text not null,
    base text not null,
    staged_at text not null,
    staged_by text not null,
    published_at text,
    home text,
    primary key (node, number)
  )`,
  `create table terminology_release_event (
    node text not null,
    sequence integer not null,
    release integer not null,
    at text not null,
    person text not null,
    action text not null,
    from_state text,
    to_state text not null,
    note text not null,
    primary key (node, sequence),
    foreign key (node, release) references terminology_release (node, number)
  )`,
  'create index terminology_release_event_release on terminology_release_event (node, release, sequence)',
]

/** Statements that make a table append-only. `key`: its primary key, for "insert or replace" of SQLite. */
export function appendOnly(table: string, key: readonly string[], dialect: Dialect): readonly string[] {
  const message = `the history in ${table} is append-only`
  if (dialect === 'postgres') {
    return [
      `create function ${table}_refuse() returns trigger language plpgsql as $$ begin raise exception '${message}'; end $$`,
      `create trigger ${table}_no_change before update or delete on ${table} for each row execute function ${table}_refuse()`,
      `create trigger ${table}_no_truncate before truncate on ${table} for each statement execute function ${table}_refuse()`,
    ]
  }
  const refuse = `begin select raise(abort, '${message}'); end`
  const same = key.map((column) => `${column} = new.${column}`).join(' and ')
  return [
    `create trigger ${table}_no_update before update on ${table} ${refuse}`,
    `create trigger ${table}_no_delete before delete on ${table} ${refuse}`,
    `create trigger ${table}_no_replace before insert on ${table} when exists (select 1 from ${table} where ${same}) ${refuse}`,
  ]
}

export const releaseMigrations: readonly Migration[] = [
  {
    name: 'terminology-001-releases',
    up: async (transaction, dialect) => {
      const guards = appendOnly('terminology_release_event', ['node', 'sequence'], dialect)
      for (const statement of [...TABLES, ...guards]) await sql.raw(statement).execute(transaction)
    },
  },
  {
    name: 'terminology-003-outside',
    up: async (transaction) => {
      await sql
        .raw('alter table terminology_release add column outside integer not null default 0')
        .execute(transaction)
    },
  },
]
