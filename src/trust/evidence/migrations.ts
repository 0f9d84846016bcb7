import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type EvidenceTables = {
  border_evidence: {
    /** See `evidenceId`. */
    id: string
    node: string
    /** Entry of the ledger. */
    sequence: number
    entry_hash: string
    kind: string
    part: string
    message_id: string | null
    /** Hex SHA-256 of the message. */
    digest: string | null
    event_time: string
    /** Signed. */
    xml: string
  }
}

export const evidenceMigrations: readonly Migration[] = [
  {
    name: 'evidence-001-evidences',
    up: async (transaction) => {
      await sql`create table border_evidence (
        id text primary key,
        node text not null,
        sequence bigint not null,
        entry_hash text not null,
        kind text not null check (kind in ('NRO', 'NRR', 'NRD')),
        part text not null check (part in ('request', 'response')),
        message_id text,
        digest text,
        event_time text not null,
        xml text not null
      )`.execute(transaction)
      await sql`create index border_evidence_entry on border_evidence (node, sequence)`.execute(transaction)
      await sql`create index border_evidence_message on border_evidence (message_id)`.execute(transaction)
    },
  },
]
