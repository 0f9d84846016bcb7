/**
 * A Kysely dialect for `node:sqlite`: one connection behind a mutex, prepared statements kept, transactions that take
 * the write lock at once. Waiting for another process never blocks the event loop: the driver sleeps and tries again.
 */
import { mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { type Flush, openFlush } from './flush.ts'
import { databaseError, describeDatabaseError, isSqliteBusy } from './problems.ts'

/** Milliseconds that SQLite itself may wait, blocking; longer waits are slept away. */
const BUSY_TIMEOUT_MS = 5
/** Milliseconds after which another process that holds the write lock is a problem. */
const LOCK_PATIENCE_MS = 15_000
/** Milliseconds after which a transaction of this process that never ends is a problem. */
const TURN_PATIENCE_MS = 30_000
const KEPT_STATEMENTS = 256

/** Opens the file (made with permissions 0600 when new) durable and strict. `path` may be `:memory:`. */
export async function openSqlite(path: string): Promise<DatabaseSync> {
  try {
    if (path !== ':memory:') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      await (await open(path, 'a', 0o600)).close()
    }
    const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
    await patiently(() => database.exec('pragma journal_mode = wal'))
    // NORMAL: SQLite flushes its log before it moves pages from it; after a commit the driver flushes it (flush.ts), so that
    // a commit is on the disk when it returns (https://sqlite.org/pragma.html#pragma_synchronous).
    database.exec('pragma synchronous = normal; pragma trusted_schema = off; pragma journal_size_limit = 67108864')
    return database
  } catch (error) {
    throw describeDatabaseError(error, path)
  }
}

/** To the driver, not to SQLite: whether commits of this connection wait for the disk. */
export const FLUSHING = {
  on: 'pragma tessera_flush = on',
  off: 'pragma tessera_flush = off',
  asked: 'pragma tessera_flush',
} as const

/** Kysely's own lock would be held while a commit waits for the disk, and for ever when the disk fails; the driver takes turns. */
class TurnTakingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

export function sqliteDialect(database: DatabaseSync, place: string): Dialect {
  return {
    createAdapter: () => new TurnTakingAdapter(),
    createDriver: () => sqliteDriver(database, place),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function sqliteDriver(database: DatabaseSync, place: string): Driver {
  const turns = mutex(place)
  const durable = durability(place)
  const connection = sqliteConnection(database, durable)
  const run = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql))
  return {
    init: async () => {},
    acquireConnection: async () => {
      await turns.take()
      return connection
    },
    // The next one may begin while the disk works: commits that follow each other share a flush, and whoever committed
    // goes on only when his own is done.
    releaseConnection: async () => {
      const flushed = durable.flushed()
      turns.give()
      await flushed
    },
    // IMMEDIATE: a transaction that reads first and writes later must not fail half-way because another one wrote.
    beginTransaction: async (_connection, settings: TransactionSettings) => {
      await run(settings.accessMode === 'read only' ? 'begin' : 'begin immediate')
    },
    commitTransaction: async () => {
      await run('commit')
      durable.committed()
    },
    rollbackTransaction: async () => {
      // SQLite has already rolled back by itself after some failures, such as a full disk.
      if (database.isTransaction) await run('rollback')
    },
    savepoint: async (_connection, name) => {
      await run(`savepoint ${quoted(name)}`)
    },
    rollbackToSavepoint: async (_connection, name) => {
      await run(`rollback to ${quoted(name)}`)
    },
    releaseSavepoint: async (_connection, name) => {
      await run(`release ${quoted(name)}`)
    },
    destroy: async () => {
      await durable.close()
      if (database.isOpen) database.close()
    },
  }
}

/** Whether, and how, a commit waits for the disk. */
function durability(place: string) {
  let wanted = true
  let committed = false
  let opened: Promise<Flush> | undefined
  const flush = async (): Promise<void> => {
    opened ??= openFlush(place)
    await (await opened).flushed()
  }
  return {
    want(yes: boolean): void {
      wanted = yes
    },
    isWanted: (): boolean => wanted,
    committed(): void {
      committed ||= wanted && place !== ':memory:'
    },
    /** Of what was committed in this turn. */
    flushed(): Promise<void> {
      if (!committed) return Promise.resolve()
      committed = false
      return flush()
    },
    async close(): Promise<void> {
      const flush = await opened?.catch(() => undefined)
      await flush?.close()
    },
  }
}

function sqliteConnection(database: DatabaseSync, durable: ReturnType<typeof durability>): DatabaseConnection {
  const statements = keptStatements(database)
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      if (sql === FLUSHING.on || sql === FLUSHING.off) {
        durable.want(sql === FLUSHING.on)
        return { rows: [] }
      }
      if (sql === FLUSHING.asked) return { rows: [{ flush: durable.isWanted() } as R] }
      const { statement, reads } = statements(sql)
      const values = parameters.map(bindable)
      // Inside a transaction the lock is ours already; a busy answer can then not be waited away.
      const execute = <T>(work: () => T) => (database.isTransaction ? work() : patiently(work))
      // A statement that commits by itself; `commit` is the driver's.
      const commits = !database.isTransaction && !/^\s*(?:select|pragma|explain|begin|commit|rollback)\b/i.test(sql)
      if (reads) {
        const rows = (await execute(() => statement.all(...values))).map((row) => ({ ...row }) as R)
        if (commits) durable.committed()
        return { rows }
      }
      const { changes, lastInsertRowid } = await execute(() => statement.run(...values))
      if (commits) durable.committed()
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    },
    async *streamQuery<R>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      // A statement of its own: one that is being stepped through must not be used by a second query.
      for (const row of database.prepare(sql).iterate(...parameters.map(bindable))) yield { rows: [{ ...row } as R] }
    },
  }
}

/** Keeps the statements used last, so that the same SQL is not compiled again. */
function keptStatements(database: DatabaseSync) {
  const kept = new Map<string, { readonly statement: StatementSync; readonly reads: boolean }>()
  return (sql: string) => {
    const known = kept.get(sql)
    if (known) {
      kept.delete(sql)
      kept.set(sql, known)
      return known
    }
    const statement = database.prepare(sql)
    const prepared = { statement, reads: statement.columns().length > 0 }
    // A pragma may take effect when it is prepared (https://sqlite.org/pragma.html): it is prepared each time.
    if (/^\s*pragma\b/i.test(sql)) return prepared
    kept.set(sql, prepared)
    const oldest = kept.keys().next().value
    if (kept.size > KEPT_STATEMENTS && oldest !== undefined) kept.delete(oldest)
    return prepared
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`A value of type ${typeof value} cannot be stored; use text, a number, bytes or null.`)
}

/** Does the work, again and again while another process holds the lock, sleeping in between. */
async function patiently<T>(work: () => T): Promise<T> {
  const deadline = performance.now() + LOCK_PATIENCE_MS
  for (let attempt = 0; ; attempt += 1) {
    try {
      return work()
    } catch (error) {
      if (!isSqliteBusy(error) || performance.now() > deadline) throw error
    }
    // Random, so that two processes do not keep step.
    await sleep(1 + Math.random() * Math.min(4 * (attempt + 1), 40))
  }
}

/** First come, first served. A turn that never comes is a programming error elsewhere; it is told, not waited for. */
function mutex(place: string) {
  let taken = false
  const waiting: (() => void)[] = []
  return {
    take(): Promise<void> {
      if (!taken) {
        taken = true
        return Promise.resolve()
      }
      return new Promise((resolve, reject) => {
        const turn = () => {
          clearTimeout(timer)
          resolve()
        }
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(turn), 1)
          const sentence = 'A transaction of this program holds the database and does not end.'
          reject(
            databaseError('database-locked', sentence, 'Use the transaction given to the callback inside it.', place),
          )
        }, TURN_PATIENCE_MS)
        waiting.push(turn)
      })
    },
    give(): void {
      const next = waiting.shift()
      if (next) next()
      else taken = false
    },
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
