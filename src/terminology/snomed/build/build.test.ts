import assert from 'node:assert/strict'
import { createWriteStream, existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { after, test } from 'node:test'
import yazl from 'yazl'
import type { Problem } from '#platform/result/result.ts'
import { type Edition, openEdition } from '../edition.ts'
import { searchEdition } from '../search.ts'
import { type BuildOptions, buildEdition } from './build.ts'

const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpus', 'terminology')
const skip = existsSync(CORPUS) ? false : 'the releases are not here (../shared/corpus/terminology)'
const MINI = join(CORPUS, 'rf2-samples', 'snowstorm-lite', 'SnomedCT_MiniRF2')
const SWEDISH = join(CORPUS, 'rf2-samples', 'snowstorm-lite', 'SnomedCT_SE_MiniRF2')
const RELEASE = join(CORPUS, 'rf2-samples', 'snowstorm-RF2Release')
const FRAGMENT = join(CORPUS, 'rf2-samples', 'hermes-example-snapshot')
const SUBSET = join(CORPUS, 'tx-source', 'snomed')

const folder = await mkdtemp(join(tmpdir(), 'snomed-build-'))
after(() => rm(folder, { recursive: true, force: true }))
let built = 0

async function build(paths: readonly string[], options: BuildOptions = {}): Promise<Edition> {
  built += 1
  const file = join(folder, `${built}.snomed`)
  const result = await buildEdition(paths, file, options)
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.problem))
  const edition = await openEdition(file)
  assert.ok(edition.ok)
  return edition.value
}

async function refused(paths: readonly string[], options: BuildOptions = {}): Promise<Problem> {
  built += 1
  const file = join(folder, `${built}.snomed`)
  const result = await buildEdition(paths, file, options)
  assert.equal(result.ok, false)
  assert.equal(existsSync(file), false)
  assert.ok(!result.ok && result.problem.next !== '')
  return (result as { problem: Problem }).problem
}

/** A copy of a sample that may be broken. */
async function copyOf(source: string): Promise<string> {
  built += 1
  const copy = join(folder, `copy-${built}`, basename(source))
  await cp(source, copy, { recursive: true })
  return copy
}

async function fileOf(place: string, pattern: RegExp): Promise<string> {
  const names = await readdir(place, { recursive: true })
  const found = names.find((name) => name.endsWith('.txt') && pattern.test(name))
  assert.ok(found, `${pattern} in ${place}`)
  return join(place, found)
}

async function edit(place: string, pattern: RegExp, change: (lines: string[]) => void, end = '\r\n'): Promise<string> {
  const file = await fileOf(place, pattern)
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/)
  change(lines)
  await writeFile(file, lines.join(end))
  return relative(join(place, '..'), file)
}

test('the sub-ontology of the test suites imports whole', { skip }, async () => {
  const edition = await build([SUBSET], { unpublished: true })
  assert.equal(edition.uri, 'http://snomed.info/xsct/31000003106/version/20250909')
  assert.equal(edition.conceptCount, 2258)
  assert.equal(edition.summary.counts.descriptions, 7882 + 363)
  const heart = edition.ordinalOf('80891009')
  assert.equal(edition.preferredTerm(heart, ['en-GB'])?.term, 'Heart structure')
  assert.equal(edition.preferredTerm(heart, ['en-x-900000000000509007'])?.refset, '900000000000509007')
  assert.equal(edition.preferredTerm(heart, ['en-x-sctlang-90000000-00005080-04'])?.refset, '900000000000508004')
  assert.equal(edition.preferredTerm(heart, ['fr']), undefined)
  assert.equal(edition.fullySpecifiedName(heart, ['fr', 'en'])?.term, 'Heart structure (body structure)')
  assert.deepEqual(edition.associationsOf(edition.ordinalOf('52988006')), [])
  assert.equal(edition.isA(edition.ordinalOf('56265001'), edition.ordinalOf('138875005')), true)
  const first = searchEdition(edition, 'HEART dis').hits[0]
  assert.equal(first && edition.sctidOf(first.concept), '56265001')
})

test('an edition, and an extension on top of it as one edition of its own', { skip }, async () => {
  const mini = await build([MINI])
  assert.equal(mini.uri, 'http://snomed.info/sct/900000000000207008/version/20240301')
  assert.equal(mini.conceptCount, 25)
  const map = mini.ordinalOf('447562003')
  const rows = mini.mapRows(map, mini.ordinalOf('12481008'))
  assert.deepEqual(
    rows.map(({ fields }) => fields.get('mapTarget')),
    ['Z00.3', 'Z00.2', ''],
  )
  assert.deepEqual(
    rows.map(({ fields }) => fields.get('mapPriority')),
    ['1', '2', '3'],
  )
  assert.equal(mini.mapRowsTo(map, 'Z00.2').length, 1)
  assert.deepEqual(
    mini.associationsOf(mini.ordinalOf('75521003')).map(({ meaning, target }) => [meaning, target]),
    [['SAME AS', '362969004']],
  )
  const both = await build([MINI, SWEDISH])
  assert.match(both.uri, /^http:\/\/snomed\.info\/sct\/45991000052106\/version\//)
  assert.equal(both.conceptCount, 25)
  const concept = both.ordinalOf('12481008')
  assert.equal(both.preferredTerm(concept, ['sv', 'en'])?.term, 'incision i mellanöra')
  assert.equal(both.preferredTerm(concept, ['sv-SE'])?.refset, '46011000052107')
  assert.equal(mini.preferredTerm(concept, ['sv']), undefined)
  assert.match((await refused([SWEDISH])).place?.file ?? '', /Description_Snapshot-sv/)
})

test('Snapshot and Full give the same state; a Delta alone is refused, on top it is applied', { skip }, async () => {
  const snapshot = await build([join(RELEASE, 'Snapshot')])
  const full = await build([join(RELEASE, 'Full')])
  const whole = await build([RELEASE])
  assert.equal(whole.conceptCount, snapshot.conceptCount)
  assert.equal(snapshot.uri, 'http://snomed.info/sct/900000000000207008/version/20140131')
  for (let concept = 0; concept < full.conceptCount; concept += 1) {
    const same = snapshot.ordinalOf(full.sctidOf(concept))
    const terms = (edition: Edition, of: number) =>
      [...edition.descriptionsOf(of)].map((row) => `${row.id} ${row.active} ${row.term}`).sort()
    assert.deepEqual(terms(full, concept), terms(snapshot, same))
    assert.equal(full.isActive(concept), snapshot.isActive(same))
  }
  assert.equal((await refused([join(RELEASE, 'Delta')])).code, 'rf2-delta')
  const description = (edition: Edition) =>
    [...edition.descriptionsOf(edition.ordinalOf('131148009'))].find(({ id }) => id === '210860014')
  const updated = await build([join(RELEASE, 'Snapshot'), join(RELEASE, 'Delta')])
  assert.equal(description(updated)?.effectiveTime, 20180831)
})

test('a fragment is refused with the first gap, and imports with its gaps stated when that is wanted', {
  skip,
}, async () => {
  const problem = await refused([FRAGMENT])
  assert.equal(problem.code, 'rf2-dangling')
  assert.equal(problem.place?.line, 2)
  const edition = await build([FRAGMENT], { partial: true })
  assert.equal(edition.conceptCount, 4)
  assert.ok(
    edition.summary.notices.some(({ sentence }) => /refers to a concept that the Concept files lack/.test(sentence)),
  )
  const map = [...edition.members.rows(edition.members.wordOf('22671000001102') ?? -1)]
  assert.deepEqual(
    map.map(({ fields }) => [...fields.keys()]),
    [
      ['mapTarget', 'mapTargetDescription'],
      ['mapTarget', 'mapTargetDescription'],
    ],
  )
})

test('a zip, within a folder, imports like the folder', { skip }, async () => {
  const place = join(folder, 'zipped')
  await mkdir(place)
  await zip(MINI, join(place, 'SnomedCT_Mini.zip'))
  const edition = await build([place])
  assert.equal(edition.conceptCount, 25)
  const cut = join(folder, 'cut.zip')
  await cp(join(place, 'SnomedCT_Mini.zip'), cut)
  await truncate(cut, 9000)
  const problem = await refused([cut])
  assert.equal(problem.code, 'rf2-zip')
  assert.equal(problem.place?.file, cut)
  await cp(MINI, join(place, 'SnomedCT_Mini'), { recursive: true })
  assert.equal((await refused([place])).code, 'rf2-twice')
})

function zip(source: string, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const archive = new yazl.ZipFile()
    readdir(source, { recursive: true, withFileTypes: true }).then((entries) => {
      for (const entry of entries) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        archive.addFile(path, join('SnomedCT_Mini_20240301', relative(source, path)))
      }
      archive.end()
    }, reject)
    archive.outputStream.pipe(createWriteStream(target)).on('close', resolve).on('error', reject)
  })
}

test('a file that is missing or empty is named before anything else is read', { skip }, async () => {
  for (const [pattern, code] of [
    [/sct2_Concept_/, 'Concept'],
    [/sct2_Description_/, 'Description'],
    [/sct2_Relationship_/, 'Relationship'],
    [/Language/, 'Language'],
  ] as const) {
    const place = await copyOf(SUBSET)
    await rm(await fileOf(place, pattern))
    const problem = await refused([place])
    assert.equal(problem.code, 'rf2-missing-file')
    assert.match(problem.sentence, new RegExp(code))
  }
  const place = await copyOf(RELEASE)
  await rm(await fileOf(join(place, 'Snapshot'), /AttributeValue/))
  assert.equal((await refused([place])).code, 'rf2-missing-file')
  const empty = await copyOf(SUBSET)
  await truncate(await fileOf(empty, /sct2_Relationship_/), 0)
  const problem = await refused([empty])
  assert.equal(problem.code, 'rf2-empty')
  assert.match(problem.place?.file ?? '', /sct2_Relationship_/)
  const renamed = await copyOf(SUBSET)
  await rename(await fileOf(renamed, /sct2_Concept_/), join(renamed, 'concepts.txt'))
  assert.equal((await refused([renamed])).code, 'rf2-missing-file')
})

test('a wrong column, row or value is refused with file and line', { skip }, async () => {
  const cases: readonly [string, RegExp, (lines: string[]) => void, number, string?][] = [
    ['rf2-header', /sct2_Concept_/, (lines) => lines.splice(0, 1, `${lines[0]}\tnote`), 1],
    ['rf2-header', /Language/, (lines) => lines.splice(0, 1, `${lines[0]}\tnote`), 1],
    ['rf2-header', /MRCMAttributeRange/, (lines) => lines.splice(0, 1, `${lines[0]}\tnote`), 1],
    ['rf2-header', /sct2_Relationship_/, (lines) => lines.splice(0, 1, lines[0]?.replace('typeId', 'kind') ?? ''), 1],
    ['rf2-columns', /sct2_Description_/, (lines) => lines.splice(99, 1, `${lines[99]}\textra`), 100],
    ['rf2-columns', /sct2_Relationship_/, (lines) => lines.splice(6000, 1, 'x'), 6001],
    ['rf2-sctid', /sct2_Relationship_/, (lines) => lines.splice(5, 1, swap(lines[5], 5, '12x456')), 6],
    ['rf2-date', /sct2_Concept_/, (lines) => lines.splice(7, 1, swap(lines[7], 1, '20250230')), 8],
    ['rf2-boolean', /Language/, (lines) => lines.splice(8, 1, swap(lines[8], 2, 'true')), 9],
    ['rf2-dangling', /sct2_Relationship_/, (lines) => lines.splice(9, 1, swap(lines[9], 4, '999999999')), 10],
    ['rf2-uuid', /Association/, (lines) => lines.splice(2, 1, swap(lines[2], 0, '17')), 3],
    ['rf2-axiom', /OWL/, (lines) => lines.splice(2, 1, (lines[2] ?? '').slice(0, -1)), 3],
    ['rf2-dependency', /ModuleDependency/, (lines) => lines.splice(5, 1, swap(lines[5], 5, '332351000009108')), 6],
    ['rf2-dependency', /ModuleDependency/, (lines) => lines.splice(5, 1, swap(lines[5], 7, '20990101')), 6],
    ['rf2-value', /ConcreteValues/, (lines) => lines.splice(2, 1, swap(lines[2], 5, 'seven')), 3],
    ['rf2-twice', /sct2_Concept_/, (lines) => lines.splice(4, 0, lines[2] ?? ''), 5],
  ]
  for (const [code, pattern, change, line] of cases) {
    const place = await copyOf(SUBSET)
    const file = await edit(place, pattern, change)
    const problem = await refused([place])
    assert.equal(problem.code, code, `${pattern}: ${JSON.stringify(problem)}`)
    assert.deepEqual([problem.place?.file, problem.place?.line], [file, line])
  }
})

function swap(line: string | undefined, column: number, value: string): string {
  return (line ?? '').split('\t').with(column, value).join('\t')
}

test('a text that was cut off is refused with its last line', { skip }, async () => {
  for (const [pattern, bytes] of [
    [/sct2_Concept_/, 60_007],
    [/sct2_Description_/, 500_003],
    [/Language/, 1_000_001],
    [/sct2_Relationship_/, 700_013],
    [/OWL/, 300_000],
    [/MRCMAttributeRange/, 20_000],
  ] as const) {
    const place = await copyOf(SUBSET)
    const file = await fileOf(place, pattern)
    await truncate(file, bytes)
    const lines = (await readFile(file, 'latin1')).split('\n').length
    const problem = await refused([place])
    assert.ok(problem.place?.line !== undefined)
    // A concept file that was cut within a line says so; each other file, too.
    assert.deepEqual([problem.place.file, problem.place.line], [relative(join(place, '..'), file), lines])
  }
  // Cut between two lines: what refers to the missing concepts shows it.
  const place = await copyOf(SUBSET)
  await edit(place, /sct2_Concept_/, (lines) => lines.splice(1500, 700))
  assert.equal((await refused([place])).code, 'rf2-dangling')
  const invalid = await copyOf(SUBSET)
  const file = await fileOf(invalid, /sct2_Description_/)
  const bytes = await readFile(file)
  bytes[bytes.indexOf('\n', 5000) - 30] = 0xff
  await writeFile(file, bytes)
  const problem = await refused([invalid])
  assert.equal(problem.code, 'rf2-encoding')
  assert.equal(problem.place?.line, bytes.subarray(0, bytes.indexOf(0xff)).toString('latin1').split('\n').length)
})
