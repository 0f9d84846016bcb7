/**
 * Everything that runs under a permit can be stopped at once (EHDS Art. 63(3), 73(1)): by this process when it learns of a
 * revocation, and within a poll when another replica, or the end of the permit, does.
 */
import { randomUUID } from 'node:crypto'
import { createBell } from '#platform/background/bell.ts'
import { type Database, inUnflushedTransaction } from '#platform/database/database.ts'
import type { Log } from '#platform/log/log.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Problem } from '#platform/result/result.ts'
import type { PermitTables } from './migrations.ts'
import type { DatasetId, Permit } from './permit.ts'
import type { PermitStore } from './permit-store.ts'

export interface Job {
  readonly id: string
  /** Aborted with a `ProblemError` that says why. */
  readonly signal: AbortSignal
  /** Says how it ended; until then it stands in the list of running jobs. */
  end(outcome: string): Promise<void>
}

export interface RunningJob {
  readonly id: string
  readonly memberState: string
  readonly permit: string
  readonly dataset: string
  readonly tool: string
  readonly replica: string
  readonly started: string
  /** When its process last said that it runs. */
  readonly seen: string
}

export interface RunningWork {
  begin(permit: Permit, what: { readonly dataset: DatasetId; readonly tool: string }): Promise<Job>
  /** Looks at once whether what runs here may go on: called after a list of revocations was accepted. */
  check(): Promise<void>
  /** Jobs of all replicas that have not ended. */
  list(): Promise<readonly RunningJob[]>
  /** Stops everything. */
  close(): Promise<void>
}

export interface RunningWorkOptions {
  readonly database: Database
  readonly permits: PermitStore
  readonly log: Log
  readonly now?: () => Date
  /** Milliseconds between two looks at the database; 500 unless told, so that a stop takes less than a second. */
  readonly pollMs?: number
}

/** So long work goes on while the database does not say whether it may. */
const BLIND_MS = 5000
const SAY_SEEN_MS = 5000

interface Running {
  readonly permit: Permit
  readonly stop: AbortController
}

/** Needs `permitMigrations`. */
export function startRunningWork(options: RunningWorkOptions): RunningWork {
  const { database, permits, log, now = () => new Date(), pollMs = 500 } = options
  const kysely = database.kysely.$extendTables<PermitTables>()
  const replica = randomUUID()
  const running = new Map<string, Running>()
  const bell = createBell()
  let closed = false
  let lastLook = performance.now()
  let lastSaid = performance.now()

  const stop = (which: (permit: Permit) => boolean, problem: Problem): void => {
    for (const { permit, stop: controller } of running.values()) {
      if (which(permit)) controller.abort(new ProblemError(problem))
    }
  }
  const check = async (): Promise<void> => {
    const distinct = new Map([...running.values()].map(({ permit }) => [`${permit.memberState} ${permit.id}`, permit]))
    for (const permit of distinct.values()) {
      const problem = ended(permit, now()) ?? problemOf(await permits.standingOf(permit, now()))
      if (problem) stop(({ memberState, id }) => memberState === permit.memberState && id === permit.id, problem)
    }
    lastLook = performance.now()
  }
  const saySeen = async (): Promise<void> => {
    if (performance.now() - lastSaid < SAY_SEEN_MS) return
    lastSaid = performance.now()
    await inUnflushedTransaction(database, kysely, async (transaction) => {
      const mine = transaction.updateTable('research_job').set({ seen: now().toISOString() })
      await mine.where('replica', '=', replica).where('ended', 'is', null).execute()
    })
  }
  const watch = async (): Promise<void> => {
    while (!closed) {
      await bell.wait(running.size > 0 ? pollMs : 60_000)
      if (closed || running.size === 0) continue
      try {
        await check()
        await saySeen()
      } catch (error) {
        log.failure('revocations-not-read', error)
        if (performance.now() - lastLook > BLIND_MS) stop(() => true, BLIND)
      }
    }
  }
  const watching = watch()

  return {
    async begin(permit, { dataset, tool }) {
      const id = randomUUID()
      const controller = new AbortController()
      const started = now().toISOString()
      const job = { id, member_state: permit.memberState, permit: permit.id, dataset, tool, replica, started }
      await kysely
        .insertInto('research_job')
        .values({ ...job, seen: started, ended: null, outcome: null })
        .execute()
      if (running.size === 0) lastLook = performance.now()
      running.set(id, { permit, stop: controller })
      bell.ring()
      return {
        id,
        signal: controller.signal,
        async end(outcome) {
          running.delete(id)
          const row = kysely.updateTable('research_job').set({ ended: now().toISOString(), outcome })
          await row.where('id', '=', id).where('ended', 'is', null).execute()
        },
      }
    },
    check,
    async list() {
      const rows = await kysely.selectFrom('research_job').selectAll().where('ended', 'is', null).execute()
      return rows.map(({ member_state: memberState, ended: _ended, outcome: _outcome, ...same }) => ({
        ...same,
        memberState,
      }))
    },
    async close() {
      closed = true
      stop(() => true, CLOSING)
      bell.ring()
      await watching
    },
  }
}

function ended(permit: Permit, now: Date): Problem | undefined {
  if (now.getTime() < Date.parse(permit.until)) return undefined
  return { code: 'permit-expired', sentence: `The permit ended on ${permit.until}.`, next: 'Apply for an extension.' }
}

function problemOf(standing: Awaited<ReturnType<PermitStore['standingOf']>>): Problem | undefined {
  return standing.ok ? undefined : standing.problem
}

const BLIND: Problem = {
  code: 'revocations-unreadable',
  sentence: 'For some seconds it could not be read whether the permit still holds.',
  next: 'Check the database of this node, then try again.',
}

const CLOSING: Problem = { code: 'node-closing', sentence: 'This node is being stopped.', next: 'Try again later.' }
