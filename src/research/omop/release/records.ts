/**
 * Splits delimited text into records and keeps the line where each one began, which DuckDB's own reader cannot tell.
 * By RFC 4180: a quote means something only at the start of a field; as DuckDB does, spaces around a quoted field and empty
 * fields after the last column are passed over. What breaks a record is told with it, and the next line is read as if nothing
 * had happened, so that one bad quote costs one line and not the rest of the file.
 */

export interface TextFormat {
  readonly delimiter: string
  /** False: a quote is a character like any other, as in the files of Athena. */
  readonly quotes: boolean
  /** How many fields each record must have; absent: any number. */
  readonly columns?: number
}

export type RecordFault = 'not-utf-8' | 'quote-not-closed' | 'text-after-quote' | 'too-few-fields' | 'too-many-fields'

export interface TextRecord {
  /** Where it begins; the first line is 1. */
  readonly line: number
  readonly fields: readonly string[]
  readonly fault?: RecordFault
}

export interface RecordReader {
  push(bytes: Uint8Array): readonly TextRecord[]
  end(): readonly TextRecord[]
}

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const BOM = [0xef, 0xbb, 0xbf]
/** A record longer than this has lost a quote. */
const LONGEST_RECORD = 4 * 1024 * 1024

/** Empty lines are no records. */
export function createRecordReader(format: TextFormat): RecordReader {
  let rest: Uint8Array = new Uint8Array(0)
  let line = 1
  let begun = false

  const take = (final: boolean): readonly TextRecord[] => {
    const records: TextRecord[] = []
    let at = 0
    while (at < rest.length) {
      const span = spanOf(rest, at, format, final)
      if (span === undefined) break
      const { content, taken } = contentOf(rest, at, span, format)
      if (taken.textEnd > at) records.push({ line, ...content })
      line += taken.lines
      at = taken.next
    }
    rest = rest.subarray(at)
    return records
  }

  return {
    push(bytes) {
      rest = rest.length === 0 ? bytes : joined(rest, bytes)
      if (!begun && rest.length >= BOM.length) {
        begun = true
        if (BOM.every((byte, at) => rest[at] === byte)) rest = rest.subarray(BOM.length)
      }
      return take(false)
    },
    end: () => take(true),
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}

interface Span {
  /** Without the line's end. */
  readonly textEnd: number
  readonly next: number
  readonly lines: number
  /** A quote was opened and not closed. */
  readonly open?: boolean
}

/** One record from `start` on; undefined when its end has not come yet. */
function spanOf(bytes: Uint8Array, start: number, format: TextFormat, final: boolean): Span | undefined {
  const delimiter = format.delimiter.charCodeAt(0)
  let quoted = false
  let fieldStart = true
  let lines = 0
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (quoted) {
      if (byte === LF) lines += 1
      if (byte !== QUOTE) continue
      if (bytes[at + 1] === QUOTE) at += 1
      else quoted = false
    } else if (byte === LF) {
      return { textEnd: bytes[at - 1] === CR && at > start ? at - 1 : at, next: at + 1, lines: lines + 1 }
    } else if (byte === QUOTE && fieldStart && format.quotes) {
      quoted = true
    }
    fieldStart = !quoted && (byte === delimiter || (fieldStart && byte === SPACE))
  }
  if (!final && !(quoted && bytes.length - start > LONGEST_RECORD)) return undefined
  return { textEnd: bytes.length, next: bytes.length, lines: lines + 1, open: quoted }
}

type Content = Pick<TextRecord, 'fields' | 'fault'>

/** The record of a span; when it is broken and covers several lines, only the first of them is given up. */
function contentOf(
  bytes: Uint8Array,
  start: number,
  span: Span,
  format: TextFormat,
): { readonly content: Content; readonly taken: Span } {
  const content: Content = span.open
    ? { fields: [], fault: 'quote-not-closed' }
    : fieldsOf(bytes.subarray(start, span.textEnd), format)
  if (content.fault === undefined || span.lines === 1) return { content, taken: span }
  const newline = bytes.indexOf(LF, start)
  const end = newline < 0 ? bytes.length : newline
  return { content, taken: { textEnd: end, next: Math.min(end + 1, bytes.length), lines: 1 } }
}

function fieldsOf(bytes: Uint8Array, format: TextFormat): Content {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { fields: [], fault: 'not-utf-8' }
  }
  const content =
    format.quotes && text.includes('"')
      ? quotedFields(text, format.delimiter)
      : { fields: text.split(format.delimiter) }
  if (content.fault !== undefined || format.columns === undefined) return content
  if (content.fields.length < format.columns) return { ...content, fault: 'too-few-fields' }
  const further = content.fields.slice(format.columns)
  if (further.some((field) => field !== '')) return { ...content, fault: 'too-many-fields' }
  return further.length === 0 ? content : { fields: content.fields.slice(0, format.columns) }
}

function quotedFields(text: string, delimiter: string): Content {
  const fields: string[] = []
  let at = 0
  while (at <= text.length) {
    const opening = afterSpaces(text, at)
    if (text[opening] !== '"') {
      const end = text.indexOf(delimiter, at)
      fields.push(text.slice(at, end < 0 ? text.length : end))
      at = end < 0 ? text.length + 1 : end + 1
      continue
    }
    let end = text.indexOf('"', opening + 1)
    while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
    if (end < 0) return { fields: [], fault: 'quote-not-closed' }
    fields.push(text.slice(opening + 1, end).replaceAll('""', '"'))
    const next = afterSpaces(text, end + 1)
    if (next < text.length && text[next] !== delimiter) return { fields: [], fault: 'text-after-quote' }
    at = next + 1
  }
  return { fields }
}

function afterSpaces(text: string, from: number): number {
  let at = from
  while (text[at] === ' ') at += 1
  return at
}

/** The rows of a small CSV file as objects by the names of its header. */
export function tableOf(bytes: Uint8Array): readonly Readonly<Record<string, string>>[] {
  const reader = createRecordReader({ delimiter: ',', quotes: true })
  const [header, ...rows] = [...reader.push(bytes), ...reader.end()]
  return rows.map(({ fields }) =>
    Object.fromEntries((header?.fields ?? []).map((name, at) => [name, fields[at] ?? ''])),
  )
}
