/** For tests: nine persons in OMOP tables, each of whom is inside or outside a permit for one reason. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cell } from '../../query/engine.ts'
import { openDuckdb } from '../../query/engines/duckdb.ts'
import type { DataEngine } from '../../query/tables.ts'
import { type DescribedTable, type Facts, tableFacts } from '../table-facts.ts'

const CDM = join(import.meta.dirname, '../../../../data/omop/cdm-5.4.json')
const described: readonly DescribedTable[] = JSON.parse(readFileSync(CDM, 'utf8')).tables

export const facts: Facts = tableFacts(described)

type Row = Readonly<Record<string, Cell>>

/** Why each is there: see the rows of conditions and spans below. */
const PERSONS: readonly Row[] = [
  { person_id: 1, gender_concept_id: 8507, year_of_birth: 1960 },
  { person_id: 2, gender_concept_id: 8532, year_of_birth: 1970 },
  // Born too early, too late; another gender.
  { person_id: 3, gender_concept_id: 8507, year_of_birth: 1939 },
  { person_id: 4, gender_concept_id: 8507, year_of_birth: 2001 },
  { person_id: 5, gender_concept_id: 0, year_of_birth: 1960 },
  // Never had the condition; had it after the period only.
  { person_id: 6, gender_concept_id: 8507, year_of_birth: 1960 },
  { person_id: 7, gender_concept_id: 8507, year_of_birth: 1960 },
  // Opted out.
  { person_id: 8, gender_concept_id: 8507, year_of_birth: 1960 },
  // Had it long before the period, and is inside for that.
  { person_id: 9, gender_concept_id: 8532, year_of_birth: 1980 },
].map((person) => ({
  ...person,
  race_concept_id: 0,
  ethnicity_concept_id: 0,
  person_source_value: `NHS-${person.person_id}`,
}))

/** 201826 has the descendant 443238. */
const CONDITIONS: readonly Row[] = [
  [1, 201826, '2016-03-01', '2016-04-01'],
  [1, 201826, '2014-12-31', null],
  [1, 440000, '2024-12-30', '2025-06-01'],
  [1, 440000, '2025-01-01', null],
  [2, 443238, '2020-02-29', null],
  [3, 201826, '2016-03-01', null],
  [4, 201826, '2016-03-01', null],
  [5, 201826, '2016-03-01', null],
  [6, 440000, '2016-03-01', null],
  [7, 201826, '2025-03-01', null],
  [8, 201826, '2016-03-01', null],
  [9, 201826, '1999-03-01', null],
  [9, 440000, '2018-03-01', null],
].map(([person = null, concept = null, start = null, end = null], index) => ({
  condition_occurrence_id: 100 + index,
  person_id: person,
  condition_concept_id: concept,
  condition_start_date: start,
  condition_end_date: end,
  condition_type_concept_id: 0,
  visit_occurrence_id: 500 + index,
}))

const SPANS: readonly Row[] = [
  [1, '2010-01-01', '2030-01-01'],
  [2, '2019-01-01', '2021-01-01'],
  [9, '2000-01-01', '2014-12-31'],
  [8, '2010-01-01', '2030-01-01'],
].map(([person = null, start = null, end = null], index) => ({
  observation_period_id: 900 + index,
  person_id: person,
  observation_period_start_date: start,
  observation_period_end_date: end,
  period_type_concept_id: 0,
}))

const ANCESTORS: readonly Row[] = [
  {
    ancestor_concept_id: 201826,
    descendant_concept_id: 443238,
    min_levels_of_separation: 1,
    max_levels_of_separation: 1,
  },
]

const VISITS: readonly Row[] = CONDITIONS.map((condition) => ({
  visit_occurrence_id: condition.visit_occurrence_id ?? null,
  person_id: condition.person_id ?? null,
  visit_concept_id: 9201,
  visit_start_date: condition.condition_start_date ?? null,
  visit_end_date: condition.condition_start_date ?? null,
  visit_type_concept_id: 0,
}))

const DATA: Readonly<Record<string, readonly Row[]>> = {
  person: PERSONS,
  condition_occurrence: CONDITIONS,
  observation_period: SPANS,
  visit_occurrence: VISITS,
  concept_ancestor: ANCESTORS,
  concept: [],
}

/** In memory; close it. */
export async function smallData(): Promise<DataEngine> {
  const opened = await openDuckdb({ memory: '256MB', threads: 1 })
  if (!opened.ok) throw new Error(opened.problem.sentence)
  const engine = opened.value
  for (const [name, rows] of Object.entries(DATA)) {
    const table = described.find((one) => one.name === name)
    if (!table) throw new Error(`no table ${name}`)
    const columns = table.columns.map(({ name: column, type, nullable }) => ({ name: column, type, nullable }))
    await engine.createTable({ name, columns })
    const filled = await engine.insertRows(
      name,
      rows.map((row) => columns.map((one) => row[one.name] ?? null)),
    )
    if (!filled.ok) throw new Error(`${name}: ${filled.problem.sentence}`)
  }
  return engine
}
