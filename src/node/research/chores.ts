/** What a body does by itself: errands that are due, sessions that are over, and what follows when a last day is over. */
import { createBell } from '#platform/background/bell.ts'
import type { Log } from '#platform/log/log.ts'
import type { ErrandRunner } from '#research/applications/exchange/errand-runner.ts'
import { type Nightly, runNightly } from '#research/applications/store/nightly.ts'
import type { Airlock } from '#research/workspace/airlock/airlock.ts'
import type { Workspaces } from '#research/workspace/workspace.ts'
import type { PermitCollector } from './permit-collector.ts'

export interface ChoreParts {
  readonly cases: Nightly['store']
  readonly lists: Nightly['lists']
  readonly errands: Pick<ErrandRunner, 'run'>
  /** Permits that other bodies have told of. */
  readonly collector: Pick<PermitCollector, 'turn'>
  readonly workspaces: Pick<Workspaces, 'sweep'>
  readonly airlock: Pick<Airlock, 'forget'>
  readonly country: string
  readonly log: Log
}

const EVERY_MS = 2000
/** Last days end at midnight, wherever that is. */
const NIGHTLY_EVERY_MS = 600_000

export function startChores(parts: ChoreParts): { close(): Promise<void> } {
  const { cases, lists, errands, collector, workspaces, airlock, country, log } = parts
  const bell = createBell()
  let closed = false
  let lastNightly = Number.NEGATIVE_INFINITY
  const turn = async (): Promise<void> => {
    await errands.run()
    await collector.turn()
    await workspaces.sweep()
    if (performance.now() - lastNightly < NIGHTLY_EVERY_MS) return
    await runNightly({ store: cases, lists, country }, new Date().toISOString())
    await airlock.forget()
    lastNightly = performance.now()
  }
  const turning = (async () => {
    while (!closed) {
      await turn().catch((error: unknown) => log.failure('chores-failed', error))
      await bell.wait(EVERY_MS)
    }
  })()
  return {
    async close() {
      closed = true
      bell.ring()
      await turning
    },
  }
}
