/** DuckDB in the process: the engine of a node. One file for each dataset release, opened read-only, or memory alone. */
import { cpus } from 'node:os'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Cell } from '../engine.ts'
import type { Column } from '../print/dialect.ts'
import { DUCKDB } from '../print/duckdb.ts'
import type { DataEngine, TableDescription } from '../tables.ts'
import type { ValueType } from '../tree.ts'
import { datetimeOf } from './cells.ts'
import { knownTable, loading, printCreateTable, tablesByName } from './loading.ts'
import { type EngineSession, type Explained, type Lane, runProgram, type WantedSession } from './run-program.ts'

export interface DuckdbOptions {
  /** Absent: a database in memory. */
  readonly file?: string
  /** Of a file: true unless said otherwise. */
  readonly readOnly?: boolean
  /** What programs may read. */
  readonly tables?: readonly TableDescription[]
  /** As DuckDB writes it, `2GB` when absent. */
  readonly memory?: string
  /** All processors when absent. */
  readonly threads?: number
  /** Where what does not fit in memory goes; absent: nowhere, such a query is too large. */
  readonly temporaryDirectory?: string
}

/** Without what cannot go to the disk. */
const { distinctOfFew: _, ...SPARING } = DUCKDB

export async function openDuckdb(options: DuckdbOptions = {}): Promise<Result<DataEngine, 'engine-unavailable'>> {
  let instance: DuckDBInstance
  let writer: DuckDBConnection
  try {
    instance = await DuckDBInstance.create(options.file ?? ':memory:', settingsOf(options))
    writer = await instance.connect()
  } catch (error) {
    return failed(
      'engine-unavailable',
      `The data could not be opened with DuckDB (${explain(error).detail}).`,
      'Check that the file of the dataset release exists, is readable, and is not open for writing elsewhere.',
    )
  }
  return ok(engineOf(instance, writer, tablesByName(options.tables), options.threads ?? cpus().length))
}

/** Nothing is downloaded and no other file is read, whatever a query says. */
function settingsOf(options: DuckdbOptions): Record<string, string> {
  const readOnly = options.file !== undefined && options.readOnly !== false
  return {
    ...(readOnly && { access_mode: 'READ_ONLY' }),
    memory_limit: options.memory ?? '2GB',
    threads: String(options.threads ?? cpus().length),
    temp_directory: options.temporaryDirectory ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    lock_configuration: 'true',
  }
}

function engineOf(
  instance: DuckDBInstance,
  writer: DuckDBConnection,
  tables: Map<string, TableDescription>,
  lanes: number,
): DataEngine {
  const parts = {
    dialect: DUCKDB,
    sparing: SPARING,
    title: 'DuckDB',
    tables: () => tables.values(),
    open: (wanted: WantedSession) => openSession(instance, { ...wanted, mostLanes: Math.min(wanted.mostLanes, lanes) }),
    schemaOf,
    explain,
  }
  return {
    dialect: 'duckdb',
    run: (program, options = {}) => runProgram(program, options, parts),
    createTable: (table) =>
      loading('table-not-made', table.name, explain, async () => {
        await writer.run(printCreateTable(table, DUCKDB))
        tables.set(table.name, table)
      }),
    insertRows: (table, rows) =>
      loading('rows-not-inserted', table, explain, () => append(writer, knownTable(tables, table), rows)),
    close: async () => {
      writer.closeSync()
      instance.closeSync()
    },
  }
}

/** Temporary tables belong to one connection, so that the tables of a session are in a database of its own, in memory. */
function schemaOf(name: string): string {
  return `${DUCKDB.identifier(name)}."main"`
}

async function openSession(
  instance: DuckDBInstance,
  { name, mostLanes, makes }: WantedSession,
): Promise<EngineSession> {
  const first = await instance.connect()
  const others: DuckDBConnection[] = []
  const end = async (): Promise<void> => {
    for (const connection of others) connection.closeSync()
    if (makes) await first.run(`DETACH DATABASE IF EXISTS ${DUCKDB.identifier(name)}`).catch(() => undefined)
    first.closeSync()
  }
  try {
    if (makes) await first.run(`ATTACH ':memory:' AS ${DUCKDB.identifier(name)} (READ_WRITE)`)
    while (others.length < mostLanes - 1) others.push(await instance.connect())
  } catch (error) {
    await end()
    throw error
  }
  return {
    lanes: [laneOf(first, name), ...others.map((connection) => laneOf(connection, name))],
    interrupt: () => {
      for (const connection of [first, ...others]) connection.interrupt()
    },
    release: end,
  }
}

function laneOf(connection: DuckDBConnection, name: string): Lane {
  return {
    make: async (table, select) => {
      await connection.run(`CREATE TABLE ${schemaOf(name)}.${DUCKDB.identifier(table)} AS ${select}`)
    },
    read: async (sql, columns) => {
      const rows: Cell[][] = []
      for await (const chunk of await connection.run(sql)) appendCells(rows, chunk, columns)
      return rows
    },
  }
}

/** Each value is looked at once: answers have millions of rows, one for each person of a cell. */
function appendCells(rows: Cell[][], chunk: DuckDBDataChunk, columns: readonly Column[]): void {
  const vectors = columns.map((_, index) => chunk.getColumnVector(index))
  const { rowCount } = chunk
  for (let at = 0; at < rowCount; at += 1) {
    rows.push(vectors.map((vector, index) => cellOf(vector.getItem(at), columns[index])))
  }
}

function cellOf(value: DuckDBValue | undefined, column: Column | undefined): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value
  const text = value.toString()
  if (column?.type === 'datetime') return datetimeOf(text)
  return column?.type === 'integer' || column?.type === 'double' ? Number(text) : text
}

async function append(
  connection: DuckDBConnection,
  table: TableDescription,
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const appender = await connection.createAppender(table.name)
  try {
    for (const row of rows) {
      table.columns.forEach((column, index) => {
        appender.appendValue(duckdbValue(row[index] ?? null, column.type), DUCKDB_TYPES[column.type])
      })
      appender.endRow()
    }
    appender.flushSync()
  } finally {
    appender.closeSync()
  }
}

const DAY = 86_400_000

function duckdbValue(cell: Cell, type: ValueType): DuckDBValue {
  if (cell === null) return null
  switch (type) {
    case 'integer':
      return BigInt(Number(cell))
    case 'double':
      return Number(cell)
    case 'text':
      return String(cell)
    case 'date':
      return new DuckDBDateValue(timeOf(`${cell}T00:00:00`) / DAY)
    case 'datetime': {
      const [whole = '', fraction = ''] = String(cell).split('.')
      return new DuckDBTimestampValue(BigInt(timeOf(whole)) * 1000n + BigInt(fraction.padEnd(6, '0')))
    }
    case 'boolean':
      return cell === true
  }
}

const DUCKDB_TYPES: Readonly<Record<ValueType, DuckDBType>> = {
  integer: BIGINT,
  double: DOUBLE,
  text: VARCHAR,
  date: DATE,
  datetime: TIMESTAMP,
  boolean: BOOLEAN,
}

function timeOf(text: string): number {
  const time = Date.parse(`${text}Z`)
  if (Number.isNaN(time)) throw new Error('not a date')
  return time
}

/** DuckDB begins its messages with the kind of error. */
function explain(error: unknown): Explained {
  const kind = /^([A-Za-z ]+) Error:/.exec(error instanceof Error ? error.message : '')?.[1] ?? 'unknown error'
  return { tooLarge: kind === 'Out of Memory', detail: kind.toLowerCase() }
}
