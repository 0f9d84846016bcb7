/**
 * Circe's own SQL for the nine cohorts on the same DuckDB. It is made elsewhere (circe-be's query builder without statistics,
 * translated by SqlRender for DuckDB, `cdm` the schema of the data, `res.cohort` the target), since circe needs Java.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Rows } from '../../src/research/query/engine.ts'
import { MEMORY, type Population, THREADS } from './measuring.ts'
import { nineCohorts } from './nine-cohorts.ts'

/** `TESSERA_BENCH_CIRCE_SQL`: a folder with `0.sql` to `8.sql`, in the order of the cohorts. */
export function readCirceSql(): readonly string[] | undefined {
  const folder = process.env.TESSERA_BENCH_CIRCE_SQL
  if (folder === undefined) return undefined
  const paths = nineCohorts().map((_, index) => join(folder, `${index}.sql`))
  return paths.every((path) => existsSync(path)) ? paths.map((path) => readFileSync(path, 'utf8')) : undefined
}

/** The entries of each cohort, by person and start. */
export async function runCirceSql({ file }: Population, scripts: readonly string[]): Promise<readonly Rows['rows'][]> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY, threads: String(THREADS) })
  const connection = await instance.connect()
  const found: Rows['rows'][] = []
  try {
    await connection.run(`ATTACH '${file}' AS cdm (READ_ONLY)`)
    await connection.run('CREATE SCHEMA res')
    await connection.run(
      'CREATE TABLE res.cohort (cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE)',
    )
    for (const script of scripts) {
      await connection.run(script)
      const reader = await connection.runAndReadAll(
        `SELECT subject_id::INTEGER, cohort_start_date::VARCHAR, cohort_end_date::VARCHAR FROM res.cohort ORDER BY 1, 2, 3`,
      )
      found.push(reader.getRows().map((row) => row.map((cell) => (typeof cell === 'number' ? cell : String(cell)))))
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  return found
}
