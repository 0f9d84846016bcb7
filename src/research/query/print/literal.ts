/** Literals as SQL. What no database could hold the same way is refused here. */

import type { Literal } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import type { SqlDialect } from './dialect.ts'

export function isNothing(literal: Literal): boolean {
  return literal.value === null
}

export function printLiteral(literal: Literal, dialect: SqlDialect): string {
  if (literal.value === null) return dialect.absent(literal.type)
  switch (literal.type) {
    case 'integer':
      if (!Number.isSafeInteger(literal.value)) throw new TreeError('an integer literal beyond 2^53 or with a fraction')
      return dialect.integer(literal.value)
    case 'double':
      if (!Number.isFinite(literal.value)) throw new TreeError('a double literal that is not finite')
      return dialect.double(literal.value)
    case 'text':
      return dialect.text(checkedText(literal.value))
    case 'date':
      return dialect.date(checkedDate(literal.value, dialect))
    case 'datetime':
      return dialect.datetime(checkedDatetime(literal.value, dialect))
    case 'boolean':
      return literal.value ? 'TRUE' : 'FALSE'
  }
}

/** Without its type, short and quick to parse: for rows that are cast column by column. */
export function printPlain(literal: Literal, dialect: SqlDialect): string {
  // Also a check.
  const typed = printLiteral(literal, dialect)
  if (literal.value === null) return 'NULL'
  if (literal.type === 'integer') return String(literal.value)
  return literal.type === 'boolean' ? typed : dialect.quoted(plainText(literal))
}

function plainText({ type, value }: Literal): string {
  return type === 'datetime' ? String(value).replace('T', ' ') : String(value)
}

/** PostgreSQL holds no NUL in a text, and half a character would become another one on the way. */
export function checkedText(value: string): string {
  if (value.includes('\0') || !value.isWellFormed()) throw new TreeError('a text with NUL or with half a character')
  return value
}

function checkedDate(value: string, dialect: SqlDialect): string {
  const year = Number(value.slice(0, 4))
  const day = new Date(`${value}T00:00:00Z`)
  const exists =
    /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
  if (!exists || year < dialect.years[0] || year > dialect.years[1]) {
    throw new TreeError(`a date literal that ${dialect.name} has not`)
  }
  return value
}

function checkedDatetime(value: string, dialect: SqlDialect): string {
  const [day = '', time = ''] = value.split('T')
  if (!/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/.test(time))
    throw new TreeError('a datetime literal without time')
  return `${checkedDate(day, dialect)} ${time}`
}
