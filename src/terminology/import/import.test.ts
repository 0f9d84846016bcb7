import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openTerminology } from '../open.ts'
import type { TerminologySources } from '../sources.ts'
import { importTerminology } from './import.ts'

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpus', 'terminology')
const home = mkdtempSync(join(tmpdir(), 'tessera-terms-'))
after(() => rmSync(home, { recursive: true, force: true }))

/** Own words only: the tests of the importer need no packages. */
const sources: TerminologySources = {
  terms: join(import.meta.dirname, '..', '..', '..', 'data', 'terms'),
  packages: [],
  icu: false,
}
const cache = join(home, 'cache')
const LIST = [
  {
    system: '1.3.6.1.4.1.12559.11.10.1.3.1.44.2',
    concepts: [
      { code: ' I48 ', display: 'Atrial fibrillation and flutter', designation: { 'fr-FR': 'Fibrillation (liste)' } },
      { code: 'I49', display: 'Disorder of rhythm', designation: { 'fr-FR': 'disorder of rhythm', 'el-GR': '????' } },
    ],
  },
]

async function folder(files: Record<string, string | Buffer>): Promise<string> {
  const path = mkdtempSync(join(home, 'in-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(path, name, '..'), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}

test('a bad file never stops the others, and each is named with the reason', async () => {
  const path = await folder({
    'a/list.json': JSON.stringify(LIST),
    'broken.json': '{"resourceType": "CodeSystem", ',
    'latin1.json': Buffer.from('{"system":"urn:x","concepts":{"1":{"fr":"\xe9t\xe9"}}}', 'latin1'),
    'other.json': '{"hello": 1}',
    'patient.json': '{"resourceType":"Patient"}',
    'nourl.json': '{"resourceType":"ValueSet"}',
    'package.tgz': 'no gzip at all',
    'notes.txt': 'not looked at',
  })
  const result = await importTerminology(path, { home, cache, sources })
  assert.ok(result.ok)
  assert.equal(result.value.skipped, 1)
  const reasons = Object.fromEntries(result.value.problems.map(({ file, code }) => [file, code]))
  assert.equal(reasons['broken.json'], 'terminology-file-no-json')
  assert.equal(reasons['latin1.json'], 'terminology-file-no-json')
  assert.equal(reasons['other.json'], 'terminology-file-unknown')
  assert.equal(reasons['nourl.json'], 'terminology-file-partly-used')
  assert.equal(reasons['package.tgz'], 'terminology-package-broken')
  assert.equal(reasons['patient.json'], undefined)
  const terminology = await openTerminology({ cache, home, sources })
  // filed under the canonical system, the code trimmed, above the shipped words
  assert.equal(terminology.designation('2.16.840.1.113883.6.3', 'I48', ['fr'])?.term, 'Fibrillation (liste)')
})

test('English under another language and text that lost its letters are left out', async () => {
  const result = await importTerminology(await folder({ 'list.json': JSON.stringify(LIST) }), { home, cache, sources })
  assert.ok(result.ok)
  assert.equal(result.value.designations, 1)
  assert.deepEqual(result.value.problems.map(({ code }) => code).sort(), [
    'terminology-english-in-disguise',
    'terminology-file-partly-used',
  ])
})

test('importing the same path again replaces it', async () => {
  const path = await folder({ 'list.json': JSON.stringify(LIST) })
  const layers = () => readdirSync(join(home, 'terminology')).length
  await importTerminology(path, { home, cache, sources })
  const before = layers()
  writeFileSync(join(path, 'list.json'), JSON.stringify(LIST).replace('(liste)', '(neuve)'))
  await importTerminology(path, { home, cache, sources, reviewed: true })
  assert.equal(layers(), before)
  const found = (await openTerminology({ cache, home, sources })).designation('2.16.840.1.113883.6.3', 'I48', ['fr-FR'])
  assert.equal(found?.term, 'Fibrillation (neuve)')
  assert.equal(found?.status, 'reviewed')
})

test('nothing to import is said, and nothing is written', async () => {
  const none = await importTerminology(join(home, 'nowhere'), { home, cache, sources })
  assert.equal(none.ok ? '' : none.problem.code, 'terminology-import-not-found')
  const empty = await importTerminology(await folder({ 'x.json': '[]' }), { home, cache, sources })
  assert.equal(empty.ok ? '' : empty.problem.code, 'terminology-import-empty')
})

test('a package is read as its files', {
  skip: spawnSync('tar', ['--version']).status !== 0 && 'no tar here',
}, async () => {
  const path = await folder({
    'package/deep/list.json': JSON.stringify(LIST),
    'package/package.json': '{"fhirVersions":[]}',
  })
  spawnSync('tar', ['czf', 'p.tgz', 'package'], { cwd: path })
  const result = await importTerminology(join(path, 'p.tgz'), { home, cache, sources })
  assert.ok(result.ok)
  assert.equal(result.value.files, 1)
  assert.equal(result.value.skipped, 1)
})

const skip = existsSync(CORPUS) ? false : 'the corpus is not here (../shared/corpus/terminology)'

test('the designation lists and value sets of the corpus', { skip }, async () => {
  const own = mkdtempSync(join(home, 'corpus-'))
  const lists = await importTerminology(join(CORPUS, 'designations'), { home: own, cache, sources })
  const sets = await importTerminology(join(CORPUS, 'ehdsi-mvc'), { home: own, cache, sources })
  assert.ok(lists.ok && sets.ok)
  assert.ok(lists.value.designations > 50_000)
  assert.equal(sets.value.valueSets, 59)
  assert.ok(sets.value.concepts > 39_000)
  const terminology = await openTerminology({ cache, home: own, sources })
  assert.equal(terminology.designation('urn:iso:std:iso:3166', 'GR', ['fr'])?.term, 'Grèce')
  assert.equal(terminology.designation('http://loinc.org', '10160-0', ['nl-BE'])?.language, 'nl-NL')
  const criticality = '1.3.6.1.4.1.12559.11.10.1.3.1.42.57'
  const system = '2.16.840.1.113883.4.642.4.130'
  assert.equal(terminology.membership(criticality, system, 'high'), 'member')
  assert.equal(terminology.membership(`urn:oid:${criticality}`, system, 'huge'), 'not-member')
  const disorders = 'http://terminology.ehdsi.eu/ValueSet/eHDSIIllnessandDisorder'
  for (const oid of ['1.3.6.1.4.1.12559.11.10.1.3.1.44.2', '2.16.840.1.113883.6.3']) {
    assert.equal(terminology.membership(disorders, oid, 'I48'), 'member')
  }
})
