/** Runs one contract suite on every database that Tessera supports: SQLite always, PostgreSQL where it is installed. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { type Database, type Dialect, openDatabase } from '#platform/database/database.ts'
import { type PostgresServer, postgresInstalled, startPostgres } from './postgres.ts'

export { type PostgresServer, startPostgres } from './postgres.ts'

export interface TestDatabase extends Database {
  /** Opens the same database once more, as another process would. */
  readonly url: string
}

/** Gives a new, empty database at each call; closed and removed after the suite. */
export type OpenTestDatabase = () => Promise<TestDatabase>

/** `suite` is called once for each database, inside a `describe` of its own. */
export function onEachDatabase(name: string, suite: (open: OpenTestDatabase, dialect: Dialect) => void): void {
  describe(`${name} (SQLite)`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'tessera-sqlite-'))
    const opened: Database[] = []
    after(async () => {
      await Promise.all(opened.map((database) => database.close()))
      rmSync(directory, { recursive: true, force: true })
    })
    suite(() => openNamed(`sqlite:${join(directory, `${randomUUID()}.db`)}`, opened), 'sqlite')
  })
  const skip = postgresInstalled() ? false : 'PostgreSQL is not installed; on Debian: apt-get install postgresql'
  describe(`${name} (PostgreSQL)`, { skip }, () => {
    let server: PostgresServer | undefined
    const opened: Database[] = []
    before(async () => {
      server = await startPostgres()
    })
    after(async () => {
      await Promise.all(opened.map((database) => database.close()))
      await server?.stop()
    })
    suite(async () => {
      if (!server) throw new Error('PostgreSQL is not running; open databases inside tests or hooks.')
      return openNamed(await createPostgresDatabase(server), opened)
    }, 'postgres')
  })
}

/** A new, empty database on a running server; `options` as PostgreSQL writes them after its name. */
export async function createPostgresDatabase(server: PostgresServer, options = ''): Promise<string> {
  const { default: pg } = await import('pg')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    await client.query(`create database ${name} ${options}`)
  } finally {
    await client.end()
  }
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

async function openNamed(url: string, opened: Database[]): Promise<TestDatabase> {
  const database = await openDatabase(url)
  opened.push(database)
  return { ...database, url }
}
