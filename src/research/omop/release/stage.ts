/**
 * One source file → rows in their types with the fault of each, in a database beside the release. DuckDB reads whole files by
 * itself; a file that it refuses, or in which a row has a fault, is read by us, line by line: only broken lines are left out, and each
 * row knows its line.
 */
import { rm } from 'node:fs/promises'
import type { CdmColumn, CdmTable } from '../specification/cdm.ts'
import { DUCKDB_TYPES, literal, quoted } from '../specification/ddl.ts'
import { CLEAN_FORMAT, writeCleanCopy } from './clean-copy.ts'
import { countOf, type DuckDatabase } from './duckdb.ts'
import type { RecordFault, TextFormat } from './records.ts'
import { faultExpression, typedValue } from './row-checks.ts'
import type { SourceFile } from './source-files.ts'
import type { SourceShape } from './source-shape.ts'

/** Where rows wait: `staging.waiting`, made anew for each table. */
export const WAITING = 'staging.waiting'

export async function makeWaitingTable(database: DuckDatabase, table: CdmTable): Promise<void> {
  const columns = table.columns.map(({ name, type }) => `${quoted(name)} ${DUCKDB_TYPES[type]}`)
  await database.run(
    `CREATE OR REPLACE TABLE ${WAITING} (${columns.join(', ')}, tessera_file INTEGER, tessera_ordinal BIGINT, tessera_fault VARCHAR)`,
  )
}

export interface StageInput {
  readonly database: DuckDatabase
  readonly file: SourceFile
  readonly shape: SourceShape
  /** Which of the files of this table it is. */
  readonly number: number
  /** Rows of the table that were staged before. */
  readonly before: number
  /** A path that nobody else uses. */
  readonly copyPath: string
  /** Called before the file is read line by line; throws when the load was stopped. */
  readonly reread: () => void
}

export interface StagedFile {
  /** Rows that came in, read or broken. */
  readonly rows: number
  readonly broken: readonly { readonly line: number; readonly reason: RecordFault }[]
  /** `tessera_ordinal` is the line, or the number of the row in a file that has no lines. */
  readonly linesKnown: boolean
}

/** Read by DuckDB, or line by line when DuckDB refuses the file. */
export async function stageFile(input: StageInput): Promise<StagedFile> {
  const { database, file, shape, number } = input
  const { text } = shape
  const from = text ? readText(file.path, shape.header.length, text, 1) : `read_parquet(${literal(file.path)})`
  try {
    await database.run(insertStatement(input, from, false))
  } catch (error) {
    if (!text) throw error
    return stageLines(input, text)
  }
  const [staged] = await database.rows(`SELECT count(*) AS n FROM ${WAITING} WHERE tessera_file = ${number}`)
  return { rows: countOf(staged, 'n'), broken: [], linesKnown: text === undefined }
}

/** Takes what was staged of the file away and reads it line by line. */
export async function stageLines(input: StageInput, text: TextFormat): Promise<StagedFile> {
  const { database, file, shape, number, reread } = input
  reread()
  await database.run(`DELETE FROM ${WAITING} WHERE tessera_file = ${number}`)
  const copy = await writeCleanCopy(file, text, input.copyPath)
  try {
    const from = readText(copy.path, shape.header.length + 1, CLEAN_FORMAT, 0)
    await database.run(insertStatement(input, from, true))
  } finally {
    await rm(copy.path, { force: true })
  }
  return { rows: copy.records + copy.broken.length, broken: copy.broken, linesKnown: true }
}

function readText(path: string, columns: number, format: TextFormat, skip: 0 | 1): string {
  const names = Array.from({ length: columns }, (_, at) => `s${at}: 'VARCHAR'`)
  const quote = format.quotes ? `'"'` : `''`
  return (
    `read_csv(${literal(path)}, auto_detect = false, header = false, skip = ${skip}, columns = {${names.join(', ')}}, ` +
    `delim = ${literal(format.delimiter)}, quote = ${quote}, escape = ${quote}, nullstr = '', strict_mode = true, max_line_size = 8388608)`
  )
}

/** @param withLine the first column of the source is the line */
function insertStatement({ shape, file, number, before }: StageInput, from: string, withLine: boolean): string {
  const { table } = file
  const shift = withLine ? 1 : 0
  const sources = new Map<CdmColumn, string>()
  for (const [column, position] of shape.positions) {
    sources.set(column, shape.text ? `s${position + shift}` : quoted(shape.header[position] ?? ''))
  }
  const kept = [...sources.values()].map((source, at) => `${source} AS kept${at}`)
  const keptSources = new Map([...sources.keys()].map((column, at) => [column, `t.kept${at}`]))
  const typed = table.columns.map((column) => `${typedValue(table, column, sources)} AS ${quoted(column.name)}`)
  const names = table.columns.map(({ name }) => `t.${quoted(name)}`)
  const ordinal = withLine ? 's0::BIGINT' : `tessera_number - ${before}`
  return `INSERT INTO ${WAITING}
    SELECT ${names.join(', ')}, ${number}, t.tessera_ordinal, ${faultExpression(table, keptSources)}
    FROM (SELECT ${typed.join(', ')}, ${kept.join(', ')}, ${ordinal} AS tessera_ordinal
      FROM (SELECT row_number() OVER () + ${before} AS tessera_number, * FROM ${from})) t`
}
