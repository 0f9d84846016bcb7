/** The lock under which a file of the cache is made once. */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A lock older than this belongs to a process that died, whatever its number says (on another machine, say). */
const STALE_MS = 120_000

/**
 * Several nodes, and several threads of one, start at once on one cache: one makes the file, the others wait for it.
 *
 * @param file what is made under the lock; it must appear whole (renamed), and last of all.
 * @returns what gives the lock back. Whoever waited looks again whether the file is there.
 */
export async function claim(lock: string, file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(lock), { recursive: true })
  for (;;) {
    try {
      const handle = await open(lock, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      return () => rm(lock, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (await isAbandoned(lock)) await rm(lock, { force: true })
    const made = await stat(file).catch(() => undefined)
    if (made) return async () => {}
    await pause(50)
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock)
    if (Date.now() - mtimeMs > STALE_MS) return true
    const owner = Number(await readFile(lock, 'utf8'))
    // Just made, its number not written yet.
    if (!Number.isInteger(owner) || owner <= 0) return false
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
