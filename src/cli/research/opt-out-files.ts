/** Rows of the CSV files about opt-outs. What is told about a file never repeats a cell of it, which could name a person. */
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { WrongRow } from '#research/omop/opt-outs/choice-file.ts'
import { COMMA, tableRows } from '#terminology/import/input/csv.ts'

export interface RowsOfFile<Row> {
  readonly rows: readonly Row[]
  /** Rows that cannot be read as rows. */
  readonly wrong: readonly WrongRow[]
  /** SHA-256 of its bytes. */
  readonly hash: string
}

/** Every row with its line, by the names of its columns; or why the file as a whole is of no use. */
export async function rowsOfFile<Column extends string>(
  path: string,
  columns: readonly Column[],
): Promise<Result<RowsOfFile<Readonly<Record<Column, string>> & { readonly line: number }>>> {
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return failed('file-unreadable', 'The file cannot be read.', 'Check the path.', { file: path })
  const rows: (Readonly<Record<Column, string>> & { readonly line: number })[] = []
  const wrong: WrongRow[] = []
  let whole: Problem | undefined
  const complain = ({ code, line }: { readonly code: string; readonly line?: number }): void => {
    if (code === 'terminology-table-row') wrong.push({ line: line ?? 0, problem: ROW })
    // Rows after damage would be doubtful, and without the header nothing is known.
    else
      whole ??= {
        ...(code === 'terminology-table-columns' ? noColumns(columns) : DAMAGED),
        place: { file: path, line: line ?? 1 },
      }
  }
  const file = {
    ...{ name: basename(path), size: bytes.length, head: async () => bytes.subarray(0, 8192) },
    ...{ bytes: async () => ok(bytes), stream: () => Readable.from([bytes]) },
  }
  for await (const row of tableRows(file, COMMA, columns, complain)) {
    const cells = Object.fromEntries(columns.map((column) => [column, row.get(column)])) as Record<Column, string>
    rows.push({ ...cells, line: row.line })
  }
  if (!whole && rows.length + wrong.length === 0) whole = { ...EMPTY, place: { file: path } }
  return whole ? { ok: false, problem: whole } : ok({ rows, wrong, hash: hash('sha256', bytes) })
}

const ROW: Problem = {
  code: 'file-row-wrong',
  sentence: 'The row has more or fewer cells than the header.',
  next: 'Correct the row.',
}
const DAMAGED: Problem = {
  code: 'file-damaged',
  sentence: 'From here on the file cannot be read as CSV in UTF-8. Nothing of it was taken.',
  next: 'Correct it, or write it anew.',
}
const EMPTY: Problem = {
  code: 'file-empty',
  sentence: 'There is no row in the file.',
  next: 'Check that it is the right one.',
}

function noColumns(columns: readonly string[]): Problem {
  return {
    code: 'file-columns-missing',
    sentence: `The first line must name the columns ${columns.join(', ')}. Nothing of the file was taken.`,
    next: 'Write them above the rows, separated by commas.',
  }
}
