/**
 * Tables of the eHDSI catalogues, in CSV or in a spreadsheet: the header is found among the first rows, what stands above
 * it are facts about the sheet ("OID: …"), and its columns are told by the names that `data` knows for them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { columnKey, csvRecords } from '../input/csv.ts'
import type { InputFile } from '../input/input.ts'
import { readSheets } from '../input/xlsx.ts'
import { isLanguage } from '../resource.ts'
import type { ReadContext } from './format.ts'
import { delimiterOf } from './mapped.ts'

const Names = z.record(z.string(), z.array(z.string()))
const Columns = z.object({ columns: Names, facts: Names })

const FILE = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  '..',
  'data',
  'terminology',
  'list-formats',
  'catalogue',
  'columns.json',
)

let known: z.infer<typeof Columns> | undefined

function columns() {
  known ??= Columns.parse(JSON.parse(readFileSync(FILE, 'utf8')))
  return known
}

export interface CatalogueTable {
  /** The sheet; undefined in CSV. */
  readonly sheet?: string
  /** What is said above the header: name, oid, version, … */
  readonly facts: Readonly<Record<string, string>>
  /** Meanings that have a column. */
  readonly has: ReadonlySet<string>
  /** Columns of designations, by language. */
  readonly languages: ReadonlyMap<string, number>
  readonly rows: readonly CatalogueRow[]
}

export interface CatalogueRow {
  readonly line: number
  /** The cell of a meaning; '' when there is none. */
  get(meaning: string): string
  word(column: number): string
}

/** How far down a header is looked for. */
const HEADER_ROWS = 30

/** What the first lines of a CSV file say it is; for spreadsheets the columns are only known when they are read. */
export function meaningsIn(head: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const line of head
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .slice(0, HEADER_ROWS)) {
    const cells = line.split(delimiterOf(line)).map((cell) => cell.replace(/^\s*"|"\s*$/g, ''))
    const header = headerOf(cells)
    if (header) for (const meaning of header.meanings.keys()) found.add(meaning)
  }
  return found
}

/** All tables of a file; sheets without a header that is known are passed over (covers, change logs). */
export async function readTables(file: InputFile, context: ReadContext): Promise<readonly CatalogueTable[]> {
  if (/\.xlsx$/i.test(file.name)) {
    const sheets = await readSheets(file)
    if (!sheets.ok) {
      context.complain(file, sheets.problem)
      return []
    }
    return sheets.value.flatMap(({ name, rows }) => tableOf(rows, name) ?? [])
  }
  const head = (await file.head()).toString('utf8').split(/\r?\n/)
  const header = head.find((line) =>
    headerOf(line.split(delimiterOf(line)).map((cell) => cell.replace(/^\s*"|"\s*$/g, ''))),
  )
  const rows: { line: number; cells: readonly string[] }[] = []
  const options = { delimiter: delimiterOf(header ?? head[0] ?? ''), encoding: 'utf-8', quoted: true } as const
  for await (const record of csvRecords(file, options, (what) => context.complain(file, what))) rows.push(record)
  return tableOf(rows) ?? []
}

interface Header {
  readonly meanings: ReadonlyMap<string, number>
  readonly languages: ReadonlyMap<string, number>
}

/** A header names a code and a code system, or both sides of a mapping, or a code in a sheet of one value set. */
function headerOf(cells: readonly string[]): Header | undefined {
  const meanings = new Map<string, number>()
  const languages = new Map<string, number>()
  cells.forEach((cell, index) => {
    const key = columnKey(cell).replace(/\s+/g, ' ')
    const meaning = Object.entries(columns().columns).find(([, names]) => names.includes(key))?.[0]
    if (meaning !== undefined && !meanings.has(meaning)) meanings.set(meaning, index)
    else if (meaning === undefined) {
      const tag = /^[a-z]{2}(?:[-_][a-z]{2})?$/.test(key) ? key : /[([]([a-z]{2}(?:[-_][a-z]{2})?)[)\]]$/.exec(key)?.[1]
      if (tag !== undefined && isLanguage(tag)) languages.set(tag, index)
    }
  })
  const one = meanings.has('code') && (meanings.has('display') || meanings.has('translation') || languages.size > 0)
  const two = meanings.has('sourceCode') && meanings.has('targetCode')
  return one || two ? { meanings, languages } : undefined
}

function tableOf(
  rows: readonly { readonly line: number; readonly cells: readonly string[] }[],
  sheet?: string,
): CatalogueTable[] | undefined {
  const at = rows.slice(0, HEADER_ROWS).findIndex(({ cells }) => headerOf(cells) !== undefined)
  const header = headerOf(rows[at]?.cells ?? [])
  if (!header) return undefined
  const { meanings, languages } = header
  return [
    {
      ...(sheet !== undefined && { sheet }),
      facts: factsIn(rows.slice(0, at)),
      has: new Set(meanings.keys()),
      languages,
      rows: rows.slice(at + 1).map(({ line, cells }) => ({
        line,
        get: (meaning) => cells[meanings.get(meaning) ?? -1]?.trim() ?? '',
        word: (column) => cells[column]?.trim() ?? '',
      })),
    },
  ]
}

/** `OID | 1.2.3` or `OID: 1.2.3` above the header. */
function factsIn(rows: readonly { readonly cells: readonly string[] }[]): Readonly<Record<string, string>> {
  const facts: Record<string, string> = {}
  for (const { cells } of rows) {
    const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
    const [label = '', value = ''] = filled.length > 1 ? filled : (filled[0] ?? '').split(/:\s+/)
    const key = columnKey(label).replace(/:$/, '')
    const fact = Object.entries(columns().facts).find(([, names]) => names.includes(key))?.[0]
    if (fact !== undefined && value !== '') facts[fact] ??= value
  }
  return facts
}
