/**
 * A small population made for a set of cohort definitions: events with the concepts that these name, so that cohorts which
 * published data sets leave empty have members. From a seed: the same every time.
 */
import type { Cell } from '../../query/engine.ts'
import type { TableDescription } from '../../query/tables.ts'
import type { CohortExpression } from '../definition.ts'
import { COLUMNS } from './tables.ts'

export interface GeneratedTable extends TableDescription {
  readonly rows: readonly (readonly Cell[])[]
}

const EVENTS_OF_A_PERSON = 12
const DAY = 86_400_000

type Random = (below: number) => number

/** A generator of numbers below a bound (mulberry32). */
function randomNumbers(seed: number): Random {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

/** Every concept that the definitions name stands in the vocabulary, below one of the others now and then. */
export function generatedTables(
  expressions: readonly CohortExpression[],
  persons: number,
  seed: number,
): readonly GeneratedTable[] {
  const random = randomNumbers(seed)
  const concepts = [...new Set(expressions.flatMap(conceptsOf))]
  return [...COLUMNS].map(([name, columns]) => ({
    name,
    columns: columns.map((column) => ({ ...column, nullable: true })),
    rows: rowsOf(name, concepts, persons, random).map((row) =>
      columns.map((column) => row[column.name] ?? missing(column.name, column.type, concepts, random)),
    ),
  }))
}

/** A few of each set, so that persons have several events of the same cohort. */
function conceptsOf(expression: CohortExpression): readonly number[] {
  return expression.conceptSets.flatMap(({ items }) => items.slice(0, 3).map(({ concept }) => concept.id))
}

type Row = Readonly<Record<string, Cell>>

function rowsOf(table: string, concepts: readonly number[], persons: number, random: Random): readonly Row[] {
  const people = Array.from({ length: persons }, (_, index) => index + 1)
  switch (table) {
    case 'concept':
      return concepts.map((concept_id) => ({ concept_id, invalid_reason: random(20) === 0 ? 'D' : null }))
    case 'concept_ancestor':
      return concepts.flatMap((concept) => [
        { ancestor_concept_id: concept, descendant_concept_id: concept },
        { ancestor_concept_id: concept, descendant_concept_id: one(concepts, random) },
      ])
    case 'concept_relationship':
      return concepts.map((concept) => ({
        concept_id_1: one(concepts, random),
        concept_id_2: concept,
        relationship_id: random(3) === 0 ? 'Mapped from' : 'Maps to',
        invalid_reason: null,
      }))
    case 'person':
      return people.map((person_id) => ({
        person_id,
        gender_concept_id: 8507 + 25 * random(2),
        year_of_birth: 1930 + random(80),
      }))
    case 'observation_period':
      return people.flatMap((person) => observationPeriods(person, random))
    case 'provider':
      return places.map((provider_id) => ({ provider_id }))
    case 'care_site':
      return places.map((care_site_id) => ({ care_site_id }))
    case 'location':
      return places.map((location_id) => ({ location_id }))
    case 'location_history':
      return people.flatMap((person) => residences(person, random))
    default:
      return EVENT_TABLES.includes(table) ? people.flatMap((person) => eventsOf(table, person, random)) : []
  }
}

/** Numbers of providers, care sites and locations. */
const places = [1, 2, 3, 4, 5, 6]

const EVENT_TABLES = [
  'condition_occurrence',
  'condition_era',
  'drug_exposure',
  'drug_era',
  'dose_era',
  'procedure_occurrence',
  'device_exposure',
  'measurement',
  'observation',
  'specimen',
  'visit_occurrence',
  'visit_detail',
  'payer_plan_period',
  'death',
]

/** One or two, apart. */
function observationPeriods(person: number, random: Random): readonly Row[] {
  const first = { from: random(1500), days: 400 + random(3000) }
  const second = { from: first.from + first.days + 2 + random(200), days: 300 + random(1500) }
  return (random(3) === 0 ? [first, second] : [first]).map(({ from, days }, index) => ({
    observation_period_id: person * 2 + index,
    person_id: person,
    observation_period_start_date: day(from),
    observation_period_end_date: day(from + days),
  }))
}

function residences(person: number, random: Random): readonly Row[] {
  const moved = random(4000)
  return [
    { start_date: day(0), end_date: day(moved) },
    { start_date: day(moved), end_date: random(2) === 0 ? null : day(5000) },
  ].map((dates, index) => ({
    location_history_id: 2 * person + index,
    entity_id: person,
    domain_id: random(5) === 0 ? 'CARE_SITE' : 'PERSON',
    location_id: one(places, random),
    ...dates,
  }))
}

/** Several events share a day, and some lie outside the observation periods. */
function eventsOf(table: string, person: number, random: Random): readonly Row[] {
  const number = table === 'death' ? random(2) : random(EVENTS_OF_A_PERSON)
  return Array.from({ length: number }, (_, index) => {
    const start = 30 * random(170) + random(3)
    const length = random(4) === 0 ? null : random(60)
    return {
      person_id: person,
      ...datesOf(table, day(start), length === null ? null : day(start + length)),
      visit_occurrence_id: random(2) === 0 ? null : idOf('visit_occurrence', person, random(EVENTS_OF_A_PERSON)),
      [`${table}_id`]: idOf(table, person, index),
    }
  })
}

/** No two events of a person have the same number, whatever their table: the language settles no other tie. */
function idOf(table: string, person: number, index: number): number {
  return (EVENT_TABLES.indexOf(table) * 1000 + person) * EVENTS_OF_A_PERSON + index
}

function datesOf(table: string, start: string, end: string | null): Row {
  const always = /_era$|^visit|_period$/.test(table)
  return Object.fromEntries(
    (COLUMNS.get(table) ?? [])
      .filter(({ type }) => type === 'date')
      .map(({ name }) => [name, name.includes('end_date') ? (end ?? (always ? start : null)) : start]),
  )
}

function missing(name: string, type: string, concepts: readonly number[], random: Random): Cell {
  if (name === 'provider_id' || name === 'care_site_id') return random(4) === 0 ? null : one(places, random)
  if (/_id_|_id$/.test(name) && !name.includes('concept')) return null
  if (name.endsWith('concept_id')) return conceptOf(concepts, random)
  if (type === 'integer') return random(4) === 0 ? null : random(100)
  if (type === 'double') return random(4) === 0 ? null : random(2000) / 8
  return type === 'text' && random(4) > 0 ? (['a', 'b', 'ab', 'A'][random(4)] ?? null) : null
}

/** Now and then none, or the 0 that stands for no match. */
function conceptOf(concepts: readonly number[], random: Random): Cell {
  const kind = random(8)
  if (kind === 0) return null
  return kind === 1 || concepts.length === 0 ? 0 : one(concepts, random)
}

function one(values: readonly number[], random: Random): number {
  return values[random(values.length)] ?? 0
}

function day(number: number): string {
  return new Date(Date.UTC(2006, 0, 1) + number * DAY).toISOString().slice(0, 10)
}
