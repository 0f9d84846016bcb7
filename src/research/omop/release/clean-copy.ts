/**
 * A copy of a text file without the lines that cannot be read, each with its line number in front. Made only when something is
 * wrong with the file: DuckDB's reader stops at the first bad line, and cannot say on which line a row stood.
 */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { createRecordReader, type RecordFault, type TextFormat, type TextRecord } from './records.ts'
import { unpackedBytes } from './source-bytes.ts'
import type { SourceFile } from './source-files.ts'

export interface CleanCopy {
  readonly path: string
  /** Records that were read, without the header and without the broken ones. */
  readonly records: number
  readonly broken: readonly { readonly line: number; readonly reason: RecordFault }[]
}

/** Every record of a file after its header, with the line where it begins. */
async function* recordsOf(file: SourceFile, format: TextFormat): AsyncGenerator<TextRecord> {
  const reader = createRecordReader(format)
  let header = true
  const withoutHeader = (records: readonly TextRecord[]): readonly TextRecord[] => {
    if (!header || records.length === 0) return records
    header = false
    return records.slice(1)
  }
  for await (const chunk of unpackedBytes(file)) yield* withoutHeader(reader.push(chunk))
  yield* withoutHeader(reader.end())
}

/** Comma, quotes around every field, line feed; the first field is the line in the source. */
export const CLEAN_FORMAT: TextFormat = { delimiter: ',', quotes: true }

export async function writeCleanCopy(file: SourceFile, format: TextFormat, path: string): Promise<CleanCopy> {
  const out = createWriteStream(path, { mode: 0o600 })
  const broken: { line: number; reason: RecordFault }[] = []
  let records = 0
  for await (const { line, fields, fault } of recordsOf(file, format)) {
    if (fault !== undefined) {
      broken.push({ line, reason: fault })
      continue
    }
    records += 1
    const written = fields.map((field) => (field === '' ? '' : `"${field.replaceAll('"', '""')}"`))
    if (!out.write(`${line},${written.join(',')}\n`)) await once(out, 'drain')
  }
  out.end()
  await finished(out)
  return { path, records, broken }
}
