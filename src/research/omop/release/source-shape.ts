/** What a source file looks like inside: how its text is written, and which of its columns is which of the model. */
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { CdmColumn, CdmTable } from '../specification/cdm.ts'
import { literal } from '../specification/ddl.ts'
import type { DuckDatabase } from './duckdb.ts'
import { createRecordReader, type TextFormat } from './records.ts'
import { unpackedBytes } from './source-bytes.ts'
import type { SourceFile } from './source-files.ts'

export interface SourceShape {
  /** Names of all columns, in the order of the file. */
  readonly header: readonly string[]
  /** Absent for Parquet. */
  readonly text?: TextFormat
  /** Column of the model → position in the file. */
  readonly positions: ReadonlyMap<CdmColumn, number>
  /** In words, for the report: renamed, unknown and absent columns. */
  readonly notes: readonly string[]
}

export type ShapeProblemCode = 'source-unreadable' | 'source-no-header'

/** Names that columns had in CDM 5.3, by table. */
const OlderNames = z.strictObject({
  source: z.string(),
  tables: z.record(z.string(), z.record(z.string(), z.string())),
})
const OLDER = OlderNames.parse(
  JSON.parse(readFileSync(new URL('../../../../data/omop/cdm-5.3-names.json', import.meta.url), 'utf8')),
).tables

const DELIMITERS = [',', '\t', ';', '|']

export async function shapeOf(
  file: SourceFile,
  database: DuckDatabase,
): Promise<Result<SourceShape, ShapeProblemCode>> {
  if (file.format === 'parquet') {
    try {
      const rows = await database.rows(`DESCRIBE SELECT * FROM read_parquet(${literal(file.path)})`)
      return ok({
        header: rows.map(({ column_name: name }) => String(name)),
        ...columnsOf(
          file.table,
          rows.map(({ column_name: name }) => String(name)),
        ),
      })
    } catch {
      return failed(
        'source-unreadable',
        `The file ${file.name} is no Parquet file, or is damaged.`,
        'Export it again; nothing was loaded.',
        { file: file.name },
      )
    }
  }
  const first = await firstLine(file)
  const text = formatOf(first, file.table)
  const reader = createRecordReader(text)
  const header = [...reader.push(Buffer.from(first)), ...reader.end()][0]?.fields.map((name) => name.trim()) ?? []
  const columns = columnsOf(file.table, header)
  if (columns.positions.size > 0) return ok({ header, text: { ...text, columns: header.length }, ...columns })
  return failed(
    'source-no-header',
    `The first line of ${file.name} names no column of the table ${file.table.name}.`,
    'Write the names of the columns in the first line, in UTF-8.',
    { file: file.name, line: 1 },
  )
}

async function firstLine(file: SourceFile): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of unpackedBytes(file)) {
    chunks.push(chunk)
    if (chunk.includes(0x0a)) break
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\ufeff/, '')
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** The delimiter that cuts the header into most columns of the table. */
function formatOf(header: string, table: CdmTable): TextFormat {
  const known = (delimiter: string) =>
    header.split(delimiter).filter((name) => columnNamed(table, name.replaceAll('"', ''))).length
  const [delimiter = ','] = [...DELIMITERS].sort((left, right) => known(right) - known(left))
  // Athena's files are cut by tabs and know no quotes; a file that quotes its header knows them.
  return { delimiter, quotes: delimiter !== '\t' || header.startsWith('"') }
}

function columnNamed(table: CdmTable, written: string): CdmColumn | undefined {
  const name = written.trim().toLowerCase()
  const current = OLDER[table.name]?.[name] ?? name
  return table.columns.find((column) => column.name === current)
}

function columnsOf(table: CdmTable, header: readonly string[]): Pick<SourceShape, 'positions' | 'notes'> {
  const positions = new Map<CdmColumn, number>()
  const notes: string[] = []
  header.forEach((name, at) => {
    const column = columnNamed(table, name)
    if (!column) notes.push(`The column ${name} is not in OMOP CDM 5.4 and was not loaded.`)
    else if (positions.has(column)) notes.push(`The column ${name} says ${column.name} once more and was not loaded.`)
    else positions.set(column, at)
    if (column && column.name !== name.trim().toLowerCase())
      notes.push(`The column ${name} is called ${column.name} since CDM 5.4.`)
  })
  for (const column of table.columns) {
    if (positions.has(column) || column.nullable) continue
    const instead = absentValue(table, column)
    notes.push(
      instead === undefined
        ? `The column ${column.name} is absent, and every row needs it.`
        : `The column ${column.name} is absent: ${instead === '0' ? 'concept 0 (no matching concept)' : 'the number of the row'} stands in it.`,
    )
  }
  return { positions, notes }
}

/**
 * What stands in a needed column that the file does not have: concept 0 where the model asks for a concept (the convention of
 * OMOP for what is not known), the row's number for a key of the table. Undefined: there is nothing to put in.
 */
export function absentValue(table: CdmTable, column: CdmColumn): '0' | 'row-number' | undefined {
  if (column.nullable) return undefined
  if (table.primaryKey === column.name && column.type === 'integer' && !/^(?:person|concept)_id$/.test(column.name)) {
    return 'row-number'
  }
  return column.references?.table === 'concept' && table.part === 'clinical' ? '0' : undefined
}
