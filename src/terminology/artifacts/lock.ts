/**
 * One writer of `current.json` at a time, across processes. The lock is SQLite's write lock on an empty file: the
 * operating system gives it up when the process dies, also by kill -9, so there is no stale lock to guess about.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { isSqliteBusy } from '#platform/database/problems.ts'
import { failed, type Result } from '#platform/result/result.ts'
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

/** Runs the work alone among all processes on this home folder. Not reentrant: pass the lock on instead. */
export async function underLock<T, Code extends string>(
  home: string,
  work: (lock: HeldLock) => Promise<Result<T, Code>>,
  patienceMs = PATIENCE_MS,
): Promise<Result<T, Code | LockProblemCode>> {
  const file = join(home, 'terminology', 'publication.lock')
  let database: DatabaseSync
  try {
    await mkdir(join(home, 'terminology'), { recursive: true })
    database = new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    if (isCannotOpen(error)) return unopenable(file)
    return storageProblem(error, file)
  }
  try {
    if (!(await taken(database, patienceMs))) return busy(file)
    return await work({ home } as HeldLock)
  } finally {
    database.close()
  }
}

async function taken(database: DatabaseSync, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      // Nothing is ever written: the file stays empty, and a full disk does not matter.
      database.exec('begin immediate')
      return true
    } catch (error) {
      if (!isSqliteBusy(error)) throw error
      if (performance.now() > deadline) return false
    }
    await pause(5 + Math.random() * 20)
  }
}

function isCannotOpen(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
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
    'Another process is publishing terminology and does not end.',
    'Wait for it or end it, then try again.',
    { file },
  )
}
