/** Comparisons of the language as conditions of the tree. */
import {
  add,
  and,
  atLeast,
  atMost,
  between,
  compare,
  contains,
  date,
  dayOf,
  double,
  endsWith,
  equals,
  integer,
  isNotNull,
  isOneOf,
  monthOf,
  multiply,
  not,
  startsWith,
  text as textLiteral,
  yearOf,
} from '../../query/build.ts'
import type { Expression } from '../../query/tree.ts'
import type { Concept, Period, Range, TextFilter } from '../definition.ts'

function inRange<T>(operand: Expression, range: Range<T>, literal: (value: T) => Expression): Expression {
  const { operator, value, extent = value } = range
  if (operator === 'between') return between(operand, literal(value), literal(extent))
  if (operator === 'not-between') return not(between(operand, literal(value), literal(extent)))
  return compare(operator, operand, literal(value))
}

/** Days that every engine can write down; ClickHouse has no others. */
const WRITABLE = { from: '1900-01-01', to: '2299-12-31' }

/** Days that an engine cannot write are compared by their numbers, 20200229 for 2020-02-29. */
export function inDates(operand: Expression, range: Range<string>): Expression {
  const days = [range.value, range.extent ?? range.value]
  if (days.every((day) => day >= WRITABLE.from && day <= WRITABLE.to)) return inRange(operand, range, date)
  const number = add(add(multiply(yearOf(operand), 10_000), multiply(monthOf(operand), 100)), dayOf(operand))
  return inRange(number, range, (day) => integer(Number(day.replaceAll('-', ''))))
}

/** As circe-be prints numbers: whole ones are cut, others have four decimals, half away from zero. */
export function inNumbers(operand: Expression, range: Range<number>, whole: boolean): Expression {
  return inRange(operand, range, (value) => (whole ? integer(Math.trunc(value)) : double(toFourDecimals(value))))
}

function toFourDecimals(value: number): number {
  const rounded = Number(`${Math.round(Number(`${Math.abs(value)}e4`))}e-4`)
  // Numbers written with an exponent have no four decimals to speak of.
  if (Number.isNaN(rounded)) return Math.abs(value) < 1 ? 0 : value
  return value < 0 ? -rounded : rounded
}

export function matchesText(operand: Expression, filter: TextFilter): Expression {
  const matches = {
    starts: startsWith,
    contains,
    ends: endsWith,
    equals: (value: Expression, text: string) => equals(value, textLiteral(text)),
  }[filter.how](operand, filter.text)
  return filter.negated ? not(matches) : matches
}

/** An empty column is neither one of them nor another one. */
export function isConcept(operand: Expression, concepts: readonly Concept[], exclude: boolean): Expression {
  const one = isOneOf(
    operand,
    concepts.map(({ id }) => id),
  )
  return exclude ? and(isNotNull(operand), not(one)) : one
}

/** Both days of the period, where given, lie between `start` and `end`. */
export function coversPeriod(start: Expression, end: Expression, period: Period): readonly Expression[] {
  return [period.start, period.end].flatMap((day) =>
    day === undefined ? [] : [atMost(start, date(day)), atLeast(end, date(day))],
  )
}
