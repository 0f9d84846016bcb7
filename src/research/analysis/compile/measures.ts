/** One number for each person: relations (person_id, value), with whole numbers only, so that they add up exactly. */
import {
  add,
  atLeast,
  between,
  cast,
  column,
  columns,
  daysBetween,
  double,
  equals,
  integer,
  isNotNull,
  maximum,
  mean,
  minimum,
  multiply,
  named,
} from '../../query/build.ts'
import { innerJoin, select, semiJoin, source } from '../../query/build-relations.ts'
import type { Relation } from '../../query/tree.ts'
import type { Measure } from '../analysis.ts'
import { age } from './dimensions.ts'
import { firstEntries } from './entries.ts'
import { type Compilation, wantedConcepts } from './scope.ts'

export interface CompiledMeasure {
  readonly relation: Relation
  /** What a value is divided by. */
  readonly scale: number
  readonly whole: boolean
}

/** Four decimals of a measured value. */
const DECIMALS = 10_000

/** `cohort`: how the compilation calls the cohort of a `days-until`. */
export function compileMeasure(compilation: Compilation, measure: Measure, cohort: string): CompiledMeasure {
  const first = firstEntries(compilation)
  switch (measure.kind) {
    case 'age':
      return whole(
        select({ from: source(first, 'f'), columns: [...columns('f', 'person_id'), named('value', age('f'))] }),
      )
    case 'follow-up-days':
      return whole(followUpDays(compilation, first))
    case 'days-until':
      return whole(daysUntil(compilation, first, cohort))
    case 'measurement':
      return { relation: firstMeasured(compilation, first, measure.concepts), scale: DECIMALS, whole: false }
  }
}

function whole(relation: Relation): CompiledMeasure {
  return { relation, scale: 1, whole: true }
}

/** From the first entry to the end of the observation period it lies in. */
export function followUpDays(compilation: Compilation, first: Relation): Relation {
  const start = 'observation_period_start_date'
  const end = 'observation_period_end_date'
  const observed = compilation.table('observation_period', 'person_id', start, end)
  return select({
    from: source(first, 'f'),
    joins: [
      innerJoin(
        observed,
        'o',
        equals(column('o', 'person_id'), column('f', 'person_id')),
        between(column('f', 'start_date'), column('o', start), column('o', end)),
      ),
    ],
    groupBy: [column('f', 'person_id')],
    columns: [
      ...columns('f', 'person_id'),
      named('value', maximum(daysBetween(column('f', 'start_date'), column('o', end)))),
    ],
  })
}

/** From the first entry to the first one of the other cohort on or after it. */
export function daysUntil(compilation: Compilation, first: Relation, cohort: string): Relation {
  const days = daysBetween(column('f', 'start_date'), column('u', 'cohort_start_date'))
  return select({
    from: source(first, 'f'),
    joins: [
      innerJoin(
        compilation.cohort(cohort),
        'u',
        equals(column('u', 'subject_id'), column('f', 'person_id')),
        atLeast(column('u', 'cohort_start_date'), column('f', 'start_date')),
      ),
    ],
    groupBy: [column('f', 'person_id')],
    columns: [...columns('f', 'person_id'), named('value', minimum(days))],
  })
}

function firstMeasured(compilation: Compilation, first: Relation, concepts: readonly number[]): Relation {
  const needed = ['person_id', 'measurement_concept_id', 'measurement_date', 'value_as_number'] as const
  const name = `measured_${concepts.join('_')}`
  const measured = compilation.made(name, () =>
    select({
      from: source(compilation.table('measurement', ...needed), 'm'),
      joins: [
        innerJoin(first, 'f', equals(column('f', 'person_id'), column('m', 'person_id'))),
        semiJoin(
          wantedConcepts(compilation, concepts),
          'w',
          equals(column('w', 'concept'), column('m', 'measurement_concept_id')),
        ),
      ],
      where: isNotNull(column('m', 'value_as_number')),
      columns: [
        ...columns('m', 'person_id'),
        named('days', daysBetween(column('f', 'start_date'), column('m', 'measurement_date'))),
        named('value', column('m', 'value_as_number')),
      ],
    }),
  )
  const nearest = select({
    from: source(measured, 'm'),
    where: atLeast(column('m', 'days'), integer(0)),
    groupBy: [column('m', 'person_id')],
    columns: [...columns('m', 'person_id'), named('days', minimum(column('m', 'days')))],
  })
  const value = mean(column('m', 'value'))
  return select({
    from: source(measured, 'm'),
    joins: [
      innerJoin(
        nearest,
        'n',
        equals(column('n', 'person_id'), column('m', 'person_id')),
        equals(column('n', 'days'), column('m', 'days')),
      ),
    ],
    groupBy: [column('m', 'person_id')],
    columns: [
      ...columns('m', 'person_id'),
      named('value', cast(add(multiply(value, double(DECIMALS)), double(0.5)), 'integer')),
    ],
  })
}
