import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDuckDatabase } from '../release/duckdb.ts'
import { CDM_TABLES, cdmTable, datePairs, knownTable, PERSON_TABLES, startColumn } from './cdm.ts'
import { createCdm } from './ddl.ts'

describe('OMOP CDM 5.4', () => {
  it('has the tables and columns of the published specification', () => {
    assert.equal(CDM_TABLES.length, 39)
    assert.equal(CDM_TABLES.flatMap(({ columns }) => columns).length, 432)
    assert.equal(cdmTable('Condition_Occurrence')?.primaryKey, 'condition_occurrence_id')
    assert.equal(cdmTable('death')?.primaryKey, undefined)
    assert.equal(cdmTable('nothing'), undefined)
    assert.ok(PERSON_TABLES.some(({ name }) => name === 'measurement'))
    assert.ok(!PERSON_TABLES.some(({ name }) => name === 'location' || name === 'cohort'))
  })

  it('knows which day a row begins and which pairs of days have an order', () => {
    assert.equal(startColumn(knownTable('procedure_occurrence')), 'procedure_date')
    assert.equal(startColumn(knownTable('person')), undefined)
    assert.deepEqual(datePairs(knownTable('procedure_occurrence')), [
      { start: 'procedure_date', end: 'procedure_end_date' },
    ])
    assert.deepEqual(datePairs(knownTable('concept')), [{ start: 'valid_start_date', end: 'valid_end_date' }])
    assert.deepEqual(datePairs(knownTable('measurement')), [])
  })

  it('is a set of tables that DuckDB makes', async () => {
    const database = await openDuckDatabase(':memory:')
    for (const statement of createCdm()) await database.run(statement)
    const [row] = await database.rows(
      `SELECT count(*)::INTEGER AS n FROM duckdb_columns() WHERE table_name IN (SELECT table_name FROM duckdb_tables())`,
    )
    assert.equal(row?.n, 432)
    database.close()
  })
})
