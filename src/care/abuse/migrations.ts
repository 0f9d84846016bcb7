import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export const abuseMigrations: readonly Migration[] = [
  {
    name: 'abuse-001-counts-and-alerts',
    up: async (transaction) => {
      await sql`create table request_count (
        country text not null,
        subject text not null,
        digest text not null,
        period integer not null,
        window_start bigint not null,
        requests integer not null,
        primary key (country, subject, digest, period, window_start)
      )`.execute(transaction)
      await sql`create index request_count_window on request_count (window_start)`.execute(transaction)
      await sql`create table alerts (
        id text primary key,
        raised text not null,
        code text not null,
        kind text not null,
        country text not null,
        digest text not null,
        requests integer not null,
        threshold integer not null,
        period integer not null
      )`.execute(transaction)
      await sql`create index alerts_raised on alerts (raised)`.execute(transaction)
    },
  },
]
