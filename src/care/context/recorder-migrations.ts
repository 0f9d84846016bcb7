import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'
import { auditMigrations } from '#trust/audit/migrations.ts'
import { evidenceMigrations } from '#trust/evidence/migrations.ts'
import { keyFigureMigrations } from '../key-figures/migrations.ts'

export type TransactionTables = {
  /** Every transaction of the border, written with its entry of the ledger; what follows from it is made later. */
  border_transaction: {
    /** `PT:17`; notes, which have no entry: `PT:note:<uuid>`. */
    id: string
    node: string
    sequence: number | null
    entry_hash: string | null
    /** When it was written here, and so when it was over. */
    entered: string
    /** Canonical JSON of `TransactionFacts`. */
    facts: string
    /** Of the other message, over IHE WS-Addressing. */
    message_id: string | null
    response_digest: string | null
    /** As the operator may see them, for a while. */
    request_envelope: string | null
    response_envelope: string | null
    envelopes_until: string | null
    /** `waiting`: nothing made yet; `unanswered`: all but what needs the answer; `answered`: that too may be made now. */
    state: 'waiting' | 'unanswered' | 'answered' | 'done'
    /** Until when another worker leaves it alone; empty when nobody works on it. */
    claimed_until: string
  }
}

const transactionMigrations: readonly Migration[] = [
  {
    name: 'recorder-001-transactions',
    up: async (transaction) => {
      await sql`create table border_transaction (
        id text primary key,
        node text not null,
        sequence bigint,
        entry_hash text,
        entered text not null,
        facts text not null,
        message_id text,
        response_digest text,
        request_envelope text,
        response_envelope text,
        envelopes_until text,
        state text not null check (state in ('waiting', 'unanswered', 'answered', 'done')),
        claimed_until text not null
      )`.execute(transaction)
      await sql`create index border_transaction_state on border_transaction (node, state, entered)`.execute(transaction)
      await sql`create index border_transaction_entry on border_transaction (node, sequence)`.execute(transaction)
      await sql`create index border_transaction_message on border_transaction (node, message_id)`.execute(transaction)
      await sql`create index border_transaction_envelopes on border_transaction (envelopes_until)`.execute(transaction)
    },
  },
]

/** The outbox, and what is made from it. */
export const recorderMigrations: readonly Migration[] = [
  ...transactionMigrations,
  ...auditMigrations,
  ...evidenceMigrations,
  ...keyFigureMigrations,
]
