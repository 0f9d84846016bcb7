import assert from 'node:assert/strict'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it, mock } from 'node:test'
import { sql } from 'kysely'
import { ProblemError } from '../result/problem-error.ts'
import { type Database, inTransaction, inUnflushedTransaction, openDatabase } from './database.ts'
import { openFlush } from './flush.ts'

describe('the flush of SQLite', () => {
  let folder = ''
  let handles: Pick<FileHandle, 'datasync'>
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tessera-flush-'))
    const one = await open(join(folder, 'one'), 'w')
    handles = Object.getPrototypeOf(one)
    await one.close()
  })
  afterEach(() => mock.restoreAll())
  after(() => rm(folder, { recursive: true, force: true }))

  async function table(name: string): Promise<Database> {
    const database = await openDatabase(`sqlite:${join(folder, name)}`)
    await sql`create table book (id text primary key) strict`.execute(database.kysely)
    return database
  }
  const insert = (id: string) => sql`insert into book values (${id})`

  it('follows every commit before it is told, but those that need none, and no read', async () => {
    const database = await table('commits')
    const { kysely } = database
    const flush = mock.method(handles, 'datasync')
    const flushes = async (work: () => Promise<unknown>): Promise<number> => {
      const before = flush.mock.callCount()
      await work()
      return flush.mock.callCount() - before
    }
    assert.equal(await flushes(() => insert('a').execute(kysely)), 1)
    assert.equal(await flushes(() => sql`insert into book values ('b') returning id`.execute(kysely)), 1)
    assert.equal(await flushes(() => inTransaction(kysely, (transaction) => insert('c').execute(transaction))), 1)
    assert.equal(await flushes(() => kysely.transaction().execute((one) => insert('d').execute(one))), 1)
    assert.equal(await flushes(() => sql`select * from book`.execute(kysely)), 0)
    assert.equal(
      await flushes(() => inUnflushedTransaction(database, kysely, (transaction) => insert('e').execute(transaction))),
      0,
    )
    assert.equal(await flushes(() => insert('f').execute(kysely)), 1)
    await database.close()
  })

  it('that fails is a failure of the commit, and of every later one', async () => {
    const database = await table('broken')
    const error = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
    mock.method(handles, 'datasync', () => Promise.reject(error))
    const isIo = (thrown: unknown): boolean => thrown instanceof ProblemError && thrown.problem.code === 'database-io'
    // The flush of the table had no fault: the handle is open already, and this is its next one.
    await assert.rejects(
      inTransaction(database.kysely, (one) => insert('a').execute(one)),
      isIo,
    )
    mock.restoreAll()
    await assert.rejects(
      inTransaction(database.kysely, (one) => insert('b').execute(one)),
      isIo,
    )
    await database.close()
  })

  it('is shared by those who come while one is under way, and never counts for who came after it began', async () => {
    const file = join(folder, 'shared')
    await (await open(`${file}-wal`, 'w')).close()
    const ends: (() => void)[] = []
    mock.method(handles, 'datasync', () => new Promise<void>((resolve) => ends.push(resolve)))
    const flush = await openFlush(file)
    const done: string[] = []
    const first = flush.flushed().then(() => done.push('first'))
    const later = ['second', 'third'].map((name) => flush.flushed().then(() => done.push(name)))
    assert.equal(ends.length, 1)
    ends[0]?.()
    await first
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([done, ends.length], [['first'], 2])
    ends[1]?.()
    await Promise.all(later)
    assert.deepEqual([done.sort(), ends.length], [['first', 'second', 'third'], 2])
    await flush.close()
  })
})
