/** The bulk population in PostgreSQL: written by DuckDB as CSV, read with COPY, with the indexes that OMOP installations have. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { CDM_TABLES } from '../../src/research/omop/specification/cdm.ts'
import { openPostgresql } from '../../src/research/query/engines/postgresql.ts'
import type { DataEngine } from '../../src/research/query/tables.ts'
import { createPostgresDatabase, type PostgresServer, startPostgres } from '../../test/databases.ts'
import { BULK_TABLES } from './bulk-population.ts'
import { type Population, timed } from './measuring.ts'

const MEMORY_OF_A_SORT = '512MB'

const INDEXES = [
  'CREATE UNIQUE INDEX ON person (person_id)',
  'CREATE INDEX ON observation_period (person_id)',
  'CREATE INDEX ON condition_occurrence (person_id, condition_start_date)',
  'CREATE INDEX ON condition_occurrence (condition_concept_id)',
  'CREATE INDEX ON measurement (person_id, measurement_date)',
  'CREATE INDEX ON measurement (measurement_concept_id)',
  'CREATE INDEX ON concept_ancestor (ancestor_concept_id)',
]

export interface LazyPostgresql {
  readonly get: Population['inPostgresql']
  close(): Promise<void>
}

/** A server of its own, started and filled at most once. `TESSERA_BENCH_POSTGRES=no`: none. */
export function lazyPostgresql(file: string, folder: string): LazyPostgresql {
  let server: PostgresServer | undefined
  const start = async () => {
    server = process.env.TESSERA_BENCH_POSTGRES === 'no' ? undefined : await startPostgres()
    if (!server) return undefined
    const url = await createPostgresDatabase(server)
    const [engine, seconds] = await timed(() => fillPostgresql(file, join(folder, 'csv'), url, MEMORY_OF_A_SORT))
    return { engine, url, seconds }
  }
  let filled: ReturnType<typeof start> | undefined
  return {
    get: () => {
      filled ??= start()
      return filled
    },
    close: async () => {
      await (await filled)?.engine.close()
      await server?.stop()
    },
  }
}

/** `file` must not be open elsewhere. `url`: an empty database whose server may read `folder`. */
async function fillPostgresql(file: string, folder: string, url: string, memory: string): Promise<DataEngine> {
  const tables = CDM_TABLES.filter((one) => (BULK_TABLES as readonly string[]).includes(one.name))
  const engine = await openPostgresql({ url, tables, memory })
  if (!engine.ok) throw new Error(engine.problem.sentence)
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
  const duckdb = await instance.connect()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    mkdirSync(folder, { recursive: true })
    for (const table of tables) {
      const made = table.columns.map(({ name, type }) => `"${name}" ${POSTGRESQL_TYPES[type]}`)
      await client.query(`CREATE UNLOGGED TABLE "${table.name}" (${made.join(', ')})`)
      const path = join(folder, `${table.name}.csv`)
      await duckdb.run(`COPY "${table.name}" TO '${path}' (HEADER false)`)
      await client.query(`COPY "${table.name}" FROM '${path}' (FORMAT csv)`)
      rmSync(path)
    }
    await client.query("SET maintenance_work_mem = '512MB'")
    for (const index of INDEXES) await client.query(index)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
    duckdb.closeSync()
    instance.closeSync()
  }
  return engine.value
}

const POSTGRESQL_TYPES = {
  integer: 'bigint',
  double: 'double precision',
  text: 'text',
  date: 'date',
  datetime: 'timestamp',
} as const
