/**
 * One writer of `current.json` at a time, across processes. The lock is SQLite's write lock on a file that holds nothing:
 * the operating system gives it up when the process dies, also by kill -9, so there is no stale lock to guess about.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { isSqliteBusy } from '#platform/database/problems.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type StorageProblemCode, storageProblem } from './durable.ts'

/** Milliseconds. A publication holds the lock for as long as it takes to read the artifacts through. */
const PATIENCE_MS = 120_000

export type LockProblemCode = 'terminology-busy' | StorageProblemCode

declare const held: unique symbol
/** Proof that the caller holds the lock of a home folder; only `underLock` makes one. */
export interface HeldLock {
  readonly [held]: true
  readonly home: string
}

export interface LockOptions {
  /** What is locked: `publication` is who writes `current.json`, `pull` who downloads. */
  readonly name?: 'publication' | 'pull'
  /** Milliseconds until waiting is a problem. */
  readonly patienceMs?: number
}

/** Runs the work alone among all processes on this home folder. Not reentrant: pass the lock on instead. */
export async function underLock<T, Code extends string>(
  home: string,
  work: (lock: HeldLock) => Promise<Result<T, Code>>,
  { name = 'publication', patienceMs = PATIENCE_MS }: LockOptions = {},
): Promise<Result<T, Code | LockProblemCode>> {
  const file = join(home, 'terminology', `${name}.lock`)
  let database: DatabaseSync
  try {
    await mkdir(join(home, 'terminology'), { recursive: true })
    database = new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    return refused(error, file)
  }
  try {
    const taken = await take(database, file, patienceMs)
    return taken.ok ? await work({ home } as HeldLock) : taken
  } finally {
    database.close()
  }
}

async function take(database: DatabaseSync, file: string, patienceMs: number): Promise<Result<void, LockProblemCode>> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      // Written once, when the file is new: SQLite would otherwise write its first page at every `begin`.
      database.exec('create table if not exists lock (held integer)')
      database.exec('begin immediate')
      return ok(undefined)
    } catch (error) {
      if (!isSqliteBusy(error)) return refused(error, file)
      if (performance.now() > deadline) return busy(file)
    }
    await pause(5 + Math.random() * 20)
  }
}

const SQLITE_FULL = 13

function refused(error: unknown, file: string) {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  if (typeof code !== 'number') return storageProblem(error, file)
  return code === SQLITE_FULL ? storageProblem(Object.assign(new Error(), { code: 'ENOSPC' }), file) : unopenable(file)
}

function unopenable(file: string) {
  return failed(
    'terminology-storage-unwritable',
    'The lock of the terminology cannot be opened.',
    'Check the folder and its permissions, then try again.',
    { file },
  )
}

function busy(file: string) {
  return failed(
    'terminology-busy',
    'Another process publishes or pulls terminology and does not end.',
    'Wait for it or end it, then try again.',
    { file },
  )
}
