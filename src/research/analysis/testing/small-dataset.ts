/** A small dataset with what real ones have: several periods, gaps, unknown sex, repeats, missing values, wrong years. */

import { ok } from '#platform/result/result.ts'
import { integerBetween, type Random, randomFrom } from '../../population/random.ts'
import { column, equals, integer, named } from '../../query/build.ts'
import { select, source, table } from '../../query/build-relations.ts'
import type { Cell } from '../../query/engine.ts'
import type { TableDescription } from '../../query/tables.ts'
import type { ValueType } from '../../query/tree.ts'
import type { AnalysisScope, CompileCohorts } from '../compile/scope.ts'

export interface SmallDataset {
  readonly persons: readonly { readonly id: number; readonly sex: number; readonly birthYear: number }[]
  readonly periods: readonly { readonly person: number; readonly from: string; readonly to: string }[]
  readonly conditions: readonly { readonly person: number; readonly concept: number; readonly day: string }[]
  readonly drugs: readonly { readonly person: number; readonly concept: number }[]
  readonly measurements: readonly {
    readonly person: number
    readonly concept: number
    readonly day: string
    readonly value: number | null
  }[]
  /** Ancestor, descendant. */
  readonly ancestors: readonly (readonly [number, number])[]
}

export const PERIOD = { from: '2018-03-15', to: '2020-10-20' } as const

/** 1 to 5 are conditions; 10 stands above 1 and 2. 21 and 22 are measured. */
export function smallDataset(seed: string, size: number): SmallDataset {
  const random = randomFrom(seed)
  const persons = Array.from({ length: size }, (_, index) => ({
    id: 1000 + index * 7,
    sex: [8507, 8532, 8507, 8532, 8532, 0, 8551][integerBetween(random, 0, 6)] ?? 0,
    birthYear: random() < 0.03 ? 2021 : integerBetween(random, 1925, 2018),
  }))
  const several = <T>(most: number, make: (person: number) => T): T[] =>
    persons.flatMap(({ id }) => Array.from({ length: integerBetween(random, 0, most) }, () => make(id)))
  const conditions = several(5, (person) => ({ person, concept: integerBetween(random, 1, 5), day: anyDay(random) }))
  return {
    persons,
    periods: persons.flatMap(({ id }) => periodsOf(random, id)),
    conditions: [...conditions, ...conditions.filter(() => random() < 0.1)],
    drugs: several(3, (person) => ({ person, concept: integerBetween(random, 31, 34) })),
    measurements: several(4, (person) => ({
      person,
      concept: integerBetween(random, 21, 22),
      day: anyDay(random),
      value: random() < 0.15 ? null : integerBetween(random, -40, 4000) / 16,
    })),
    ancestors: [
      [10, 10],
      [10, 1],
      [10, 2],
      [1, 1],
      [3, 3],
    ],
  }
}

function anyDay(random: Random): string {
  return dayAfter('2017-06-01', integerBetween(random, 0, 1400))
}

export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

/** None, one, or two with a gap between them. */
function periodsOf(random: Random, person: number) {
  if (random() < 0.05) return []
  const from = dayAfter('2016-01-01', integerBetween(random, 0, 900))
  const to = dayAfter(from, integerBetween(random, 0, 1500))
  if (random() < 0.8) return [{ person, from, to }]
  const again = dayAfter(to, integerBetween(random, 10, 400))
  return [
    { person, from, to },
    { person, from: again, to: dayAfter(again, integerBetween(random, 0, 700)) },
  ]
}

interface FilledTable extends TableDescription {
  readonly rows: readonly (readonly Cell[])[]
}

/** The dataset as tables of OMOP, with the columns that analyses read. */
export function tablesOf(data: SmallDataset): readonly FilledTable[] {
  return [
    filled(
      'person',
      { person_id: 'integer', gender_concept_id: 'integer', year_of_birth: 'integer' },
      data.persons.map((one) => [one.id, one.sex, one.birthYear]),
    ),
    filled(
      'observation_period',
      { person_id: 'integer', observation_period_start_date: 'date', observation_period_end_date: 'date' },
      data.periods.map((one) => [one.person, one.from, one.to]),
    ),
    filled(
      'condition_occurrence',
      { person_id: 'integer', condition_concept_id: 'integer', condition_start_date: 'date' },
      data.conditions.map((one) => [one.person, one.concept, one.day]),
    ),
    filled(
      'drug_exposure',
      { person_id: 'integer', drug_concept_id: 'integer' },
      data.drugs.map((one) => [one.person, one.concept]),
    ),
    filled(
      'measurement',
      { person_id: 'integer', measurement_concept_id: 'integer', measurement_date: 'date', value_as_number: 'double' },
      data.measurements.map((one) => [one.person, one.concept, one.day, one.value]),
    ),
    filled(
      'concept_ancestor',
      { ancestor_concept_id: 'integer', descendant_concept_id: 'integer' },
      data.ancestors.map((one) => [...one]),
    ),
  ]
}

function filled(
  name: string,
  types: Readonly<Record<string, ValueType>>,
  rows: readonly (readonly Cell[])[],
): FilledTable {
  return { name, columns: Object.entries(types).map(([one, type]) => ({ name: one, type, nullable: true })), rows }
}

export function scopeOf(tables: readonly TableDescription[]): AnalysisScope {
  return {
    steps: [],
    tables: new Map(tables.map(({ name }) => [name, table(name)])),
    columns: new Map(tables.map((one) => [one.name, one.columns.map(({ name }) => name)])),
    period: PERIOD,
  }
}

/** `{ concept }`: each day of a condition is an entry. For tests of analyses, where cohorts are not the point. */
export const simpleCohorts: CompileCohorts = (cohorts, tables) => {
  const conditions = tables.get('condition_occurrence') ?? table('condition_occurrence')
  return ok({
    steps: [],
    results: cohorts.map(({ name, definition }) => ({
      name: `${name}.cohort`,
      relation: select({
        from: source(conditions, 'c'),
        where: equals(column('c', 'condition_concept_id'), integer(Number(definition.concept))),
        distinct: true,
        columns: [
          named('subject_id', column('c', 'person_id')),
          named('cohort_start_date', column('c', 'condition_start_date')),
          named('cohort_end_date', column('c', 'condition_start_date')),
        ],
      }),
    })),
  })
}
