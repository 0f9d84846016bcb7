/**
 * Brings what was committed to the disk without holding up the event loop: SQLite commits into its write-ahead log, and the
 * log is flushed by a thread of the pool. Commits that come while a flush is under way share the next one.
 */
import { type FileHandle, open } from 'node:fs/promises'

export interface Flush {
  /** Resolves when everything committed before the call is on the disk; rejects with the error of the disk. */
  flushed(): Promise<void>
  close(): Promise<void>
}

/**
 * @param path of the database; the log is `path-wal`. SQLite holds its locks on the database and the `-shm` file, so that
 * opening and closing the log here loses none of them (https://sqlite.org/howtocorrupt.html, 2.2).
 */
export async function openFlush(path: string): Promise<Flush> {
  const log: FileHandle = await open(`${path}-wal`, 'r')
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  let broken: { readonly error: unknown } | undefined
  const flush = async (): Promise<void> => {
    // After a failed flush the system may have dropped what it could not write: nothing more is promised.
    if (broken) throw broken.error
    try {
      await log.datasync()
    } catch (error) {
      broken = { error }
      throw error
    }
  }
  const start = (): Promise<void> => {
    const mine = flush().finally(() => {
      if (running === mine) running = undefined
    })
    running = mine
    return mine
  }
  const afterwards = (): void => {
    next = undefined
  }
  return {
    flushed() {
      if (!running) return start()
      // The one under way may have begun before this commit.
      next ??= running.then(afterwards, afterwards).then(start)
      return next
    },
    async close() {
      await Promise.allSettled([running, next])
      await log.close()
    },
  }
}
