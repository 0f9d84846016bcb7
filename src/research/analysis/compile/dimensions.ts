/** Dimensions as integer columns of the tree, and the words for their values. */
import {
  add,
  choose,
  coalesce,
  column,
  double,
  equals,
  integer,
  lessThan,
  monthOf,
  multiply,
  named,
  subtract,
  yearOf,
} from '../../query/build.ts'
import { leftJoin } from '../../query/build-relations.ts'
import type { Expression, Join, NamedExpression } from '../../query/tree.ts'
import type { Dimension } from '../analysis.ts'
import { bandLabels } from '../bands.ts'
import { type Compilation, personConditions } from './scope.ts'

export interface CompiledDimension {
  readonly name: string
  readonly levels: readonly string[]
  /** Word for what the column holds. */
  readonly level: (value: number) => string
  /** An integer, from a source with person_id, start_date, sex and birth_year. */
  readonly expression: Expression
  readonly joins: readonly Join[]
  /** A person may be in several levels. */
  readonly overlapping?: true
  /** Of one that is overlapping: the dimension whose levels set its levels apart (`disclosure/table.ts`). */
  readonly apartWithin?: string
}

/** OMOP: concepts of gender. */
const MALE = 8507
const FEMALE = 8532
export const SEXES = ['female', 'male', 'unknown'] as const
const NO_CONDITION = 'none'

/** `source`: how the select calls its source. */
export function compileDimensions(
  compilation: Compilation,
  dimensions: readonly Dimension[],
  source: string,
): readonly CompiledDimension[] {
  const names = new Map<string, number>()
  return dimensions.map((dimension, index) => {
    const times = (names.get(dimension.kind) ?? 0) + 1
    names.set(dimension.kind, times)
    const name = times === 1 ? dimension.kind : `${dimension.kind} ${times}`
    return { name, ...compileDimension(compilation, dimension, source, `d${index}`) }
  })
}

function compileDimension(
  compilation: Compilation,
  dimension: Dimension,
  source: string,
  joined: string,
): Omit<CompiledDimension, 'name'> {
  const start = column(source, 'start_date')
  switch (dimension.kind) {
    case 'age-group': {
      const labels = bandLabels(dimension.bounds, true)
      // Nobody is younger than 0: the group below it has a name for wrong data, but no place in the table.
      const levels = (dimension.bounds[0] ?? 0) <= 0 ? labels.slice(1) : labels
      return { levels, level: (value) => labels[value] ?? '', expression: ageBand(dimension.bounds, source), joins: [] }
    }
    case 'sex': {
      const sex = column(source, 'sex')
      const expression = choose(
        [
          [equals(sex, integer(FEMALE)), integer(0)],
          [equals(sex, integer(MALE)), integer(1)],
        ],
        integer(2),
      )
      return { levels: SEXES, level: (value) => SEXES[value] ?? 'unknown', expression, joins: [] }
    }
    case 'calendar-year': {
      const years = monthsOf(compilation.period).filter(
        (month) => month % 12 === 0 || month === firstMonth(compilation),
      )
      const levels = years.map((month) => String(Math.floor(month / 12)))
      return { levels, level: String, expression: yearOf(start), joins: [] }
    }
    case 'calendar-month':
      return {
        levels: monthsOf(compilation.period).map(monthLabel),
        level: monthLabel,
        expression: monthNumber(start),
        joins: [],
      }
    case 'condition': {
      const has = personConditions(compilation, dimension.concepts)
      return {
        levels: [...dimension.concepts.map(String), NO_CONDITION],
        level: (value) => (value === 0 ? NO_CONDITION : String(value)),
        expression: coalesce(column(joined, 'wanted'), integer(0)),
        joins: [leftJoin(has, joined, equals(column(joined, 'person_id'), column(source, 'person_id')))],
        overlapping: true,
      }
    }
  }
}

/** A dimension within one level of which a person has one of whatever it fixes: within a year one age, not one month. */
export interface Fixing {
  readonly name: string
  readonly fixes: readonly Dimension['kind'][]
}

/** What a unit of time fixes; ages change with the calendar year. */
export const FIXED_BY = {
  month: ['age-group', 'calendar-year', 'calendar-month'],
  year: ['age-group', 'calendar-year'],
} as const satisfies Readonly<Record<string, readonly Dimension['kind'][]>>

/** Of questions that see a person at several times: what changes with time may put somebody into several levels. */
export function overTime(
  dimensions: readonly CompiledDimension[],
  questions: readonly Dimension[],
  fixing: Fixing | undefined,
): readonly CompiledDimension[] {
  return dimensions.map((one, index) => {
    const kind = questions[index]?.kind
    if (kind === undefined || kind === 'sex') return one
    const isFixed = one.name !== fixing?.name && fixing?.fixes.includes(kind)
    return { ...one, overlapping: true, ...(isFixed && { apartWithin: fixing?.name }) }
  })
}

/** In years: the difference of calendar years, as everywhere in OHDSI's cohort language. */
export function age(source: string): Expression {
  return subtract(yearOf(column(source, 'start_date')), column(source, 'birth_year'))
}

function ageBand(bounds: readonly number[], source: string): Expression {
  const years = age(source)
  const inner = bounds.slice(1).map((bound, index): readonly [Expression, Expression] => {
    return [lessThan(years, double(bound)), integer(index + 1)]
  })
  return choose([[lessThan(years, double(bounds[0] ?? 0)), integer(0)], ...inner], integer(bounds.length))
}

/** Months since year 0. */
export function monthNumber(day: Expression): Expression {
  return add(multiply(yearOf(day), 12), subtract(monthOf(day), 1))
}

export function monthLabel(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
}

/** Numbers of the months that a period touches. */
export function monthsOf({ from, to }: Compilation['period']): readonly number[] {
  const number = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
  const months: number[] = []
  for (let month = number(from); month <= number(to); month += 1) months.push(month)
  return months
}

function firstMonth(compilation: Compilation): number {
  return monthsOf(compilation.period)[0] ?? 0
}

/** `k0`, `k1`, …: how results call the columns of the dimensions. */
export function keyColumns(dimensions: readonly CompiledDimension[]): readonly NamedExpression[] {
  return dimensions.map((dimension, index) => named(`k${index}`, dimension.expression))
}
