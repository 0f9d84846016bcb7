/**
 * The terminology server over HTTP: a made-up SNOMED CT edition of full size, imported and served by the project's own
 * commands, asked on ten connections. Beside each figure: the ratio to a plain server over better-sqlite3 with FTS5 in the
 * same run when it is installed (`bench/baseline`), and what others have published.
 *
 * TESSERA_BENCH_CONCEPTS: size of the edition (500,000). TESSERA_BENCH_SECONDS: of each measurement (5).
 * TESSERA_BENCH_THREADS: of the server (its own choice). TESSERA_BENCH_FOLDER: where edition and import stay for the next run.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { artifactFolder, readServed } from '#terminology/artifacts/store.ts'
import { type Edition, openEdition } from '#terminology/snomed/edition.ts'
import type { Benchmark } from './benchmark.ts'
import { applyLoad, type LoadRequest, type LoadResult } from './load/load.ts'
import { generateRf2 } from './terminology/generate-rf2.ts'
import { isAnswer, type Workloads, workloadsOf } from './terminology/workloads.ts'

const PROGRAM = join(import.meta.dirname, '../src/cli/main.ts')
const BASELINE = join(import.meta.dirname, 'baseline/server.ts')
const INSTALLED = join(import.meta.dirname, 'baseline/node_modules')
const TRIVIAL = join(import.meta.dirname, 'load/fixed-answer.ts')
const CONNECTIONS = 10

export const benchmark: Benchmark = { name: 'the terminology server over HTTP', run }

/**
 * HealthSamurai/tx-benchmark, round 0 (2026-04-08), 10 users on an Apple M3 with 8 cores and real editions: another machine,
 * other content, other parameters. They tell the order of magnitude, no ranking.
 */
const PUBLISHED: Readonly<Record<string, string>> = {
  $lookup: 'Termbox 6,140, FHIRsmith 3,907, Ontoserver 687, Snowstorm 130',
  $subsumes: 'Termbox 6,587, FHIRsmith 5,207, Ontoserver 397, Snowstorm 411',
  '$validate-code': 'Termbox 6,763, FHIRsmith 3,674, Ontoserver 1,015, Snowstorm 236',
  '$expand is-a page': 'Termbox 183, Ontoserver 180, Snowstorm 33, FHIRsmith 11',
  '$expand text': 'Termbox 273, Snowstorm 26, Ontoserver 8, FHIRsmith 2',
  '$expand text + is-a': 'Termbox 1,091, Ontoserver 6, FHIRsmith 3 (is-a, attribute and text)',
}

async function run(): Promise<readonly string[]> {
  const concepts = Number(process.env.TESSERA_BENCH_CONCEPTS ?? 500_000)
  const seconds = Number(process.env.TESSERA_BENCH_SECONDS ?? 5)
  const kept = process.env.TESSERA_BENCH_FOLDER
  const home = kept ?? mkdtempSync(join(tmpdir(), 'tessera-bench-tx-'))
  const lines: string[] = []
  try {
    const release = join(home, 'release')
    if (!existsSync(release)) {
      const sizes = generateRf2(release, { concepts })
      const usage = importRelease(home, release)
      lines.push(
        `edition: ${sizes.concepts.toLocaleString('en')} concepts, ${sizes.descriptions.toLocaleString('en')} descriptions, ${sizes.relationships.toLocaleString('en')} relationships`,
        `import: ${usage.cpuSeconds.toFixed(1)} CPU seconds, ${usage.peakMegabytes.toFixed(0)} MB at most`,
      )
    }
    lines.push(`the load generator alone: ${(await ceiling(seconds)).toFixed(0)}/s against a fixed answer`)
    const threads = process.env.TESSERA_BENCH_THREADS
    const serve = [PROGRAM, 'terminology', 'serve', '--port', '0', '--json']
    if (threads !== undefined) serve.push('--threads', threads)
    lines.push(`first start, which compiles what ships: ${await startOnce(serve, home)}`)
    lines.push(`second start: ${await startOnce(serve, home)}`)
    const workloads = workloadsOf(await openServed(home))
    const server = await startServer(serve, home)
    const own = await measure(server, workloads, seconds)
    lines.push(`resident after the load: ${megabytes(server.process)} MB`)
    await stop(server.process)
    const baseline = existsSync(INSTALLED) ? await measureBaseline(release, home, workloads, seconds) : undefined
    for (const [name, result] of own) lines.push(...describe(name, result, baseline?.results.get(name)))
    lines.push(
      baseline
        ? `the baseline: two threads, ${baseline.memory} MB with what it has mapped of its file`
        : 'no baseline: npm ci in bench/baseline',
      'published figures: tx-benchmark round 0, 10 users, Apple M3 with 8 cores, real editions; not comparable in detail',
    )
    return lines
  } finally {
    if (kept === undefined) rmSync(home, { recursive: true, force: true })
  }
}

async function startOnce(args: readonly string[], home: string): Promise<string> {
  const started = performance.now()
  const server = await startServer(args, home)
  const wall = (performance.now() - started) / 1000
  const text = `${wall.toFixed(1)} s, ${cpuSeconds(server.process).toFixed(1)} s of processor, then ${megabytes(server.process)} MB (load average ${(loadavg()[0] ?? 0).toFixed(1)})`
  await stop(server.process)
  return text
}

const Usage = z.object({ usage: z.object({ cpuSeconds: z.number(), peakMegabytes: z.number() }) })

function importRelease(home: string, release: string): z.infer<typeof Usage>['usage'] {
  const done = spawnSync(process.execPath, [PROGRAM, 'terminology', 'import', release, '--json'], {
    env: { ...process.env, TESSERA_HOME: home },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (done.status !== 0) throw new Error(done.stderr)
  return Usage.parse(JSON.parse(done.stdout)).usage
}

const Ready = z.object({ port: z.number() })

interface Started {
  readonly process: ChildProcess
  readonly port: number
}

function startServer(args: readonly string[], home: string): Promise<Started> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TESSERA_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)))
    if (!child.stdout) throw new Error('no output')
    createInterface(child.stdout).on('line', (line) => {
      const ready = line.startsWith('{') ? Ready.safeParse(JSON.parse(line)) : undefined
      if (ready?.success) resolve({ process: child, port: ready.data.port })
    })
  })
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** Resident memory as Linux counts it. */
function megabytes(child: ChildProcess): string {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024).toFixed(0)
}

async function openServed(home: string): Promise<Edition> {
  const served = await readServed(home)
  const id = served.ok ? served.value?.artifacts[0] : undefined
  if (id === undefined) throw new Error('nothing is served')
  const edition = await openEdition(join(artifactFolder(home, id), 'edition.snomed'))
  if (!edition.ok) throw new Error(edition.problem.sentence)
  return edition.value
}

interface Measurement {
  readonly load: LoadResult
  /** Processor seconds of the server for each request, in microseconds. */
  readonly cpu: number
  /** Of the machine, while it was measured. */
  readonly loadAverage: number
}

async function measure(
  { port, process: server }: Started,
  workloads: Workloads,
  seconds: number,
): Promise<ReadonlyMap<string, Measurement>> {
  const results = new Map<string, Measurement>()
  for (const [name, requests] of workloads) {
    await checkAnswers(port, name, requests)
    // Another part of the requests than the check has asked, so that nothing is known already.
    const before = cpuSeconds(server)
    const load = await applyLoad({
      host: '127.0.0.1',
      port,
      requests: requests.slice(CHECKED),
      connections: CONNECTIONS,
      seconds,
      warmUp: 2,
    })
    const cpu = ((cpuSeconds(server) - before) / load.sent) * 1e6
    results.set(name, { load, cpu, loadAverage: loadavg()[0] ?? Number.NaN })
  }
  return results
}

const CHECKED = 200

/** Nothing is measured that answers wrongly. */
async function checkAnswers(port: number, name: string, requests: readonly LoadRequest[]): Promise<void> {
  for (const { target } of requests.slice(0, CHECKED)) {
    const answer = await fetch(`http://127.0.0.1:${port}${target}`)
    const body: unknown = await answer.json()
    if (answer.status !== 200 || !isAnswer(name, body)) {
      throw new Error(`${target} is not answered: ${answer.status} ${JSON.stringify(body).slice(0, 500)}`)
    }
  }
}

/** What the process has used of the processors, as Linux counts it (100 ticks a second). */
function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** What the load generator itself can do: against a server that answers with a fixed text. */
async function ceiling(seconds: number): Promise<number> {
  const server = await startServer([TRIVIAL], tmpdir())
  try {
    const requests: readonly LoadRequest[] = [{ method: 'GET', target: '/' }]
    const { port } = server
    const load = { host: '127.0.0.1', port, requests, connections: CONNECTIONS, seconds, warmUp: 1 }
    return (await applyLoad(load)).perSecond
  } finally {
    await stop(server.process)
  }
}

/** `bench/baseline/server.ts FOLDER-OF-THE-RELEASE HOME` says `{"port":…}` when it is ready and answers the same addresses. */
async function measureBaseline(release: string, home: string, workloads: Workloads, seconds: number) {
  const server = await startServer([BASELINE, release, home], home)
  try {
    const results = await measure(server, workloads, seconds)
    return { results, memory: megabytes(server.process) }
  } finally {
    await stop(server.process)
  }
}

function describe(name: string, own: Measurement, baseline: Measurement | undefined): readonly string[] {
  const { perSecond, p50, p99, failures, requests, bytesPerAnswer } = own.load
  const ratio = baseline
    ? `; ${(perSecond / baseline.load.perSecond).toFixed(1)} × SQLite (${baseline.load.perSecond.toFixed(0)}/s), by processor time ${(baseline.cpu / own.cpu).toFixed(1)} ×`
    : ''
  const failed = failures > 0 ? `, ${failures} of ${requests} failed` : ''
  const published = PUBLISHED[name]
  return [
    `${name.padEnd(20)} ${perSecond.toFixed(0).padStart(6)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, ${own.cpu.toFixed(0)} µs of processor, ${bytesPerAnswer.toFixed(0)} bytes, load average ${own.loadAverage.toFixed(1)}${ratio}${failed}`,
    ...(published === undefined ? [] : [`    published: ${published}`]),
  ]
}
