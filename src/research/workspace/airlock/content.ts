/** What can leave a workspace: tables and text, as they were made there, and what programs see in them. Pure. */
import { hash } from 'node:crypto'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import { checkOutput, type OutputFinding, type OutputTable } from '../../disclosure/airlock.ts'
import type { DisclosureRules } from '../../disclosure/rules.ts'
import type { AnswerTable } from '../../federation/node-result.ts'
import type { Cell } from '../../query/engine.ts'
import type { PermittedAnswer } from '../typed-query/run-permitted-analysis.ts'

export interface ContentTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
  /** False: there were more rows. */
  readonly complete: boolean
}

export interface OutputContent {
  readonly tables: readonly ContentTable[]
  /** What was printed. */
  readonly text?: string
  /** Disclosure control made it: nothing is left to find (`contentOfAnswer`). */
  readonly released?: Readonly<Record<string, unknown>>
}

export interface OutputFile {
  readonly name: string
  readonly type: 'text/csv' | 'text/plain'
  readonly bytes: number
  readonly table?: OutputTable
  readonly findings: readonly OutputFinding[]
}

/** A typed answer as tables. Its evidence goes with it. */
export function contentOfAnswer({ tables, coefficients, kind }: PermittedAnswer): OutputContent {
  const model = coefficients?.map(({ name, value, standardError }) => [name, value, standardError])
  return {
    tables: [
      ...tables.map(tableOfAnswer),
      ...(model
        ? [{ name: 'coefficients', columns: ['name', 'value', 'standard error'], rows: model, complete: true }]
        : []),
    ],
    released: { kind, evidence: tables.map(({ name, evidence }) => ({ name, ...evidence })) },
  }
}

/** `null` in a key (all levels together) is written `*`, a hidden number is left empty. */
function tableOfAnswer({ name, dimensions, cells }: AnswerTable): ContentTable {
  const sums = [...new Set(cells.flatMap((cell) => Object.keys(cell.sums ?? {})))]
  return {
    name,
    columns: [...dimensions.map((one) => one.name), 'persons', ...sums],
    rows: cells.map((cell) => [
      ...cell.key.map((level) => level ?? '*'),
      cell.persons,
      ...sums.map((sum) => cell.sums?.[sum] ?? null),
    ]),
    complete: true,
  }
}

/** One file for each table and for the text; `number` keeps the names of several outputs apart. */
export function filesOf(content: OutputContent, number: number, rules: DisclosureRules): readonly OutputFile[] {
  const tables = content.tables.map((table, index) => ({
    name: `${number}-${index + 1}-${plainName(table.name)}.csv`,
    type: 'text/csv' as const,
    bytes: Buffer.byteLength(csvOf(table)),
    table,
    findings: content.released ? [] : checkOutput(table, rules),
  }))
  if (content.text === undefined || content.text === '') return tables
  // Nothing in a text can be judged by rule: it always needs a reader.
  const findings = [{ code: 'no-count-column', severity: 'review', column: '' } as const]
  const bytes = Buffer.byteLength(content.text)
  return [...tables, { name: `${number}-text.txt`, type: 'text/plain', bytes, findings }]
}

/** The bytes of a file that `filesOf` names. */
export function fileBytes(content: OutputContent, number: number, name: string): Uint8Array<ArrayBuffer> | undefined {
  if (name === `${number}-text.txt` && content.text !== undefined) return bytesOf(content.text)
  const index = content.tables.findIndex((table, at) => name === `${number}-${at + 1}-${plainName(table.name)}.csv`)
  const table = content.tables[index]
  return table && bytesOf(csvOf(table))
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, 'utf8'))
}

/** SHA-256 of these outputs in this order: what was looked at is what leaves. */
export function versionOf(contents: readonly OutputContent[]): string {
  return hash('sha256', canonicalJson(contents))
}

function plainName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 60)
}

/** RFC 4180. What a spreadsheet would run as a formula is kept a text. */
export function csvOf({ columns, rows }: Pick<ContentTable, 'columns' | 'rows'>): string {
  const field = (cell: Cell): string => {
    if (cell === null) return ''
    if (typeof cell !== 'string') return String(cell)
    const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')
}
