/** What became of every resource of the documents, for the data holder: it names resources, and stays with the holder. */
import type { NotARow } from './clinical-event.ts'

export interface ListedResource {
  readonly document: string
  readonly resource: string
  readonly reason: NotARow
}

export interface UnmappedCode {
  readonly table: string
  /** Absent: the source has words and no code. */
  readonly system?: string
  readonly code: string
  readonly rows: number
}

export interface ConversionAccount {
  readonly documents: number
  /** Resources of all documents = those with rows + those that are listed. */
  readonly resources: number
  readonly withRows: number
  readonly listed: readonly ListedResource[]
  /** Patients without an identifier: each document makes another person of them, and no opt-out finds them (EHDS Art. 71). */
  readonly unidentified: readonly { readonly document: string; readonly resource: string }[]
  /** Rows with concept 0, by code, the most frequent first. */
  readonly unmapped: readonly UnmappedCode[]
  /** Facts that have no column in the table that the domain of their concept led to. */
  readonly leftBehind: readonly {
    readonly document: string
    readonly resource: string
    readonly columns: readonly string[]
  }[]
  /** Rows whose day is the day of the document, since the resource names none. */
  readonly datedByDocument: readonly { readonly document: string; readonly resource: string }[]
  /** Rows whose day is the first of a month or year that the source names. */
  readonly inexactDays: number
}

export interface AccountBuilder {
  /** Each resource is settled once: by rows, or by a reason. */
  withRows(): void
  list(document: string, resource: string, reason: NotARow): void
  unidentified(document: string, resource: string): void
  unmapped(table: string, coding: { readonly system?: string; readonly code: string }): void
  leftBehind(document: string, resource: string, columns: readonly string[]): void
  dated(document: string, resource: string, how: 'by-document' | 'inexact'): void
  finish(documents: number): ConversionAccount
}

export function createAccount(): AccountBuilder {
  let withRows = 0
  let inexactDays = 0
  const listed: ListedResource[] = []
  const unidentified: ConversionAccount['unidentified'][number][] = []
  const unmapped = new Map<string, UnmappedCode>()
  const leftBehind: ConversionAccount['leftBehind'][number][] = []
  const datedByDocument: ConversionAccount['datedByDocument'][number][] = []
  return {
    withRows() {
      withRows += 1
    },
    list: (document, resource, reason) => listed.push({ document, resource, reason }),
    unidentified: (document, resource) => unidentified.push({ document, resource }),
    unmapped(table, { system, code }) {
      const key = JSON.stringify([table, system, code])
      const rows = (unmapped.get(key)?.rows ?? 0) + 1
      unmapped.set(key, { table, ...(system === undefined ? {} : { system }), code, rows })
    },
    leftBehind(document, resource, columns) {
      if (columns.length > 0) leftBehind.push({ document, resource, columns })
    },
    dated(document, resource, how) {
      if (how === 'inexact') inexactDays += 1
      else datedByDocument.push({ document, resource })
    },
    finish: (documents) => ({
      documents,
      resources: withRows + listed.length,
      withRows,
      listed,
      unidentified,
      unmapped: [...unmapped.values()].sort((left, right) => right.rows - left.rows),
      leftBehind,
      datedByDocument,
      inexactDays,
    }),
  }
}
