/** Concepts are searched in the release that is the current one when somebody searches. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { temporaryFolder, writeFiles } from '#research/omop/testing/datasets.ts'
import { importVocabulary } from '#research/omop/vocabulary/import.ts'
import { conceptSearch } from './concept-search.ts'

const HEADER =
  'concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason'

async function releaseWith(name: string): Promise<string> {
  const concept = `11\t${name}\tCondition\tSNOMED\tDisorder\tS\t15771004\t20020131\t20991231\t`
  const folder = writeFiles(temporaryFolder(), { 'CONCEPT.csv': [HEADER, concept] })
  const target = join(temporaryFolder(), 'release.duckdb')
  assert.ok((await importVocabulary({ sources: [folder], target, version: 'test', withLocal: false })).ok)
  return target
}

it('follows the choice of the data holder, also between two searches', async () => {
  const [before, after] = [await releaseWith('Diabetes insipidus'), await releaseWith('Diabetes insipidus, renamed')]
  let current: readonly string[] = []
  const search = conceptSearch(async () => current)
  const found = async () => (await search({ text: 'diabetes' })).map(({ name }) => name)
  assert.deepEqual(await found(), [])
  current = [join(temporaryFolder(), 'not there yet'), before]
  assert.deepEqual(await found(), ['Diabetes insipidus'])
  const under = found()
  current = [after]
  assert.deepEqual(await found(), ['Diabetes insipidus, renamed'])
  assert.deepEqual(await under, ['Diabetes insipidus'])
  current = [before]
  assert.deepEqual(await found(), ['Diabetes insipidus'])
})
