/**
 * Circe's own SQL for the nine cohorts, on the same DuckDB and on PostgreSQL, where many sites run it. It is made elsewhere,
 * since circe needs Java: circe-be's query builder without statistics, translated by SqlRender, with `cdm` the schema of the
 * data, `res.cohort` the target, and the cohorts numbered from 1.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import type { Rows } from '../../src/research/query/engine.ts'
import { BULK_TABLES } from './bulk-population.ts'
import { MEMORY, type Population, THREADS } from './measuring.ts'
import { type FrequencyName, nineCohorts } from './nine-cohorts.ts'

const TARGET =
  'CREATE TABLE res.cohort (cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE)'
/** Of the cohort with this number; the scripts count from 1. */
const entriesOf = (number: number) =>
  `SELECT subject_id::INTEGER, cohort_start_date::VARCHAR, cohort_end_date::VARCHAR FROM res.cohort
   WHERE cohort_definition_id = ${number} ORDER BY 1, 2, 3`

/**
 * `TESSERA_BENCH_CIRCE_SQL`: a folder with one for each frequency, in it `duckdb` and `postgresql`, each with `0.sql` to
 * `8.sql` in the order of the cohorts.
 */
export function readCirceSql(
  frequency: FrequencyName,
  dialect: 'duckdb' | 'postgresql',
): readonly string[] | undefined {
  const folder = process.env.TESSERA_BENCH_CIRCE_SQL
  if (folder === undefined) return undefined
  const paths = nineCohorts(frequency).map((_, index) => join(folder, frequency, dialect, `${index}.sql`))
  return paths.every((path) => existsSync(path)) ? paths.map((path) => readFileSync(path, 'utf8')) : undefined
}

/** The entries of each cohort, by person and start. */
export async function circeOnDuckdb(
  { file }: Population,
  scripts: readonly string[],
): Promise<readonly Rows['rows'][]> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY, threads: String(THREADS) })
  const connection = await instance.connect()
  const found: Rows['rows'][] = []
  try {
    await connection.run(`ATTACH '${file}' AS cdm (READ_ONLY)`)
    await connection.run('CREATE SCHEMA res')
    await connection.run(TARGET)
    for (const [index, script] of scripts.entries()) {
      await connection.run(script)
      const reader = await connection.runAndReadAll(entriesOf(index + 1))
      found.push(reader.getRows().map((row) => row.map((cell) => (typeof cell === 'number' ? cell : String(cell)))))
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  return found
}

/** The same; whatever it made in the database is made anew at each call. */
export async function circeOnPostgresql(url: string, scripts: readonly string[]): Promise<readonly Rows['rows'][]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const found: Rows['rows'][] = []
  try {
    await client.query('DROP SCHEMA IF EXISTS cdm, res CASCADE')
    await client.query('CREATE SCHEMA cdm')
    await client.query('CREATE SCHEMA res')
    await client.query(TARGET)
    for (const table of BULK_TABLES) await client.query(`CREATE VIEW cdm."${table}" AS SELECT * FROM public."${table}"`)
    for (const [index, script] of scripts.entries()) {
      await client.query(script)
      const { rows } = await client.query<(number | string)[]>({ text: entriesOf(index + 1), rowMode: 'array' })
      found.push(rows)
    }
  } finally {
    await client.end()
  }
  return found
}
