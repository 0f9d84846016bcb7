/**
 * ClickHouse's SQL, version 25.5 and later. Dates are `Date32` (1900 to 2299). It expects the settings of
 * `CLICKHOUSE_SETTINGS`: without them outer joins and names mean something else.
 */

import type { ValueType } from '../tree.ts'
import type { Column, SqlDialect } from './dialect.ts'
import { checkedName, STANDARD } from './standard.ts'

/** Session settings, by name. */
export const CLICKHOUSE_SETTINGS: Readonly<Record<string, string>> = {
  join_use_nulls: '1',
  prefer_column_name_to_alias: '1',
  enable_positional_arguments: '0',
  transform_null_in: '0',
  least_greatest_legacy_null_behavior: '0',
  output_format_json_quote_64bit_integers: '0',
  // Otherwise constants of subqueries go into joins, which are then refused: "cannot determine join keys" (26.7).
  query_plan_merge_expression_into_join: '0',
  // Otherwise the last digit of a double depends on how it is written.
  precise_float_parsing: '1',
  // Long lists of concepts stand in the query itself.
  max_query_size: '1073741824',
  max_ast_elements: '10000000',
  max_expanded_ast_elements: '10000000',
}

const TYPES: Readonly<Record<ValueType, string>> = {
  integer: 'Int64',
  double: 'Float64',
  text: 'String',
  date: 'Date32',
  datetime: "DateTime64(6, 'UTC')",
  boolean: 'Bool',
}

const PARTS = { year: 'toYear', month: 'toMonth', day: 'toDayOfMonth' } as const
const MATCHES = { starts: 'startsWith', ends: 'endsWith' } as const

/** With `OrNull`: of no value ClickHouse would give 0 where SQL gives NULL. */
const AGGREGATES = {
  sum: 'sumOrNull',
  minimum: 'minOrNull',
  maximum: 'maxOrNull',
  deviation: 'stddevSampStableOrNull',
} as const

/** A backslash escapes, in literals and in names. */
function escaped(value: string, quote: string): string {
  return `${quote}${value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`
}

function identifier(name: string): string {
  return escaped(checkedName(name), '"')
}

function quoted(value: string): string {
  return escaped(value, "'")
}

function castTo(sql: string, to: ValueType): string {
  if (to === 'datetime') return `toDateTime64(${sql}, 6, 'UTC')`
  if (to === 'text') return `toString(${sql})`
  return `to${TYPES[to]}(${sql})`
}

export const CLICKHOUSE: SqlDialect = {
  ...STANDARD,
  name: 'clickhouse',
  years: [1900, 2299],
  identifier,
  quoted,
  integer: (value) => castTo(String(value), 'integer'),
  double: (value) => castTo(String(value), 'double'),
  text: quoted,
  date: (value) => castTo(quoted(value), 'date'),
  datetime: (value) => castTo(quoted(value), 'datetime'),
  absent: (type) => `CAST(NULL AS Nullable(${TYPES[type]}))`,
  columnType: (type, nullable) => (nullable ? `Nullable(${TYPES[type]})` : TYPES[type]),
  // The plain cast also looks at what stands behind a NULL, and there may be the result of a division by 0.
  cast: (sql, from, to) =>
    from === 'double' && to === 'integer' ? `accurateCastOrNull(floor(${sql}), 'Int64')` : castTo(sql, to),
  matchesText: (how, operand, text) =>
    how === 'contains' ? `(position(${operand}, ${text}) > 0)` : `${MATCHES[how]}(${operand}, ${text})`,
  truncatedQuotient: (dividend, divisor) => `intDivOrNull(${dividend}, ${divisor})`,
  remainder: (dividend, divisor) => `moduloOrNull(${dividend}, ${divisor})`,
  addDays: (date, days) => `addDays(toDate32(${date}), ${days})`,
  daysBetween: (from, to) => `(toInt64(toDate32(${to})) - toInt64(toDate32(${from})))`,
  part: (part, date) => castTo(`${PARTS[part]}(${date})`, 'integer'),
  makeDate: (year, month, day) => `makeDate32(${year}, ${month}, ${day})`,
  aggregate: (name, _type, argument, after) => {
    if (name === 'count') return castTo(`count(${argument})${after}`, 'integer')
    const call = `${AGGREGATES[name]}(${argument})${after}`
    // Of one row it is no number; elsewhere NULL.
    return name === 'deviation' ? `if(isFinite(${call}), ${call}, NULL)` : call
  },
  rowNumber: (over) => castTo(`row_number() ${over}`, 'integer'),
  previous: (operand) => `lag(toNullable(${operand}))`,
  next: (operand) => `lead(toNullable(${operand}))`,
  // As arrays of columns: the function VALUES evaluates cell after cell, a hundred times slower.
  rows: (columns, cells) =>
    rowsOf(
      columns,
      columns.map((_, index) => `[${cells.map((row) => row[index]).join(', ')}]`),
    ),
  longRows: (columns, texts) =>
    rowsOf(
      columns,
      texts.map((text) => `splitByChar(',', ${quoted(text)})`),
    ),
  // A NULL without columns would count as true here (26.7).
  besideEquality: (condition) => `ifNull(${condition}, FALSE)`,
  halfJoins: { semi: 'LEFT SEMI JOIN', anti: 'LEFT ANTI JOIN', onlyKeys: false },
  createTemporary: (table, select) => `CREATE TEMPORARY TABLE ${identifier(table)} ENGINE = Memory AS ${select}`,
}

function rowsOf(columns: readonly Column[], arrays: readonly string[]): string {
  const typed = columns.map(
    ({ type }, index) => `CAST(${arrays[index]} AS Array(Nullable(${TYPES[type]}))) AS c${index}`,
  )
  const names = columns.map(({ name }, index) => `c${index} AS ${identifier(name)}`).join(', ')
  const joined = columns.map((_, index) => `c${index}`).join(', ')
  return `SELECT ${names} FROM (SELECT ${typed.join(', ')}) ARRAY JOIN ${joined}`
}
