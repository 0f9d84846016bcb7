/** The engines that can run here, for tests: DuckDB always, PostgreSQL and ClickHouse where they are installed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '#platform/result/result.ts'
import { createPostgresDatabase, startPostgres } from '../../../../test/databases.ts'
import type { Cell, Dialect } from '../engine.ts'
import { openClickhouse } from '../engines/clickhouse.ts'
import { clickhouseInstalled } from '../engines/clickhouse-client.ts'
import { openDuckdb } from '../engines/duckdb.ts'
import { openPostgresql } from '../engines/postgresql.ts'
import type { DataEngine, TableDescription } from '../tables.ts'

export interface TestEngines {
  readonly engines: readonly DataEngine[]
  /** A sentence for each engine that is not installed. */
  readonly absent: readonly string[]
  close(): Promise<void>
}

/** Engines that hold nothing. `only`: one of them, for tests that look at it alone. */
export async function openEngines(only?: Dialect): Promise<TestEngines> {
  const engines: DataEngine[] = []
  const absent: string[] = []
  const closing: (() => Promise<void>)[] = []
  const wanted = (dialect: Dialect) => only === undefined || only === dialect
  if (wanted('duckdb')) engines.push(unwrapped(await openDuckdb({ threads: 2 })))
  if (wanted('postgresql')) {
    const server = await startPostgres()
    if (server) {
      // Of a language, as a country's database may be: text must be ordered by code point all the same.
      const url = await createPostgresDatabase(server, "template template0 locale_provider icu icu_locale 'de-DE'")
      engines.push(unwrapped(await openPostgresql({ url })))
      closing.push(() => server.stop())
    } else absent.push('PostgreSQL is not installed; on Debian: apt-get install postgresql')
  }
  if (wanted('clickhouse')) {
    if (clickhouseInstalled()) {
      const directory = mkdtempSync(join(tmpdir(), 'tessera-clickhouse-'))
      engines.push(unwrapped(await openClickhouse({ directory })))
      closing.push(async () => rmSync(directory, { recursive: true, force: true }))
    } else absent.push('ClickHouse is not installed; npm run test:research-oracles installs it')
  }
  const close = async () => {
    for (const engine of engines) await engine.close()
    for (const end of closing) await end()
  }
  return { engines, absent, close }
}

/** Makes and fills a table on each engine. */
export async function fill(
  engines: readonly DataEngine[],
  table: TableDescription,
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  for (const engine of engines) {
    unwrapped(await engine.createTable(table))
    unwrapped(await engine.insertRows(table.name, rows))
  }
}

/** The value, or an error that says what failed: for tests, where nothing should. */
export function unwrapped<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.sentence} [${result.problem.code}]`)
  return result.value
}
