/** Cohorts from a seed, and a small population in which many of them have members. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { table } from '../../query/build-relations.ts'
import type { Rows } from '../../query/engine.ts'
import type { DataEngine } from '../../query/tables.ts'
import { fill, unwrapped } from '../../query/testing/engines.ts'
import type { Tables } from '../compilation.ts'
import type { NamedCohort } from '../compile.ts'
import { readDefinition } from '../read-definition.ts'
import { type GeneratedTable, generatedTables } from './generated-data.ts'
import { naiveCohort } from './naive-cohort.ts'
import { randomDefinition } from './random-definitions.ts'
import type { Row, TableRows } from './tables.ts'

export interface RandomCohorts {
  readonly cohorts: readonly NamedCohort[]
  readonly population: readonly GeneratedTable[]
}

export function randomCohorts(seed: number, cohorts: number, persons: number): RandomCohorts {
  const named = fc.sample(randomDefinition, { numRuns: cohorts, seed }).map((json, index) => ({
    name: `${seed}-${index}`,
    expression: unwrapped(readDefinition(json)),
  }))
  const expressions = named.map(({ expression }) => expression)
  return { cohorts: named, population: generatedTables(expressions, persons, seed) }
}

/** Makes the population's tables on the engines; their names begin with `prefix`. */
export async function settle(
  engines: readonly DataEngine[],
  prefix: string,
  population: readonly GeneratedTable[],
): Promise<Tables> {
  for (const { name, columns, rows } of population) await fill(engines, { name: `${prefix}_${name}`, columns }, rows)
  return new Map(population.map(({ name }) => [name, table(`${prefix}_${name}`)]))
}

/** Each cohort has the members, and each rule leaves the events, that plain loops over the same rows find. */
export function assertAsLoops({ cohorts, population }: RandomCohorts, answers: ReadonlyMap<string, Rows>): void {
  const rows = asRows(population)
  let filled = 0
  for (const { name, expression } of cohorts) {
    const naive = naiveCohort(expression, rows)
    if (naive.periods.length > 0) filled++
    assert.deepEqual(sorted(answers.get(`${name}.cohort`)?.rows), sorted(naive.periods), name)
    assert.deepEqual(columnOf(answers.get(`${name}.attrition`), 'events_left'), naive.eventsLeft, name)
  }
  assert.ok(filled >= cohorts.length / 5, `${filled} of ${cohorts.length} cohorts have members`)
}

function asRows(population: readonly GeneratedTable[]): TableRows {
  return new Map(
    population.map(({ name, columns, rows }) => [
      name,
      rows.map((row): Row => Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null]))),
    ]),
  )
}

function sorted(rows: readonly (readonly unknown[])[] | undefined): readonly string[] {
  return (rows ?? []).map((row) => row.join(' ')).sort()
}

function columnOf(rows: Rows | undefined, name: string): readonly unknown[] {
  const place = rows?.columns.indexOf(name) ?? -1
  return (rows?.rows ?? []).map((row) => row[place])
}
