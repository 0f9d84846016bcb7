/**
 * ClickHouse in a process of its own, over one directory of data. Programs run one after the other, because stopping one
 * ends the process. It is installed only from `engines/clickhouse` (543 MB), mostly for the tests of the three engines.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Cell } from '../engine.ts'
import { CLICKHOUSE, CLICKHOUSE_SETTINGS } from '../print/clickhouse.ts'
import type { Column } from '../print/dialect.ts'
import type { DataEngine, TableDescription } from '../tables.ts'
import { datetimeOf } from './cells.ts'
import {
  CLICKHOUSE_FOLDER,
  type ClickhouseClient,
  ClickhouseError,
  clickhouseClient,
  clickhouseInstalled,
} from './clickhouse-client.ts'
import { knownTable, loading, printCreateTable, tablesByName } from './loading.ts'
import { type EngineSession, type Explained, type Lane, runProgram } from './run-program.ts'

export interface ClickhouseOptions {
  /** Of the data; made when it does not exist. */
  readonly directory: string
  readonly tables?: readonly TableDescription[]
  /** Bytes for one query; 2 GB when absent. */
  readonly memory?: number
  /** Where chdb is installed; `engines/clickhouse` when absent. */
  readonly folder?: string
}

export async function openClickhouse(options: ClickhouseOptions): Promise<Result<DataEngine, 'engine-unavailable'>> {
  const folder = options.folder ?? CLICKHOUSE_FOLDER
  if (!clickhouseInstalled(folder)) {
    return failed('engine-unavailable', 'ClickHouse is not installed.', 'Run `npm ci` in engines/clickhouse.')
  }
  const settings = { ...CLICKHOUSE_SETTINGS, max_memory_usage: String(options.memory ?? 2_000_000_000) }
  const atStart = Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`)
  const client = clickhouseClient(folder, options.directory, atStart)
  try {
    await client.query('SELECT 1')
  } catch (error) {
    await client.end()
    return failed(
      'engine-unavailable',
      `ClickHouse could not be started (${explain(error).detail}).`,
      'Check that nobody else has the directory of its data open, and that it is writable.',
    )
  }
  return ok(engineOf(client, tablesByName(options.tables)))
}

function engineOf(client: ClickhouseClient, tables: Map<string, TableDescription>): DataEngine {
  const parts = {
    dialect: CLICKHOUSE,
    title: 'ClickHouse',
    tables: () => tables.values(),
    open: async () => sessionOf(client),
    explain,
  }
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = before.then(work)
    before = mine.catch(() => {})
    return mine
  }
  return {
    dialect: 'clickhouse',
    run: (program, options = {}) => inTurn(() => runProgram(program, options, parts)),
    createTable: (table) =>
      inTurn(() =>
        loading('table-not-made', table.name, explain, async () => {
          const order = (table.sortedBy ?? []).map((name) => CLICKHOUSE.identifier(name)).join(', ')
          const storage = ` ENGINE = MergeTree ORDER BY (${order}) SETTINGS allow_nullable_key = 1`
          await client.query(printCreateTable(table, CLICKHOUSE, storage))
          tables.set(table.name, table)
        }),
      ),
    insertRows: (table, rows) =>
      inTurn(() => loading('rows-not-inserted', table, explain, () => insert(client, knownTable(tables, table), rows))),
    close: () => inTurn(() => client.end()),
  }
}

function sessionOf(client: ClickhouseClient): EngineSession {
  const lane: Lane = {
    make: async (table, select) => {
      await client.query(CLICKHOUSE.createTemporary(table, select))
    },
    read: async (sql, columns) => rowsOf(await client.query(sql), columns),
  }
  return {
    lanes: [lane],
    interrupt: () => void client.end(),
    release: async (tables) => {
      for (const table of tables) {
        await client.query(`DROP TEMPORARY TABLE IF EXISTS ${CLICKHOUSE.identifier(table)}`)
      }
    },
  }
}

function rowsOf(answer: string, columns: readonly Column[]): readonly (readonly Cell[])[] {
  const lines = answer.split('\n').filter((line) => line !== '')
  return lines.map((line) => {
    const cells: readonly Cell[] = JSON.parse(line)
    return cells.map((cell, index) => cellOf(cell, columns[index]))
  })
}

/** Conditions come as 0 and 1. */
function cellOf(cell: Cell, column: Column | undefined): Cell {
  if (cell === null) return null
  if (column?.type === 'boolean') return Boolean(cell)
  return column?.type === 'datetime' ? datetimeOf(String(cell)) : cell
}

async function insert(
  client: ClickhouseClient,
  table: TableDescription,
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  if (rows.length === 0) return
  const lines = rows.map((row) =>
    JSON.stringify(
      table.columns.map(({ type }, index) => {
        const cell = row[index] ?? null
        return type === 'datetime' && cell !== null ? String(cell).replace('T', ' ') : cell
      }),
    ),
  )
  await client.query(
    `INSERT INTO ${CLICKHOUSE.identifier(table.name)} FORMAT JSONCompactEachRow\n${lines.join('\n')}\n`,
  )
}

/** 241: memory limit exceeded. */
function explain(error: unknown): Explained {
  const code = error instanceof ClickhouseError ? error.code : 'none'
  return { tooLarge: code === '241', detail: `code ${code}` }
}
