/** A dataset cut into files by a hash of the person: what several machines would hold. */
import { DuckDBInstance } from '@duckdb/node-api'
import { shardOf } from '../../src/research/analysis/shards.ts'
import { hasColumn, knownTable } from '../../src/research/omop/specification/cdm.ts'
import { column, columns, equals, integer } from '../../src/research/query/build.ts'
import { program, select, source, table } from '../../src/research/query/build-relations.ts'
import { DUCKDB } from '../../src/research/query/print/duckdb.ts'
import { printProgram } from '../../src/research/query/print/program.ts'
import { BULK_TABLES } from './bulk-population.ts'

/** Paths of the files. `file` must not be open elsewhere. */
export async function cutShards(file: string, shards: number): Promise<readonly string[]> {
  const paths: string[] = []
  for (let shard = 0; shard < shards; shard += 1) {
    const path = `${file}.${shard}`
    const instance = await DuckDBInstance.create(path)
    const connection = await instance.connect()
    await connection.run(`ATTACH '${file}' AS whole (READ_ONLY)`)
    for (const name of BULK_TABLES) {
      await connection.run(`CREATE TABLE "${name}" AS ${partOf(name, shard, shards)}`)
    }
    connection.closeSync()
    instance.closeSync()
    paths.push(path)
  }
  return paths
}

/** The select of the tree, over the attached file: the shard is the one that the analysis means. */
function partOf(name: string, shard: number, shards: number): string {
  const described = knownTable(name)
  const ofShard = equals(shardOf(column('t', 'person_id'), shards), integer(shard))
  const part = select({
    from: source(table(name), 't'),
    columns: columns('t', ...described.columns.map((one) => one.name)),
    ...(hasColumn(described, 'person_id') && { where: ofShard }),
  })
  const printed = printProgram(program([], { part }), [described], DUCKDB, { prefix: 'step_' })
  const sql = printed.results[0]?.sql ?? ''
  return sql.replace(`"${name}"`, `whole."${name}"`)
}
