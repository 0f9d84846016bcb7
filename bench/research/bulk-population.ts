/**
 * A population for measuring: as many persons as wanted, 20 conditions and 30 measurements for each, made inside DuckDB from
 * hashes. Concepts are used like words (Zipf); events lie in the observed time. Plain beside `src/research/population`.
 */
import { DuckDBInstance } from '@duckdb/node-api'
import { knownTable } from '../../src/research/omop/specification/cdm.ts'
import { createTable } from '../../src/research/omop/specification/ddl.ts'

export const BULK_TABLES = [
  'person',
  'observation_period',
  'condition_occurrence',
  'measurement',
  'concept',
  'concept_ancestor',
] as const

export const CONDITION_CONCEPTS = 20_000
export const LAB_CONCEPTS = 300
/** Local concepts of OMOP; conditions from the first, labs from the second. */
export const FIRST_CONDITION = 2_100_000_000
export const FIRST_LAB = 2_100_100_000

export interface BulkSizes {
  readonly persons: number
  readonly conditions: number
  readonly measurements: number
}

/** Condition number n is below number ⌊n / 4⌋: a tree in which the frequent ones are high up. */
export async function makeBulkPopulation(file: string, persons: number, memory: string): Promise<BulkSizes> {
  const sizes = { persons, conditions: persons * 20, measurements: persons * 30 }
  const instance = await DuckDBInstance.create(file, { memory_limit: memory, temp_directory: `${file}.tmp` })
  const connection = await instance.connect()
  try {
    for (const table of BULK_TABLES) await connection.run(createTable(knownTable(table)))
    for (const statement of statements(sizes)) await connection.run(statement)
    await connection.run('CHECKPOINT')
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  return sizes
}

function statements(sizes: BulkSizes): readonly string[] {
  return [
    `INSERT INTO person BY NAME SELECT i AS person_id,
       CASE WHEN ${uniform('i', 'sex')} < 0.51 THEN 8532 ELSE 8507 END AS gender_concept_id,
       1930 + ${below('i', 'birth', 80)} AS year_of_birth, 0 AS race_concept_id, 0 AS ethnicity_concept_id
     FROM range(1, ${sizes.persons + 1}) numbers(i)`,
    `INSERT INTO observation_period BY NAME SELECT i AS observation_period_id, i AS person_id,
       DATE '2010-01-01' + ${below('i', 'from', 2000)} AS observation_period_start_date,
       DATE '2018-01-01' + ${below('i', 'to', 2500)} AS observation_period_end_date, 32817 AS period_type_concept_id
     FROM range(1, ${sizes.persons + 1}) numbers(i)`,
    concepts(FIRST_CONDITION, CONDITION_CONCEPTS, 'Condition'),
    concepts(FIRST_LAB, LAB_CONCEPTS, 'Measurement'),
    `INSERT INTO concept_ancestor BY NAME
     WITH RECURSIVE above(ancestor, descendant, levels) AS (
       SELECT i, i, 0 FROM range(1, ${CONDITION_CONCEPTS + 1}) numbers(i)
       UNION ALL SELECT ancestor // 4, descendant, levels + 1 FROM above WHERE ancestor >= 4)
     SELECT ${FIRST_CONDITION} + ancestor AS ancestor_concept_id, ${FIRST_CONDITION} + descendant AS descendant_concept_id,
       levels AS min_levels_of_separation, levels AS max_levels_of_separation FROM above`,
    `INSERT INTO condition_occurrence BY NAME
     WITH drawn AS (SELECT i, ${below('i', 'who', sizes.persons)} + 1 AS person FROM range(${sizes.conditions}) numbers(i))
     SELECT i + 1 AS condition_occurrence_id, person AS person_id,
       ${FIRST_CONDITION} + ${zipf('i', 'what', CONDITION_CONCEPTS)} AS condition_concept_id, ${dayIn('i', 'when')} AS condition_start_date,
       ${dayIn('i', 'when')} + ${below('i', 'long', 30)} AS condition_end_date, 32817 AS condition_type_concept_id
     FROM drawn JOIN observation_period o ON o.person_id = drawn.person ORDER BY person, condition_start_date, i`,
    `INSERT INTO measurement BY NAME
     WITH drawn AS (SELECT i, ${below('i', 'whose', sizes.persons)} + 1 AS person, ${zipf('i', 'lab', LAB_CONCEPTS)} AS lab
       FROM range(${sizes.measurements}) numbers(i))
     SELECT i + 1 AS measurement_id, person AS person_id, ${FIRST_LAB} + lab AS measurement_concept_id,
       ${dayIn('i', 'taken')} AS measurement_date, 32817 AS measurement_type_concept_id,
       round(4 + lab % 50 + 2 * (${uniform('i', 'v1')} + ${uniform('i', 'v2')} + ${uniform('i', 'v3')} - 1.5), 1) AS value_as_number,
       8840 + lab % 3 AS unit_concept_id
     FROM drawn JOIN observation_period o ON o.person_id = drawn.person ORDER BY person, measurement_date, i`,
  ]
}

function concepts(first: number, count: number, domain: string): string {
  return `INSERT INTO concept BY NAME SELECT ${first} + i AS concept_id, '${domain} ' || i AS concept_name,
       '${domain}' AS domain_id, 'Bulk' AS vocabulary_id, 'Bulk' AS concept_class_id, 'S' AS standard_concept,
       i::VARCHAR AS concept_code, DATE '1970-01-01' AS valid_start_date, DATE '2099-12-31' AS valid_end_date
     FROM range(1, ${count + 1}) numbers(i)`
}

const PURPOSES: string[] = []

/**
 * In [0, 1), of a number and a purpose. One integer is hashed: `hash(number, purpose)` of DuckDB differs between two purposes
 * by an exclusive or with a constant, so that what happens would follow from whom it happens to.
 */
function uniform(number: string, purpose: string): string {
  if (!PURPOSES.includes(purpose)) PURPOSES.push(purpose)
  return `((hash(${number} * 64 + ${PURPOSES.indexOf(purpose)}) % 4294967296) / 4294967296.0)`
}

function below(number: string, purpose: string, count: number): string {
  return `floor(${uniform(number, purpose)} * ${count})::INTEGER`
}

/** 1 to `count`; number n about 1 / n times as often as number 1. */
function zipf(number: string, purpose: string, count: number): string {
  return `least(${count}, floor(pow(${count + 1}, ${uniform(number, purpose)}))::BIGINT)`
}

/** A day of the observed time of `o`. */
function dayIn(number: string, purpose: string): string {
  const length = "date_diff('day', o.observation_period_start_date, o.observation_period_end_date)"
  return `(o.observation_period_start_date + floor(${uniform(number, purpose)} * ${length})::INTEGER)`
}
