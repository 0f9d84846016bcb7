/** Every analysis as loops over rows: slow, plain, and sharing no code with the compilers. */
import type { Analysis, CohortDefinition, Dimension, Measure } from '../analysis.ts'
import { dayAfter, PERIOD, type SmallDataset } from './small-dataset.ts'

/** Cell (`|` between the words of its key) → person → values. */
export type NaiveTable = Map<string, Map<number, number[]>>

type Person = SmallDataset['persons'][number]

const days = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** Days of the entries of a person, ascending, each once. */
export function entriesOf(data: SmallDataset, cohort: CohortDefinition, person: number): readonly string[] {
  const found = data.conditions.filter((one) => one.person === person && one.concept === cohort.concept)
  return [...new Set(found.map((one) => one.day))].sort()
}

function entriesInPeriod(data: SmallDataset, cohort: CohortDefinition, person: number): readonly string[] {
  return entriesOf(data, cohort, person).filter((day) => day >= PERIOD.from && day <= PERIOD.to)
}

/** A person may be in several levels of a condition: all combinations of words. */
function keysOf(data: SmallDataset, by: readonly Dimension[], person: Person, day: string): readonly string[] {
  let keys: string[][] = [[]]
  for (const one of by) keys = keys.flatMap((key) => levelsOf(data, one, person, day).map((level) => [...key, level]))
  return keys.map((key) => key.join('|'))
}

export function levelsOf(data: SmallDataset, one: Dimension, person: Person, day: string): readonly string[] {
  switch (one.kind) {
    case 'age-group': {
      const age = Number(day.slice(0, 4)) - person.birthYear
      const index = one.bounds.filter((bound) => age >= bound).length
      if (index === 0) return [`<${one.bounds[0]}`]
      const [low = 0, high] = [one.bounds[index - 1], one.bounds[index]]
      if (high === undefined) return [`${low}+`]
      return [high - 1 === low ? String(low) : `${low}-${high - 1}`]
    }
    case 'sex':
      return [person.sex === 8507 ? 'male' : person.sex === 8532 ? 'female' : 'unknown']
    case 'calendar-year':
      return [day.slice(0, 4)]
    case 'calendar-month':
      return [day.slice(0, 7)]
    case 'condition': {
      const has = one.concepts.filter((concept) => hasCondition(data, concept, person.id))
      return has.length === 0 ? ['none'] : has.map(String)
    }
  }
}

export function hasCondition(data: SmallDataset, concept: number, person: number): boolean {
  const wanted = [concept, ...data.ancestors.filter(([above]) => above === concept).map(([, below]) => below)]
  return data.conditions.some((one) => one.person === person && wanted.includes(one.concept))
}

function put(table: NaiveTable, key: string, person: number, values: readonly number[] = []): void {
  const cell = table.get(key) ?? new Map<number, number[]>()
  table.set(key, cell)
  const before = cell.get(person) ?? values.map(() => 0)
  cell.set(
    person,
    values.map((value, index) => value + (before[index] ?? 0)),
  )
}

export function naiveCount(data: SmallDataset, { cohort, by }: Extract<Analysis, { kind: 'count' }>): NaiveTable {
  const table: NaiveTable = new Map()
  for (const person of data.persons) {
    const [first] = entriesInPeriod(data, cohort, person.id)
    if (first !== undefined) for (const key of keysOf(data, by, person, first)) put(table, key, person.id)
  }
  return table
}

/** The name of the cohort is the first word of each key. */
export function naiveCohortCounts(
  data: SmallDataset,
  { cohorts, by }: Extract<Analysis, { kind: 'cohort-counts' }>,
): NaiveTable {
  const table: NaiveTable = new Map()
  for (const { name, cohort } of cohorts) {
    for (const [key, cell] of naiveCount(data, { kind: 'count', cohort, by })) {
      table.set(key === '' ? name : `${name}|${key}`, cell)
    }
  }
  return table
}

export function naiveEntries(
  data: SmallDataset,
  cohort: CohortDefinition,
  by: readonly Dimension[],
  unit?: 'month' | 'year',
): NaiveTable {
  const table: NaiveTable = new Map()
  for (const person of data.persons) {
    for (const day of entriesInPeriod(data, cohort, person.id)) {
      const first = unit === undefined ? [] : [day.slice(0, unit === 'month' ? 7 : 4)]
      for (const key of keysOf(data, by, person, day)) {
        put(table, [...first, ...(key === '' ? [] : [key])].join('|'), person.id, [1])
      }
    }
  }
  return table
}

const PERIOD_DAYS = Array.from({ length: days(PERIOD.from, PERIOD.to) + 1 }, (_, index) => dayAfter(PERIOD.from, index))

/** Day by day. */
export function naiveTime(data: SmallDataset, by: readonly Dimension[]): NaiveTable {
  const table: NaiveTable = new Map()
  const people = new Map(data.persons.map((person) => [person.id, person]))
  for (const period of data.periods) {
    const person = people.get(period.person)
    if (person === undefined) continue
    const memory = new Map<string, readonly string[]>()
    for (const day of PERIOD_DAYS) {
      if (day < period.from || day > period.to) continue
      const month = day.slice(0, 7)
      const keys = memory.get(month) ?? keysOf(data, by, person, day)
      memory.set(month, keys)
      for (const key of keys) put(table, key, person.id, [1])
    }
  }
  return table
}

/** Undefined: the person has none. */
export function measured(data: SmallDataset, measure: Measure, person: Person, first: string): number | undefined {
  switch (measure.kind) {
    case 'age':
      return Number(first.slice(0, 4)) - person.birthYear
    case 'follow-up-days': {
      const inside = data.periods.filter((one) => one.person === person.id && one.from <= first && first <= one.to)
      return inside.length === 0 ? undefined : Math.max(...inside.map((one) => days(first, one.to)))
    }
    case 'days-until': {
      const next = entriesOf(data, measure.cohort, person.id).find((day) => day >= first)
      return next === undefined ? undefined : days(first, next)
    }
    case 'measurement': {
      const valued = data.measurements.filter((one) => {
        return (
          one.person === person.id && measure.concepts.includes(one.concept) && one.value !== null && one.day >= first
        )
      })
      const nearest = valued.map((one) => one.day).sort()[0]
      const values = valued.filter((one) => one.day === nearest).map((one) => one.value ?? 0)
      if (values.length === 0) return undefined
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      return Math.floor(mean * 10_000 + 0.5) / 10_000
    }
  }
}

export function naiveValues(
  data: SmallDataset,
  { by, cohort, measure }: Extract<Analysis, { kind: 'distribution' }>,
): NaiveTable {
  const table: NaiveTable = new Map()
  for (const person of data.persons) {
    const [first] = entriesInPeriod(data, cohort, person.id)
    const value = first === undefined ? undefined : measured(data, measure, person, first)
    if (first === undefined || value === undefined) continue
    for (const key of keysOf(data, by, person, first)) put(table, key, person.id, [value])
  }
  return table
}

export function naiveSurvival(
  data: SmallDataset,
  { by, cohort, event, step, until }: Extract<Analysis, { kind: 'survival' }>,
): NaiveTable {
  const table: NaiveTable = new Map()
  for (const person of data.persons) {
    const [first] = entriesInPeriod(data, cohort, person.id)
    if (first === undefined) continue
    const observed = measured(data, { kind: 'follow-up-days' }, person, first)
    if (observed === undefined) continue
    const happened = measured(data, { kind: 'days-until', cohort: event }, person, first)
    const seen = happened !== undefined && happened <= observed && happened <= until
    const day = seen ? happened : Math.min(observed, until)
    const end = `${Math.floor(day / step) * step}|${seen ? 'event' : 'censored'}`
    for (const key of keysOf(data, by, person, first)) put(table, key === '' ? end : `${key}|${end}`, person.id)
  }
  return table
}

export function naiveConcepts(
  data: SmallDataset,
  cohort: CohortDefinition,
  records: readonly { readonly person: number; readonly concept: number }[],
): NaiveTable {
  const table: NaiveTable = new Map()
  for (const { person, concept } of records) {
    if (entriesInPeriod(data, cohort, person).length > 0) put(table, String(concept), person)
  }
  return table
}

/** Rows of a design: covariates in their order (one number each), then the outcome; complete persons only. */
export function naiveRows(
  data: SmallDataset,
  cohort: CohortDefinition,
  covariates: readonly ((person: Person, first: string) => number | undefined)[],
): readonly (readonly number[])[] {
  return data.persons.flatMap((person) => {
    const [first] = entriesInPeriod(data, cohort, person.id)
    if (first === undefined) return []
    const row = covariates.map((one) => one(person, first))
    return row.every((value) => value !== undefined) ? [row as number[]] : []
  })
}
