/** Everything that was tried to see more than the views of the permit. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CDM_TABLES } from '../../omop/specification/cdm.ts'
import { facts, registryPermit, registryViews, type TestRegistry, testRegistry } from '../testing/registry.ts'
import { type Blueprint, blueprintOf } from './blueprint.ts'
import { openPermitDatabase, type PermitDatabase } from './permit-database.ts'

const LIMITS = { seconds: 20, rows: 1000, memoryMegabytes: 256, threads: 1 }

describe('SQL over the views of a permit does not see anything else:', () => {
  let registry: TestRegistry
  let blueprint: Blueprint
  let database: PermitDatabase
  before(async () => {
    registry = await testRegistry()
    const views = await registryViews(registryPermit())
    blueprint = blueprintOf({ file: registry.file, views, tables: CDM_TABLES, facts })
    database = await openPermitDatabase(blueprint, LIMITS)
  })
  after(async () => {
    database.close()
    await registry.close()
  })
  const codeOf = async (sql: string) => {
    const result = await database.query(sql)
    return result.ok ? 'ok' : result.problem.code
  }

  const ONE = 'sql-not-one-select'
  const TABLE = 'sql-table-outside'
  const FUNCTION = 'sql-function-outside'
  const CONSTRUCT = 'sql-construct-outside'
  const ATTEMPTS: readonly (readonly [string, string])[] = [
    // Other statements.
    ["ATTACH 'other.duckdb'", ONE],
    ["COPY person TO '/tmp/out.csv'", ONE],
    ["COPY (SELECT * FROM person) TO PROGRAM 'cat'", ONE],
    ["EXPORT DATABASE '/tmp/out'", ONE],
    ['INSTALL httpfs', ONE],
    ["LOAD 'httpfs'", ONE],
    ['PRAGMA database_list', ONE],
    ['SET enable_external_access = true', ONE],
    ['RESET lock_configuration', ONE],
    ['CREATE TABLE t AS SELECT * FROM person', ONE],
    ['CREATE MACRO f(x) AS TABLE SELECT * FROM duckdb_tables()', ONE],
    ["CREATE SECRET (TYPE s3, KEY_ID 'a')", ONE],
    ['DROP VIEW person', ONE],
    ['UPDATE person SET year_of_birth = 1', ONE],
    ['PREPARE q AS SELECT * FROM duckdb_tables()', ONE],
    ['EXECUTE q', ONE],
    ['CALL duckdb_tables()', ONE],
    ['EXPLAIN SELECT * FROM person', ONE],
    ['USE memory', ONE],
    ['PIVOT person ON year_of_birth USING count(*)', ONE],
    ['SELECT 1; SELECT 2', ONE],
    ['SELECT 1; DROP VIEW person', ONE],
    ['SELECT 1;;DETACH memory', ONE],
    ['', ONE],
    ['-- SELECT 1', ONE],
    // Statements that look like a SELECT.
    ['DESCRIBE person', CONSTRUCT],
    ['SUMMARIZE person', CONSTRUCT],
    ['SHOW TABLES', CONSTRUCT],
    ['SHOW ALL TABLES', CONSTRUCT],
    ['SELECT * FROM (DESCRIBE person)', CONSTRUCT],
    ['SELECT * FROM (SHOW ALL TABLES)', CONSTRUCT],
    ['SELECT * FROM person WHERE person_id = $1', CONSTRUCT],
    ['SELECT * FROM person WHERE person_id = ?', CONSTRUCT],
    ['SELECT * FROM (PIVOT person ON year_of_birth USING count(*))', ONE],
    ['SELECT list_sort([1], lambda x: x)', CONSTRUCT],
    ['SELECT * FROM person TABLESAMPLE 10%', CONSTRUCT],
    // Other tables.
    ['SELECT * FROM main.person', TABLE],
    ['SELECT * FROM memory.main.person', TABLE],
    ['SELECT * FROM temp.main.person', TABLE],
    ['SELECT * FROM release.main.person', TABLE],
    ['SELECT * FROM death', TABLE],
    ['SELECT * FROM visit_occurrence', TABLE],
    ['SELECT * FROM tessera.metadata', TABLE],
    ['SELECT * FROM information_schema.tables', TABLE],
    ['SELECT * FROM pg_catalog.pg_class', TABLE],
    ['SELECT * FROM pg_class', TABLE],
    ['SELECT * FROM sqlite_master', TABLE],
    ['SELECT * FROM duckdb_tables', TABLE],
    ['SELECT * FROM duckdb_views', TABLE],
    ['SELECT * FROM duckdb_databases', TABLE],
    ['SELECT (SELECT count(*) FROM pg_tables)', TABLE],
    ['SELECT 1 WHERE 1 IN (SELECT 1 FROM duckdb_columns)', TABLE],
    ['SELECT * FROM person ORDER BY (SELECT count(*) FROM duckdb_tables)', TABLE],
    ['SELECT * FROM person LIMIT (SELECT count(*) FROM duckdb_tables)', TABLE],
    ['SELECT count(*) FILTER (WHERE EXISTS (FROM duckdb_tables)) FROM person', TABLE],
    ['SELECT sum(1) OVER (ORDER BY (SELECT count(*) FROM duckdb_tables)) FROM person', TABLE],
    ['SELECT * REPLACE ((SELECT count(*) FROM duckdb_tables) AS person_id) FROM person', TABLE],
    ['SELECT * FROM person JOIN duckdb_tables ON true', TABLE],
    ['SELECT 1 UNION ALL SELECT oid FROM pg_class', TABLE],
    ['TABLE pg_class', TABLE],
    // Files, by replacement of what is no table.
    ["SELECT * FROM '/etc/passwd'", TABLE],
    ["SELECT * FROM 'file.csv'", TABLE],
    ['SELECT * FROM "https://example.org/a.parquet"', TABLE],
    ['SELECT * FROM "/proc/self/environ"', TABLE],
    ['SELECT * FROM "s3://bucket/a.json"', TABLE],
    // WITH queries that are not what they seem.
    ['WITH a AS (SELECT * FROM duckdb_tables) SELECT * FROM a', TABLE],
    ['WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables', CONSTRUCT],
    ['WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a', TABLE],
    ['SELECT * FROM (WITH death AS (SELECT 1) SELECT * FROM death) x, death', TABLE],
    ['WITH death AS (SELECT * FROM death) SELECT * FROM death', TABLE],
    ['WITH "file.csv" AS (SELECT 1) SELECT * FROM "file.csv"', CONSTRUCT],
    // Table functions.
    ["SELECT * FROM read_csv('/etc/passwd')", FUNCTION],
    ["SELECT * FROM read_csv_auto('/etc/passwd')", FUNCTION],
    ["SELECT * FROM read_parquet('a.parquet')", FUNCTION],
    ["SELECT * FROM read_json('a.json')", FUNCTION],
    ["SELECT * FROM read_text('/etc/passwd')", FUNCTION],
    ["SELECT * FROM read_blob('/proc/self/environ')", FUNCTION],
    ["SELECT * FROM glob('/*')", FUNCTION],
    ["SELECT * FROM parquet_metadata('a.parquet')", FUNCTION],
    ["SELECT * FROM sniff_csv('/etc/passwd')", FUNCTION],
    ['SELECT * FROM duckdb_settings()', FUNCTION],
    ['SELECT * FROM duckdb_secrets()', FUNCTION],
    ['SELECT * FROM duckdb_databases()', FUNCTION],
    ['SELECT * FROM duckdb_functions()', FUNCTION],
    ['SELECT * FROM duckdb_temporary_files()', FUNCTION],
    ['SELECT * FROM pragma_database_list()', FUNCTION],
    ["SELECT * FROM pragma_table_info('person')", FUNCTION],
    ["SELECT * FROM query('SELECT * FROM duckdb_tables()')", FUNCTION],
    ["SELECT * FROM query_table('duckdb_tables')", FUNCTION],
    ["SELECT * FROM json_execute_serialized_sql('{}')", FUNCTION],
    ["SELECT * FROM sqlite_scan('a.db', 't')", FUNCTION],
    ['SELECT * FROM "DuckDB_Tables"()', FUNCTION],
    ['SELECT * FROM duckdb_tables /* a comment */ ()', FUNCTION],
    // Functions.
    ["SELECT getenv('HOME')", FUNCTION],
    ["SELECT ('HOME').getenv()", FUNCTION],
    ["SELECT main.getenv('HOME')", FUNCTION],
    ["SELECT current_setting('memory_limit')", FUNCTION],
    ["SELECT getvariable('a')", FUNCTION],
    ["SELECT json_serialize_sql('SELECT 1')", FUNCTION],
    ['SELECT pg_get_viewdef(1)', FUNCTION],
    ['SELECT current_query()', FUNCTION],
    ['SELECT stats(year_of_birth) FROM person', FUNCTION],
    ['SELECT sleep_ms(100000)', FUNCTION],
    ["SELECT write_log('x')", FUNCTION],
    ["SELECT error('x') FROM person", FUNCTION],
    ["SELECT nextval('s')", FUNCTION],
    ['SELECT ge\u0074env(1), \uFF47etenv(1)', FUNCTION],
    ['SELECT /* */ "getenv"/**/(\'HOME\')', FUNCTION],
    ["SELECT U&'\\0041', getenv('A')", 'sql-unreadable'],
    ["SELECT 'person'::regclass", 'sql-type-outside'],
    ["SELECT CAST('{}' AS JSON)", 'sql-type-outside'],
  ]
  for (const [sql, code] of ATTEMPTS) {
    it(sql.slice(0, 90) || 'nothing', async () => {
      assert.equal(await codeOf(sql), code)
      assert.equal(await codeOf('SELECT count(*) FROM person'), 'ok')
    })
  }

  /** Places where an expression can stand. */
  const PLACES: readonly string[] = [
    'SELECT @',
    'SELECT [@]',
    "SELECT {'a': @}",
    'SELECT -(@), (@) + 1, NOT (@ = 1)',
    'SELECT CAST(@ AS INTEGER)',
    'SELECT coalesce(NULL, @)',
    'SELECT CASE WHEN @ = 1 THEN 1 ELSE 2 END',
    'SELECT CASE WHEN true THEN @ END',
    'SELECT CASE WHEN false THEN 1 ELSE @ END',
    'SELECT CASE @ WHEN 1 THEN 1 END',
    'SELECT 1 BETWEEN 0 AND @',
    'SELECT 1 IN (2, @)',
    'SELECT 1 = ANY (SELECT @)',
    'SELECT EXISTS (SELECT @)',
    'SELECT sum(@)',
    'SELECT list(1 ORDER BY @)',
    'SELECT count(*) FILTER (WHERE @ = 1)',
    'SELECT sum(1) OVER (PARTITION BY @)',
    'SELECT sum(1) OVER (ORDER BY @)',
    'SELECT lag(1, 1, @) OVER ()',
    'SELECT sum(1) OVER w FROM person WINDOW w AS (ORDER BY @)',
    'SELECT * EXCLUDE (person_id) REPLACE (@ AS year_of_birth) FROM person',
    'SELECT DISTINCT ON (@) 1',
    'SELECT 1 FROM person WHERE @ = 1',
    'SELECT 1 FROM person GROUP BY @',
    'SELECT 1 FROM person GROUP BY GROUPING SETS ((@), ())',
    'SELECT 1 FROM person HAVING @ = 1',
    'SELECT 1 FROM person QUALIFY row_number() OVER () = @',
    'SELECT 1 FROM person ORDER BY @',
    'SELECT 1 FROM person LIMIT @',
    'SELECT 1 FROM person OFFSET @',
    'SELECT 1 FROM person a JOIN person b ON a.person_id = @',
    'SELECT * FROM person, LATERAL (SELECT @)',
    'SELECT * FROM range(@)',
    'SELECT * FROM unnest([@])',
    'SELECT * FROM (VALUES (1), (@))',
    'SELECT * FROM (SELECT @)',
    'WITH a AS (SELECT @) SELECT 1',
    'WITH a AS MATERIALIZED (SELECT @) SELECT * FROM a',
    'WITH RECURSIVE a(n) AS (SELECT @ UNION ALL SELECT n + 1 FROM a WHERE n < 3) SELECT 1',
    'WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + @ FROM a WHERE n < 3) SELECT 1',
    'SELECT 1 UNION ALL SELECT @',
    'SELECT @ EXCEPT SELECT 1',
    'VALUES (@)',
    'FROM person SELECT @',
  ]
  const LEAVES: readonly (readonly [string, string])[] = [
    ["length(getenv('HOME'))", FUNCTION],
    ['(SELECT count(*) FROM pg_class)', TABLE],
    ["CAST('1' AS JSON)", 'sql-type-outside'],
  ]
  for (const place of PLACES) {
    it(`nor here: ${place}`, async () => {
      for (const [leaf, code] of LEAVES) assert.equal(await codeOf(place.replaceAll('@', leaf)), code, leaf)
      // With something harmless it is not the place that is refused.
      assert.match(await codeOf(place.replaceAll('@', '(SELECT count(*) FROM concept)')), /^(ok|sql-failed)$/)
    })
  }

  it('and with the names that are used inside, if they were known, it is refused too', async () => {
    const [source] = blueprint.sources
    const [step] = blueprint.steps
    const [list] = blueprint.lists
    // Pseudonyms travel as numbers, not as SQL.
    assert.equal(list?.columns[0]?.values.length, 600)
    for (const name of [source?.name, step?.table, list?.table, `${blueprint.attached}.main.person`]) {
      assert.equal(await codeOf(`SELECT * FROM ${name}`), TABLE)
    }
  })
})

describe('the database of a permit, should a statement get past the check', () => {
  it('opens no file, loads nothing and changes no setting', async () => {
    const registry = await testRegistry()
    const views = await registryViews(registryPermit())
    const blueprint = blueprintOf({ file: registry.file, views, tables: CDM_TABLES, facts })
    writeFileSync(join(registry.file, '../secret.csv'), 'a\n1\n')
    // What it would run is put in the place of a view of its own.
    for (const sql of [
      `SELECT * FROM read_csv('${join(registry.file, '../secret.csv')}')`,
      `SELECT * FROM '${join(registry.file, '../secret.csv')}'`,
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM glob('/*')",
      "SELECT * FROM read_csv('https://127.0.0.1:1/a.csv')",
    ]) {
      const changed = { ...blueprint, views: [{ name: 'person', sql, needs: [], limited: false }] }
      const database = await openPermitDatabase(changed, LIMITS)
      const answer = await database.query('SELECT * FROM person')
      database.close()
      assert.ok(!answer.ok && answer.problem.code === 'sql-failed', sql)
    }
    await registry.close()
  })
})
