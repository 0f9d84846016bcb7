import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'
import type { SubmissionState } from './dispensing.ts'

export type OutboxTables = {
  dispensing_submission: {
    /** Country of this node. */
    node: string
    submission_id: string
    /** Made by the form; with the organisation it names one wish of one person. */
    confirmation: string
    kind: 'dispensation' | 'discard'
    dispensation_id: string
    country: string
    wire: 'fhir' | 'ihe'
    prescription_id: string
    prescription_number: string | null
    state: SubmissionState
    code: string | null
    attempts: number
    open_attempts: number
    needs_person: number
    confirmed_at: string
    last_tried_at: string | null
    next_try_at: string
    settled_at: string | null
    discarded_at: string | null
    professional: string
    organisation: string
    /** Random name of the attempt that holds the entry, and until when. */
    lease: string | null
    lease_until: string | null
    /** 0 while the ledger lacks what was settled. */
    recorded: number
    /** What is sent, and in whose name: encrypted. Null once nothing needs it any more. */
    sealed: string | null
    /** Counts changes, so that two writers never overwrite each other. */
    revision: number
  }
}

export const dispensingMigrations: readonly Migration[] = [
  {
    name: 'dispensing-001-outbox',
    up: async (transaction) => {
      await sql`create table dispensing_submission (
        node text not null,
        submission_id text not null,
        confirmation text not null,
        kind text not null check (kind in ('dispensation', 'discard')),
        dispensation_id text not null,
        country text not null,
        wire text not null check (wire in ('fhir', 'ihe')),
        prescription_id text not null,
        prescription_number text,
        state text not null check (state in ('sending', 'accepted', 'refused', 'unknown')),
        code text,
        attempts integer not null,
        open_attempts integer not null,
        needs_person integer not null,
        confirmed_at text not null,
        last_tried_at text,
        next_try_at text not null,
        settled_at text,
        discarded_at text,
        professional text not null,
        organisation text not null,
        lease text,
        lease_until text,
        recorded integer not null,
        sealed text,
        revision integer not null,
        primary key (node, submission_id)
      )`.execute(transaction)
      await sql`create unique index dispensing_submission_wish
        on dispensing_submission (node, organisation, confirmation)`.execute(transaction)
      await sql`create index dispensing_submission_due on dispensing_submission (node, state, next_try_at)`.execute(
        transaction,
      )
      await sql`create index dispensing_submission_dispensation
        on dispensing_submission (node, dispensation_id)`.execute(transaction)
    },
  },
]
