/**
 * What a node does in a federation, for ever: fetch tasks and lists of revoked permits, run what is open, tell what is
 * done. The three go on by themselves, and what is in the database outlives the process.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bell, createBell } from '#platform/background/bell.ts'
import type { Log } from '#platform/log/log.ts'
import type { Problem } from '#platform/result/result.ts'
import type { SigningKey } from '../permits/signed-json.ts'
import type { Answering } from './answer-task.ts'
import type { CoordinatorClient } from './coordinator-client.ts'
import { type Fetched, fetchWork } from './fetch-work.ts'
import type { NodeStore } from './node-store.ts'
import { runOpenTask } from './run-open-task.ts'

export interface NodeWorkerOptions extends Answering {
  readonly store: NodeStore
  readonly client: CoordinatorClient
  /** Signs results. */
  readonly key: SigningKey
  readonly log: Log
  /** How long the coordinator may keep a question for work open; 20 s unless told. A node hears of a revocation within it. */
  readonly waitSeconds?: number
  /** First pause after a failure, doubled up to half a minute; 1 s unless told. */
  readonly retryMs?: number
  /** How long what a dead replica worked at is left alone; 30 s unless told. */
  readonly holdMs?: number
}

export interface WorkerStatus {
  /** Why there is no work at present; absent: the coordinator was heard of last time. */
  readonly problem?: Problem
  /** ISO 8601. */
  readonly lastHeard?: string
}

export interface NodeWorker {
  status(): WorkerStatus
  /** Leaves what is open to the next start. */
  close(): Promise<void>
}

const LONGEST_PAUSE_MS = 30_000

/** Needs the migrations of ledger, permits and `nodeMigrations` in one database. */
export function startNodeWorker(options: NodeWorkerOptions): NodeWorker {
  const { now, log, retryMs = 1000, holdMs = 30_000, waitSeconds = 20 } = options
  const closing = new AbortController()
  const [open, done] = [createBell(), createBell()]
  let status: WorkerStatus = {}
  let fetched: Fetched = { after: 0, digest: '' }

  const fetching = loop('fetch', async () => {
    const asked = await fetchWork(options, fetched, waitSeconds)
    if (!asked.ok) {
      status = { ...status, problem: asked.problem }
      log.warn('coordinator-not-heard', { code: asked.problem.code })
      return 'failed'
    }
    status = { lastHeard: now().toISOString() }
    fetched = asked.value
    open.ring()
    return 'at-once'
  })
  const running = loop('run', async () => {
    const ran = await runOpenTask({ ...options, holdMs, retryMs }, closing.signal)
    if (ran === 'done') done.ring()
    return ran === 'nothing' ? open : 'at-once'
  })
  const telling = loop('tell', async () => {
    const untold = await options.store.untold()
    for (const { task, result } of untold) {
      if (closing.signal.aborted) return 'at-once'
      const told = await options.client.submit(result)
      if (!told.ok) {
        log.warn('result-not-told', { code: told.problem.code })
        return 'failed'
      }
      const code = 'refused' in told.value ? told.value.refused : undefined
      if (code !== undefined) log.warn('result-unwanted', { code })
      await options.store.told(task, code)
    }
    return untold.length > 0 ? 'at-once' : done
  })

  /** Again and again: after a pause when it failed, at the bell (or after a while) when there was nothing to do. */
  async function loop(name: string, turn: () => Promise<'at-once' | 'failed' | Bell>): Promise<void> {
    let failures = 0
    while (!closing.signal.aborted) {
      const next = await turn().catch((error: unknown) => {
        log.failure('federation-turn-failed', error, { kind: name })
        return 'failed' as const
      })
      failures = next === 'failed' ? failures + 1 : 0
      if (next === 'failed') await pause(Math.min(retryMs * 2 ** (failures - 1), LONGEST_PAUSE_MS))
      else if (next !== 'at-once' && !closing.signal.aborted) await next.wait(retryMs)
    }
  }
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)

  return {
    status: () => status,
    async close() {
      closing.abort()
      open.ring()
      done.ring()
      // A question for work may be kept open by the coordinator: it is not waited for.
      await Promise.all([running, telling, Promise.race([fetching, sleep(100)])])
    },
  }
}
