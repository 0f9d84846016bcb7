/**
 * The terminology server over HTTP: a made-up SNOMED CT edition of full size, imported and served by the project's own
 * commands, asked on ten connections. Beside each figure: the ratio to a plain server over better-sqlite3 with FTS5 in the
 * same run when it is installed (`bench/baseline`), and what others have published.
 *
 * TESSERA_BENCH_CONCEPTS: size of the edition (500,000). TESSERA_BENCH_SECONDS: of each measurement (5).
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { artifactFolder, readServed } from '#terminology/artifacts/store.ts'
import { type Edition, openEdition } from '#terminology/snomed/edition.ts'
import type { Benchmark } from './benchmark.ts'
import { applyLoad, type LoadRequest, type LoadResult } from './load/load.ts'
import { generateRf2, randomOf } from './terminology/generate-rf2.ts'

const PROGRAM = join(import.meta.dirname, '../src/cli/main.ts')
const BASELINE = join(import.meta.dirname, 'baseline/server.ts')
const CONNECTIONS = 10
const SCT = 'http://snomed.info/sct'

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
  const home = mkdtempSync(join(tmpdir(), 'tessera-bench-tx-'))
  const lines: string[] = []
  try {
    const release = join(home, 'release')
    const sizes = generateRf2(release, { concepts })
    const usage = importRelease(home, release)
    lines.push(
      `edition: ${sizes.concepts.toLocaleString('en')} concepts, ${sizes.descriptions.toLocaleString('en')} descriptions, ${sizes.relationships.toLocaleString('en')} relationships`,
    )
    lines.push(`import: ${usage.cpuSeconds.toFixed(1)} CPU seconds, ${usage.peakMegabytes.toFixed(0)} MB at most`)
    const started = performance.now()
    const server = await startServer([PROGRAM, 'terminology', 'serve', '--port', '0', '--threads', '2', '--json'], home)
    lines.push(`start: ${((performance.now() - started) / 1000).toFixed(1)} s, then ${megabytes(server.process)} MB`)
    const workloads = workloadsOf(await openServed(home))
    const own = await measure(server.port, workloads, seconds)
    lines.push(`after the load: ${megabytes(server.process)} MB`)
    await stop(server.process)
    const baseline = existsSync(BASELINE) ? await measureBaseline(release, home, workloads, seconds) : undefined
    for (const [name, result] of own) lines.push(...describe(name, result, baseline?.get(name)))
    if (!baseline) lines.push('no baseline: npm install in bench/baseline')
    lines.push(
      'published figures: tx-benchmark round 0, 10 users, Apple M3 with 8 cores, real editions; not comparable in detail',
    )
    return lines
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
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

type Workloads = ReadonlyMap<string, readonly LoadRequest[]>

/** The same questions for both servers: a thousand of each kind, spread over the whole edition. */
function workloadsOf(edition: Edition): Workloads {
  const random = randomOf(7)
  const some = (): number => Math.floor(random() * edition.conceptCount)
  const code = (concept = some()): string => edition.sctidOf(concept)
  const ancestor = (concept: number, steps: number): number => {
    let at = concept
    for (let step = 0; step < steps; step++) at = [...edition.parentsOf(at)][0] ?? at
    return at
  }
  const word = (): string => {
    const term = edition.preferredTerm(some(), ['en'])?.term ?? 'disorder'
    return (
      term
        .split(' ')
        .find((part) => part.length > 4)
        ?.slice(0, 5) ?? 'disor'
    )
  }
  const many = (make: () => string): readonly LoadRequest[] =>
    Array.from({ length: 1000 }, () => ({ method: 'GET', target: `/fhir/r4/${make()}` }))
  const expand = (valueSet: string, more: string): string =>
    `ValueSet/$expand?url=${encodeURIComponent(valueSet)}&${more}`
  const isA = (): string => `${SCT}?fhir_vs=isa/${code(ancestor(some(), 3))}`
  return new Map([
    ['$lookup', many(() => `CodeSystem/$lookup?system=${SCT}&code=${code()}`)],
    [
      '$validate-code',
      many(() => `ValueSet/$validate-code?url=${encodeURIComponent(`${SCT}?fhir_vs`)}&system=${SCT}&code=${code()}`),
    ],
    [
      '$subsumes',
      many(() => {
        const concept = some()
        return `CodeSystem/$subsumes?system=${SCT}&codeA=${code(ancestor(concept, 2))}&codeB=${code(concept)}`
      }),
    ],
    ['$expand text', many(() => expand(`${SCT}?fhir_vs`, `filter=${word()}&count=10`))],
    ['$expand is-a page', many(() => expand(isA(), 'count=20'))],
    ['$expand text + is-a', many(() => expand(isA(), `filter=${word()}&count=10`))],
  ])
}

async function measure(port: number, workloads: Workloads, seconds: number): Promise<ReadonlyMap<string, LoadResult>> {
  const results = new Map<string, LoadResult>()
  for (const [name, requests] of workloads) {
    results.set(
      name,
      await applyLoad({ host: '127.0.0.1', port, requests, connections: CONNECTIONS, seconds, warmUp: 2 }),
    )
  }
  return results
}

/** `bench/baseline/server.ts FOLDER-OF-THE-RELEASE HOME` says `{"port":…}` when it is ready and answers the same addresses. */
async function measureBaseline(release: string, home: string, workloads: Workloads, seconds: number) {
  const server = await startServer([BASELINE, release, home], home)
  try {
    return await measure(server.port, workloads, seconds)
  } finally {
    await stop(server.process)
  }
}

function describe(name: string, result: LoadResult, baseline: LoadResult | undefined): readonly string[] {
  const { perSecond, p50, p99, failures, requests, bytesPerAnswer } = result
  const ratio = baseline
    ? `, ${(perSecond / baseline.perSecond).toFixed(1)} times SQLite (${baseline.perSecond.toFixed(0)}/s)`
    : ''
  const failed = failures > 0 ? `, ${failures} of ${requests} failed` : ''
  const published = PUBLISHED[name]
  return [
    `${name}: ${perSecond.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, ${bytesPerAnswer.toFixed(0)} bytes${ratio}${failed}`,
    ...(published === undefined ? [] : [`    published: ${published}`]),
  ]
}
