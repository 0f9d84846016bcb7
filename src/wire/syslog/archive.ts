/**
 * Where a busy repository keeps audit messages: one growing file of frames (RFC 5425), as they came, with one flush for all
 * that came together. A file for each message costs the disk more than it costs the nodes to write them.
 */
import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { frame } from './frames.ts'

export interface AuditArchive {
  /** On the disk when it resolves. */
  append(messages: readonly Uint8Array[]): Promise<void>
  close(): Promise<void>
}

/** Begins a file of its own, named after the moment: what an earlier run has left half written stays apart. */
export async function openAuditArchive(folder: string, now: Date): Promise<AuditArchive> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const name = `${now.toISOString().replaceAll(':', '-')}.frames`
  const file = await open(join(folder, name), 'a', 0o600)
  let last: Promise<void> = Promise.resolve()
  const write = async (messages: readonly Uint8Array[]): Promise<void> => {
    await file.appendFile(Buffer.concat(messages.map(frame)))
    await file.datasync()
  }
  return {
    append(messages) {
      const mine = last.then(() => write(messages))
      last = mine.catch(() => undefined)
      return mine
    },
    async close() {
      await last
      await file.close()
    },
  }
}
