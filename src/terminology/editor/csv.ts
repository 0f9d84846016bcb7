/** The working set as tables for spreadsheets: one for designations, one for maps. */
import { Readable } from 'node:stream'
import type { Problem } from '#platform/result/result.ts'
import { csvRecords } from '../import/input/csv.ts'
import type { WorkRow } from './importing.ts'
import { WORK_STATUSES, type WorkContent, type WorkEntry, type WorkStatus } from './work.ts'

export interface CsvExportOptions {
  readonly kind: WorkContent['kind']
  /** `;` is what a spreadsheet expects in countries with a decimal comma. Default: `,`. */
  readonly delimiter?: ',' | ';'
  /** A byte order mark, without which Excel takes UTF-8 for another encoding. Default: false. */
  readonly byteOrderMark?: boolean
}

const ENTRY = ['id', 'version', 'status'] as const
const COLUMNS = {
  designation: [...ENTRY, 'system', 'code', 'language', 'term', 'source', 'original'],
  mapping: [
    ...ENTRY,
    ...['map', 'sourceSystem', 'sourceCode', 'relationship', 'targetSystem', 'targetCode', 'targetDisplay'],
    ...['comment', 'quality', 'validFrom', 'validTo'],
  ],
} as const satisfies Record<WorkContent['kind'], readonly string[]>

/** Lines of RFC 4180 with a header, as they are asked for. */
export async function* exportCsv(
  entries: AsyncIterable<WorkEntry> | Iterable<WorkEntry>,
  { kind, delimiter = ',', byteOrderMark = false }: CsvExportOptions,
): AsyncGenerator<string> {
  const columns: readonly string[] = COLUMNS[kind]
  yield `${byteOrderMark ? '\ufeff' : ''}${columns.join(delimiter)}\r\n`
  for await (const { content, ...entry } of entries) {
    if (content.kind !== kind) continue
    const values: Readonly<Record<string, unknown>> = { ...entry, ...content }
    yield `${columns.map((column) => cell(String(values[column] ?? ''), delimiter)).join(delimiter)}\r\n`
  }
}

/** A spreadsheet runs a cell that begins like this; an apostrophe makes it text (OWASP, CSV injection). */
const DANGEROUS = /^'*[=+\-@\t\r＝＋－＠]/
const GUARDED = /^'+[=+\-@\t\r＝＋－＠]/

function cell(value: string, delimiter: string): string {
  const safe = DANGEROUS.test(value) ? `'${value}` : value
  const plain = !/["\r\n]/.test(safe) && !safe.includes(delimiter) && safe === safe.trim()
  return plain ? safe : `"${safe.replaceAll('"', '""')}"`
}

function unguarded(value: string): string {
  return GUARDED.test(value) ? value.slice(1) : value
}

export interface CsvReading {
  readonly rows: readonly WorkRow[]
  readonly problems: readonly Problem[]
}

/**
 * Reads what `exportCsv` wrote, also after a spreadsheet saved it: columns in any order, `;` or tab between them, with or
 * without byte order mark. `id`, `version`, `status` and optional fields may be left out.
 */
export async function readCsv(bytes: Buffer, file: string): Promise<CsvReading> {
  const rows: WorkRow[] = []
  const problems: Problem[] = []
  const complain = (what: { code: string; sentence: string; next: string; line?: number }) => {
    const { line, ...problem } = what
    problems.push({ ...problem, place: { file, ...(line !== undefined && { line }) } })
  }
  const input = {
    name: file,
    size: bytes.length,
    head: async () => bytes.subarray(0, 8192),
    bytes: async () => ({ ok: true, value: bytes }) as const,
    stream: () => Readable.from([bytes]),
  }
  const options = { delimiter: delimiterOf(bytes), encoding: 'utf-8', quoted: true } as const
  let header: Header | undefined
  for await (const { cells, line } of csvRecords(input, options, complain)) {
    if (!header) {
      const found = headerOf(cells)
      if ('sentence' in found) {
        complain({ code: 'terminology-table-columns', next: 'Export a table and keep its header.', line, ...found })
        break
      }
      header = found
    } else if (cells.length > header.columns.length) {
      const sentence = `The row has ${cells.length} cells where the header has ${header.columns.length}: it is left out.`
      complain({ code: 'terminology-table-row', sentence, next: 'Correct the row.', line })
    } else {
      const row = rowOf(header, cells, line, file)
      if ('sentence' in row) complain({ code: 'terminology-work-unfit', next: 'Correct the row.', line, ...row })
      else rows.push(row)
    }
  }
  return { rows, problems }
}

function delimiterOf(bytes: Buffer): string {
  const [first = ''] = bytes.subarray(0, 8192).toString('utf8').split('\n')
  return (
    [',', ';', '\t'].map((one) => [one, first.split(one).length] as const).sort((a, b) => b[1] - a[1])[0]?.[0] ?? ','
  )
}

interface Header {
  readonly kind: WorkContent['kind']
  readonly columns: readonly string[]
}

function headerOf(cells: readonly string[]): Header | { readonly sentence: string } {
  const columns = cells.map((name) => name.replace(/^\ufeff/, '').trim())
  const kind = columns.includes('map') ? 'mapping' : 'designation'
  const known: readonly string[] = COLUMNS[kind]
  const strange = columns.filter((name) => !known.includes(name))
  if (strange.length > 0)
    return { sentence: `There is no column ${strange.join(', ')}; there are: ${known.join(', ')}.` }
  const optional = [
    ...ENTRY,
    'original',
    'targetDisplay',
    'comment',
    'quality',
    'validFrom',
    'validTo',
  ] as readonly string[]
  const missing = known.filter((name) => !columns.includes(name) && !optional.includes(name))
  if (missing.length > 0) return { sentence: `The column ${missing.join(', ')} is missing.` }
  if (new Set(columns).size < columns.length) return { sentence: 'A column is there twice.' }
  return { kind, columns }
}

function rowOf(
  { kind, columns }: Header,
  cells: readonly string[],
  line: number,
  file: string,
): WorkRow | { readonly sentence: string } {
  const said = new Map(columns.map((name, index) => [name, unguarded(cells[index]?.trim() ?? '')]))
  const { id, version, status } = { id: said.get('id'), version: said.get('version'), status: said.get('status') }
  if (version && !/^\d{1,9}$/.test(version)) return { sentence: `The version ${version.slice(0, 20)} is no number.` }
  if (status && !isStatus(status)) return { sentence: `There is no status ${status.slice(0, 20)}; ${STATUSES}` }
  const fields = [...said].filter(([name, value]) => value !== '' && !ENTRY.some((one) => one === name))
  const blank = kind === 'designation' && !said.get('term')
  return {
    file,
    line,
    ...(id && { id }),
    ...(version && { version: Number(version) }),
    ...(status && isStatus(status) && { status }),
    content: blank ? undefined : { ...Object.fromEntries(fields), kind },
  }
}

const STATUSES = `there are: ${WORK_STATUSES.join(', ')}.`

function isStatus(text: string): text is WorkStatus {
  return WORK_STATUSES.some((status) => status === text)
}
