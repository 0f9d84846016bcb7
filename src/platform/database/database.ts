/**
 * One door to SQLite (embedded default) and PostgreSQL (beyond one machine): the same Kysely queries run on both.
 * Dialect-neutral means: keys are text UUIDs or integers, times are ISO 8601 text, JSON is text, truth is 0 or 1.
 */
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompiledQuery, Kysely, sql, type Transaction } from 'kysely'
import { describing } from './describing-driver.ts'
import { databaseError, isTransient } from './problems.ts'

export type Dialect = 'sqlite' | 'postgres'

/** A room adds its own tables: `database.kysely.$extendTables<{ consent_choice: ConsentChoiceTable }>()`. */
export type NoTables = Record<never, never>

export interface Database {
  readonly kysely: Kysely<NoTables>
  readonly dialect: Dialect
  /** Resolves when the database answers; rejects with a `ProblemError` that says why not. */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…` and makes sure that it answers.
 * Rejects with `ProblemError<DatabaseProblemCode>`; the password of the address is never repeated.
 */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('sqlite:')) return openSqliteDatabase(url.slice('sqlite:'.length))
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgresDatabase(url)
  throw databaseError(
    'database-url-unknown',
    'The address of the database is of an unknown kind.',
    'Write sqlite:PATH or postgres://user:password@host:port/name.',
    url.split(':')[0] ?? '',
  )
}

async function openSqliteDatabase(name: string): Promise<Database> {
  const { openSqlite, sqliteDialect } = await import('./sqlite.ts')
  const path = name === ':memory:' ? name : resolve(name)
  const sqlite = await openSqlite(path)
  return opened(new Kysely<NoTables>({ dialect: describing(sqliteDialect(sqlite, path), path) }), 'sqlite')
}

async function openPostgresDatabase(url: string): Promise<Database> {
  const { postgresDialect } = await import('./postgres.ts')
  const place = withoutPassword(url)
  return opened(new Kysely<NoTables>({ dialect: describing(await postgresDialect(url), place) }), 'postgres')
}

async function opened(kysely: Kysely<NoTables>, dialect: Dialect): Promise<Database> {
  const ping = async () => {
    await sql`select 1`.execute(kysely)
  }
  try {
    await ping()
  } catch (error) {
    await kysely.destroy()
    throw error
  }
  return { kysely, dialect, ping, close: () => kysely.destroy() }
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'postgres'
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}

const ATTEMPTS = 8

/**
 * Runs the work in a transaction, again when another writer was in the way (busy, deadlock, serialization failure).
 * The work must therefore have no effect outside the transaction.
 */
export async function inTransaction<Tables, T>(
  kysely: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await kysely.transaction().execute(work)
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error
    }
    await sleep(Math.random() * 10 * 2 ** attempt)
  }
}

/**
 * Like `inTransaction`, for what is made again when it is lost: when it resolves, it outlives this process, and a power cut
 * only from the next flush on. A disk flushes some hundred times a second at most, and the ledger needs each of them.
 */
export function inUnflushedTransaction<Tables, T>(
  { dialect }: Pick<Database, 'dialect'>,
  kysely: Kysely<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  if (dialect === 'postgres') {
    return inTransaction(kysely, async (transaction) => {
      await sql`set local synchronous_commit = off`.execute(transaction)
      return work(transaction)
    })
  }
  return kysely.connection().execute(async (connection) => {
    const { FLUSHING } = await import('./sqlite.ts')
    await connection.executeQuery(CompiledQuery.raw(FLUSHING.off))
    try {
      return await inTransaction(connection, work)
    } finally {
      await connection.executeQuery(CompiledQuery.raw(FLUSHING.on))
    }
  })
}
