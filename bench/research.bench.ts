/**
 * Questions of research data on a made-up population: DuckDB against PostgreSQL on the same tree, cohorts together against
 * one by one, shards against the whole, memory against its limit. `TESSERA_BENCH_PERSONS` changes the size.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Analysis } from '../src/research/analysis/analysis.ts'
import type { ExactAnswer } from '../src/research/analysis/answer.ts'
import type { AnalysisScope } from '../src/research/analysis/compile/scope.ts'
import { runAnalysis } from '../src/research/analysis/run.ts'
import { runOnShards } from '../src/research/analysis/shards.ts'
import { compileCohort, compileTogether } from '../src/research/cohort/compile.ts'
import { readDefinition } from '../src/research/cohort/read-definition.ts'
import { CDM_TABLES } from '../src/research/omop/specification/cdm.ts'
import { table } from '../src/research/query/build-relations.ts'
import type { Cell, QueryEngine, Rows } from '../src/research/query/engine.ts'
import { openDuckdb } from '../src/research/query/engines/duckdb.ts'
import type { Program } from '../src/research/query/tree.ts'
import { createPostgresDatabase, startPostgres } from '../test/databases.ts'
import type { Benchmark } from './benchmark.ts'
import { BULK_TABLES, makeBulkPopulation } from './research/bulk-population.ts'
import { cutShards } from './research/cut-shards.ts'
import { fillPostgresql } from './research/in-postgresql.ts'
import { nineCohorts } from './research/nine-cohorts.ts'
import { questions } from './research/questions.ts'

const PERSONS = Number(process.env.TESSERA_BENCH_PERSONS ?? 20_000)
const MEMORY = '4GB'
const POSTGRES_MEMORY = '512MB'
const THREADS = 2
const SHARDS = 4
const REPEATS = 2

const TABLES = CDM_TABLES.filter((one) => (BULK_TABLES as readonly string[]).includes(one.name))
const SCOPE: AnalysisScope = {
  steps: [],
  tables: new Map(TABLES.map(({ name }) => [name, table(name)])),
  period: { from: '2010-01-01', to: '2024-12-31' },
}

export const benchmark: Benchmark = { name: `research data (${PERSONS} made-up persons)`, run }

async function run(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-research-'))
  // PostgreSQL runs as another user and reads what DuckDB has written.
  chmodSync(folder, 0o755)
  try {
    const file = join(folder, 'population.duckdb')
    const [sizes, seconds] = await timed(() => makeBulkPopulation(file, PERSONS, MEMORY))
    const made = `${sizes.conditions} conditions, ${sizes.measurements} measurements: made in ${seconds.toFixed(0)} s, ${megabytes(statSync(file).size)} MB; ${cpus().length} processors, ${THREADS} threads`
    return [
      made,
      ...(await againstPostgresql(file, folder)),
      ...(await togetherAgainstAlone(file, folder)),
      ...(await shardsAgainstWhole(file, folder)),
      ...memoryAgainstLimit(file, folder),
      ...PUBLISHED,
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function opened(file: string, folder: string): Promise<QueryEngine> {
  const options = { file, tables: TABLES, memory: MEMORY, threads: THREADS, temporaryDirectory: join(folder, 'spill') }
  const engine = await openDuckdb(options)
  if (!engine.ok) throw new Error(engine.problem.sentence)
  return engine.value
}

/** Both engines in turn in every repeat, best time of each. */
async function againstPostgresql(file: string, folder: string): Promise<readonly string[]> {
  const server = process.env.TESSERA_BENCH_POSTGRES === 'no' ? undefined : await startPostgres()
  let postgres: QueryEngine | undefined
  const lines: string[] = []
  if (server) {
    const url = await createPostgresDatabase(server)
    const [filled, seconds] = await timed(() => fillPostgresql(file, join(folder, 'csv'), url, POSTGRES_MEMORY))
    postgres = filled
    lines.push(`PostgreSQL: loaded with indexes in ${seconds.toFixed(0)} s`)
  } else lines.push('PostgreSQL: left out')
  const duckdb = await opened(file, folder)
  for (const { name, program, published } of questions()) {
    const best = { duckdb: Number.POSITIVE_INFINITY, postgres: Number.POSITIVE_INFINITY }
    let same = true
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const [answer, seconds] = await timed(() => asked(duckdb, program))
      best.duckdb = Math.min(best.duckdb, seconds)
      if (!postgres) continue
      const engine = postgres
      const [other, otherSeconds] = await timed(() => asked(engine, program))
      best.postgres = Math.min(best.postgres, otherSeconds)
      same &&= sameAnswer(answer, other)
    }
    const against = postgres
      ? `, PostgreSQL ${best.postgres.toFixed(2)} s: ${(best.postgres / best.duckdb).toFixed(1)} times (published: ${published}), ${same ? 'same answer' : 'ANOTHER ANSWER'}`
      : ''
    lines.push(`${name}: DuckDB ${best.duckdb.toFixed(3)} s${against}`)
  }
  await postgres?.close()
  await server?.stop()
  await duckdb.close()
  return lines
}

async function togetherAgainstAlone(file: string, folder: string): Promise<readonly string[]> {
  const engine = await opened(file, folder)
  const cohorts = nineCohorts().map(({ name, definition }) => {
    const expression = readDefinition(definition)
    if (!expression.ok) throw new Error(expression.problem.sentence)
    return { name, expression: expression.value }
  })
  const batch = value(compileTogether(cohorts, SCOPE.tables))
  const single = cohorts.map(({ name, expression }) => ({
    name,
    program: value(compileCohort(expression, SCOPE.tables)),
  }))
  let [together, alone] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let same = true
  let members = 0
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const [all, seconds] = await timed(() => asked(engine, batch))
    together = Math.min(together, seconds)
    let sum = 0
    members = 0
    for (const { name, program } of single) {
      const [one, oneSeconds] = await timed(() => asked(engine, program))
      sum += oneSeconds
      members += one.get('cohort')?.rows.length ?? 0
      same &&= isDeepStrictEqual(one.get('cohort')?.rows, all.get(`${name}.cohort`)?.rows)
    }
    alone = Math.min(alone, sum)
  }
  await engine.close()
  return [
    `nine cohorts (${members} entries): together ${together.toFixed(2)} s, one by one ${alone.toFixed(2)} s: ${(alone / together).toFixed(1)} times, ${same ? 'same entries' : 'OTHER ENTRIES'}`,
  ]
}

async function shardsAgainstWhole(file: string, folder: string): Promise<readonly string[]> {
  const [paths, cut] = await timed(() => cutShards(file, SHARDS))
  const whole = await opened(file, folder)
  const parts = await Promise.all(paths.map((path) => opened(path, folder)))
  const [first, ...others] = parts.map((engine) => ({ engine, scope: SCOPE }))
  if (!first) throw new Error('There are no shards.')
  const [definition] = nineCohorts()
  const question: Analysis = {
    kind: 'count',
    cohort: definition?.definition ?? {},
    by: [{ kind: 'age-group', bounds: [0, 18, 40, 65, 80] }, { kind: 'sex' }, { kind: 'calendar-year' }],
  }
  const [answer, wholeSeconds] = await timed(async () =>
    value(await runAnalysis(question, { engine: whole, scope: SCOPE })),
  )
  const [merged, shardSeconds] = await timed(async () => value(await runOnShards(question, [first, ...others])))
  const counting = questions().find(({ name }) => name.startsWith('Q3'))?.program
  if (!counting) throw new Error('There is no question Q3.')
  const all = countsOf(await asked(whole, counting))
  const added = new Map<Cell, number>()
  for (const engine of parts) {
    for (const [concept, persons] of countsOf(await asked(engine, counting))) {
      added.set(concept, (added.get(concept) ?? 0) + persons)
    }
  }
  const differences =
    [...all].filter(([concept, persons]) => added.get(concept) !== persons).length + Math.abs(added.size - all.size)
  for (const engine of [whole, ...parts]) await engine.close()
  return [
    `${SHARDS} shards (cut in ${cut.toFixed(0)} s): cohort by age, sex and year, ${differing(answer, merged)} of ${cellsOf(answer)} cells differ; persons of each condition, ${differences} of ${all.size} differ; whole ${wholeSeconds.toFixed(2)} s, shards ${shardSeconds.toFixed(2)} s on one machine`,
  ]
}

function memoryAgainstLimit(file: string, folder: string): readonly string[] {
  return ['512MB', '1GB', '2GB'].map((limit) => {
    const script = join(import.meta.dirname, 'research/limited.ts')
    const printed = execFileSync(process.execPath, [script, file, limit, String(THREADS), join(folder, 'spill')], {
      encoding: 'utf8',
    })
    const used: { readonly before: number; readonly most: number; readonly failures: readonly string[] } =
      JSON.parse(printed)
    const failures = used.failures.length === 0 ? 'all seven questions answered' : used.failures.join('; ')
    return `memory limit ${limit}: at most ${used.most.toFixed(0)} MB resident (${used.before.toFixed(0)} MB of it before the first query), ${failures}`
  })
}

/** Other data, other machines: what order of magnitude people live with, nothing more. */
const PUBLISHED = [
  'published, on other data and hardware: nine cohorts of 47 million persons, 3,288 min one by one (CIRCE), 109 min by domain (CohortConstructor);',
  '  of 100,000 persons in PostgreSQL 73.4 and 7.9 min; Achilles 1803 on 26.6 million measurements about 17 min; Achilles 1815 from 5 min to 7 h',
]

async function asked(engine: QueryEngine, program: Program): Promise<ReadonlyMap<string, Rows>> {
  return value(await engine.run(program, { mostRows: 50_000_000 }))
}

function value<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly problem: { readonly sentence: string } },
): T {
  if (!result.ok) throw new Error(result.problem.sentence)
  return result.value
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now()
  const result = await work()
  return [result, (performance.now() - start) / 1000]
}

/** The same rows in any order; means and deviations to nine digits, since engines add in different orders. */
function sameAnswer(left: ReadonlyMap<string, Rows>, right: ReadonlyMap<string, Rows>): boolean {
  return [...left].every(([name, { rows }]) => {
    const [one, other] = [inOrder(rows), inOrder(right.get(name)?.rows ?? [])]
    return (
      one.length === other.length && one.every((row, index) => row.every((cell, at) => near(cell, other[index]?.[at])))
    )
  })
}

function inOrder(rows: Rows['rows']): Rows['rows'] {
  const whole = (row: readonly Cell[]) =>
    JSON.stringify(row.filter((cell) => !(typeof cell === 'number' && cell % 1 !== 0)))
  return [...rows].sort((left, right) => (whole(left) < whole(right) ? -1 : 1))
}

function near(left: Cell, right: Cell | undefined): boolean {
  if (typeof left !== 'number' || typeof right !== 'number') return left === right
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left))
}

function countsOf(answer: ReadonlyMap<string, Rows>): ReadonlyMap<Cell, number> {
  return new Map(answer.get('answer')?.rows.map((row) => [row[0] ?? null, Number(row[1])]))
}

function differing(left: ExactAnswer, right: ExactAnswer): number {
  const cells = (answer: ExactAnswer) =>
    new Map(answer.tables.persons?.cells.map((cell) => [cell.key.join('|'), Array.from(cell.persons, Number)]))
  const [one, other] = [cells(left), cells(right)]
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (key) => !isDeepStrictEqual(one.get(key), other.get(key)),
  ).length
}

function cellsOf(answer: ExactAnswer): number {
  return answer.tables.persons?.cells.length ?? 0
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}
