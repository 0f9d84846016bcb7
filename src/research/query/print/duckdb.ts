/** DuckDB's SQL. Its text compares by bytes of UTF-8, which is the order of code points. */
import type { SqlDialect } from './dialect.ts'
import { STANDARD } from './standard.ts'

const MATCHES = { starts: 'STARTS_WITH', contains: 'CONTAINS', ends: 'ENDS_WITH' } as const

export const DUCKDB: SqlDialect = {
  ...STANDARD,
  name: 'duckdb',
  matchesText: (how, operand, quoted) => `${MATCHES[how]}(${operand}, ${quoted})`,
  truncatedQuotient: (dividend, divisor, positive) =>
    `(${dividend} // ${positive ? divisor : `NULLIF(${divisor}, 0)`})`,
  // DISTINCT keeps one table of all groups and values; lists are a third of the work, but cannot go to the disk (then the
  // engine tries without).
  distinctOfFew: (operand, filter) => `CAST(COALESCE(LIST_UNIQUE(LIST(${operand})${filter}), 0) AS bigint)`,
  // The same sum and count, kept in one place for each group.
  meanOfDoubles: (operand, filter) => `AVG(${operand})${filter}`,
  longRows: (columns, texts) => {
    const lists = columns.map(({ name }, index) => {
      const list = `CAST(STRING_SPLIT(${STANDARD.quoted(texts[index] ?? '')}, ',') AS bigint[])`
      return `UNNEST(${list}) AS ${STANDARD.identifier(name)}`
    })
    return `SELECT ${lists.join(', ')}`
  },
  copies: 'when-shared',
  // EXISTS makes it collect all rows of the left side first: five times the work for a scan that keeps few. A join with a
  // condition on both sides that is no equality makes it compare each row with each.
  halfJoins: { semi: 'SEMI JOIN', anti: 'ANTI JOIN', onlyKeys: true },
}
