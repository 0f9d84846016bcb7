/** Rows of OMOP tables → a folder of CSV files that `loadRelease` and `importVocabulary` read. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { knownTable } from './specification/cdm.ts'

export type OmopValue = string | number | null | undefined

/** A row by the names of its columns; what is absent is NULL. */
export type OmopRow = Readonly<Record<string, OmopValue>>

/** Name of a table → its rows. */
export type TableRows = ReadonlyMap<string, readonly OmopRow[]>

/** One file `<table>.csv` for each table. A column that the table does not have is a mistake of the program and thrown. */
export async function writeTables(folder: string, tables: TableRows): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [name, rows] of tables) {
    const columns = knownTable(name).columns.map((column) => column.name)
    const known = new Set(columns)
    const lines = rows.map((row) => {
      const wrong = Object.keys(row).find((column) => !known.has(column))
      if (wrong !== undefined) throw new Error(`${name} has no column ${wrong}.`)
      return columns.map((column) => field(row[column])).join(',')
    })
    await writeFile(join(folder, `${name}.csv`), `${[columns.join(','), ...lines].join('\n')}\n`, { mode: 0o600 })
  }
}

function field(value: OmopValue): string {
  if (value === null || value === undefined || value === '') return ''
  return typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`
}
