/** Reads one file of a release through, row by row. */
import type { Problem } from '#platform/result/result.ts'
import { checkHeader } from './columns.ts'
import type { Rf2File } from './find.ts'
import { type Row, type RowVisitor, rowReader } from './rows.ts'

export interface FileRead {
  readonly rows: number
  readonly problem?: Problem
}

/** `begin` sees the further columns of the header and gives what visits the rows. */
export async function readRf2(file: Rf2File, begin: (further: readonly string[]) => RowVisitor): Promise<FileRead> {
  let visit: RowVisitor | undefined
  const reader = rowReader(
    file.file,
    (header) => {
      const further = checkHeader(header, file.name, file.file)
      if (!further.ok) return further.problem
      visit = begin(further.value)
      return undefined
    },
    (row: Row) => visit?.(row),
  )
  try {
    for await (const chunk of file.chunks()) {
      const problem = reader.push(chunk)
      if (problem) return { rows: reader.rows, problem }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : 'unreadable'
    return {
      rows: reader.rows,
      problem: {
        code: 'rf2-unreadable',
        sentence: `The file cannot be read to its end (${why}).`,
        next: 'Download the release again and compare its checksum with the publisher’s.',
        place: { file: file.file, line: reader.lines + 1 },
      },
    }
  }
  const problem = reader.end()
  return problem ? { rows: reader.rows, problem } : { rows: reader.rows }
}

/** Checks every header, and that no file is empty, before any long work. Reads the first chunk of each file only. */
export async function checkHeaders(files: readonly Rf2File[]): Promise<Problem | undefined> {
  for (const file of files) {
    const problem = await checkFirstLine(file)
    if (problem) return problem
  }
  return undefined
}

async function checkFirstLine(file: Rf2File): Promise<Problem | undefined> {
  let seen = false
  const reader = rowReader(
    file.file,
    (header) => {
      seen = true
      const further = checkHeader(header, file.name, file.file)
      return further.ok ? undefined : further.problem
    },
    () => undefined,
  )
  try {
    for await (const chunk of file.chunks()) {
      const problem = reader.push(chunk)
      if (problem) return problem
      if (seen) return undefined
    }
  } catch {
    // The damage is reported with its line when the file is read.
    return undefined
  }
  return reader.end()
}
