import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type AuditTables = {
  audit_message: {
    /** Names the event within the node: the same event is one message, however often it is made. */
    id: string
    node: string
    /** Entry of the ledger; null for events that have none. */
    sequence: number | null
    event: string
    recorded: string
    outcome: string
    /** Signed. */
    xml: string
  }
}

export const auditMigrations: readonly Migration[] = [
  {
    name: 'audit-001-messages',
    up: async (transaction) => {
      await sql`create table audit_message (
        id text primary key,
        node text not null,
        sequence bigint,
        event text not null,
        recorded text not null,
        outcome text not null,
        xml text not null
      )`.execute(transaction)
      await sql`create index audit_message_recorded on audit_message (node, recorded, id)`.execute(transaction)
      await sql`create index audit_message_entry on audit_message (node, sequence)`.execute(transaction)
    },
  },
]
