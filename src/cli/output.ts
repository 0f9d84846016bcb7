/** Writing a command's result: whole or not at all, and one sentence when it cannot be done. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { failed, type Problem } from '#platform/result/result.ts'

/**
 * Writes beside and renames, so that nobody ever sees half a document; what could not be finished is taken away.
 * @param mode who may read it
 */
export async function writeWhole(path: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}.part`
  try {
    await writeFile(beside, bytes, { mode })
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw error
  }
}

/** The problem when the work could not write; `file` is what the person named. */
export async function tryWriting(work: () => Promise<void>, file: string): Promise<Problem | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return failed(
      'output-unwritable',
      `The result cannot be written (${reason}).`,
      'Check the disk and the permissions.',
      { file },
    ).problem
  }
}
