/**
 * Delimited text (RFC 4180) as a stream of records, each with the line it starts on. What is wrong is told with that
 * line; a damaged record is left out, damage that makes everything after it doubtful ends the reading.
 */
import type { InputFile } from './input.ts'
import { type Encoding, encodingOfMark, readText } from './text.ts'

export interface CsvOptions {
  readonly delimiter: string
  readonly encoding: Encoding
  /** False for lists whose cells hold quotation marks as they are (the French drug database, SNOMED CT). */
  readonly quoted: boolean
}

export const COMMA: CsvOptions = { delimiter: ',', encoding: 'utf-8', quoted: true }

export interface CsvRecord {
  readonly cells: readonly string[]
  /** Line on which the record starts, from 1. */
  readonly line: number
}

/** Told once for each thing that is wrong. */
export type Complain = (what: {
  readonly code: string
  readonly sentence: string
  readonly next: string
  readonly line?: number
}) => void

const MAX_CELL = 1_000_000
const MAX_CELLS = 2000

/** Records of a file, blank lines passed over. */
export async function* csvRecords(file: InputFile, options: CsvOptions, complain: Complain): AsyncGenerator<CsvRecord> {
  const splitter = new Splitter(options)
  try {
    for await (const text of decoded(file, options.encoding)) {
      splitter.push(text)
      yield* splitter.taken()
    }
    splitter.end()
    yield* splitter.taken()
  } catch (fault) {
    const line = splitter.line
    const next = 'Correct that line, or name the encoding and the delimiter in a mapping (--mapping).'
    if (fault instanceof CsvFault) complain({ code: 'terminology-table-broken', sentence: fault.message, next, line })
    else if (fault instanceof TypeError) {
      // The decoder does not say where it stopped.
      const text = await readText(file, options.encoding)
      const found = text.ok ? undefined : text.problem.place?.line
      const sentence = `The text is not ${options.encoding.toUpperCase()}: its letters would be wrong.`
      complain({ code: 'terminology-file-encoding', sentence, next, line: found ?? line })
    } else throw fault
  }
}

class CsvFault extends Error {}

async function* decoded(file: InputFile, encoding: Encoding): AsyncGenerator<string> {
  const used = encodingOfMark(await file.head()) ?? encoding
  const decoder = new TextDecoder(used, { fatal: true })
  for await (const chunk of file.stream()) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/** The state between two chunks: the cells and the part of a cell that were read so far. */
class Splitter {
  readonly #ends: RegExp
  #records: CsvRecord[] = []
  #cells: string[] = []
  #cell = ''
  #inQuotes = false
  /** A quotation mark inside quotes at the end of a chunk: the next character tells whether it closes. */
  #maybeClosing = false
  #start = 1
  line = 1

  constructor(options: CsvOptions) {
    const delimiter = options.delimiter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    this.#ends = new RegExp(options.quoted ? `[${delimiter}\\n"]` : `[${delimiter}\\n]`, 'g')
  }

  *taken(): Generator<CsvRecord> {
    yield* this.#records
    this.#records = []
  }

  push(text: string): void {
    if (text.includes('\0')) throw new CsvFault('The file holds NUL characters: it is no text in that encoding.')
    for (let at = 0; at < text.length; ) {
      if (this.#maybeClosing) {
        this.#maybeClosing = false
        if (text[at] === '"') {
          this.#cell += '"'
          at++
          continue
        }
        this.#inQuotes = false
      }
      at = this.#inQuotes ? this.#quoted(text, at) : this.#plain(text, at)
      if (this.#cell.length > MAX_CELL)
        throw new CsvFault('A cell is longer than a million characters: a quotation mark is missing.')
    }
  }

  end(): void {
    if (this.#inQuotes && !this.#maybeClosing) {
      this.line = this.#start
      throw new CsvFault('The file ends inside quotation marks that open in the record of this line.')
    }
    if (this.#cells.length > 0 || this.#cell !== '') this.#endRecord()
  }

  #quoted(text: string, from: number): number {
    const close = text.indexOf('"', from)
    const part = text.slice(from, close === -1 ? text.length : close)
    this.#cell += part
    for (let at = part.indexOf('\n'); at !== -1; at = part.indexOf('\n', at + 1)) this.line++
    if (close === -1) return text.length
    this.#maybeClosing = true
    return close + 1
  }

  #plain(text: string, from: number): number {
    this.#ends.lastIndex = from
    const found = this.#ends.exec(text)
    const to = found ? found.index : text.length
    this.#cell += text.slice(from, to)
    if (!found) return to
    if (found[0] === '"') {
      // Quotes open only a whole cell; elsewhere they are letters, as spreadsheets write them by hand.
      if (this.#cell.trim() === '') {
        this.#cell = ''
        this.#inQuotes = true
      } else this.#cell += '"'
    } else if (found[0] === '\n') {
      this.#endRecord()
      this.line++
      this.#start = this.line
    } else this.#endCell()
    return to + 1
  }

  #endCell(): void {
    if (this.#cells.push(this.#cell) > MAX_CELLS) throw new CsvFault('The record has more than 2,000 cells.')
    this.#cell = ''
  }

  #endRecord(): void {
    if (this.#cell.endsWith('\r')) this.#cell = this.#cell.slice(0, -1)
    this.#endCell()
    if (this.#cells.some((cell) => cell.trim() !== '')) this.#records.push({ cells: this.#cells, line: this.#start })
    this.#cells = []
  }
}

export interface TableRow {
  readonly line: number
  /** The trimmed cell of a column; '' when it is empty or there is no such column. */
  get(column: string): string
}

/** Rows of a table with a header. Missing columns are told and nothing is read; a row of wrong length is told and left out. */
export async function* tableRows(
  file: InputFile,
  options: CsvOptions,
  required: readonly string[],
  complain: Complain,
): AsyncGenerator<TableRow> {
  let columns: ReadonlyMap<string, number> | undefined
  let width = 0
  for await (const { cells, line } of csvRecords(file, options, complain)) {
    if (columns === undefined) {
      columns = new Map(cells.map((cell, index) => [columnKey(cell), index]))
      width = cells.length
      const missing = required.filter((column) => !columns?.has(columnKey(column)))
      if (missing.length > 0) return complain(missingColumns(missing, cells, line))
      continue
    }
    if (cells.length !== width) {
      const sentence = `The row has ${cells.length} cells where the header has ${width}: it is left out.`
      complain({ code: 'terminology-table-row', sentence, next: 'Correct the row.', line })
      continue
    }
    const known = columns
    yield { line, get: (column) => cells[known.get(columnKey(column)) ?? -1]?.trim() ?? '' }
  }
}

export function columnKey(name: string): string {
  return name
    .replace(/^\uFEFF/, '')
    .trim()
    .toLowerCase()
}

export function missingColumns(missing: readonly string[], found: readonly string[], line: number) {
  const shown = found.slice(0, 20).map((cell) => cell.trim().slice(0, 40))
  return {
    code: 'terminology-table-columns',
    sentence: `The column ${missing.join(', ')} is missing; the header has: ${shown.join(', ')}.`,
    next: 'Give the file in its published form, or name its columns in a mapping (--mapping).',
    line,
  }
}
