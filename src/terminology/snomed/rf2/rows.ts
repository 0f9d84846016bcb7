/**
 * The rows of an RF2 file, from chunks of bytes as they come. A row is given as positions in a buffer: nothing is decoded.
 * Fields end at a tab, rows at a line feed with or without a carriage return. Lines that are empty or begin with `#` are
 * no rows: no id begins so, and releases made by hand have them.
 */
import { isUtf8 } from 'node:buffer'
import { failed, type Problem } from '#platform/result/result.ts'

export interface Row {
  bytes: Uint8Array
  /** Fields 0 … count-1 lie at starts[i] … ends[i]. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  count: number
  /** Of the file, from 1. */
  line: number
  /** The last line of the file had no line feed: it may have been cut off. */
  unterminated: boolean
}

/** Gives a problem when the row is unusable; reading ends with it. */
export type RowVisitor = (row: Row) => Problem | undefined

export interface RowReader {
  push(chunk: Uint8Array): Problem | undefined
  end(): Problem | undefined
  readonly lines: number
  readonly rows: number
}

const TAB = 9
const LINE_FEED = 10
const RETURN = 13
const HASH = 35
const MAX_COLUMNS = 64
/** No line of a release comes near; a file without line feeds is no RF2. */
const MAX_LINE_BYTES = 1 << 22

/** `header` sees the first line that is no comment; `visit` every further row. Columns are counted against the header. */
export function rowReader(file: string, header: (text: string) => Problem | undefined, visit: RowVisitor): RowReader {
  const row: Row = {
    bytes: new Uint8Array(0),
    starts: new Int32Array(MAX_COLUMNS),
    ends: new Int32Array(MAX_COLUMNS),
    count: 0,
    line: 0,
    unterminated: false,
  }
  let rest: Uint8Array = new Uint8Array(0)
  let lines = 0
  let rows = 0
  let columns = 0

  const take = (bytes: Uint8Array, start: number, end: number): Problem | undefined => {
    lines += 1
    row.line = lines
    const last = end > start && bytes[end - 1] === RETURN ? end - 1 : end
    if (last === start || bytes[start] === HASH) return undefined
    if (columns === 0) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, last - start)
        .toString('utf8')
        .replace(/^\uFEFF/, '')
      columns = text.split('\t').length
      if (columns > MAX_COLUMNS) return problem(file, lines, 'rf2-header', `The header has ${columns} columns.`)
      return header(text)
    }
    split(row, bytes, start, last)
    if (row.count !== columns) {
      return problem(
        file,
        lines,
        'rf2-columns',
        `The row has ${row.count} columns, the header ${columns}.${row.unterminated ? ' It is the last one and ends without a line feed: the file was cut off.' : ''}`,
      )
    }
    rows += 1
    return visit(row)
  }
  const takeAll = (bytes: Uint8Array, length: number): Problem | undefined => {
    if (!isUtf8(bytes.subarray(0, length))) return invalidText(file, bytes, length, lines)
    row.bytes = bytes
    for (let start = 0; start < length; ) {
      const end = bytes.indexOf(LINE_FEED, start)
      const found = take(bytes, start, end)
      if (found) return found
      start = end + 1
    }
    return undefined
  }
  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = bytes.lastIndexOf(LINE_FEED) + 1
      const found = end === 0 ? undefined : takeAll(bytes, end)
      rest = bytes.subarray(end)
      if (!found && rest.length > MAX_LINE_BYTES) {
        return problem(file, lines + 1, 'rf2-line', 'A line is longer than 4 MB: this is no RF2 file.')
      }
      return found
    },
    end() {
      if (rest.length > 0) {
        if (!isUtf8(rest)) return invalidText(file, rest, rest.length, lines)
        row.bytes = rest
        row.unterminated = true
        const found = take(rest, 0, rest.length)
        if (found) return found
      }
      if (columns === 0) {
        return failed(
          'rf2-empty',
          'The file is empty: not even a header line.',
          'Take it from the release again; a file without rows still has a header.',
          { file, line: 1 },
        ).problem
      }
      return undefined
    },
    get lines() {
      return lines
    },
    get rows() {
      return rows
    },
  }
}

function split(row: Row, bytes: Uint8Array, start: number, end: number): void {
  const { starts, ends } = row
  let count = 0
  starts[0] = start
  for (let index = start; index < end; index += 1) {
    if (bytes[index] !== TAB) continue
    ends[count] = index
    count += 1
    starts[count] = index + 1
  }
  ends[count] = end
  row.count = count + 1
}

function invalidText(file: string, bytes: Uint8Array, length: number, before: number): Problem {
  let line = before
  for (let start = 0; start < length; ) {
    const found = bytes.indexOf(LINE_FEED, start)
    const end = found < 0 || found > length ? length : found
    line += 1
    if (!isUtf8(bytes.subarray(start, end))) break
    start = end + 1
  }
  return problem(file, line, 'rf2-encoding', 'The line is no valid UTF-8.')
}

export function problem(file: string, line: number, code: string, sentence: string, column?: number): Problem {
  const next = 'Take the file from the release again, or mend this line.'
  return { code, sentence, next, place: column === undefined ? { file, line } : { file, line, column } }
}
