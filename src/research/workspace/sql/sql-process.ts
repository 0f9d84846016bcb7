/** The process in which the SQL of a workspace runs: reads a request, answers it, ends. Started by `run-sql.ts`. */
import { text } from 'node:stream/consumers'
import type { Blueprint } from './blueprint.ts'
import { openPermitDatabase, type SqlLimits } from './permit-database.ts'

/** From our own node: it is not checked again. */
export interface SqlRequest {
  readonly sql: string
  readonly blueprint: Blueprint
  readonly limits: SqlLimits
}

const { sql, blueprint, limits } = JSON.parse(await text(process.stdin)) as SqlRequest
const database = await openPermitDatabase(blueprint, limits)
process.stdout.write(JSON.stringify(await database.query(sql)))
database.close()
