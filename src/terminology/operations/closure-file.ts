/**
 * Closure tables in a file: a client mirrors its table for months, so the server must still know it after a restart and
 * after another release is served. One SQLite file, which several threads and processes may open.
 */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ClosureStore, ClosureTable } from './closure.ts'

/** Tables beyond these are given up, those that were not written for the longest time first. */
const MOST_TABLES = 10_000
const BUSY_MS = 2_000

export interface ClosureFile extends ClosureStore {
  close(): void
}

/** Opens or makes the file. Throws what SQLite throws when it cannot be read or written. */
export function openClosureFile(file: string): ClosureFile {
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file, { timeout: BUSY_MS })
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = full')
  database.exec(
    'create table if not exists closure (name text primary key, content text not null, written integer not null) strict',
  )
  database.exec('create index if not exists closure_written on closure (written)')
  const read = database.prepare('select content from closure where name = ?')
  const write = database.prepare('insert or replace into closure (name, content, written) values (?, ?, ?)')
  const last = database.prepare('select coalesce(max(written), 0) + 1 as next from closure')
  const forget = database.prepare(
    'delete from closure where name in (select name from closure order by written desc limit -1 offset ?)',
  )
  return {
    read(name) {
      const row = read.get(name)
      // Only `write` below puts content there.
      return typeof row?.content === 'string' ? (JSON.parse(row.content) as ClosureTable) : undefined
    },
    write(name, table) {
      database.exec('begin immediate')
      try {
        write.run(name, JSON.stringify(table), Number(last.get()?.next ?? 1))
        forget.run(MOST_TABLES)
        database.exec('commit')
      } catch (error) {
        database.exec('rollback')
        throw error
      }
    },
    close: () => database.close(),
  }
}
