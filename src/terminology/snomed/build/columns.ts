/** The fields that all rows share, read and checked once for all kinds. */
import type { Problem } from '#platform/result/result.ts'
import { type PairTable, pairTable } from '#terminology/flat/pair-hash.ts'
import { booleanField, dateField, textField } from '../rf2/fields.ts'
import { problem, type Row } from '../rf2/rows.ts'
import { hasCheckDigit, type Pair, readSctid } from '../sctid.ts'
import type { Notices } from './notices.ts'

/**
 * A stamp is one word: active (bit 31), a flag of the kind (bit 30: a defined concept), module (bits 16–29, a position
 * among all modules), effective time (bits 0–15, a position among all dates).
 */
export const ACTIVE = 0x80000000
export const FLAG = 0x40000000
export const MAX_MODULES = 1 << 14
export const MAX_DATES = 1 << 16

export interface Stamps {
  readonly modules: PairTable
  readonly dates: readonly number[]
  dateAt(stamp: number): number
  moduleAt(stamp: number): number
}

export interface RowContext {
  readonly file: string
  readonly notices: Notices
}

export interface SharedColumns extends Stamps {
  /** The stamp of the row's columns 1 to 3 into `stamp`. */
  read(row: Row, context: RowContext): Problem | undefined
  readonly stamp: number
  readonly date: number
}

/** Reads columns effectiveTime, active and moduleId, numbering modules and dates in order of first use. */
export function sharedColumns(): SharedColumns {
  const modules = pairTable(64)
  const dates: number[] = []
  const dateNumbers = new Map<number, number>()
  const pair: Pair = { high: 0, low: 0 }
  let stamp = 0
  let date = 0
  return {
    modules,
    dates,
    dateAt: (of) => dates[of & 0xffff] as number,
    moduleAt: (of) => (of >>> 16) & 0x3fff,
    read(row, context) {
      const found = dateField(row, 1)
      if (found < 0) return bad(row, context, 1, 'effectiveTime', 'is no date (YYYYMMDD)', 'rf2-date')
      const active = booleanField(row, 2)
      if (active < 0) return bad(row, context, 2, 'active', 'is neither 1 nor 0', 'rf2-boolean')
      const wrong = sctidField(row, context, 3, 'moduleId', pair)
      if (wrong) return wrong
      const module = modules.enter(pair.high, pair.low)
      let number = dateNumbers.get(found)
      if (number === undefined) {
        number = dates.length
        dateNumbers.set(found, number)
        dates.push(found)
      }
      if (module >= MAX_MODULES || number >= MAX_DATES) {
        return problem(context.file, row.line, 'rf2-too-many', 'There are more modules or dates than any release has.')
      }
      date = found
      stamp = ((active === 1 ? ACTIVE : 0) | (module << 16) | number) >>> 0
      return undefined
    },
    get stamp() {
      return stamp
    },
    get date() {
      return date
    },
  }
}

/**
 * An SCTID. One that is not shaped like one is refused; a wrong check digit is noticed only, because it can do no harm
 * where the component is found (and is, in files made by hand). Where the line may be cut off, it is refused too.
 */
export function sctidField(
  row: Row,
  context: RowContext,
  column: number,
  name: string,
  pair: Pair,
): Problem | undefined {
  const start = row.starts[column] as number
  const end = row.ends[column] as number
  if (!readSctid(row.bytes, start, end, pair)) {
    return bad(row, context, column, name, 'is no SNOMED CT identifier (6 to 18 digits)', 'rf2-sctid')
  }
  if (!hasCheckDigit(row.bytes, start, end)) {
    if (row.unterminated && column === row.count - 1) return cutOff(row, context)
    context.notices.add('rf2-check-digit', 'An identifier has a wrong check digit.', {
      file: context.file,
      line: row.line,
      column: column + 1,
    })
  }
  return undefined
}

/** For a last line without line feed that ends in free text: nobody can tell whether it is whole. */
export function cutOff(row: Row, context: RowContext): Problem {
  return problem(
    context.file,
    row.line,
    'rf2-cut-off',
    'The last line ends without a line feed and may not be whole: the file was cut off.',
  )
}

export function bad(
  row: Row,
  context: RowContext,
  column: number,
  name: string,
  what: string,
  code = 'rf2-value',
): Problem {
  const value = textField(row, column)
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value
  return problem(context.file, row.line, code, `${name} "${shown}" ${what}.`, column + 1)
}

export type { Pair, Row }
