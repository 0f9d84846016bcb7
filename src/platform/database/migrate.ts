/**
 * Brings a database to the shape that the program expects. Every room exports its own migrations; the node hands in
 * all of them. Safe when several replicas start at once: the first holds the lock row, the others wait and find it done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database, Dialect, NoTables } from './database.ts'
import { isTransient, isUniqueViolation } from './problems.ts'

export interface Migration {
  /** Unique and never changed again once released: the room, a number, what it does: `ledger-001-entries`. */
  readonly name: string
  /** Runs once, inside the transaction of the whole run, so a failing migration leaves nothing behind. */
  readonly up: (transaction: Transaction<NoTables>, dialect: Dialect) => Promise<void>
}

type MigrationTables = {
  tessera_migration: { name: string; applied: string }
  tessera_migration_lock: { id: number }
}

/** Applies what is missing, in the order given, all or nothing. Returns the names applied now. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<readonly string[]> {
  const names = migrations.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`The migration ${twice} is given twice.`)
  await prepare(database.kysely)
  return await database.kysely.transaction().execute(async (transaction) => {
    const own = transaction.$extendTables<MigrationTables>()
    // PostgreSQL: row lock until commit. SQLite: the transaction holds the only write lock already.
    const lock = own.selectFrom('tessera_migration_lock').select('id')
    await (database.dialect === 'postgres' ? lock.forUpdate() : lock).execute()
    const applied = new Set(
      (await own.selectFrom('tessera_migration').select('name').execute()).map(({ name }) => name),
    )
    const missing = migrations.filter(({ name }) => !applied.has(name))
    for (const { name, up } of missing) {
      await up(transaction, database.dialect)
      await own.insertInto('tessera_migration').values({ name, applied: new Date().toISOString() }).execute()
    }
    return missing.map(({ name }) => name)
  })
}

/**
 * `create table if not exists` may still fail in PostgreSQL when two sessions run it at the same moment:
 * one of three errors of its catalogue, by how far the other had come. The second attempt finds the table.
 */
async function prepare(kysely: Kysely<NoTables>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql`create table if not exists tessera_migration (name text primary key, applied text not null)`.execute(
        kysely,
      )
      await sql`create table if not exists tessera_migration_lock (id integer primary key)`.execute(kysely)
      await sql`insert into tessera_migration_lock (id) values (1) on conflict (id) do nothing`.execute(kysely)
      return
    } catch (error) {
      if (attempt === 5 || !(isUniqueViolation(error) || isTransient(error) || isDuplicateTable(error))) throw error
    }
    await sleep(20 * attempt)
  }
}

/** duplicate_table, or duplicate_object: the row type that every table has. */
function isDuplicateTable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return error.code === '42P07' || error.code === '42710'
}
