import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openRelease } from '../release/open.ts'
import { temporaryFolder, writeFiles } from '../testing/datasets.ts'
import { findConcepts } from './find-concepts.ts'
import { importVocabulary } from './import.ts'

const HEADER =
  'concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason'
const CONCEPTS = [
  HEADER,
  '201826\tType 2 diabetes mellitus\tCondition\tSNOMED\tDisorder\tS\t44054006\t20020131\t20991231\t',
  '4193704\tType 2 diabetes mellitus without complication\tCondition\tSNOMED\tDisorder\tS\t313436004\t20020131\t20991231\t',
  '45542738\tType 2 diabetes mellitus\tCondition\tICD10\tICD10 code\t\tE11\t19700101\t20991231\t',
  '11\tDiabète insipide\tCondition\tSNOMED\tDisorder\tS\t15771004\t20020131\t20991231\t',
  '1503297\tmetformin\tDrug\tRxNorm\tIngredient\tS\t6809\t19700101\t20991231\t',
  "12\t100% O'Neill\tObservation\tSNOMED\tContext-dependent\tS\t1\t20020131\t20991231\t",
]

describe('concepts', () => {
  it('are found by words, code or identifier: standard ones, short names first', async () => {
    const target = join(temporaryFolder(), 'vocabulary.duckdb')
    const folder = writeFiles(temporaryFolder(), { 'CONCEPT.csv': CONCEPTS })
    assert.ok((await importVocabulary({ sources: [folder], target, version: 'test', withLocal: false })).ok)
    const opened = await openRelease(target)
    assert.ok(opened.ok)
    const { database } = opened.value
    const ids = async (text: string, more: { domains?: readonly string[]; limit?: number } = {}) =>
      (await findConcepts(database, { text, ...more })).map(({ id }) => id)
    assert.deepEqual(await ids('diabetes  TYPE'), [201826, 4193704])
    assert.deepEqual(await ids('diabetes', { limit: 1 }), [201826])
    assert.deepEqual(await ids('diabete'), [11, 201826, 4193704])
    assert.deepEqual(await ids('44054006'), [201826])
    assert.deepEqual(await ids('1503297'), [1503297])
    assert.deepEqual(await ids('met', { domains: ['Condition'] }), [])
    assert.deepEqual(await ids('met', { domains: ['Condition', 'Drug'] }), [1503297])
    // Nothing that is written is a pattern or SQL.
    assert.deepEqual(await ids('%'), [12])
    assert.deepEqual(await ids("O'Neill"), [12])
    assert.deepEqual([await ids(' '), await ids('met', { domains: [] })], [[], []])
    database.close()
  })
})
