import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { sql } from 'kysely'
import { onEachDatabase } from '../../../test/databases.ts'
import { ProblemError } from '../result/problem-error.ts'
import { type Database, inTransaction, inUnflushedTransaction, openDatabase } from './database.ts'
import { type Migration, migrate } from './migrate.ts'
import { isUniqueViolation } from './problems.ts'

type Shelf = { book: { id: string; title: string; pages: number; note: string | null } }

const books: Migration = {
  name: 'shelf-001-books',
  up: async (transaction) => {
    await sql`create table book (id text primary key, title text not null, pages bigint not null, note text)`.execute(
      transaction,
    )
  },
}

async function shelf(database: Database) {
  await migrate(database, [books])
  return database.kysely.$extendTables<Shelf>()
}

function book(id: string, pages = 1) {
  return { id, title: `Title ${id}`, pages, note: null }
}

onEachDatabase('a database', (open, dialect) => {
  it('gives back what was stored: text, whole numbers, nothing', async () => {
    const kysely = await shelf(await open())
    const stored = { id: 'a', title: 'Ça, naïve, 你好, 🩺, "quoted"', pages: 9_007_199_254_740_991, note: null }
    await kysely.insertInto('book').values(stored).execute()
    assert.deepEqual(await kysely.selectFrom('book').selectAll().execute(), [stored])
  })

  it('counts with numbers, and tells how many rows changed', async () => {
    const kysely = await shelf(await open())
    await kysely
      .insertInto('book')
      .values([book('a'), book('b')])
      .execute()
    const counted = await kysely
      .selectFrom('book')
      .select(({ fn }) => [fn.countAll<number>().as('n'), fn.max('pages').as('most')])
      .executeTakeFirstOrThrow()
    assert.deepEqual(counted, { n: 2, most: 1 })
    const changed = await kysely.updateTable('book').set({ pages: 2 }).executeTakeFirst()
    assert.equal(changed.numUpdatedRows, 2n)
    assert.deepEqual(await kysely.deleteFrom('book').where('id', '=', 'a').returning('title').execute(), [
      { title: 'Title a' },
    ])
  })

  it('stores without a flush what may be made again, undoes it when it fails, and flushes as before afterwards', async () => {
    const database = await open()
    const kysely = await shelf(database)
    const safety = async (): Promise<unknown> =>
      (dialect === 'sqlite'
        ? await sql`pragma tessera_flush`.execute(kysely)
        : await sql`show synchronous_commit`.execute(kysely)
      ).rows[0]
    const before = await safety()
    for (const id of ['a', 'b']) {
      await inUnflushedTransaction(database, kysely, async (transaction) => {
        await transaction.insertInto('book').values(book(id)).execute()
        const within =
          dialect === 'sqlite'
            ? await sql`pragma tessera_flush`.execute(transaction)
            : await sql`show synchronous_commit`.execute(transaction)
        assert.notDeepEqual(within.rows[0], before)
      })
      assert.deepEqual(await safety(), before)
    }
    const failing = inUnflushedTransaction(database, kysely, async (transaction) => {
      await transaction.insertInto('book').values(book('c')).execute()
      throw new Error('no')
    })
    await assert.rejects(failing, /no/)
    assert.deepEqual(await safety(), before)
    const ids = (await kysely.selectFrom('book').select('id').orderBy('id').execute()).map(({ id }) => id)
    assert.deepEqual(ids, ['a', 'b'])
  })

  it('undoes a transaction that fails, and a savepoint alone', async () => {
    const kysely = await shelf(await open())
    await assert.rejects(
      kysely.transaction().execute(async (transaction) => {
        await transaction.insertInto('book').values(book('a')).execute()
        throw new Error('on purpose')
      }),
      /on purpose/,
    )
    const controlled = await kysely.startTransaction().execute()
    await controlled.insertInto('book').values(book('b')).execute()
    const saved = await controlled.savepoint('before').execute()
    await saved.insertInto('book').values(book('c')).execute()
    const back = await saved.rollbackToSavepoint('before').execute()
    await back.commit().execute()
    assert.deepEqual(await kysely.selectFrom('book').select('id').execute(), [{ id: 'b' }])
  })

  it('keeps transactions that overlap apart', async () => {
    const kysely = await shelf(await open())
    await kysely.insertInto('book').values(book('a', 0)).execute()
    await Promise.all(
      Array.from({ length: 20 }, () =>
        inTransaction(kysely, async (transaction) => {
          await sql`update book set title = title where id = 'a'`.execute(transaction)
          const { pages } = await transaction.selectFrom('book').select('pages').executeTakeFirstOrThrow()
          await new Promise((resolve) => setImmediate(resolve))
          await transaction
            .updateTable('book')
            .set({ pages: pages + 1 })
            .execute()
        }),
      ),
    )
    assert.deepEqual(await kysely.selectFrom('book').select('pages').execute(), [{ pages: 20 }])
  })

  it('keeps writers of two connections apart', async () => {
    const first = await open()
    const second = await openDatabase(first.url)
    try {
      const both = [await shelf(first), await shelf(second)]
      await Promise.all(
        both.flatMap((kysely, side) =>
          Array.from({ length: 50 }, (_, index) =>
            kysely
              .insertInto('book')
              .values(book(`${side}-${index}`))
              .execute(),
          ),
        ),
      )
      const counted = await both[0]
        ?.selectFrom('book')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .execute()
      assert.deepEqual(counted, [{ n: 100 }])
    } finally {
      await second.close()
    }
  })

  it('waits for another writer without stopping everything else', async () => {
    const first = await open()
    const second = await openDatabase(first.url)
    try {
      const kysely = await shelf(first)
      await kysely.insertInto('book').values(book('a', 0)).execute()
      const other = await (await shelf(second)).startTransaction().execute()
      await other.updateTable('book').set({ pages: 1 }).execute()
      const order: string[] = []
      const waiting = kysely
        .updateTable('book')
        .set({ pages: 2 })
        .execute()
        .then(() => order.push('waiting writer'))
      // Turns of the event loop that pass while the writer waits.
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1))
      order.push('first writer')
      await other.commit().execute()
      await waiting
      assert.deepEqual(order, ['first writer', 'waiting writer'])
      assert.deepEqual(await kysely.selectFrom('book').select('pages').execute(), [{ pages: 2 }])
    } finally {
      await second.close()
    }
  })

  it('goes on after its connections were cut', {
    skip: dialect === 'sqlite' && 'SQLite has no connections',
  }, async () => {
    const first = await open()
    const second = await openDatabase(first.url)
    try {
      const kysely = await shelf(first)
      const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`
      const inTheMiddle = kysely.transaction().execute(async (transaction) => {
        await transaction.insertInto('book').values(book('a')).execute()
        await cut.execute(second.kysely)
        await transaction.insertInto('book').values(book('b')).execute()
      })
      await assert.rejects(
        inTheMiddle,
        (error) => error instanceof ProblemError && error.problem.code === 'database-unreachable',
      )
      assert.deepEqual(await kysely.selectFrom('book').selectAll().execute(), [])
      await first.ping()
    } finally {
      await second.close()
    }
  })

  it('knows a second row of the same key from other failures', async () => {
    const kysely = await shelf(await open())
    await kysely.insertInto('book').values(book('a')).execute()
    const failures: unknown[] = []
    await kysely
      .insertInto('book')
      .values(book('a'))
      .execute()
      .catch((error: unknown) => failures.push(error))
    await sql`select * from nowhere`.execute(kysely).catch((error: unknown) => failures.push(error))
    assert.deepEqual(failures.map(isUniqueViolation), [true, false])
  })

  it('migrates once when several start at the same time', async () => {
    const first = await open()
    const others = await Promise.all([openDatabase(first.url), openDatabase(first.url), openDatabase(first.url)])
    try {
      const applied = await Promise.all([first, ...others].map((database) => migrate(database, [books])))
      assert.deepEqual(applied.flat(), [books.name])
    } finally {
      await Promise.all(others.map((database) => database.close()))
    }
  })

  it('leaves nothing behind when a migration fails', async () => {
    const database = await open()
    const wrong: Migration = {
      name: 'shelf-002-wrong',
      up: async (transaction) => {
        await sql`create table half (id text)`.execute(transaction)
        await sql`create nonsense`.execute(transaction)
      },
    }
    await assert.rejects(migrate(database, [books, wrong]))
    await assert.rejects(sql`select * from half`.execute(database.kysely))
    assert.deepEqual(await migrate(database, [books]), [books.name])
    assert.deepEqual(await migrate(database, [books]), [])
  })

  it('refuses two migrations of one name', async () => {
    await assert.rejects(migrate(await open(), [books, books]), /given twice/)
  })
})

describe('a database that cannot be opened', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-broken-'))
  after(() => rmSync(directory, { recursive: true, force: true }))

  const codeOf = async (url: string): Promise<string> => {
    try {
      await (await openDatabase(url)).close()
      return 'opened'
    } catch (error) {
      assert.ok(error instanceof ProblemError)
      assert.doesNotMatch(JSON.stringify(error.problem), /secret/)
      return error.problem.code
    }
  }

  it('says in words what is wrong', async () => {
    const notADatabase = join(directory, 'text.db')
    writeFileSync(notADatabase, 'This is a text file and no database, long enough to have a header. '.repeat(20))
    assert.equal(await codeOf(`sqlite:${notADatabase}`), 'database-damaged')
    assert.equal(await codeOf(`sqlite:${notADatabase}/below.db`), 'database-missing')
    assert.equal(await codeOf('mysql://somewhere/x'), 'database-url-unknown')
    assert.equal(await codeOf('postgres://someone:secret@127.0.0.1:1/x'), 'database-unreachable')
  })

  it('makes the file of a new database readable by its owner only', async () => {
    const path = join(directory, 'deep', 'new.db')
    await (await openDatabase(`sqlite:${path}`)).close()
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })
})

describe('a database whose disk is full', () => {
  it('says so, and keeps what was stored before', async () => {
    const database = await openDatabase('sqlite::memory:')
    const kysely = await shelf(database)
    await kysely.insertInto('book').values(book('a')).execute()
    await sql`pragma max_page_count = 10`.execute(kysely)
    const large = { ...book('b'), title: 'x'.repeat(100_000) }
    await assert.rejects(
      kysely.transaction().execute((transaction) => transaction.insertInto('book').values(large).execute()),
      (error) => error instanceof ProblemError && error.problem.code === 'database-full',
    )
    assert.deepEqual(await kysely.selectFrom('book').select('id').execute(), [{ id: 'a' }])
    await database.close()
  })
})
