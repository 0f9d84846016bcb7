/** Loads that fail, that are begun twice, and names that would lead elsewhere. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PERSON_LINES, writeFiles } from '#research/omop/testing/datasets.ts'
import { importVocabulary } from '#research/omop/vocabulary/import.ts'
import { openReleaseShelf, type ReleaseShelf } from './release-shelf.ts'

const HOLDER = '..'
const DATASET = '../../etc/passwd'
let home: string
let shelf: ReleaseShelf
before(() => {
  home = mkdtempSync(join(tmpdir(), 'tessera-shelf-'))
  const inbox = join(home, 'inbox', 'holder-..')
  writeFiles(join(inbox, 'good'), { 'PERSON.csv': PERSON_LINES })
  writeFiles(join(inbox, 'empty'), { 'readme.txt': 'nothing' })
  shelf = openReleaseShelf({ folder: join(home, 'releases'), inbox: join(home, 'inbox'), load: { threads: 1 } })
})
after(() => rmSync(home, { recursive: true, force: true }))

const begin = async (folder: string, release: string, holder = HOLDER) => {
  const begun = await shelf.begin({ dataset: DATASET, holder, folder, release })
  return begun.ok ? 'ok' : begun.problem.code
}

test('a load that fails says why and leaves no release', async () => {
  assert.equal(await begin('empty', 'r1'), 'ok')
  await shelf.settled()
  const [load] = shelf.loads(DATASET)
  assert.equal(load?.state, 'failed')
  assert.equal(load.problem?.code, 'source-empty')
  assert.deepEqual(await shelf.releases(DATASET), [])
})

test('one load of a dataset at a time, one release of a name, only folders of the holder', async () => {
  assert.equal(await begin('good', '.hidden'), 'release-name')
  assert.equal(await begin('good', 'r1', 'somebody else'), 'folder-unknown')
  assert.equal(await begin('../holder-../good', 'r1'), 'folder-unknown')
  const both = await Promise.all([begin('good', 'r1'), begin('good', 'r1')])
  assert.deepEqual(both.sort(), ['load-running', 'ok'])
  assert.equal(await begin('good', 'r2'), 'load-running')
  await shelf.settled()
  assert.equal(await begin('good', 'r1'), 'release-exists')
  assert.equal(await begin('good', 'r2'), 'ok')
  await shelf.settled()
  const releases = await shelf.releases(DATASET)
  assert.deepEqual(releases.map(({ release }) => release).sort(), ['r1', 'r2'])
  assert.ok(releases.every(({ path, metadata }) => path.startsWith(join(home, 'releases')) && metadata.persons === 3))
  assert.ok(existsSync(releases[0]?.path ?? ''))
})

test('a dataset without a vocabulary is loaded with that of the settings', async () => {
  const vocabulary = join(home, 'vocabulary.duckdb')
  assert.ok((await importVocabulary({ sources: [], target: vocabulary, version: '1', withLocal: true })).ok)
  const folders = { folder: join(home, 'with-vocabulary'), inbox: join(home, 'inbox') }
  const own = openReleaseShelf({ ...folders, load: { threads: 1, vocabulary } })
  assert.ok((await own.begin({ dataset: DATASET, holder: HOLDER, folder: 'good', release: 'r1' })).ok)
  await own.settled()
  const [{ metadata } = assert.fail()] = await own.releases(DATASET)
  assert.ok((metadata.tables.concept ?? 0) > 0)
  assert.equal((await shelf.releases(DATASET))[0]?.metadata.tables.concept ?? 0, 0)
})

test('what is not a release is nothing', async () => {
  assert.equal(await shelf.report(DATASET, '../r1'), undefined)
  assert.equal(await shelf.report(DATASET, 'r9'), undefined)
  assert.equal(await shelf.rejections('another', 'r1'), undefined)
  assert.equal(await shelf.computeLabel(DATASET, 'r9', '2029-05-02'), undefined)
  assert.deepEqual(await shelf.folders('nobody'), [])
})
