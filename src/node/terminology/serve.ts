/** Starts the terminology server, watches for a new release, and stops it. */
import { unwatchFile, watchFile } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import type { Log } from '#platform/log/log.ts'
import { ok, type Result } from '#platform/result/result.ts'
import { servedFile } from '#terminology/artifacts/served.ts'
import { type ContentPlan, planContent } from './plan.ts'
import type { ServeSettings, ThreadState } from './settings.ts'

export interface RunningTerminology extends ThreadState {
  readonly threads: number
  stop(): Promise<void>
}

/**
 * By how much, in percent, a heap may grow before its old part is collected. A search below a large concept leaves lists of
 * a megabyte behind; V8 would let them pile up to twice what is in use, in each thread. Such searches become
 * slower by a third, and the server smaller by a quarter (docs/TERMINOLOGY.md, Speed).
 */
const HEAP_GROWTH = 10

/** How often `current.json` is looked at. */
const WATCH_MS = 2000
/** How long after a release could not be opened it is tried again: a file may have been on its way. */
const AGAIN_MS = 30_000

export async function serveTerminology(asked: ServeSettings, log: Log): Promise<Result<RunningTerminology>> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`)
  // Only Linux shares a port between sockets fairly.
  const settings = process.platform === 'linux' ? asked : { ...asked, threads: 1 }
  const planned = await planContent(settings.home)
  if (!planned.ok) return planned
  const started =
    settings.threads > 1
      ? await (await import('./crew.ts')).startCrew(settings, planned.value, log)
      : await startAlone(settings, planned.value, log)
  if (!started.ok) return started
  const { port, stop, replace } = started.value
  const unwatch = watchRelease(settings, planned.value, replace, log)
  const shown = settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return ok({
    port,
    url: settings.base ?? `http://${shown}:${port}`,
    release: planned.value.release,
    threads: settings.threads,
    async stop() {
      unwatch()
      await stop()
    },
  })
}

interface Started {
  readonly port: number
  replace(plan: ContentPlan): Promise<Result<void>>
  stop(): Promise<void>
}

async function startAlone(settings: ServeSettings, plan: ContentPlan, log: Log): Promise<Result<Started>> {
  // With several threads the main one never needs the code that answers.
  const { openThread } = await import('./thread.ts')
  const thread = await openThread(settings, plan, (error) => log.failure('request-failed', error))
  if (!thread.ok) return thread
  const port = await thread.value.listen(settings.port)
  if (!port.ok) return port
  return ok({ port: port.value, replace: (next) => thread.value.replace(next), stop: () => thread.value.close() })
}

/** A release that cannot be opened leaves the one that is served. */
function watchRelease(
  { home }: ServeSettings,
  first: ContentPlan,
  replace: (plan: ContentPlan) => Promise<Result<void>>,
  log: Log,
): () => void {
  const file = servedFile(home)
  let current = first
  let busy = Promise.resolve()
  let again: NodeJS.Timeout | undefined
  const look = async (): Promise<void> => {
    clearTimeout(again)
    const next = await planContent(home, current)
    if (next.ok && next.value.publishedAt === current.publishedAt && next.value.release === current.release) return
    const replaced = next.ok ? await replace(next.value) : next
    if (next.ok && replaced.ok) {
      current = next.value
      log.info('release-served', { count: current.artifacts.length, version: String(current.release ?? 0) })
    } else if (!replaced.ok) {
      log.error('release-not-served', { code: replaced.problem.code })
      again = setTimeout(changed, AGAIN_MS).unref()
    }
  }
  const changed = (): void => {
    busy = busy.then(look).catch((error: unknown) => log.failure('release-not-served', error))
  }
  watchFile(file, { interval: WATCH_MS }, changed)
  return () => {
    clearTimeout(again)
    unwatchFile(file, changed)
  }
}
