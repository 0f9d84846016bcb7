/** What a printer must know of its database. Every function takes and gives SQL text that is complete in itself. */
import type { Dialect } from '../engine.ts'
import type { ValueType } from '../tree.ts'

export interface Column {
  readonly name: string
  readonly type: ValueType
}

/** An expression as SQL, with the type that `tree.ts` gives it. */
export interface Typed {
  readonly sql: string
  readonly type: ValueType
  /** A literal above 0, by which one can divide without looking. */
  readonly positive?: boolean
}

export type AggregateFunction = 'count' | 'sum' | 'minimum' | 'maximum' | 'deviation'

export interface SqlDialect {
  readonly name: Dialect
  /** First and last year of a date. */
  readonly years: readonly [first: number, last: number]
  identifier(name: string): string
  /** A text literal, without its type. */
  quoted(value: string): string
  integer(value: number): string
  double(value: number): string
  text(value: string): string
  date(value: string): string
  /** `value` with a space between day and time. */
  datetime(value: string): string
  absent(type: ValueType): string
  /** The type of a column of a table made for this type. */
  columnType(type: ValueType, nullable: boolean): string
  /** Only the casts that `tree.ts` names; double to integer rounds down. */
  cast(sql: string, from: ValueType, to: ValueType): string
  /** Text that is to be ordered by code point. */
  byCodePoint(sql: string): string
  matchesText(how: 'starts' | 'contains' | 'ends', operand: string, quoted: string, characters: number): string
  /** Towards 0, NULL by 0; so `remainder`, whose sign is that of the dividend. `positive`: of the divisor. */
  truncatedQuotient(dividend: string, divisor: string, positive?: boolean): string
  remainder(dividend: string, divisor: string, positive?: boolean): string
  /** Mean of doubles in one pass; absent: sum by count. `filter` as in `distinctOfFew`. */
  readonly meanOfDoubles?: (operand: string, filter: string) => string
  /** Distinct values of small groups, 0 of none; absent: as of any group. `filter` as in `aggregate`. */
  readonly distinctOfFew?: (operand: string, filter: string) => string
  addDays(date: string, days: string): string
  daysBetween(from: string, to: string): string
  part(part: 'year' | 'month' | 'day', date: string): string
  /** The day is known to exist. */
  makeDate(year: string, month: string, day: string): string
  /**
   * The whole call, giving the type of the tree and NULL of no value: `after` is a filter or a window. `type` is that of
   * the argument, which is `*` or an expression, perhaps after DISTINCT.
   */
  aggregate(name: AggregateFunction, type: ValueType, argument: string, after: string): string
  rowNumber(over: string): string
  previous(operand: string): string
  next(operand: string): string
  /** A select of these rows (at least one) with these columns; cells are literals without their types. */
  rows(columns: readonly Column[], cells: readonly (readonly string[])[]): string
  /** The same for many rows of integers, each column a text with commas: as literals they take seconds to parse. */
  longRows(columns: readonly Column[], texts: readonly string[]): string
  /** A condition of a join that is no equality of its two sides. */
  besideEquality(condition: string): string
  /** How semi-joins and anti-joins are said: as EXISTS, or as joins with these words (only where `onlyKeys` allows it). */
  readonly halfJoins: 'exists' | { readonly semi: string; readonly anti: string; readonly onlyKeys: boolean }
  /** Which steps become tables: all of them, or those that are read more than once. */
  readonly copies: 'always' | 'when-shared'
  /** A statement that makes a temporary table of a select. */
  createTemporary(table: string, select: string): string
}
