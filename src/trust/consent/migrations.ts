import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export const consentMigrations: readonly Migration[] = [
  {
    name: 'consent-001-choices',
    up: async (transaction) => {
      await sql`create table consent_choice (
        id text primary key,
        patient text not null,
        country text not null,
        document_class text not null,
        decision text not null check (decision in ('permit', 'deny')),
        recorded text not null,
        revision integer not null
      )`.execute(transaction)
      await sql`create index consent_choice_patient on consent_choice (patient, recorded, revision)`.execute(
        transaction,
      )
    },
  },
]
