/** Makes expressions of the tree: values, conditions, arithmetic, dates, aggregates and windows. */
import type {
  ArithmeticOperator,
  CompareOperator,
  Expression,
  Literal,
  NamedExpression,
  Ordering,
  ValueType,
} from './tree.ts'

export type IntegerLike = Expression | number

/** Column `name` of the source that this select calls `relation`. */
export function column(relation: string, name: string): Expression {
  return { kind: 'column', relation, name }
}

export function literal(value: Literal): Expression {
  return { kind: 'literal', literal: value }
}

export function integer(value: number): Expression {
  return literal({ type: 'integer', value })
}

export function double(value: number): Expression {
  return literal({ type: 'double', value })
}

export function text(value: string): Expression {
  return literal({ type: 'text', value })
}

/** `value` is an ISO 8601 day. */
export function date(value: string): Expression {
  return literal({ type: 'date', value })
}

/** `value` is ISO 8601 without zone. */
export function datetime(value: string): Expression {
  return literal({ type: 'datetime', value })
}

export function boolean(value: boolean): Expression {
  return literal({ type: 'boolean', value })
}

/** NULL of a type. */
export function absent(type: ValueType): Expression {
  return literal({ type, value: null })
}

export function compare(operator: CompareOperator, left: Expression, right: Expression): Expression {
  return { kind: 'compare', operator, left, right }
}

export const equals = (left: Expression, right: Expression) => compare('=', left, right)
export const differs = (left: Expression, right: Expression) => compare('<>', left, right)
export const lessThan = (left: Expression, right: Expression) => compare('<', left, right)
export const atMost = (left: Expression, right: Expression) => compare('<=', left, right)
export const moreThan = (left: Expression, right: Expression) => compare('>', left, right)
export const atLeast = (left: Expression, right: Expression) => compare('>=', left, right)

/** Both bounds included. */
export function between(operand: Expression, low: Expression, high: Expression): Expression {
  return and(atLeast(operand, low), atMost(operand, high))
}

/** True when there are no operands. */
export function and(...operands: readonly Expression[]): Expression {
  return joined('and', operands)
}

/** False when there are no operands. */
export function or(...operands: readonly Expression[]): Expression {
  return joined('or', operands)
}

function joined(kind: 'and' | 'or', operands: readonly Expression[]): Expression {
  const [only] = operands
  if (only === undefined) return boolean(kind === 'and')
  return operands.length === 1 ? only : { kind, operands }
}

export function not(operand: Expression): Expression {
  return { kind: 'not', operand }
}

export function isNull(operand: Expression): Expression {
  return { kind: 'is-null', operand }
}

export function isNotNull(operand: Expression): Expression {
  return not(isNull(operand))
}

export function isIn(operand: Expression, values: readonly Literal[]): Expression {
  return { kind: 'in', operand, values }
}

export function isOneOf(operand: Expression, values: readonly number[]): Expression {
  return isIn(
    operand,
    values.map((value) => ({ type: 'integer', value })),
  )
}

export function startsWith(operand: Expression, value: string): Expression {
  return { kind: 'matches-text', how: 'starts', operand, text: value }
}

export function contains(operand: Expression, value: string): Expression {
  return { kind: 'matches-text', how: 'contains', operand, text: value }
}

export function endsWith(operand: Expression, value: string): Expression {
  return { kind: 'matches-text', how: 'ends', operand, text: value }
}

function arithmetic(operator: ArithmeticOperator, left: IntegerLike, right: IntegerLike): Expression {
  return { kind: 'arithmetic', operator, left: asExpression(left), right: asExpression(right) }
}

/** A plain number stands for an integer literal. */
function asExpression(value: IntegerLike): Expression {
  return typeof value === 'number' ? integer(value) : value
}

export const add = (left: IntegerLike, right: IntegerLike) => arithmetic('add', left, right)
export const subtract = (left: IntegerLike, right: IntegerLike) => arithmetic('subtract', left, right)
export const multiply = (left: IntegerLike, right: IntegerLike) => arithmetic('multiply', left, right)
export const divide = (left: IntegerLike, right: IntegerLike) => arithmetic('divide', left, right)
export const floorDivide = (left: IntegerLike, right: IntegerLike) => arithmetic('floor-divide', left, right)
export const modulo = (left: IntegerLike, right: IntegerLike) => arithmetic('modulo', left, right)

export function addDays(start: Expression, days: IntegerLike): Expression {
  return { kind: 'add-days', date: start, days: asExpression(days) }
}

/** Whole days, negative when `to` is before `from`. */
export function daysBetween(from: Expression, to: Expression): Expression {
  return { kind: 'days-between', from, to }
}

export const yearOf = (operand: Expression): Expression => ({ kind: 'part', part: 'year', date: operand })
export const monthOf = (operand: Expression): Expression => ({ kind: 'part', part: 'month', date: operand })
export const dayOf = (operand: Expression): Expression => ({ kind: 'part', part: 'day', date: operand })

export function makeDate(year: IntegerLike, month: IntegerLike, day: IntegerLike): Expression {
  return { kind: 'make-date', year: asExpression(year), month: asExpression(month), day: asExpression(day) }
}

export function cast(operand: Expression, to: ValueType): Expression {
  return { kind: 'cast', operand, to }
}

export const coalesce = (...operands: readonly Expression[]): Expression => ({ kind: 'coalesce', operands })
export const least = (...operands: readonly Expression[]): Expression => ({ kind: 'least', operands })
export const greatest = (...operands: readonly Expression[]): Expression => ({ kind: 'greatest', operands })

/** The value of the first condition that is true: `choose([[sick, integer(1)]], integer(0))`. */
export function choose(
  when: readonly (readonly [condition: Expression, value: Expression])[],
  otherwise: Expression,
): Expression {
  return { kind: 'case', when: when.map(([condition, value]) => ({ condition, value })), otherwise }
}

type Aggregate = Extract<Expression, { kind: 'aggregate' }>

function aggregate(name: Aggregate['name'], of: Expression | undefined, where: Expression | undefined): Expression {
  return { kind: 'aggregate', name, ...(of && { of }), ...(where && { where }) }
}

/** Rows; with `where`, only those for which it is true. */
export const countRows = (where?: Expression) => aggregate('count', undefined, where)
/** Values that are not NULL. */
export const count = (of: Expression, where?: Expression) => aggregate('count', of, where)
export const countDistinct = (of: Expression, where?: Expression) => aggregate('count-distinct', of, where)

/** The same where each group is of one person. */
export function countDistinctOfPerson(of: Expression, where?: Expression): Expression {
  return { kind: 'aggregate', name: 'count-distinct', of, ...(where && { where }), smallGroups: true }
}

export const sum = (of: Expression, where?: Expression) => aggregate('sum', of, where)
export const mean = (of: Expression, where?: Expression) => aggregate('mean', of, where)
export const minimum = (of: Expression, where?: Expression) => aggregate('minimum', of, where)
export const maximum = (of: Expression, where?: Expression) => aggregate('maximum', of, where)
export const deviation = (of: Expression, where?: Expression) => aggregate('deviation', of, where)
export const anyValue = (of: Expression, where?: Expression) => aggregate('any', of, where)

type Window = Extract<Expression, { kind: 'window' }>
type Over = Pick<Window, 'partitionBy' | 'orderBy'>
export type Frame = NonNullable<Window['frame']>

/** `row-number` counts from 1. */
export function rowNumber(over: Over): Expression {
  return { kind: 'window', name: 'row-number', ...over }
}

/** The value of `of` in the row before; NULL in the first. */
export function previous(of: Expression, over: Over): Expression {
  return { kind: 'window', name: 'previous', of, ...over }
}

/** The value of `of` in the row after; NULL in the last. */
export function next(of: Expression, over: Over): Expression {
  return { kind: 'window', name: 'next', of, ...over }
}

export function windowed(
  name: 'sum' | 'minimum' | 'maximum' | 'count',
  of: Expression | undefined,
  over: Over,
  frame?: Frame,
): Expression {
  return { kind: 'window', name, ...(of && { of }), ...over, ...(frame && { frame }) }
}

export const ascending = (expression: Expression): Ordering => ({ expression })
export const descending = (expression: Expression): Ordering => ({ expression, direction: 'descending' })

export function named(name: string, expression: Expression): NamedExpression {
  return { name, expression }
}

/** Columns that keep their names. */
export function columns(relation: string, ...names: readonly string[]): readonly NamedExpression[] {
  return names.map((name) => named(name, column(relation, name)))
}
