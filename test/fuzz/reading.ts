/** The thread that reads: takes its inputs one after another and tells what became of them. */
import { setImmediate as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { chanceOf } from './chance.ts'
import { openReaders, READERS, type ReaderName } from './readers.ts'

export const Errand = z.object({
  seed: z.number(),
  reader: z.enum(READERS),
  /** Inputs from this number up to, not including, that one. */
  from: z.number(),
  to: z.number(),
  /** Two numbers shared with the watcher: which input is under way, and when it began (0: none yet). */
  clock: z.instanceof(SharedArrayBuffer),
})

export interface Finding {
  readonly kind: 'threw' | 'slow' | 'never ended' | 'memory'
  readonly reader: ReaderName
  readonly input: number
  readonly detail: string
}

/** What the thread tells after some inputs, and at its end. */
export interface Progress {
  readonly done: number
  readonly understood: number
  readonly slowest: { readonly input: number; readonly ms: number }
  readonly findings: readonly Finding[]
  /** Of the thread's own heap after a collection; asked for at the end. */
  readonly heapBytes?: number
}

/** Processor time that one input may take. */
const SLOW_MS = 1000
const TELL_EVERY = 500

export async function readInputs(errand: z.infer<typeof Errand>, tell: (progress: Progress) => void): Promise<void> {
  const { seed, reader, from, to } = errand
  const clock = new Float64Array(errand.clock)
  const { input } = (await openReaders())[reader]
  let [done, understood] = [0, 0]
  let slowest = { input: from, ms: 0 }
  let findings: Finding[] = []
  const flush = (more: Partial<Progress> = {}): void => {
    tell({ done, understood, slowest, findings, ...more })
    ;[done, understood, findings] = [0, 0, []]
  }
  for (let number = from; number < to; number += 1) {
    const read = input(chanceOf(seed, READERS.indexOf(reader), number))
    clock[0] = number
    clock[1] = performance.now()
    const began = process.threadCpuUsage()
    try {
      if (await read()) understood += 1
    } catch (error) {
      findings.push({
        kind: 'threw',
        reader,
        input: number,
        detail: error instanceof Error ? (error.stack ?? '') : String(error),
      })
    }
    const { user, system } = process.threadCpuUsage(began)
    const ms = (user + system) / 1000
    if (ms > slowest.ms) slowest = { input: number, ms }
    if (ms > SLOW_MS) findings.push({ kind: 'slow', reader, input: number, detail: `${ms.toFixed(0)} ms` })
    done += 1
    if (done < TELL_EVERY) continue
    flush()
    // A node waits for its network between requests; what the engine cleans up then, it cleans up here.
    await pause()
  }
  await pause()
  flush({ heapBytes: heapAfterCollection() })
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

if (parentPort) {
  const port = parentPort
  await readInputs(Errand.parse(workerData), (progress) => port.postMessage(progress))
}
