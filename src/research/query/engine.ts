/** What runs a program of the relational tree on the tables of one dataset release. */
import type { Result } from '#platform/result/result.ts'
import type { Program } from './tree.ts'

export type Dialect = 'duckdb' | 'postgresql' | 'clickhouse'

/** Integers beyond 2^53 do not occur in counts; a date is its ISO day, a datetime its ISO text without zone. */
export type Cell = number | string | boolean | null

export interface Rows {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export type EngineProblemCode =
  | 'query-failed'
  | 'query-stopped'
  | 'query-too-large'
  | 'query-too-slow'
  /** Of an engine that is bound to a permit (`../permits/permit-engine.ts`). */
  | 'outside-permit'

export interface RunOptions {
  /** Aborted: the work stops at once, and `query-stopped` is the answer (EHDS Art. 63: revocation). */
  readonly signal?: AbortSignal
  /** More rows than this in one result: `query-too-large`. A million when absent. */
  readonly mostRows?: number
  /** More seconds than this for the whole program: `query-too-slow`. No limit when absent. */
  readonly mostSeconds?: number
}

/** `Name` of a result of the program → its rows. Steps leave nothing behind. */
export interface QueryEngine {
  readonly dialect: Dialect
  run(program: Program, options?: RunOptions): Promise<Result<ReadonlyMap<string, Rows>, EngineProblemCode>>
  close(): Promise<void>
}
