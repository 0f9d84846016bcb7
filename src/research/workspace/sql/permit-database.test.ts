/** What a statement sees. In this process; `run-sql.test.ts` is about the other one, `escapes.test.ts` about everything that was tried to see more. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { openDuckDatabase } from '../../omop/release/duckdb.ts'
import { CDM_TABLES } from '../../omop/specification/cdm.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import {
  facts,
  inside,
  pseudonymOf,
  registryPermit,
  registryViews,
  shiftOf,
  type TestRegistry,
  testRegistry,
} from '../testing/registry.ts'
import { type Blueprint, blueprintOf } from './blueprint.ts'
import { openPermitDatabase, type PermitDatabase, viewBody } from './permit-database.ts'

const LIMITS = { seconds: 20, rows: 1000, memoryMegabytes: 256, threads: 1 }

describe('SQL over the views of a permit', () => {
  let registry: TestRegistry
  let blueprint: Blueprint
  let database: PermitDatabase
  async function opened(shifted = false, limits = LIMITS): Promise<PermitDatabase> {
    const views = await registryViews(registryPermit(), shifted)
    blueprint = blueprintOf({ file: registry.file, views, tables: CDM_TABLES, facts })
    return openPermitDatabase(blueprint, limits)
  }
  before(async () => {
    registry = await testRegistry()
    database = await opened()
  })
  after(async () => {
    database.close()
    await registry.close()
  })

  const rowsOf = async (sql: string) => unwrapped(await database.query(sql)).rows
  const codeOf = async (sql: string) => {
    const result = await database.query(sql)
    return result.ok ? 'ok' : result.problem.code
  }

  it('sees the persons of the permit under their pseudonyms, and no others', async () => {
    const rows = await rowsOf('SELECT person_id, year_of_birth FROM person ORDER BY person_id')
    assert.deepEqual(
      rows.map(([person]) => person),
      inside()
        .map(pseudonymOf)
        .sort((a, b) => a - b),
    )
  })

  it('sees the permitted columns only', async () => {
    const { columns } = unwrapped(await database.query('SELECT * FROM person'))
    assert.deepEqual(
      columns.map(({ name }) => name),
      ['person_id', 'gender_concept_id', 'year_of_birth', 'gender_source_value'],
    )
    assert.equal(await codeOf('SELECT person_source_value FROM person'), 'sql-failed')
  })

  it('sees days of the period, moved by the shift of each person where the permit wants it', async () => {
    const shifted = await opened(true)
    const sql = 'SELECT person_id, condition_start_date FROM condition_occurrence WHERE condition_concept_id = 201826'
    const plain = new Map((await rowsOf(sql)).map(([person, day]) => [person, Date.parse(`${day}T00:00:00Z`)]))
    const moved = unwrapped(await shifted.query(sql)).rows
    shifted.close()
    assert.ok(plain.size > 50)
    assert.equal(moved.length, plain.size)
    for (const [person, day] of moved) {
      const before = plain.get(person ?? null) ?? Number.NaN
      const number = (1_000_000 - Number(person)) / 31
      assert.equal((Date.parse(`${day}T00:00:00Z`) - before) / 86_400_000, shiftOf(number))
    }
    assert.deepEqual(
      await rowsOf("SELECT count(*) FROM condition_occurrence WHERE condition_start_date < '2015-01-01'"),
      [[0]],
    )
  })

  it('runs what analysts write', async () => {
    const statements = [
      'SELECT 1',
      '-- a comment\nSELECT count(*) /* another */ FROM person;',
      'FROM person',
      'SELECT p.* EXCLUDE (year_of_birth) FROM person p ORDER BY 1 DESC, person_id ASC NULLS LAST LIMIT 5 OFFSET 2',
      'SELECT gender_concept_id, count(DISTINCT person_id) AS n, avg(2024 - year_of_birth) FROM person GROUP BY ALL HAVING n > 3',
      'SELECT count(*) FILTER (WHERE year_of_birth > 1970), median(year_of_birth), quantile_cont(year_of_birth, 0.9) FROM person',
      'WITH a AS (SELECT * FROM person), b AS (SELECT * FROM a WHERE year_of_birth BETWEEN 1950 AND 1960) SELECT count(*) FROM b',
      'WITH person AS (SELECT person_id FROM person) SELECT count(*) FROM person',
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n',
      'SELECT * FROM person JOIN condition_occurrence USING (person_id) LEFT JOIN concept ON concept_id = condition_concept_id LIMIT 3',
      'SELECT person_id FROM person WHERE EXISTS (SELECT 1 FROM condition_occurrence c WHERE c.person_id = person.person_id)',
      'SELECT person_id FROM person WHERE person_id IN (SELECT person_id FROM condition_occurrence) UNION SELECT 1 EXCEPT SELECT 2',
      "SELECT year(condition_start_date) AS y, date_diff('day', condition_start_date, DATE '2024-01-01'), condition_start_date + INTERVAL 3 DAY FROM condition_occurrence LIMIT 2",
      'SELECT row_number() OVER (PARTITION BY gender_concept_id ORDER BY year_of_birth), lag(year_of_birth) OVER (ORDER BY person_id) FROM person LIMIT 2',
      "SELECT CASE WHEN year_of_birth < 1960 THEN 'old' ELSE 'young' END g, coalesce(NULL, 1), count(*) FROM person GROUP BY 1 ORDER BY ALL",
      "SELECT concept_name ILIKE '%condition%', concept_name LIKE 'C%', NOT (concept_id IS NULL), concept_id::VARCHAR || 'x' FROM concept",
      'SELECT regr_slope(year_of_birth, gender_concept_id), corr(year_of_birth, gender_concept_id) FROM person',
      'SELECT gender_concept_id, year_of_birth, count(*) FROM person GROUP BY ROLLUP (gender_concept_id, year_of_birth) LIMIT 3',
      'SELECT i, year_of_birth FROM range(1940, 1945) t(i) LEFT JOIN person ON year_of_birth = i LIMIT 2',
      'SELECT * FROM (VALUES (1, 2), (3, 4)) v(a, b)',
      'SELECT "Person"."PERSON_ID" FROM "PERSON" AS "Person" LIMIT 1',
    ]
    for (const sql of statements) {
      const answer = await database.query(sql)
      assert.ok(answer.ok, `${sql}: ${answer.ok ? '' : answer.problem.sentence}`)
      assert.ok(answer.value.rows.length > 0, sql)
    }
  })

  it('tells no error of rows that the permit does not show', async () => {
    // Outside the permit the column holds words: a cast that was tried there would fail.
    const sql = [
      'SELECT count(*) FROM person WHERE CAST(gender_source_value AS INTEGER) >= 0',
      'SELECT sum(CAST(gender_source_value AS INTEGER)) FROM person',
      'SELECT count(*) FROM person a JOIN person b ON a.person_id = b.person_id AND CAST(b.gender_source_value AS INTEGER) < 5',
      'SELECT count(*) FROM condition_occurrence c JOIN person p USING (person_id) WHERE CAST(p.gender_source_value AS INTEGER) = 1',
      'SELECT max(CAST(gender_source_value AS INTEGER)) FROM person GROUP BY CAST(gender_source_value AS INTEGER)',
    ]
    for (const one of sql) assert.equal(await codeOf(one), 'ok', one)
    assert.deepEqual(await rowsOf("SELECT count(*) FROM person WHERE gender_source_value = 'outside'"), [[0]])
  })

  it('tries no condition on rows that the permit does not show', async () => {
    const plain = await openDuckDatabase(':memory:')
    await plain.run('CREATE TABLE people AS SELECT range AS id, range % 7 AS age FROM range(1000)')
    await plain.run('CREATE TABLE seen AS SELECT range AS id FROM range(500)')
    const sql = 'SELECT people.* FROM people JOIN seen USING (id)'
    for (const limited of [true, false]) {
      const body = viewBody({ name: 'person', sql, needs: [], limited })
      const [plan] = await plain.rows(`EXPLAIN SELECT count(*) FROM (${body}) WHERE age = 3`)
      const steps = String(plan?.explain_value)
      // From the top down: the condition stands above the join, or was pushed below it.
      const above = steps.search(/age = 3|age=3/) < steps.search(/HASH_JOIN/)
      assert.equal(above, limited, steps)
    }
    plain.close()
  })

  it('tells what is wrong with a statement, and no value', async () => {
    const misspelt = await database.query('SELECT year_of_brith FROM person')
    assert.ok(!misspelt.ok && misspelt.problem.sentence.includes('year_of_brith'))
    const unreadable = await database.query('SELEC 1')
    assert.ok(!unreadable.ok && unreadable.problem.code === 'sql-unreadable')
    const value = await database.query("SELECT CAST(concept_name || 'secret' AS INTEGER) FROM concept")
    assert.ok(!value.ok && value.problem.code === 'sql-failed')
    assert.ok(!/secret|Condition/.test(value.problem.sentence))
  })

  it('says when there are more rows than it gives', async () => {
    const answer = unwrapped(await database.query('SELECT * FROM range(100000)'))
    assert.equal(answer.rows.length, 1000)
    assert.equal(answer.complete, false)
  })

  it('stops what takes too long or too much memory, and goes on', async () => {
    const small = await opened(false, { ...LIMITS, seconds: 1, memoryMegabytes: 64 })
    const code = async (sql: string) => {
      const result = await small.query(sql)
      return result.ok ? 'ok' : result.problem.code
    }
    const join = 'person a, person b, person c, person d, person e'
    assert.equal(await code(`SELECT sum(a.person_id % 7 + e.person_id) FROM ${join}`), 'query-too-slow')
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'
    assert.match(await code(endless), /^query-too-(slow|large)$/)
    assert.match(await code('SELECT list(i ORDER BY -i) FROM range(100000000) t(i)'), /^query-too-(slow|large)$/)
    assert.equal(await code('SELECT count(*) FROM person'), 'ok')
    small.close()
  })
})
