/** Several worker threads on one port, seen from the main thread; one that breaks is started again. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { Log } from '#platform/log/log.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Order, Report, WorkerStart } from './orders.ts'
import type { ContentPlan } from './plan.ts'
import type { ServeSettings } from './settings.ts'

export interface Crew {
  readonly port: number
  replace(plan: ContentPlan): Promise<Result<void>>
  stop(): Promise<void>
}

const ENDED = 'thread-ended'
/** When workers break, or do not start again, more often than this within a minute, the last one is left down. */
const MOST_RESTARTS = 5

/** Starts all workers; when one of them cannot start, none stays. */
export async function startCrew(settings: ServeSettings, plan: ContentPlan, log: Log): Promise<Result<Crew>> {
  const members: Member[] = []
  let current = plan
  let stopping = false
  let port = settings.port
  const link = (index: number): void => {
    const { port1, port2 } = new MessageChannel()
    members[0]?.order({ kind: 'answer-other', port: port1 }, [port1])
    members[index]?.order({ kind: 'ask-first', port: port2 }, [port2])
  }
  const open = (index: number): Promise<Result<Report>> => {
    const member = hire({ settings, plan: current, index, codeCache: join(settings.home, 'cache', 'code') }, log)
    members[index] = member
    return member.next('opened')
  }
  const serve = async (index: number): Promise<Result<void>> => {
    const member = members[index]
    if (!member) return ok(undefined)
    for (const other of index === 0 ? members.keys() : [index]) if (other > 0 && members[other]) link(other)
    member.order({ kind: 'listen', port })
    const listening = await member.next('listening')
    if (!listening.ok) return listening
    if (listening.value.kind === 'listening') port = listening.value.port
    member.whenBroken(() => {
      if (!stopping) void restart(index)
    })
    return ok(undefined)
  }
  const restarts: number[] = []
  const restart = async (index: number): Promise<void> => {
    log.error('thread-ended', { part: `thread-${index}` })
    restarts.push(Date.now())
    if (restarts.filter((at) => Date.now() - at < 60_000).length > MOST_RESTARTS) {
      log.error('thread-given-up', { part: `thread-${index}` })
      return
    }
    const opened = await open(index)
    const again = opened.ok ? await serve(index) : opened
    if (again.ok || stopping) return
    // E.g. the content was being replaced while it was opened, or memory was short for a moment.
    log.error('thread-not-started', { part: `thread-${index}`, code: again.problem.code })
    await members[index]?.end()
    await restart(index)
  }
  const all = Array.from({ length: settings.threads }, (_, index) => index)
  const opened = await Promise.all(all.map(open))
  // One after the other: the first finds the port that all share.
  for (const index of all) {
    const there = opened[index]
    const started = there?.ok === false ? there : await serve(index)
    if (started.ok) continue
    stopping = true
    await Promise.all(members.map((member) => member.end()))
    return started
  }
  return ok({
    port,
    async replace(next) {
      current = next
      let refused: Result<void> = ok(undefined)
      // One after the other, so that only one opens the new content at a time; one that refuses does not keep the others.
      for (const member of [...members]) {
        member.order({ kind: 'replace', plan: next })
        const replaced = await member.next('replaced')
        // A thread that ended is started again with the new content.
        if (!replaced.ok && replaced.problem.code !== ENDED) refused = replaced
      }
      return refused
    },
    async stop() {
      stopping = true
      await Promise.all(
        members.map(async (member) => {
          member.order({ kind: 'stop' })
          await member.next('stopped')
          await member.end()
        }),
      )
    },
  })
}

interface Member {
  order(order: Order, transfer?: readonly MessageChannel['port1'][]): void
  /** The next report; a failure, or the end of the thread, as a problem. */
  next(kind: Report['kind']): Promise<Result<Report>>
  whenBroken(told: () => void): void
  end(): Promise<void>
}

/**
 * Each thread has a cache of compiled code of its own, which must be on before any of the server's code is loaded, the
 * first file too: a thread that finds all in it never loads what takes the types away.
 */
const START = `
  const { workerData } = require('node:worker_threads')
  require('node:module').enableCompileCache(workerData.codeCache)
  import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'worker.ts')).href)})
`

/** Answers live short: a small young generation is collected in the processor's cache. V8's own choice took 100 MB more. */
const LIMITS = { maxYoungGenerationSizeMb: 12 } as const

interface Waiting {
  readonly kind: Report['kind']
  hear(report: Report | undefined): void
}

function hire(start: WorkerStart, log: Log): Member {
  const worker = new Worker(START, { eval: true, workerData: start, resourceLimits: LIMITS })
  let broken = false
  let told: (() => void) | undefined
  const waiting = new Set<Waiting>()
  const tell = (report: Report | undefined): void => {
    for (const one of waiting) {
      // A thread that is still opening can be told to replace already: each waits for its own report.
      if (report && report.kind !== 'failed' && report.kind !== one.kind) continue
      waiting.delete(one)
      one.hear(report)
    }
  }
  const breaks = (): void => {
    if (broken) return
    broken = true
    tell(undefined)
    told?.()
  }
  worker.on('message', tell)
  worker.on('error', (error) => {
    log.failure('thread-failed', error, { part: `thread-${start.index}` })
    breaks()
  })
  worker.on('exit', breaks)
  return {
    order: (order, transfer = []) => worker.postMessage(order, [...transfer]),
    async next(kind) {
      const report = broken ? undefined : await new Promise<Report | undefined>((hear) => waiting.add({ kind, hear }))
      if (report?.kind === 'failed') return { ok: false, problem: report.problem }
      if (report?.kind === kind) return ok(report)
      return failed(ENDED, 'A thread of the terminology server ended.', 'Look at the log.')
    },
    whenBroken(then) {
      told = then
      if (broken) then()
    },
    async end() {
      broken = true
      await worker.terminate()
    },
  }
}
