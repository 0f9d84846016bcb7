/**
 * PostgreSQL, for those who have their data there. The role needs SELECT on the tables and TEMPORARY on the database;
 * only loaders need more. A program runs in one transaction that is rolled back: it sees one state and leaves nothing.
 */
import pg from 'pg'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Cell } from '../engine.ts'
import { POSTGRESQL } from '../print/postgresql.ts'
import type { DataEngine, TableDescription } from '../tables.ts'
import { cellOfText } from './cells.ts'
import { knownTable, loading, printCreateTable, tablesByName } from './loading.ts'
import { type EngineSession, type Explained, type Lane, runProgram } from './run-program.ts'

export interface PostgresqlOptions {
  /** `postgres://…` */
  readonly url: string
  readonly tables?: readonly TableDescription[]
  /** Where the tables are; `public` when absent. */
  readonly schema?: string
  /** For one sort or hash, as PostgreSQL writes it; `128MB` when absent. */
  readonly memory?: string
  /** Programs at once; 4 when absent. */
  readonly connections?: number
}

const ROWS_AT_ONCE = 5000

export async function openPostgresql(options: PostgresqlOptions): Promise<Result<DataEngine, 'engine-unavailable'>> {
  const pool = new pg.Pool({ connectionString: options.url, max: options.connections ?? 4 })
  // A connection that the server ends while idle; the next query opens another.
  pool.on('error', () => {})
  try {
    await pool.query('SELECT 1')
  } catch (error) {
    await pool.end()
    return failed(
      'engine-unavailable',
      `PostgreSQL could not be reached (${explain(error).detail}).`,
      'Check the address, the name and the password of the database.',
    )
  }
  return ok(engineOf(pool, options))
}

function engineOf(pool: pg.Pool, options: PostgresqlOptions): DataEngine {
  const tables = tablesByName(options.tables)
  const parts = {
    dialect: POSTGRESQL,
    title: 'PostgreSQL',
    tables: () => tables.values(),
    open: () => openSession(pool, options),
    explain,
  }
  const inSchema = async (work: (client: pg.PoolClient) => Promise<void>) => {
    const client = await pool.connect()
    try {
      for (const setting of settingsOf(options)) await client.query(setting)
      await work(client)
    } finally {
      client.release()
    }
  }
  return {
    dialect: 'postgresql',
    run: (program, runOptions = {}) => runProgram(program, runOptions, parts),
    createTable: (table) =>
      loading('table-not-made', table.name, explain, async () => {
        await inSchema(async (client) => {
          await client.query(printCreateTable(table, POSTGRESQL))
        })
        tables.set(table.name, table)
      }),
    insertRows: (table, rows) =>
      loading('rows-not-inserted', table, explain, () =>
        inSchema((client) => insert(client, knownTable(tables, table), rows)),
      ),
    close: () => pool.end(),
  }
}

/** What the printer counts on, whatever the server's own configuration says. */
function settingsOf(options: PostgresqlOptions): readonly string[] {
  return [
    'SET standard_conforming_strings = on',
    "SET datestyle = 'ISO, YMD'",
    'SET extra_float_digits = 1',
    `SET search_path = ${POSTGRESQL.identifier(options.schema ?? 'public')}`,
    `SET work_mem = ${POSTGRESQL.quoted(options.memory ?? '128MB')}`,
    'SET jit = off',
  ]
}

async function openSession(pool: pg.Pool, options: PostgresqlOptions): Promise<EngineSession> {
  const client = await pool.connect()
  try {
    for (const setting of settingsOf(options)) await client.query(setting)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    return sessionOf(client, rows[0]?.pid ?? 0, options.url)
  } catch (error) {
    client.release(true)
    throw error
  }
}

function sessionOf(client: pg.PoolClient, process: number, url: string): EngineSession {
  let cancelling: Promise<void> = Promise.resolve()
  const lane: Lane = {
    make: async (table, select) => {
      await client.query(POSTGRESQL.createTemporary(table, select))
      // Without statistics of its temporary tables the planner guesses, and guesses nested loops.
      await client.query(`ANALYZE ${POSTGRESQL.identifier(table)}`)
    },
    read: async (sql, columns) => {
      const result = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types: AS_TEXT })
      return result.rows.map((row) => row.map((value, index) => cellOfText(value, columns[index]?.type ?? 'text')))
    },
  }
  return {
    lanes: [lane],
    interrupt: () => {
      cancelling = cancel(process, url)
    },
    release: async () => {
      await cancelling
      try {
        await client.query('ROLLBACK')
        client.release()
      } catch {
        client.release(true)
      }
    },
  }
}

const AS_TEXT = { getTypeParser: () => (value: string) => value }

/** On a connection of its own: the pool may be busy with nothing but queries to be stopped. */
async function cancel(process: number, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query('SELECT pg_cancel_backend($1)', [process])
  } catch {
    // The server is gone, and the query with it.
  } finally {
    await client.end().catch(() => {})
  }
}

async function insert(
  client: pg.PoolClient,
  table: TableDescription,
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const types = table.columns.map(({ type }, index) => `$${index + 1}::${POSTGRESQL.columnType(type, true)}[]`)
  const sql = `INSERT INTO ${POSTGRESQL.identifier(table.name)} SELECT * FROM unnest(${types.join(', ')})`
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const part = rows.slice(start, start + ROWS_AT_ONCE)
    await client.query(
      sql,
      table.columns.map((_, index) => part.map((row) => row[index] ?? null)),
    )
  }
}

/** SQLSTATE: 53200 out of memory, 53400 a limit of the configuration (temporary files). */
function explain(error: unknown): Explained {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no code'
  return { tooLarge: code === '53200' || code === '53400', detail: `code ${code}` }
}
