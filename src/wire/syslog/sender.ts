/**
 * Sends what lies in the spool to an audit repository over one lasting TLS connection, oldest first, again and again
 * until it has gone (RFC 5425; IHE ATNA).
 *
 * Syslog has no acknowledgement. A batch therefore counts as arrived when the connection still stands some seconds after
 * it was sent, or when the repository closed it in good order; whatever was sent on a connection that broke before is sent
 * once more. So a repository may see a message twice, and must never miss one.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bell, createBell } from '#platform/background/bell.ts'
import type { Log } from '#platform/log/log.ts'
import { connectRepository, type RepositoryAddress, type RepositoryConnection } from './connection.ts'
import type { Spool } from './spool.ts'

export interface SenderOptions {
  readonly repository: RepositoryAddress
  readonly spool: Spool
  readonly log: Log
  /** First pause after a failure; doubled at each further one up to `longestPauseMs`. Default 1 s and 5 min. */
  readonly firstPauseMs?: number
  readonly longestPauseMs?: number
  /** After so long on a connection that stands, a batch has arrived. Default 5 s. */
  readonly confirmAfterMs?: number
  /** For connecting, and for a repository that does not read. Default 30 s. */
  readonly timeoutMs?: number
}

export interface SenderState {
  readonly connected: boolean
  readonly waiting: number
  readonly waitingBytes: number
  /** Failures since the last batch that arrived. */
  readonly failures: number
  readonly lastProblem: string | undefined
}

export interface SyslogSender {
  /** Something new lies in the spool. */
  wake(): void
  state(): SenderState
  /** Resolves with true when nothing waits any more, with false when the time is over first. */
  settled(withinMs: number): Promise<boolean>
  /** Ends the connection in good order; what has not arrived stays in the spool. */
  close(): Promise<void>
}

interface Sent {
  readonly name: string
  readonly at: number
}

/** Begins at once with what an earlier process has left. */
export function startSyslogSender(options: SenderOptions): SyslogSender {
  const { spool, log, repository } = options
  const confirmAfterMs = options.confirmAfterMs ?? 5000
  const timeoutMs = options.timeoutMs ?? 30_000
  let connection: RepositoryConnection | undefined
  /** Sent on the present connection, not known to have arrived. */
  let unconfirmed: Sent[] = []
  let failures = 0
  let lastProblem: string | undefined
  let closed = false
  const bell = createBell()

  const arrived = async (upTo: number): Promise<void> => {
    const there = unconfirmed.filter(({ at }) => at <= upTo)
    unconfirmed = unconfirmed.filter(({ at }) => at > upTo)
    for (const { name } of there) await spool.remove(name)
    if (there.length > 0) failures = 0
  }
  const broken = (error: unknown): void => {
    connection?.destroy()
    connection = undefined
    unconfirmed = []
    failures += 1
    lastProblem = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const { files, bytes } = spool.state()
    log.warn('audit-repository-unreachable', {
      code: lastProblem,
      attempt: failures,
      count: files,
      bytes,
      host: repository.host,
    })
  }
  const lost = (): void => broken(Object.assign(new Error('The repository closed the connection.'), { code: 'EPIPE' }))

  const connected = async (): Promise<RepositoryConnection> => {
    const made = await connectRepository(repository, timeoutMs)
    // Whoever waits for batches to have arrived must learn that they have not.
    void made.gone.then(bell.ring)
    return made
  }
  const sendNext = async (): Promise<boolean> => {
    const sent = new Set(unconfirmed.map(({ name }) => name))
    const name = spool.pending().find((one) => !sent.has(one))
    if (name === undefined) return false
    const frames = await spool.read(name)
    if (frames === undefined) await spool.remove(name)
    else {
      connection ??= await connected()
      await connection.write(frames)
      unconfirmed.push({ name, at: performance.now() })
    }
    return true
  }
  const step = async (): Promise<void> => {
    try {
      if (connection && !connection.open) {
        if (unconfirmed.length > 0) return lost()
        connection = undefined
      }
      await arrived(performance.now() - confirmAfterMs)
      if (await sendNext()) return
      await bell.wait(unconfirmed.length > 0 ? Math.max(confirmAfterMs / 5, 1) : 60_000)
    } catch (error) {
      broken(error)
    }
  }
  const run = async (): Promise<void> => {
    while (!closed) {
      const before = failures
      await step()
      if (failures > before && !closed) await pause(options, failures, bell)
    }
  }
  const running = run()
  return {
    wake() {
      // A pause after a failure is not shortened: the repository is not there any sooner.
      if (failures === 0) bell.ring()
    },
    state: () => ({
      connected: connection?.open === true,
      waiting: spool.state().files,
      waitingBytes: spool.state().bytes,
      failures,
      lastProblem: failures === 0 ? undefined : lastProblem,
    }),
    async settled(withinMs) {
      for (const end = performance.now() + withinMs; performance.now() < end; ) {
        if (spool.state().files === 0) return true
        await sleep(20)
      }
      return spool.state().files === 0
    },
    async close() {
      closed = true
      bell.ring()
      await running
      if (connection?.open && (await connection.end(Math.min(timeoutMs, 5000)))) await arrived(performance.now())
      connection?.destroy()
    },
  }
}

/** Longer after each failure, with chance in it so that nodes do not all come back in the same moment. */
function pause(options: SenderOptions, failures: number, bell: Bell): Promise<void> {
  const { firstPauseMs = 1000, longestPauseMs = 300_000 } = options
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 20))
  return bell.wait(longest * (0.5 + Math.random() / 2))
}
