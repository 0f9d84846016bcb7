/**
 * The ledger of accesses: append-only, hash-chained, one chain per node. Every decision about data lands here before
 * its effect is acknowledged (EHDS Art. 9; IHE BALP).
 */
import type { AuditEvent } from 'fhir/r4'
import type { Transaction } from 'kysely'
import type { NoTables } from '#platform/database/database.ts'

export interface LedgerEntry {
  /** Counts from 1, without gaps. */
  readonly sequence: number
  readonly recorded: string
  /** Hex SHA-256 of the previous entry; 64 zeros for the first. */
  readonly previousHash: string
  readonly hash: string
  readonly event: AuditEvent
}

/** What a reader of the ledger may look for. */
export interface LedgerFilter {
  /** `system|value` of the professional. */
  readonly professional?: string
  /** `system|value` of the patient. */
  readonly patient?: string
  /** Entries at most; 100 unless told, never more than 1000. */
  readonly limit?: number
  /** Only entries older than this sequence: the next page of a list. */
  readonly before?: number
}

export type LedgerVerification =
  | { readonly intact: true; readonly entries: number; readonly head: string }
  | {
      readonly intact: false
      readonly entries: number
      readonly firstBad: number
      /** `unguarded`: the chain is whole, but what refuses changes to it has been removed from the database. */
      readonly reason: 'altered' | 'missing' | 'reordered' | 'truncated' | 'head-signature' | 'unguarded'
    }

/** Writes to the same database, in the transaction of the entry. */
export type BesideEntry = (transaction: Transaction<NoTables>, entry: LedgerEntry) => Promise<void>

export interface Ledger {
  /**
   * Durable when it resolves. Rejects when the entry could not be stored: the access must then not happen.
   * @param beside what must be written together with the entry or not at all; it may run more than once, and when it
   * fails the entries that share the transaction fail with it
   */
  append(event: AuditEvent, beside?: BesideEntry): Promise<LedgerEntry>
  list(filter: LedgerFilter): Promise<readonly LedgerEntry[]>
  /** Reads the whole chain, page by page; `progress` is told after each page. */
  verify(progress?: (checked: number, entries: number) => void): Promise<LedgerVerification>
}
