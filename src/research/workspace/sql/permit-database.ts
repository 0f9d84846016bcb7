/**
 * A database that holds the views of one permit and nothing else that a statement can name. The release is attached read-only
 * and not copied; files, network, extensions and settings are shut before anything of the person is looked at.
 */
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Cell } from '../../query/engine.ts'
import { DUCKDB } from '../../query/print/duckdb.ts'
import type { Blueprint } from './blueprint.ts'
import { checkStatement, type StatementProblemCode } from './check-statement.ts'

export interface SqlLimits {
  readonly seconds: number
  readonly rows: number
  readonly memoryMegabytes: number
  readonly threads: number
}

export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly Cell[])[]
  /** False: there were more rows than the limit, and these are the first. */
  readonly complete: boolean
}

export type SqlProblemCode = StatementProblemCode | 'sql-failed' | 'query-too-slow' | 'query-too-large'

export interface PermitDatabase {
  query(sql: string): Promise<Result<SqlAnswer, SqlProblemCode>>
  close(): void
}

/** Rejects when the release cannot be opened or the views do not fit it. */
export async function openPermitDatabase(blueprint: Blueprint, limits: SqlLimits): Promise<PermitDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${limits.memoryMegabytes}MB`,
    threads: String(limits.threads),
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_unsigned_extensions: 'false',
  })
  const connection = await instance.connect()
  const id = DUCKDB.identifier
  await connection.run(`ATTACH ${quoted(blueprint.file)} AS ${id(blueprint.attached)} (READ_ONLY)`)
  for (const { table, name } of blueprint.sources) {
    await connection.run(`CREATE VIEW ${id(name)} AS SELECT * FROM ${id(blueprint.attached)}."main".${id(table)}`)
  }
  // From here on no statement, not even one of ours, opens a file or changes a setting.
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  const views = new Map(blueprint.views.map((view) => [view.name.toLowerCase(), view]))
  const made = new Set<string>()
  return {
    async query(sql) {
      const parsed = await connection.runAndReadAll('SELECT json_serialize_sql(?::VARCHAR)', [sql])
      const checked = checkStatement(JSON.parse(String(parsed.getRows()[0]?.[0])), new Set(views.keys()))
      if (!checked.ok) return checked
      return withinTime(connection, limits, async () => {
        for (const name of checked.value) await makeView(connection, blueprint, views.get(name), made)
        return read(connection, sql, limits.rows)
      })
    },
    close() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/**
 * Nothing is pushed below a LIMIT. Without it, conditions of the person's would be tried on rows that the view does not show:
 * their time, and a failure that the optimiser did not foresee, would tell something of others.
 */
const BARRIER = 'LIMIT 4611686018427387904'

/** As it is asked. */
export function viewBody({ sql, limited }: Blueprint['views'][number]): string {
  return limited ? `SELECT * FROM (${sql}) AS "rows" ${BARRIER}` : sql
}

/** With the steps that it needs; each once. */
async function makeView(
  connection: DuckDBConnection,
  { steps, lists }: Blueprint,
  view: Blueprint['views'][number] | undefined,
  made: Set<string>,
): Promise<void> {
  if (!view || made.has(view.name)) return
  if (view.needs.length > 0) await fillLists(connection, lists, made)
  for (const { table, sql } of steps.filter((step) => view.needs.includes(step.table))) {
    if (made.has(table)) continue
    await connection.run(DUCKDB.createTemporary(table, sql))
    made.add(table)
  }
  await connection.run(`CREATE VIEW ${DUCKDB.identifier(view.name)} AS ${viewBody(view)}`)
  made.add(view.name)
}

async function fillLists(connection: DuckDBConnection, lists: Blueprint['lists'], made: Set<string>): Promise<void> {
  for (const { table, columns } of lists.filter((list) => !made.has(list.table))) {
    const described = columns.map(({ name }) => `${DUCKDB.identifier(name)} BIGINT`)
    await connection.run(`CREATE TEMPORARY TABLE ${DUCKDB.identifier(table)} (${described.join(', ')})`)
    const appender = await connection.createAppender(table, 'main', 'temp')
    const rows = columns[0]?.values.length ?? 0
    for (let row = 0; row < rows; row += 1) {
      for (const { values } of columns) appender.appendBigInt(BigInt(values[row] ?? 0))
      appender.endRow()
    }
    appender.closeSync()
    made.add(table)
  }
}

async function withinTime(
  connection: DuckDBConnection,
  { seconds }: SqlLimits,
  work: () => Promise<SqlAnswer>,
): Promise<Result<SqlAnswer, SqlProblemCode>> {
  let late = false
  const timer = setTimeout(() => {
    late = true
    connection.interrupt()
  }, seconds * 1000)
  try {
    return ok(await work())
  } catch (error) {
    return late ? tooSlow(seconds) : explained(error)
  } finally {
    clearTimeout(timer)
  }
}

async function read(connection: DuckDBConnection, sql: string, most: number): Promise<SqlAnswer> {
  const result = await connection.stream(sql)
  const types = result.columnTypes()
  const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]).toLowerCase() }))
  const rows: (readonly Cell[])[] = []
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return { columns, rows, complete: true }
    for (const row of chunk.getRows()) {
      if (rows.length === most) return { columns, rows, complete: false }
      rows.push(row.map(cellOf))
    }
  }
}

/** Numbers beyond 2^53, days, lists: as text. */
function cellOf(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') {
    return Number.isNaN(value) ? null : value
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value.toString()
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function tooSlow(seconds: number) {
  const sentence = `The statement took longer than ${seconds} seconds.`
  return failed<SqlProblemCode>('query-too-slow', sentence, 'Ask for less, or in smaller steps.')
}

/** What was wrong with the statement is told; what was wrong with a value is not, since it would name the value. */
function explained(error: unknown) {
  const message = error instanceof Error ? error.message : ''
  const kind = /^([A-Za-z ]+) Error:/.exec(message)?.[1] ?? 'unknown'
  if (kind === 'Out of Memory') {
    const sentence = 'The statement needs more memory than a workspace has.'
    return failed<SqlProblemCode>('query-too-large', sentence, 'Ask for fewer rows or columns.')
  }
  const about = kind === 'Binder' || kind === 'Catalog' ? firstLine(message) : `${kind.toLowerCase()} error`
  return failed<SqlProblemCode>('sql-failed', `The statement failed: ${about}`, 'Correct it and try again.')
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 300)
}
