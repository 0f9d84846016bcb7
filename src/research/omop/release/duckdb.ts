/** DuckDB as this folder needs it: open, run, read rows as plain values, close. */
import { DuckDBInstance, type Json } from '@duckdb/node-api'

/** Integers of 64 bits and days come as text. */
export type DuckValue = number | string | boolean | null

export type DuckRow = Readonly<Record<string, DuckValue>>

export interface DuckDatabase {
  run(sql: string, values?: readonly DuckValue[]): Promise<void>
  rows(sql: string, values?: readonly DuckValue[]): Promise<readonly DuckRow[]>
  /** Stops what runs now; its promise rejects. */
  interrupt(): void
  close(): void
}

export interface DuckOptions {
  readonly readOnly?: boolean
  readonly threads?: number
  /** As DuckDB writes it, e.g. `2GB`. */
  readonly memory?: string
}

/** @param path a file, or `:memory:` */
export async function openDuckDatabase(path: string, options: DuckOptions = {}): Promise<DuckDatabase> {
  const instance = await DuckDBInstance.create(path, {
    ...(options.readOnly ? { access_mode: 'READ_ONLY' } : {}),
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.memory === undefined ? {} : { memory_limit: options.memory }),
    // Extensions are programs from the network: nothing here needs one.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  return {
    async run(sql, values) {
      await connection.run(sql, values && [...values])
    },
    async rows(sql, values) {
      const result = await connection.runAndReadAll(sql, values && [...values])
      return result
        .getRowObjectsJson()
        .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])))
    },
    interrupt: () => connection.interrupt(),
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

function plain(value: Json): DuckValue {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

/** A number of 64 bits, as `DuckRow` gives it. */
export function countOf(row: DuckRow | undefined, name: string): number {
  return Number(row?.[name] ?? 0)
}
