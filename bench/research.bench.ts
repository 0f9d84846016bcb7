/**
 * Questions of research data on a made-up population: DuckDB against PostgreSQL on the same tree, cohorts together against
 * one by one, shards against the whole, memory against its limit. `TESSERA_BENCH_PERSONS` changes the size,
 * `TESSERA_BENCH_PARTS` chooses.
 */
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark, Say } from './benchmark.ts'
import { againstPostgresql } from './research/against-postgresql.ts'
import { makeBulkPopulation } from './research/bulk-population.ts'
import { cohortsTogether } from './research/cohorts-together.ts'
import { lazyPostgresql } from './research/in-postgresql.ts'
import { MEMORY, PERSONS, type Population, THREADS, timed } from './research/measuring.ts'
import { memoryAgainstLimit } from './research/memory-against-limit.ts'
import { shardsAgainstWhole } from './research/shards-against-whole.ts'

const PARTS: Readonly<Record<string, (population: Population, say: Say) => Promise<void>>> = {
  questions: againstPostgresql,
  cohorts: cohortsTogether,
  shards: shardsAgainstWhole,
  memory: memoryAgainstLimit,
}

export const benchmark: Benchmark = { name: `research data (${PERSONS} made-up persons)`, run }

async function run(say: Say): Promise<readonly string[]> {
  const wanted = process.env.TESSERA_BENCH_PARTS?.split(',') ?? Object.keys(PARTS)
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-research-'))
  // PostgreSQL runs as another user and reads what DuckDB has written.
  chmodSync(folder, 0o755)
  const file = join(folder, 'population.duckdb')
  const postgresql = lazyPostgresql(file, folder)
  try {
    const [sizes, seconds] = await timed(() => makeBulkPopulation(file, PERSONS, MEMORY))
    const megabytes = (statSync(file).size / 1e6).toFixed(0)
    say(
      `${sizes.conditions} conditions, ${sizes.measurements} measurements: made in ${seconds.toFixed(0)} s, ${megabytes} MB; ${cpus().length} processors, ${THREADS} threads`,
    )
    for (const part of wanted) {
      const measure = PARTS[part]
      if (!measure) throw new Error(`There is no part ${part}; there are ${Object.keys(PARTS).join(', ')}.`)
      await measure({ file, folder, inPostgresql: postgresql.get }, say)
    }
    return PUBLISHED
  } finally {
    await postgresql.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Other data, other machines: what order of magnitude people live with, nothing more. */
const PUBLISHED = [
  'published, on other data and hardware: nine cohorts of 47 million persons, 3,288 min one by one (CIRCE), 109 min by domain (CohortConstructor);',
  '  of 100,000 persons in PostgreSQL 73.4 and 7.9 min; Achilles 1803 on 26.6 million measurements about 17 min; Achilles 1815 from 5 min to 7 h',
]
