/**
 * Outside the database, the last head that this node has seen. Without it, whoever can write the database could put
 * back an older state of it, head and seal included, and nothing inside would show it.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Head } from './chain.ts'

export interface Witness {
  read(): Promise<Head | undefined>
  write(head: Head): Promise<void>
}

const StoredHead = z.object({ sequence: z.int().nonnegative(), hash: z.string().regex(/^[0-9a-f]{64}$/) })

/** A small file beside the keys. Not flushed at each append: an older witness is weaker but never wrong. */
export function fileWitness(path: string): Witness {
  return {
    async read() {
      try {
        return StoredHead.parse(JSON.parse(await readFile(path, 'utf8')))
      } catch {
        // Absent at the first start, empty after a power cut: nothing is remembered.
        return undefined
      }
    },
    async write(head) {
      const beside = `${path}.${process.pid}`
      await writeFile(beside, JSON.stringify(head), { mode: 0o600 })
      await rename(beside, path)
    },
  }
}
