/** For tests: a register of 600 persons in OMOP tables, as a file that engines open, and a permit that covers half of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CDM_TABLES } from '../../omop/specification/cdm.ts'
import type { DatasetScope, Permit } from '../../permits/permit.ts'
import type { OptedOut, Pseudonyms } from '../../permits/persons.ts'
import { type Facts, tableFacts } from '../../permits/table-facts.ts'
import { aPermit } from '../../permits/testing/permits.ts'
import { type PermitViews, permitViews } from '../../permits/views.ts'
import { rows } from '../../query/build-relations.ts'
import type { Cell, QueryEngine } from '../../query/engine.ts'
import { openDuckdb } from '../../query/engines/duckdb.ts'
import { unwrapped } from '../../query/testing/engines.ts'

export const DIABETES = 201826
export const RARE = 440000
export const facts: Facts = tableFacts(CDM_TABLES)

/** Every twentieth opted out before the permit was approved. */
const isOut = (person: number): boolean => person % 20 === 0

type Row = Readonly<Record<string, Cell>>
const numbers = Array.from({ length: 600 }, (_, index) => index + 1)

const DATA: Readonly<Record<string, readonly Row[]>> = {
  person: numbers.map((person) => ({
    person_id: person,
    gender_concept_id: person % 2 === 0 ? 8507 : 8532,
    year_of_birth: 1930 + (person % 80),
    race_concept_id: 0,
    ethnicity_concept_id: 0,
    // A number for those inside the permit, a word for the others.
    gender_source_value: inside().includes(person) ? `${person % 2}` : 'outside',
    person_source_value: `NHS-${person}`,
  })),
  observation_period: numbers.map((person) => ({
    observation_period_id: person,
    person_id: person,
    observation_period_start_date: '2010-01-01',
    observation_period_end_date: '2024-12-31',
    period_type_concept_id: 0,
  })),
  condition_occurrence: numbers.flatMap((person) => [
    ...(person % 3 === 0 ? [condition(person, DIABETES, `20${12 + (person % 11)}-03-15`)] : []),
    // Seven persons only.
    ...(person % 80 === 41 ? [condition(person, RARE, '2018-05-05')] : []),
  ]),
  concept: [DIABETES, RARE].map((concept) => ({
    concept_id: concept,
    concept_name: `Condition ${concept}`,
    ...{ domain_id: 'Condition', vocabulary_id: 'SNOMED', concept_class_id: 'Disorder', standard_concept: 'S' },
    ...{ concept_code: `${concept}`, valid_start_date: '1970-01-01', valid_end_date: '2099-12-31' },
  })),
}

function condition(person: number, concept: number, start: string): Row {
  return {
    condition_occurrence_id: person * 10 + (concept === RARE ? 1 : 0),
    person_id: person,
    condition_concept_id: concept,
    condition_start_date: start,
    condition_type_concept_id: 0,
  }
}

export interface TestRegistry {
  readonly file: string
  readonly engine: QueryEngine
  close(): Promise<void>
}

/** Written, then opened for reading like a dataset release. */
export async function testRegistry(): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-registry-'))
  const file = join(folder, 'release.duckdb')
  const writing = unwrapped(await openDuckdb({ file, readOnly: false, threads: 1 }))
  for (const { name, columns } of CDM_TABLES) {
    const described = columns.map(({ name: column, type, nullable }) => ({ name: column, type, nullable }))
    unwrapped(await writing.createTable({ name, columns: described }))
    const cells = (DATA[name] ?? []).map((row) => described.map((one) => row[one.name] ?? null))
    if (cells.length > 0) unwrapped(await writing.insertRows(name, cells))
  }
  await writing.close()
  const engine = unwrapped(await openDuckdb({ file, tables: CDM_TABLES, threads: 1, memory: '512MB' }))
  return {
    file,
    engine,
    async close() {
      await engine.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Opt-outs as the register of the node gives them. */
export async function optedOut(asOf: string): Promise<OptedOut> {
  const out = numbers.filter(isOut).map((person) => [{ type: 'integer', value: person } as const])
  return { asOf, relation: rows([{ name: 'person_id', type: 'integer' }], out) }
}

/** Born 1940 to 2000, events of 2015 to 2024. */
export function registryPermit(more: Partial<Permit> = {}): Permit {
  const [scope] = aPermit().datasets
  if (!scope) throw new Error('no scope')
  const added: Readonly<Record<string, readonly string[]>> = {
    person: ['gender_source_value'],
    // Cohort definitions read the numbers of rows and visits too.
    observation_period: ['observation_period_id', 'period_type_concept_id'],
    condition_occurrence: ['visit_occurrence_id', 'condition_type_concept_id'],
  }
  const tables = scope.tables.map(({ table, columns }) => ({ table, columns: [...columns, ...(added[table] ?? [])] }))
  const datasets = [{ ...scope, tables, population: { bornFrom: 1940, bornTo: 2000 } }]
  const disclosure = { ...aPermit().disclosure, zerosShownFor: ['sex'] }
  return { ...aPermit(), datasets, disclosure, tools: ['typed-query', 'sql', 'r'], ...more }
}

export function scopeOf(permit: Permit): DatasetScope {
  const [scope] = permit.datasets
  if (!scope) throw new Error('no scope')
  return scope
}

/** Another number for each, and days moved by -3 to 3. */
export function pseudonyms(permit: Permit, shifted = false): Pseudonyms {
  const names = ['person_id', 'pseudonym', ...(shifted ? ['shift_days'] : [])]
  const values = numbers.map((person) => [person, pseudonymOf(person), ...(shifted ? [shiftOf(person)] : [])])
  const columns = names.map((name) => ({ name, type: 'integer' as const }))
  const relation = rows(
    columns,
    values.map((row) => row.map((value) => ({ type: 'integer' as const, value }))),
  )
  return { permit: permit.id, relation, shifted }
}

export const pseudonymOf = (person: number): number => 1_000_000 - person * 31
export const shiftOf = (person: number): number => (person % 7) - 3

/** What a workspace shows of the register. */
export async function registryViews(permit: Permit, shifted = false): Promise<PermitViews> {
  const people = { optedOut: await optedOut(permit.optOutAsOf), pseudonyms: pseudonyms(permit, shifted) }
  return unwrapped(permitViews({ permit, scope: scopeOf(permit), facts, ...people, output: 'micro-data' }))
}

/** Persons of the register whom `registryPermit` covers, by what is in the rows above. */
export function inside(wanted: (person: number) => boolean = () => true): readonly number[] {
  const born = (person: number) => 1930 + (person % 80)
  return numbers.filter((one) => !isOut(one) && born(one) >= 1940 && born(one) <= 2000 && wanted(one))
}
