/** What was not loaded, where it stands and why. No value of a row is repeated: a report is read by people without a permit. */
import type { DuckDatabase } from './duckdb.ts'
import { countOf } from './duckdb.ts'
import type { RecordFault } from './records.ts'
import type { RowFault } from './row-checks.ts'

export type RejectionReason = RowFault | RecordFault

export interface Rejection {
  readonly file: string
  /** Line of a text file, from 1; number of the row of a Parquet file, from 1. */
  readonly line: number
  readonly table: string
  /** Absent when the whole line cannot be read. */
  readonly column?: string
  readonly reason: RejectionReason
}

export interface RejectionCount extends Omit<Rejection, 'file' | 'line'> {
  readonly rows: number
}

/** A sentence for each reason. */
export const REJECTION_REASONS: Readonly<Record<RejectionReason, string>> = {
  'wrong-type': 'The value is not of the type that the column needs.',
  'missing-value': 'A value that the model needs is missing.',
  'out-of-range': 'The value lies outside what is possible.',
  'unknown-person': 'The person is not in the table PERSON, or was not loaded.',
  'dates-backwards': 'The end lies before the beginning.',
  'duplicate-key': 'An earlier row has the same key.',
  'not-utf-8': 'The line is not written in UTF-8.',
  'quote-not-closed': 'A quotation mark is opened and not closed.',
  'text-after-quote': 'Text stands between a closing quotation mark and the delimiter.',
  'too-few-fields': 'The line has fewer fields than the header.',
  'too-many-fields': 'The line has more fields than the header.',
}

/** Table of a release file that keeps every rejection. */
export const REJECTIONS_TABLE = `CREATE TABLE tessera.rejection
  ("file" VARCHAR NOT NULL, line BIGINT NOT NULL, "table" VARCHAR NOT NULL, "column" VARCHAR, reason VARCHAR NOT NULL)`

/** In the order of the files and their lines. */
export async function readRejections(database: DuckDatabase, most: number): Promise<readonly Rejection[]> {
  const rows = await database.rows(
    `SELECT "file", line, "table", "column", reason FROM tessera.rejection ORDER BY "table", "file", line LIMIT ${Math.trunc(most)}`,
  )
  return rows.map((row) => ({ file: String(row.file), line: countOf(row, 'line'), ...about(row) }))
}

export async function countRejections(database: DuckDatabase): Promise<readonly RejectionCount[]> {
  const rows = await database.rows(
    `SELECT "table", "column", reason, count(*) AS n FROM tessera.rejection GROUP BY ALL ORDER BY n DESC, "table", "column", reason`,
  )
  return rows.map((row) => ({ ...about(row), rows: countOf(row, 'n') }))
}

function about(row: Readonly<Record<string, unknown>>): Pick<Rejection, 'table' | 'column' | 'reason'> {
  return {
    table: String(row.table),
    ...(typeof row.column === 'string' ? { column: row.column } : {}),
    reason: isReason(row.reason) ? row.reason : 'wrong-type',
  }
}

function isReason(value: unknown): value is RejectionReason {
  return typeof value === 'string' && value in REJECTION_REASONS
}
