/** `tessera research vocabulary`, and a dataset that is loaded with what it made. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { conceptSearch } from '#node/research/concept-search.ts'
import { temporaryFolder, writeFiles } from '#research/omop/testing/datasets.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const research = (...words: readonly string[]) =>
  spawnSync(join(PROJECT, 'bin/tessera'), ['research', ...words], { encoding: 'utf8' })

const HEADER =
  'concept_id\tconcept_name\tdomain_id\tvocabulary_id\tconcept_class_id\tstandard_concept\tconcept_code\tvalid_start_date\tvalid_end_date\tinvalid_reason'
const athena = writeFiles(temporaryFolder(), {
  'CONCEPT.csv': [
    HEADER,
    '201826\tType 2 diabetes mellitus\tCondition\tSNOMED\tDisorder\tS\t44054006\t20020131\t20991231\t',
    'no number\tBroken\tCondition\tSNOMED\tDisorder\tS\t1\t20020131\t20991231\t',
  ],
})

describe('tessera research vocabulary', () => {
  it('makes a file of Athena’s and the local concepts, and a dataset is loaded with it', async () => {
    const folder = temporaryFolder()
    const [vocabulary, people, registry] = ['athena.duckdb', 'people', 'registry.duckdb'].map((one) =>
      join(folder, one),
    )
    const made = research('vocabulary', athena, '--release', 'v5.0 29-AUG-26', '--out', vocabulary ?? '')
    assert.equal(made.status, 0, made.stderr)
    assert.match(made.stdout, /^Vocabulary v5\.0 29-AUG-26\.\n/)
    // The broken row, and the local concept of the same number: that of Athena stands.
    assert.match(made.stdout, /rejected: 2\n/)
    assert.match(made.stderr, /concept\.concept_id: 1 rows/)
    assert.equal(research('generate', '--country', 'PT', '--persons', '200', '--out', people ?? '').status, 0)
    for (const one of readdirSync(people ?? '')) {
      if (/^(concept|vocabulary|domain)/.test(one)) rmSync(join(people ?? '', one))
    }
    const load = ['load', people ?? '', '--dataset', 'registry', '--release', '1', '--out', registry ?? '']
    const loaded = research(...load, '--vocabulary', vocabulary ?? '')
    assert.equal(loaded.status, 0, loaded.stderr)
    const search = conceptSearch(async () => [registry ?? ''])
    const ids = (await search({ text: 'diabetes mellitus' })).map(({ id }) => id)
    assert.ok(ids.includes(201826), 'of Athena')
    assert.ok(
      ids.some((id) => id >= 2_000_000_000),
      'local',
    )
  })

  it('makes nothing of nothing, and never writes over a file', () => {
    const target = join(temporaryFolder(), 'vocabulary.duckdb')
    const empty = research('vocabulary', '--no-local', '--release', '1', '--out', target)
    assert.equal(empty.status, 2)
    assert.match(empty.stderr, /name a folder/)
    assert.equal(existsSync(target), false)
    assert.equal(research('vocabulary', '--release', '1', '--out', target).status, 0)
    const before = readFileSync(target)
    const again = research('vocabulary', athena, '--release', '2', '--out', target)
    assert.equal(again.status, 1)
    assert.match(again.stderr, /release-exists|There is a release/)
    assert.deepEqual(readFileSync(target), before)
    const none = research('vocabulary', join(temporaryFolder(), 'nowhere'), '--release', '1', '--out', `${target}.2`)
    assert.equal(none.status, 1)
    assert.equal(existsSync(`${target}.2`), false)
  })
})
