/**
 * Does the errands that events left behind: permits to issue, bodies to tell. Each until it succeeds, in order for each
 * case and target, one attempt at a time across all replicas; a lease that a crash left behind ends by itself.
 */
import { randomUUID } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/log/log.ts'
import type { Permit } from '../../permits/permit.ts'
import type { Body } from '../procedure.ts'
import type { Errand, PermitStanding } from '../store/errands.ts'
import type { CaseTables } from '../store/migrations.ts'
import type { SendMessage, SendOutcome } from './send.ts'

/** Whoever signs permits and keeps the list of revocations. Repeating an errand must do nothing more. */
export interface PermitDesk {
  issue(permit: Permit): Promise<void>
  setStanding(permit: Permit['id'], standing: PermitStanding): Promise<void>
}

export interface ErrandRunnerOptions {
  readonly body: Body
  readonly permits: PermitDesk
  readonly send: SendMessage
  readonly clock: () => Date
  readonly log: Log
  /** Longer than an attempt can last; default 2 minutes. */
  readonly leaseMs?: number
  /** Before the first repetition; doubles up to an hour. Default half a minute. */
  readonly pauseMs?: number
}

export interface ErrandReport {
  readonly tried: number
  readonly done: number
  readonly refused: number
  readonly again: number
}

export interface OpenErrand {
  readonly caseId: string
  readonly target: string
  readonly sequence: number
  readonly state: 'waiting' | 'refused'
  readonly attempts: number
  /** Why the last attempt failed. */
  readonly code?: string
}

export interface ErrandRunner {
  /** Takes up whatever is due: for a timer, at start, and after a command. */
  run(): Promise<ErrandReport>
  /** What is not done: waiting or refused, for the board of the body. */
  open(): Promise<readonly OpenErrand[]>
}

type Row = CaseTables['research_case_errand']
const MOST_DUE = 100
const LONGEST_PAUSE_MS = 3_600_000

/** Needs `caseMigrations`. */
export function errandRunner(database: Database, options: ErrandRunnerOptions): ErrandRunner {
  const { body, clock, leaseMs = 120_000, pauseMs = 30_000 } = options
  const kysely = database.kysely.$extendTables<CaseTables>()
  const rows = () => kysely.selectFrom('research_case_errand').selectAll().where('body', '=', body.country)

  /** First of its case and target, due, and held by nobody. */
  async function due(): Promise<readonly Row[]> {
    const now = clock().toISOString()
    return await rows()
      .where('state', '=', 'waiting')
      .where('next_try_at', '<=', now)
      .where(({ eb, or }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('research_case_errand as earlier')
              .select('earlier.sequence')
              .whereRef('earlier.body', '=', 'research_case_errand.body')
              .whereRef('earlier.case_id', '=', 'research_case_errand.case_id')
              .whereRef('earlier.target', '=', 'research_case_errand.target')
              .whereRef('earlier.sequence', '<', 'research_case_errand.sequence')
              .where('earlier.state', '=', 'waiting'),
          ),
        ),
      )
      .orderBy('next_try_at')
      .limit(MOST_DUE)
      .execute()
  }

  const update = (row: Row) =>
    kysely
      .updateTable('research_case_errand')
      .where('body', '=', row.body)
      .where('case_id', '=', row.case_id)
      .where('target', '=', row.target)
      .where('sequence', '=', row.sequence)
      .where('state', '=', 'waiting')

  /** True for exactly one of those who try at once. */
  async function hold(row: Row, lease: string): Promise<boolean> {
    const { numUpdatedRows } = await update(row)
      .where('attempts', '=', row.attempts)
      .set({ lease, lease_until: new Date(clock().getTime() + leaseMs).toISOString(), attempts: row.attempts + 1 })
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  async function learn(row: Row, outcome: SendOutcome): Promise<void> {
    const pause = Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** Math.min(row.attempts, 10))
    await update(row)
      .set({
        state: outcome.kind === 'again' ? 'waiting' : outcome.kind,
        code: outcome.kind === 'done' ? null : outcome.code,
        lease: null,
        lease_until: null,
        next_try_at: new Date(clock().getTime() + pause).toISOString(),
      })
      .execute()
  }

  async function attempt(row: Row): Promise<SendOutcome['kind'] | undefined> {
    if (!(await hold(row, randomUUID()))) return undefined
    const outcome = await perform(options, row)
    await learn(row, outcome)
    return outcome.kind
  }

  return {
    async run() {
      const report = { tried: 0, done: 0, refused: 0, again: 0 }
      for (let found = await due(); found.length > 0; found = await due()) {
        for (const row of found) {
          const outcome = await attempt(row)
          if (!outcome) continue
          report.tried += 1
          report[outcome] += 1
        }
      }
      return report
    },
    async open() {
      const found = await rows().where('state', '!=', 'done').orderBy('next_try_at').limit(1000).execute()
      return found.map((row) => ({
        caseId: row.case_id,
        target: row.target,
        sequence: Number(row.sequence),
        state: row.state === 'refused' ? 'refused' : 'waiting',
        attempts: row.attempts,
        ...(row.code === null ? {} : { code: row.code }),
      }))
    },
  }
}

async function perform({ body, permits, send, clock, log }: ErrandRunnerOptions, row: Row): Promise<SendOutcome> {
  // Written by `errandsOf`.
  const errand = JSON.parse(row.payload) as Errand
  try {
    switch (errand.kind) {
      case 'issue-permit':
        await permits.issue(errand.permit)
        return { kind: 'done' }
      case 'set-standing':
        await permits.setStanding(errand.permit, errand.standing)
        return { kind: 'done' }
      case 'tell':
        return await send({
          format: 1,
          caseId: row.case_id,
          body: body.id,
          from: body.country,
          to: errand.to,
          sequence: Number(row.sequence),
          sent: clock().toISOString(),
          events: errand.events,
        })
    }
  } catch (error) {
    log.failure('errand-broke', error, { kind: errand.kind, code: row.target })
    return { kind: 'again', code: 'errand-broke' }
  }
}
