/** What DuckDB and PostgreSQL write alike. */

import type { ValueType } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import type { Column, SqlDialect } from './dialect.ts'

const TYPES: Readonly<Record<ValueType, string>> = {
  integer: 'bigint',
  double: 'double precision',
  text: 'text',
  date: 'date',
  datetime: 'timestamp',
  boolean: 'boolean',
}

/** PostgreSQL cuts longer names, silently. */
const LONGEST_NAME = 63

export function checkedName(name: string): string {
  if (name === '' || name.includes('\0') || !name.isWellFormed() || Buffer.byteLength(name) > LONGEST_NAME) {
    throw new TreeError(`a name that is empty, longer than ${LONGEST_NAME} bytes, or no text`)
  }
  return name
}

function identifier(name: string): string {
  return `"${checkedName(name).replaceAll('"', '""')}"`
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

const STANDARD_AGGREGATES = {
  count: 'COUNT',
  sum: 'SUM',
  minimum: 'MIN',
  maximum: 'MAX',
  deviation: 'STDDEV_SAMP',
} as const

function castTo(sql: string, type: ValueType): string {
  return `CAST(${sql} AS ${TYPES[type]})`
}

export const STANDARD = {
  years: [1, 9999],
  identifier,
  quoted,
  integer: (value: number) => `${value < 0 ? `(${value})` : value}::bigint`,
  double: (value: number) => castTo(`'${value}'`, 'double'),
  text: (value: string) => castTo(quoted(value), 'text'),
  date: (value: string) => `DATE '${value}'`,
  datetime: (value: string) => `TIMESTAMP '${value}'`,
  absent: (type: ValueType) => castTo('NULL', type),
  columnType: (type: ValueType, nullable: boolean) => `${TYPES[type]}${nullable ? '' : ' NOT NULL'}`,
  cast: (sql: string, from: ValueType, to: ValueType) =>
    castTo(from === 'double' && to === 'integer' ? `FLOOR(${sql})` : sql, to),
  byCodePoint: (sql: string) => sql,
  remainder: (dividend: string, divisor: string, positive = false) =>
    `(${dividend} % ${positive ? divisor : `NULLIF(${divisor}, 0)`})`,
  addDays: (date: string, days: string) => `(${date} + CAST(${days} AS integer))`,
  daysBetween: (from: string, to: string) => castTo(`(${to} - ${from})`, 'integer'),
  part: (part: string, date: string) => castTo(`EXTRACT(${part.toUpperCase()} FROM ${date})`, 'integer'),
  makeDate: (...parts: readonly string[]) => `MAKE_DATE(${parts.map((part) => `CAST(${part} AS integer)`).join(', ')})`,
  aggregate: (name: keyof typeof STANDARD_AGGREGATES, type: ValueType, argument: string, after: string) => {
    const call = `${STANDARD_AGGREGATES[name]}(${argument})${after}`
    // Sums of 64 bits are wider than 64 bits in both databases.
    return name === 'sum' || name === 'count' ? castTo(call, name === 'count' ? 'integer' : type) : call
  },
  rowNumber: (over: string) => castTo(`ROW_NUMBER() ${over}`, 'integer'),
  previous: (operand: string) => `LAG(${operand})`,
  next: (operand: string) => `LEAD(${operand})`,
  rows: (columns: readonly Column[], cells: readonly (readonly string[])[]) => {
    const names = columns.map((column) => identifier(column.name)).join(', ')
    const values = cells.map((row) => `(${row.join(', ')})`).join(', ')
    const typed = columns.map(({ name, type }) => `${castTo(identifier(name), type)} AS ${identifier(name)}`)
    return `SELECT ${typed.join(', ')} FROM (VALUES ${values}) AS "rows"(${names})`
  },
  besideEquality: (condition: string) => condition,
  halfJoins: 'exists',
  copies: 'always',
  createTemporary: (table: string, select: string) => `CREATE TEMPORARY TABLE ${identifier(table)} AS ${select}`,
} as const satisfies Partial<SqlDialect>
