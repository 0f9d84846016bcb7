/** PostgreSQL's SQL, version 13 and later. */
import type { SqlDialect } from './dialect.ts'
import { STANDARD } from './standard.ts'

/** There is no least and greatest boolean; false is the lesser. */
const OF_BOOLEANS = { minimum: 'BOOL_AND', maximum: 'BOOL_OR' } as const

export const POSTGRESQL: SqlDialect = {
  ...STANDARD,
  name: 'postgresql',
  // The database's own collation may be any language's.
  byCodePoint: (sql) => `(${sql} COLLATE "C")`,
  matchesText: (how, operand, quoted, characters) => {
    if (how === 'starts') return `STARTS_WITH(${operand}, ${quoted})`
    if (how === 'contains') return `(STRPOS(${operand}, ${quoted}) > 0)`
    return `(RIGHT(${operand}, ${characters}) = ${quoted})`
  },
  truncatedQuotient: (dividend, divisor, positive) => `(${dividend} / ${positive ? divisor : `NULLIF(${divisor}, 0)`})`,
  cast: (sql, from, to) => {
    if (from === 'boolean') return `CAST(CAST(${sql} AS integer) AS bigint)`
    if (from === 'date' && to === 'text') return `TO_CHAR(${sql}, 'YYYY-MM-DD')`
    return STANDARD.cast(sql, from, to)
  },
  aggregate: (name, type, argument, after) =>
    type === 'boolean' && (name === 'minimum' || name === 'maximum')
      ? `${OF_BOOLEANS[name]}(${argument})${after}`
      : STANDARD.aggregate(name, type, argument, after),
  longRows: (columns, texts) => {
    const lists = columns.map(
      (_, index) => `CAST(STRING_TO_ARRAY(${STANDARD.quoted(texts[index] ?? '')}, ',') AS bigint[])`,
    )
    const names = columns.map(({ name }) => STANDARD.identifier(name)).join(', ')
    return `SELECT ${names} FROM UNNEST(${lists.join(', ')}) AS "rows"(${names})`
  },
}
