/**
 * The tables of the ledger, and the guards that refuse to change or remove an entry on both databases. Whoever may drop
 * the guards is found by `verify`.
 */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type LedgerTables = {
  ledger_entry: {
    node: string
    sequence: number
    recorded: string
    previous_hash: string
    hash: string
    /** Canonical JSON of the AuditEvent. */
    event: string
    professional: string | null
    patient: string | null
  }
  ledger_head: {
    node: string
    sequence: number
    hash: string
    sealed_at: string
    key_id: string
    signature: string
  }
  /** When this node last made sure that it can write; no part of the chain. */
  ledger_probe: { node: string; written: string }
}

/** Part of every refusal, so that `verify` can tell a guard from another error. */
export const GUARD_MESSAGE = 'the ledger is append-only'

const TABLES = [
  `create table ledger_entry (
    node text not null,
    sequence bigint not null check (sequence > 0),
    recorded text not null,
    previous_hash text not null,
    hash text not null,
    event text not null,
    professional text,
    patient text,
    primary key (node, sequence)
  )`,
  'create index ledger_entry_professional on ledger_entry (node, professional, sequence)',
  'create index ledger_entry_patient on ledger_entry (node, patient, sequence)',
  `create table ledger_head (
    node text primary key,
    sequence bigint not null,
    hash text not null,
    sealed_at text not null,
    key_id text not null,
    signature text not null
  )`,
]

const refuse = `begin select raise(abort, '${GUARD_MESSAGE}'); end`

const SQLITE_GUARDS = [
  `create trigger ledger_entry_no_update before update on ledger_entry ${refuse}`,
  `create trigger ledger_entry_no_delete before delete on ledger_entry ${refuse}`,
  // "insert or replace" removes the old row without the trigger above.
  `create trigger ledger_entry_no_replace before insert on ledger_entry
   when exists (select 1 from ledger_entry where node = new.node and sequence = new.sequence) ${refuse}`,
  `create trigger ledger_head_no_delete before delete on ledger_head ${refuse}`,
  `create trigger ledger_head_forward before update on ledger_head
   when new.node <> old.node or new.sequence <= old.sequence ${refuse}`,
]

const POSTGRES_GUARDS = [
  `create function ledger_refuse() returns trigger language plpgsql as $$
   begin raise exception '${GUARD_MESSAGE}'; end $$`,
  `create trigger ledger_entry_no_change before update or delete on ledger_entry
   for each row execute function ledger_refuse()`,
  `create trigger ledger_entry_no_truncate before truncate on ledger_entry
   for each statement execute function ledger_refuse()`,
  `create trigger ledger_head_no_delete before delete on ledger_head
   for each row execute function ledger_refuse()`,
  `create trigger ledger_head_no_truncate before truncate on ledger_head
   for each statement execute function ledger_refuse()`,
  `create trigger ledger_head_forward before update on ledger_head
   for each row when (new.node <> old.node or new.sequence <= old.sequence) execute function ledger_refuse()`,
]

export const ledgerMigrations: readonly Migration[] = [
  {
    name: 'ledger-001-entries',
    up: async (transaction, dialect) => {
      for (const statement of [...TABLES, ...(dialect === 'sqlite' ? SQLITE_GUARDS : POSTGRES_GUARDS)]) {
        await sql.raw(statement).execute(transaction)
      }
    },
  },
  {
    name: 'ledger-002-probe',
    up: async (transaction) => {
      await sql`create table ledger_probe (node text primary key, written text not null)`.execute(transaction)
    },
  },
]
