/** What the parts of the benchmark share: the size, opening the population, asking, timing. */
import { join } from 'node:path'
import type { AnalysisScope } from '../../src/research/analysis/compile/scope.ts'
import { CDM_TABLES } from '../../src/research/omop/specification/cdm.ts'
import { table } from '../../src/research/query/build-relations.ts'
import type { QueryEngine, Rows } from '../../src/research/query/engine.ts'
import { openDuckdb } from '../../src/research/query/engines/duckdb.ts'
import type { Program } from '../../src/research/query/tree.ts'
import { BULK_TABLES } from './bulk-population.ts'

export const PERSONS = Number(process.env.TESSERA_BENCH_PERSONS ?? 20_000)
export const MEMORY = '4GB'
export const THREADS = 2
/** Of each work; the best counts, so that a busy moment of the machine does not. */
const REPEATS = 2
/** What is short is done more often: the first time, it is also read from the disk. */
const MOST_REPEATS = 8
const ENOUGH_SECONDS = 3

export function again(repeats: number, seconds: number): boolean {
  return repeats < REPEATS || (repeats < MOST_REPEATS && seconds < ENOUGH_SECONDS)
}

export const TABLES = CDM_TABLES.filter((one) => (BULK_TABLES as readonly string[]).includes(one.name))
export const SCOPE: AnalysisScope = {
  steps: [],
  tables: new Map(TABLES.map(({ name }) => [name, table(name)])),
  period: { from: '2010-01-01', to: '2024-12-31' },
}

/** A made-up population on the disk. */
export interface Population {
  readonly file: string
  /** For what the parts write. */
  readonly folder: string
  /** The same in PostgreSQL, filled when the first part asks; undefined where there is none. */
  readonly inPostgresql: () => Promise<FilledPostgresql | undefined>
}

export interface FilledPostgresql {
  readonly engine: QueryEngine
  readonly url: string
  /** That filling and indexes took. */
  readonly seconds: number
}

export async function opened({ file, folder }: Population): Promise<QueryEngine> {
  const options = { file, tables: TABLES, memory: MEMORY, threads: THREADS, temporaryDirectory: join(folder, 'spill') }
  return expectValue(await openDuckdb(options))
}

export async function asked(engine: QueryEngine, program: Program): Promise<ReadonlyMap<string, Rows>> {
  return expectValue(await engine.run(program, { mostRows: 50_000_000 }))
}

export function expectValue<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly problem: { readonly sentence: string } },
): T {
  if (!result.ok) throw new Error(result.problem.sentence)
  return result.value
}

/** With its seconds. */
export async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now()
  const result = await work()
  return [result, (performance.now() - start) / 1000]
}

export interface Cost {
  readonly seconds: number
  /** Of this process on all processors: what a busy machine does not change. */
  readonly processor: number
}

/** The best of the repeats, each measured on its own. */
export async function bestCost(work: () => Promise<unknown>): Promise<Cost> {
  let best: Cost = { seconds: Number.POSITIVE_INFINITY, processor: Number.POSITIVE_INFINITY }
  for (let repeat = 0, spent = 0; again(repeat, spent); repeat += 1) {
    const before = process.cpuUsage()
    const [, seconds] = await timed(work)
    spent += seconds
    const { user, system } = process.cpuUsage(before)
    best = {
      seconds: Math.min(best.seconds, seconds),
      processor: Math.min(best.processor, (user + system) / 1e6),
    }
  }
  return best
}

export function costText({ seconds, processor }: Cost): string {
  return `${seconds.toFixed(2)} s (${processor.toFixed(2)} s of processors)`
}
