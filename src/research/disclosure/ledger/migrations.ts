/** Tables of the ledger of answers, and of the budget of differential privacy. */
import { sql } from 'kysely'
import type { Migration } from '#platform/database/migrate.ts'

export type DisclosureTables = {
  /** One row for each applicant and dataset; whoever decides holds its lock. */
  disclosure_head: {
    dataset: string
    applicant: string
    sequence: number
    refusals: number
  }
  /** Independent answers: which persons stood behind each. Keys under the node's secret, no number of a person. */
  disclosure_answer: {
    dataset: string
    applicant: string
    /** Counts from 1. */
    sequence: number
    permit: string
    size: number
    persons: Uint8Array
  }
  /** Every decision with its reasons, for output checkers and auditors of this node only (EHDS Art. 73(2), (3)). */
  disclosure_decision: {
    id: string
    dataset: string
    applicant: string
    permit: string
    decided: string
    /** `released`, or the code of the problem. */
    outcome: string
    account: string
  }
  disclosure_budget: {
    permit: string
    /** Millionths of epsilon. */
    spent: number
  }
}

export const disclosureMigrations: readonly Migration[] = [
  {
    name: 'disclosure-001-ledger',
    up: async (transaction, dialect) => {
      await sql`create table disclosure_head (
        dataset text not null, applicant text not null, sequence bigint not null, refusals bigint not null,
        primary key (dataset, applicant))`.execute(transaction)
      await sql`create table disclosure_answer (
        dataset text not null, applicant text not null, sequence bigint not null, permit text not null,
        size bigint not null, persons ${sql.raw(dialect === 'postgres' ? 'bytea' : 'blob')} not null,
        primary key (dataset, applicant, sequence))`.execute(transaction)
      await sql`create table disclosure_decision (
        id text primary key, dataset text not null, applicant text not null, permit text not null,
        decided text not null, outcome text not null, account text not null)`.execute(transaction)
      await sql`create index disclosure_decision_permit on disclosure_decision (permit, decided)`.execute(transaction)
      await sql`create table disclosure_budget (permit text primary key, spent bigint not null)`.execute(transaction)
    },
  },
]
