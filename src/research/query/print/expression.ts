/** Expressions as SQL, each with its type. Everything is in parentheses or a call, so that no precedence matters. */

import type { Expression, Literal, ValueType } from '../tree.ts'
import { TreeError } from '../tree-error.ts'
import { printAggregate, printWindow } from './aggregate.ts'
import type { Column, SqlDialect, Typed } from './dialect.ts'
import { isNothing, printLiteral, printPlain } from './literal.ts'

/** The columns that can be named: of each source of the select. */
export type Scope = ReadonlyMap<string, readonly Column[]>

export function printExpression(expression: Expression, scope: Scope, dialect: SqlDialect): Typed {
  const print = (part: Expression) => printExpression(part, scope, dialect)
  switch (expression.kind) {
    case 'column':
      return printColumn(expression.relation, expression.name, scope, dialect)
    case 'literal': {
      const { type, value } = expression.literal
      const positive = type === 'integer' && value !== null && value > 0
      return { sql: printLiteral(expression.literal, dialect), type, ...(positive && { positive }) }
    }
    case 'compare':
      return printComparison(expression.operator, print(expression.left), print(expression.right), dialect)
    case 'and':
    case 'or': {
      const operands = expression.operands.map((operand) => printAs('boolean', operand, scope, dialect))
      if (operands.length === 0) throw new TreeError(`"${expression.kind}" of nothing`)
      return boolean(`(${operands.join(expression.kind === 'and' ? ' AND ' : ' OR ')})`)
    }
    case 'not':
      return boolean(`(NOT ${printAs('boolean', expression.operand, scope, dialect)})`)
    case 'is-null':
      return boolean(`(${print(expression.operand).sql} IS NULL)`)
    case 'in':
      return printIn(print(expression.operand), expression.values, dialect)
    case 'matches-text': {
      const operand = printAs('text', expression.operand, scope, dialect)
      const length = [...expression.text].length
      return boolean(dialect.matchesText(expression.how, operand, dialect.quoted(expression.text), length))
    }
    case 'arithmetic':
      return printArithmetic(expression.operator, print(expression.left), print(expression.right), dialect)
    case 'add-days': {
      const days = printAs('integer', expression.days, scope, dialect)
      return { sql: dialect.addDays(printDay(expression.date, scope, dialect), days), type: 'date' }
    }
    case 'days-between': {
      const [from, to] = [expression.from, expression.to].map((part) => printDay(part, scope, dialect))
      return integer(dialect.daysBetween(from ?? '', to ?? ''))
    }
    case 'part':
      return integer(dialect.part(expression.part, printDay(expression.date, scope, dialect)))
    case 'make-date': {
      const [year, month, day] = [expression.year, expression.month, expression.day].map((part) =>
        printAs('integer', part, scope, dialect),
      )
      return { sql: printMakeDate(year ?? '', month ?? '', day ?? '', dialect), type: 'date' }
    }
    case 'cast':
      return convert(print(expression.operand), expression.to, dialect)
    case 'coalesce':
    case 'least':
    case 'greatest':
      return printChoice(expression.kind, expression.operands.map(print), dialect)
    case 'case':
      return printCase(expression, scope, dialect)
    case 'aggregate':
      return printAggregate(expression, scope, dialect)
    case 'window':
      return printWindow(expression, scope, dialect)
  }
}

const boolean = (sql: string): Typed => ({ sql, type: 'boolean' })
const integer = (sql: string): Typed => ({ sql, type: 'integer' })

/** The SQL of an expression that must have this type. */
export function printAs(type: ValueType, expression: Expression, scope: Scope, dialect: SqlDialect): string {
  const printed = printExpression(expression, scope, dialect)
  if (printed.type !== type) throw new TreeError(`a ${printed.type} where a ${type} is needed (${expression.kind})`)
  return printed.sql
}

/** A date; of a datetime, its day. */
function printDay(expression: Expression, scope: Scope, dialect: SqlDialect): string {
  const printed = printExpression(expression, scope, dialect)
  if (printed.type !== 'date' && printed.type !== 'datetime') {
    throw new TreeError(`a ${printed.type} where a date is needed (${expression.kind})`)
  }
  return convert(printed, 'date', dialect).sql
}

function printColumn(relation: string, name: string, scope: Scope, dialect: SqlDialect): Typed {
  const columns = scope.get(relation)
  if (!columns) throw new TreeError(`no source is called "${relation}"`)
  const column = columns.find((candidate) => candidate.name === name)
  if (!column) throw new TreeError(`"${relation}" has no column "${name}"`)
  return { sql: `${dialect.identifier(relation)}.${dialect.identifier(name)}`, type: column.type }
}

function isNumeric(type: ValueType): boolean {
  return type === 'integer' || type === 'double'
}

/** The type of values that meet: the same, or a double when integers and doubles meet. */
export function commonType(types: readonly ValueType[]): ValueType {
  const [first, ...others] = types
  if (first === undefined) throw new TreeError('values of no expression')
  return others.reduce((type, other) => {
    if (type === other) return type
    if (isNumeric(type) && isNumeric(other)) return 'double'
    throw new TreeError(`${type} and ${other} meet without a cast`)
  }, first)
}

const CASTS: ReadonlySet<string> = new Set([
  'integer double',
  'integer text',
  'double integer',
  'boolean integer',
  'date datetime',
  'date text',
  'datetime date',
])

export function convert(value: Typed, to: ValueType, dialect: SqlDialect): Typed {
  if (value.type === to) return value
  if (!CASTS.has(`${value.type} ${to}`)) throw new TreeError(`there is no cast from ${value.type} to ${to}`)
  return { sql: dialect.cast(value.sql, value.type, to), type: to }
}

function printComparison(operator: string, left: Typed, right: Typed, dialect: SqlDialect): Typed {
  const type = commonType([left.type, right.type])
  const ordered = type === 'text' && operator !== '=' && operator !== '<>'
  const [a, b] = [left, right].map((side) => {
    const { sql } = convert(side, type, dialect)
    return ordered ? dialect.byCodePoint(sql) : sql
  })
  return boolean(`(${a} ${operator} ${b})`)
}

function printIn(operand: Typed, values: readonly Literal[], dialect: SqlDialect): Typed {
  if (values.length === 0) return boolean('FALSE')
  const type = commonType([operand.type, ...values.map((value) => value.type)])
  const present = [...new Set(values.filter((value) => !isNothing(value)).map((value) => printListed(value, dialect)))]
  const nothing = dialect.absent('boolean')
  if (present.length === 0) return boolean(nothing)
  const found = `(${convert(operand, type, dialect).sql} IN (${present.join(', ')}))`
  return boolean(present.length === values.length || !values.some(isNothing) ? found : `(${found} OR ${nothing})`)
}

/** Long lists are of integers, which need no type. */
function printListed(value: Literal, dialect: SqlDialect): string {
  return value.type === 'integer' ? printPlain(value, dialect) : printLiteral(value, dialect)
}

const SIGNS = { add: '+', subtract: '-', multiply: '*' } as const

function printArithmetic(
  operator: Extract<Expression, { kind: 'arithmetic' }>['operator'],
  left: Typed,
  right: Typed,
  dialect: SqlDialect,
): Typed {
  if (!isNumeric(left.type) || !isNumeric(right.type)) {
    throw new TreeError(`${operator} of ${left.type} and ${right.type}`)
  }
  if (operator === 'divide') {
    const [dividend, divisor] = [left, right].map((side) => convert(side, 'double', dialect).sql)
    return { sql: `(${dividend} / NULLIF(${divisor}, ${dialect.double(0)}))`, type: 'double' }
  }
  if (operator === 'floor-divide' || operator === 'modulo') return printFloored(operator, left, right, dialect)
  const type = commonType([left.type, right.type])
  const [a, b] = [left, right].map((side) => convert(side, type, dialect).sql)
  return { sql: `(${a} ${SIGNS[operator]} ${b})`, type }
}

/** Databases divide towards 0; ages before birth must not: the modulo gets the sign of the divisor, the rest follows. */
function printFloored(operator: 'floor-divide' | 'modulo', left: Typed, right: Typed, dialect: SqlDialect): Typed {
  if (left.type !== 'integer' || right.type !== 'integer') throw new TreeError(`${operator} is of integers`)
  const [a, b] = [left.sql, right.sql]
  if (right.positive) {
    // Nearly always nothing is below zero: one comparison and one division. Below, the quotient is counted from -1 down.
    if (operator === 'floor-divide') {
      const quotient = (dividend: string) => dialect.truncatedQuotient(dividend, b, true)
      const first = dialect.integer(-1)
      const below = `(${first} - ${quotient(`(${first} - ${a})`)})`
      return integer(`CASE WHEN ${a} >= 0 THEN ${quotient(a)} ELSE ${below} END`)
    }
    const rest = dialect.remainder(a, b, true)
    return integer(`(${rest} + CASE WHEN ${a} < 0 AND ${rest} < 0 THEN ${b} ELSE ${dialect.integer(0)} END)`)
  }
  const modulo = dialect.remainder(`(${dialect.remainder(a, b)} + ${b})`, b)
  return integer(operator === 'modulo' ? modulo : dialect.truncatedQuotient(`(${a} - ${modulo})`, b))
}

/** NULL when the calendar has no such day. */
function printMakeDate(year: string, month: string, day: string, dialect: SqlDialect): string {
  const [first, last] = dialect.years
  const divisible = (by: number) => `${dialect.remainder(year, dialect.integer(by))} = 0`
  const leap = `(${divisible(4)} AND (NOT (${divisible(100)}) OR ${divisible(400)}))`
  const february = `CASE WHEN ${leap} THEN 29 ELSE 28 END`
  const days = `CASE WHEN ${month} IN (4, 6, 9, 11) THEN 30 WHEN ${month} = 2 THEN ${february} ELSE 31 END`
  const exists = [
    `${year} BETWEEN ${first} AND ${last}`,
    `${month} BETWEEN 1 AND 12`,
    `${day} >= 1`,
    `${day} <= ${days}`,
  ]
  return `CASE WHEN ${exists.join(' AND ')} THEN ${dialect.makeDate(year, month, day)} ELSE ${dialect.absent('date')} END`
}

function printChoice(kind: 'coalesce' | 'least' | 'greatest', operands: readonly Typed[], dialect: SqlDialect): Typed {
  const type = commonType(operands.map((operand) => operand.type))
  const values = operands.map((operand) => convert(operand, type, dialect).sql)
  const [only] = values
  if (values.length === 1 && only !== undefined) return { sql: only, type }
  const ordered = type === 'text' && kind !== 'coalesce' ? values.map(dialect.byCodePoint) : values
  return { sql: `${kind.toUpperCase()}(${ordered.join(', ')})`, type }
}

function printCase(expression: Extract<Expression, { kind: 'case' }>, scope: Scope, dialect: SqlDialect): Typed {
  const branches = expression.when.map(({ condition, value }) => ({
    condition: printAs('boolean', condition, scope, dialect),
    value: printExpression(value, scope, dialect),
  }))
  const otherwise = printExpression(expression.otherwise, scope, dialect)
  const type = commonType([...branches.map((branch) => branch.value.type), otherwise.type])
  const last = convert(otherwise, type, dialect).sql
  if (branches.length === 0) return { sql: last, type }
  const parts = branches.map(({ condition, value }) => `WHEN ${condition} THEN ${convert(value, type, dialect).sql}`)
  return { sql: `CASE ${parts.join(' ')} ELSE ${last} END`, type }
}
