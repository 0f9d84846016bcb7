/** Aggregates, windows and orderings as SQL. */

import type { Expression, Ordering, ValueType } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import type { AggregateFunction, SqlDialect, Typed } from './dialect.ts'
import { printAs, printExpression, type Scope } from './expression.ts'

type Aggregate = Extract<Expression, { kind: 'aggregate' }>
type Window = Extract<Expression, { kind: 'window' }>

export function printAggregate(expression: Aggregate, scope: Scope, dialect: SqlDialect): Typed {
  const where = expression.where && printAs('boolean', expression.where, scope, dialect)
  const filter = where === undefined ? '' : ` FILTER (WHERE ${where})`
  const call = (name: AggregateFunction, type: ValueType, argument: string) =>
    dialect.aggregate(name, type, argument, filter)
  const { name, of } = expression
  if (of === undefined) {
    if (name !== 'count') throw new TreeError(`${name} of nothing`)
    return { sql: call('count', 'integer', '*'), type: 'integer' }
  }
  const operand = printExpression(of, scope, dialect)
  const { type } = operand
  switch (name) {
    case 'count':
      return { sql: call('count', type, operand.sql), type: 'integer' }
    case 'count-distinct':
      if (expression.smallGroups && dialect.distinctOfFew) {
        return { sql: dialect.distinctOfFew(operand.sql, filter), type: 'integer' }
      }
      return { sql: call('count', type, `DISTINCT ${operand.sql}`), type: 'integer' }
    case 'sum':
      checkNumeric(name, type)
      return { sql: call('sum', type, operand.sql), type }
    case 'mean': {
      // Written out, because databases average integers with different precision.
      checkNumeric(name, type)
      if (type === 'double' && dialect.meanOfDoubles) {
        return { sql: dialect.meanOfDoubles(operand.sql, filter), type: 'double' }
      }
      const sum = call('sum', type, operand.sql)
      const sumAsDouble = type === 'double' ? sum : dialect.cast(sum, type, 'double')
      return { sql: `(${sumAsDouble} / NULLIF(${call('count', type, operand.sql)}, 0))`, type: 'double' }
    }
    case 'deviation': {
      checkNumeric(name, type)
      const asDouble = type === 'double' ? operand.sql : dialect.cast(operand.sql, type, 'double')
      return { sql: call('deviation', 'double', asDouble), type: 'double' }
    }
    case 'minimum':
    case 'any':
      return { sql: call('minimum', type, orderable(operand, dialect)), type }
    case 'maximum':
      return { sql: call('maximum', type, orderable(operand, dialect)), type }
  }
}

function checkNumeric(name: string, type: ValueType): void {
  if (type !== 'integer' && type !== 'double') throw new TreeError(`${name} of a ${type}`)
}

function orderable(value: Typed, dialect: SqlDialect): string {
  return value.type === 'text' ? dialect.byCodePoint(value.sql) : value.sql
}

const FRAMES = {
  running: 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
  before: 'ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING',
  whole: 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
} as const

export function printWindow(expression: Window, scope: Scope, dialect: SqlDialect): Typed {
  const { name, of } = expression
  if (name === 'row-number') {
    return { sql: dialect.rowNumber(`OVER (${printOver(expression, scope, dialect)})`), type: 'integer' }
  }
  if (of === undefined && name !== 'count') throw new TreeError(`the window ${name} of nothing`)
  const operand: Typed = of ? printExpression(of, scope, dialect) : { sql: '*', type: 'integer' }
  if (name === 'previous' || name === 'next') {
    const over = `OVER (${printOver(expression, scope, dialect)})`
    return { sql: `${dialect[name](operand.sql)} ${over}`, type: operand.type }
  }
  if (name === 'sum') checkNumeric(name, operand.type)
  const frame = FRAMES[expression.frame ?? (expression.orderBy.length > 0 ? 'running' : 'whole')]
  const argument = name === 'count' ? operand.sql : orderable(operand, dialect)
  const over = ` OVER (${[printOver(expression, scope, dialect), frame].filter(Boolean).join(' ')})`
  const sql = dialect.aggregate(name, operand.type, argument, over)
  return { sql, type: name === 'count' ? 'integer' : operand.type }
}

function printOver(expression: Window, scope: Scope, dialect: SqlDialect): string {
  const partition = expression.partitionBy.map((part) => printExpression(part, scope, dialect).sql)
  const order = expression.orderBy.map((ordering) => printOrdering(ordering, scope, dialect))
  return [
    partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
    order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
  ]
    .filter(Boolean)
    .join(' ')
}

/** NULL last in both directions. */
export function printOrdering(ordering: Ordering, scope: Scope, dialect: SqlDialect): string {
  return orderingOf(printExpression(ordering.expression, scope, dialect), ordering, dialect)
}

export function orderingOf(value: Typed, ordering: Ordering, dialect: SqlDialect): string {
  return `${orderable(value, dialect)} ${ordering.direction === 'descending' ? 'DESC' : 'ASC'} NULLS LAST`
}
