import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

/** The country stands first in every key: a submission id is a promise of one country, not of the world. */
export const receivedSubmissionMigrations: readonly Migration[] = [
  {
    name: 'dispensing-a-001-submissions',
    up: async (transaction) => {
      await sql`create table received_submission (
        country text not null,
        submission_id text not null,
        kind text not null check (kind in ('dispensation', 'discard')),
        digest text not null,
        dispensation_id text not null,
        prescription_id text not null,
        patient text not null,
        organisation text not null,
        received text not null,
        state text not null check (state in ('received', 'handed', 'accepted', 'refused')),
        attempts integer not null,
        settled text,
        code text,
        sentence text,
        next text,
        status integer,
        work text,
        primary key (country, submission_id)
      )`.execute(transaction)
      await sql`create index received_submission_dispensation
        on received_submission (country, dispensation_id)`.execute(transaction)
      await sql`create index received_submission_state on received_submission (state)`.execute(transaction)
    },
  },
]
