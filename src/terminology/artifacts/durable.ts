/** Files that survive a crash: written beside, synced, renamed, and the folder synced, since a rename is an entry of it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Failed, failed } from '#platform/result/result.ts'

export type StorageProblemCode = 'terminology-storage-full' | 'terminology-storage-unwritable'

let count = 0

/** Replaces the file as a whole. Rejects with the system's error; the old file is then still there, untouched. */
export async function writeDurably(file: string, bytes: Uint8Array | string): Promise<void> {
  count += 1
  const beside = `${file}.${process.pid}-${count}.part`
  try {
    const handle = await open(beside, 'w')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(file))
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function syncFolder(folder: string): Promise<void> {
  await syncFile(folder)
}

/** SHA-256 of a file, hexadecimal; read in pieces, whatever its size. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

/** The system's code of an error (`ENOENT`, `ENOSPC`, …); undefined for errors of the program itself. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^E[A-Z0-9]+$/.test(error.code) && !error.code.startsWith('ERR_') ? error.code : undefined
}

/** What a person is told when the disk refuses. Throws the error again when it is none of the system's. */
export function storageProblem(error: unknown, file: string): Failed<StorageProblemCode> {
  const code = systemCode(error)
  if (code === undefined) throw error
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return failed('terminology-storage-full', 'The disk of the terminology is full.', 'Free space, then try again.', {
      file,
    })
  }
  return failed(
    'terminology-storage-unwritable',
    `The terminology cannot be written (${code}).`,
    'Check the folder and its permissions, then try again.',
    { file },
  )
}
