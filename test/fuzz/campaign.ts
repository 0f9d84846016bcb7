/** One run of the fuzz: gives each reader its inputs in a thread of its own, watches the thread, and gathers what it tells. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { openReaders, READERS, type ReaderName } from './readers.ts'
import type { Finding, Progress } from './reading.ts'

export interface CampaignOptions {
  readonly inputs: number
  readonly seed: number
  /** All of them when absent, each with its share. */
  readonly reader?: ReaderName
  /** This input alone. */
  readonly only?: number
  readonly onProgress?: (progress: { readonly reader: ReaderName; readonly done: number; readonly of: number }) => void
  readonly onFinding?: (finding: Finding) => void
}

export interface ReaderReport {
  readonly reader: ReaderName
  readonly inputs: number
  /** How many were still understood, so that it is known that chance reaches what is behind the parser. */
  readonly understood: number
  readonly slowest: { readonly input: number; readonly ms: number }
  /** The process when a quarter of the inputs was read, and at the end. */
  readonly rssBytes: { readonly quarter: number; readonly end: number }
  /** Heap of the thread after a collection at the end. */
  readonly heapBytes: number
}

export interface CampaignReport {
  readonly readers: readonly ReaderReport[]
  readonly findings: readonly Finding[]
  readonly seconds: number
}

/** Heap of the reading thread: what is read is at most some hundred kilobytes. */
const HEAP_MB = 384
/** Above what the heap may take and the code needs; memory outside the heap counts here. */
const MOST_RSS = 1.5 * 1024 ** 3
/** An input that has taken so much processor time does not end; the clock says nothing on a machine that is busy with other things. */
const PATIENCE_MS = 30_000

export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const began = performance.now()
  const shares = await openReaders()
  const findings: Finding[] = []
  const found = (finding: Finding): void => {
    findings.push(finding)
    options.onFinding?.(finding)
  }
  const readers: ReaderReport[] = []
  for (const reader of options.reader ? [options.reader] : READERS) {
    const inputs = options.reader ? options.inputs : Math.round(options.inputs * shares[reader].share)
    const range = options.only === undefined ? { from: 0, to: inputs } : { from: options.only, to: options.only + 1 }
    readers.push(await runReader(reader, range, options, found))
  }
  return { readers, findings, seconds: (performance.now() - began) / 1000 }
}

interface Range {
  readonly from: number
  readonly to: number
}

/** Goes on after an input that ended the thread. */
async function runReader(
  reader: ReaderName,
  { from, to }: Range,
  { seed, onProgress }: CampaignOptions,
  found: (finding: Finding) => void,
): Promise<ReaderReport> {
  const of = to - from
  let [done, understood, heapBytes, quarter] = [0, 0, 0, 0]
  let slowest = { input: from, ms: 0 }
  const hear = (progress: Progress): void => {
    done += progress.done
    understood += progress.understood
    if (progress.slowest.ms > slowest.ms) slowest = progress.slowest
    progress.findings.forEach(found)
    heapBytes = progress.heapBytes ?? heapBytes
    if (quarter === 0 && done >= of / 4) quarter = process.memoryUsage.rss()
    onProgress?.({ reader, done, of })
  }
  let next = from
  while (next < to) {
    const fatal = await runThread({ seed, reader, from: next, to }, hear)
    if (!fatal) break
    found(fatal)
    next = fatal.input + 1
  }
  return { reader, inputs: of, understood, slowest, rssBytes: { quarter, end: process.memoryUsage.rss() }, heapBytes }
}

/** Resolves with what ended the thread too early, if anything did. */
function runThread(
  errand: { readonly seed: number; readonly reader: ReaderName; readonly from: number; readonly to: number },
  hear: (progress: Progress) => void,
): Promise<Finding | undefined> {
  const clock = new SharedArrayBuffer(16)
  const [under, since] = [new Float64Array(clock, 0, 1), new Float64Array(clock, 8, 1)]
  const { reader } = errand
  const worker = new Worker(join(import.meta.dirname, 'reading.ts'), {
    workerData: { ...errand, clock },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  return new Promise((resolve, reject) => {
    let fatal: Finding | undefined
    const end = (kind: Finding['kind'], detail: string): void => {
      fatal ??= { kind, reader, input: under[0] ?? 0, detail }
      void worker.terminate()
    }
    let seen = { started: 0, cpu: cpuMs() }
    const watch = setInterval(() => {
      const started = since[0] ?? 0
      if (started !== seen.started) seen = { started, cpu: cpuMs() }
      else if (started > 0 && cpuMs() - seen.cpu > PATIENCE_MS) end('never ended', `${PATIENCE_MS / 1000} s`)
      const rss = process.memoryUsage.rss()
      if (rss > MOST_RSS) end('memory', `${(rss / 1024 ** 2).toFixed(0)} MB`)
    }, 250)
    worker.on('message', hear)
    worker.on('error', (error: Error & { code?: string }) => {
      // Before the first input nothing was read yet: the thread itself is broken.
      if (since[0] === 0) reject(error)
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      end(memory ? 'memory' : 'threw', error.stack ?? error.message)
    })
    worker.on('exit', () => {
      clearInterval(watch)
      resolve(fatal)
    })
  })
}

/** Of this process: the watching thread itself takes next to none. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
