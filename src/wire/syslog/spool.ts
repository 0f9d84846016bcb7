/**
 * What waits to be sent, on disk: one file for each batch of messages, holding their frames as they will go over the
 * wire. Written beside, flushed, renamed: a file is whole or not there, also after kill -9. Bounded: what does not fit is
 * refused, so that its maker keeps it; nothing is dropped.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { frame } from './frames.ts'

export type SpoolProblemCode = 'spool-full' | 'spool-unwritable'

export interface SpoolState {
  readonly files: number
  readonly bytes: number
  readonly maxBytes: number
}

export interface Spool {
  /** Durable when it resolves well. Batches keep their order, and messages the order within their batch. */
  put(messages: readonly Uint8Array[]): Promise<Result<void, SpoolProblemCode>>
  /** Names of the waiting batches, oldest first. */
  pending(): readonly string[]
  /** The frames of a batch; undefined when its file has gone. */
  read(name: string): Promise<Uint8Array | undefined>
  remove(name: string): Promise<void>
  state(): SpoolState
}

export interface SpoolOptions {
  readonly folder: string
  /** 1 GiB unless told: some 100,000 messages with what stands in them. */
  readonly maxBytes?: number
}

const GIBIBYTE = 1024 ** 3
const NAME = /^(\d{12})\.frames$/

/** Opens the folder, makes it when it is not there, and finds what an earlier process left. One process at a time. */
export async function openSpool({ folder, maxBytes = GIBIBYTE }: SpoolOptions): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sizes = await findBatches(folder)
  let bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  let last = Number([...sizes.keys()].at(-1)?.slice(0, 12) ?? 0)
  let turn: Promise<unknown> = Promise.resolve()

  const write = async (content: Uint8Array): Promise<Result<void, SpoolProblemCode>> => {
    if (bytes + content.byteLength > maxBytes) {
      const sentence = `The audit messages that wait fill the ${maxBytes} bytes that they may take.`
      return failed('spool-full', sentence, 'Make the audit repository reachable again, or allow more.')
    }
    const name = `${String(last + 1).padStart(12, '0')}.frames`
    try {
      await writeDurably(folder, name, content)
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      const sentence = `Audit messages cannot be kept on disk (${reason}).`
      return failed('spool-unwritable', sentence, 'Check the disk and the permissions of the folder.', { file: folder })
    }
    last += 1
    sizes.set(name, content.byteLength)
    bytes += content.byteLength
    return ok(undefined)
  }
  return {
    put(messages) {
      const content = Buffer.concat(messages.map(frame))
      const written = turn.then(() => write(content))
      turn = written
      return written
    },
    pending: () => [...sizes.keys()],
    read: (name) => readFile(join(folder, name)).catch(() => undefined),
    async remove(name) {
      await rm(join(folder, name), { force: true })
      bytes -= sizes.get(name) ?? 0
      sizes.delete(name)
    },
    state: () => ({ files: sizes.size, bytes, maxBytes }),
  }
}

/** Names and sizes of whole batches, in order; what was being written when the process died is taken away. */
async function findBatches(folder: string): Promise<Map<string, number>> {
  const names = (await readdir(folder)).sort()
  const sizes = new Map<string, number>()
  for (const name of names) {
    const path = join(folder, name)
    if (NAME.test(name)) sizes.set(name, (await stat(path)).size)
    // Its maker was never told that it is durable, and so still has it.
    else if (name.endsWith('.part')) await rm(path, { force: true })
  }
  return sizes
}

async function writeDurably(folder: string, name: string, content: Uint8Array): Promise<void> {
  const beside = join(folder, `${name}.part`)
  const file = await open(beside, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, join(folder, name))
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
