/**
 * A small audit repository: what the receiver takes is checked and kept as a file, on disk before the next message of the
 * connection is read. For demonstrations and tests; a nation has one of its own.
 */
import { mkdir, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '#platform/result/result.ts'
import { verifyAuditMessage } from '#trust/audit/sign-audit-message.ts'
import { type ReceivedMessage, type Receiver, type ReceiverOptions, startReceiver } from './receiver.ts'

export interface RepositoryOptions extends Omit<ReceiverOptions, 'onMessages'> {
  /** Made when it is not there. Messages are numbered, going on where an earlier run stopped. */
  readonly folder: string
  readonly onKept?: (kept: KeptMessage) => void
}

/** What came, without its people: those are in the file. */
export interface KeptMessage {
  readonly file: string
  readonly host: string | undefined
  readonly priority: number
  /** `signature-fine`, or why the signature does not count; the message is kept either way. */
  readonly signature: string
  /** `ITI-39`, …; only of messages whose signature is fine. */
  readonly event: string | undefined
  readonly outcome: string | undefined
}

export async function startAuditRepository(
  options: RepositoryOptions,
): Promise<Result<Receiver, 'port-taken' | 'tls-material'>> {
  const { folder, onKept, ...receiver } = options
  const keep = await keeper(folder)
  const keepOne = async ({ body, host, priority }: ReceivedMessage): Promise<void> => {
    const file = await keep(body)
    const verified = verifyAuditMessage(body)
    const event = verified.ok ? verified.value.message.event : undefined
    onKept?.({
      ...{ file, host, priority },
      signature: verified.ok ? 'signature-fine' : verified.problem.code,
      event: event?.types[0]?.code,
      outcome: event?.outcome,
    })
  }
  return startReceiver({
    ...receiver,
    onMessages: async (messages) => {
      for (const message of messages) await keepOne(message)
    },
  })
}

async function keeper(folder: string): Promise<(body: Uint8Array) => Promise<string>> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = (await readdir(folder)).filter((name) => /^\d{12}\.xml$/.test(name)).sort()
  let last = Number(names.at(-1)?.slice(0, 12) ?? 0)
  return async (body) => {
    last += 1
    const path = join(folder, `${String(last).padStart(12, '0')}.xml`)
    const file = await open(`${path}.part`, 'w', 0o600)
    try {
      await file.writeFile(body)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.part`, path)
    return path
  }
}
