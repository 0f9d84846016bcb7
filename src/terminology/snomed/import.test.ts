import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { generateRf2 } from '../../../bench/terminology/generate-rf2.ts'
import { appendServed, artifactFolder, listArtifacts, readServed, verifyArtifact } from '../artifacts/store.ts'
import { openEdition } from './edition.ts'
import { EDITION_FILE } from './format.ts'
import { importEdition, looksLikeRf2 } from './import.ts'

let folder = ''
let release = ''
let home = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snomed-import-'))
  release = join(folder, 'release')
  home = join(folder, 'home')
  generateRf2(release, { concepts: 2000, seed: 3 })
})
after(() => rm(folder, { recursive: true, force: true }))

test('a release becomes an artifact that names its edition, and the same release the same artifact', async () => {
  const phases = new Set<string>()
  const first = await importEdition([release], { home, importedBy: 'test', progress: ({ phase }) => phases.add(phase) })
  assert.ok(first.ok)
  assert.equal(first.value.uri, 'http://snomed.info/sct/900000000000207008/version/20260131')
  assert.equal(first.value.manifest.edition, first.value.uri)
  assert.match(first.value.manifest.id, /^snomed-900000000000207008-20260131-[0-9a-f]{16}$/)
  assert.equal(first.value.manifest.counts.concepts, 2000)
  assert.ok(phases.has('read') && phases.has('words'))
  const again = await importEdition([release], { home, importedBy: 'test' })
  assert.ok(again.ok)
  assert.equal(again.value.manifest.id, first.value.manifest.id)
  const edition = await openEdition(join(artifactFolder(home, first.value.manifest.id), EDITION_FILE))
  assert.ok(edition.ok)
  assert.equal(edition.value.conceptCount, 2000)
})

test('a release is told from other folders and files', async () => {
  assert.equal(await looksLikeRf2(release), true)
  assert.equal(await looksLikeRf2(import.meta.dirname), false)
  assert.equal(await looksLikeRf2(import.meta.filename), false)
  assert.equal(await looksLikeRf2(join(folder, 'absent')), false)
  const broken = join(folder, 'SnomedCT_Edition.zip')
  await writeFile(broken, 'PK and then nothing')
  assert.equal(await looksLikeRf2(broken), true)
})

test('a release with a fault changes nothing', async () => {
  const before = await listArtifacts(home)
  const broken = join(folder, 'broken')
  generateRf2(broken, { concepts: 100 })
  await rm(join(broken, 'Snapshot/Terminology/sct2_Relationship_Snapshot_INT_20260131.txt'))
  const refused = await importEdition([broken], { home, importedBy: 'test' })
  assert.equal(refused.ok, false)
  assert.equal(!refused.ok && refused.problem.code, 'rf2-missing-file')
  assert.deepEqual(await listArtifacts(home), before)
  assert.ok((await readdir(join(home, 'terminology', 'artifacts'))).every((name) => !name.includes('.part-')))
})

test('kill -9 of the process that does the work is a problem and changes nothing', async () => {
  const before = await listArtifacts(home)
  let worker = 0
  let steps = 0
  const killed = await importEdition([release], {
    home,
    importedBy: 'test',
    uri: 'http://snomed.info/sct/900000000000207008/version/20260228',
    started: (id) => {
      worker = id
    },
    progress: () => {
      steps += 1
      if (steps === 5) process.kill(worker, 'SIGKILL')
    },
  })
  assert.equal(!killed.ok && killed.problem.code, 'terminology-import-died')
  assert.deepEqual(await listArtifacts(home), before)
  assert.ok((await readdir(join(home, 'terminology', 'artifacts'))).every((name) => !name.includes('.part-')))
})

test('kill -9 of the import, at any moment, leaves what is served as it is', async () => {
  const other = join(folder, 'killed')
  const served = await importEdition([release], { home: other, importedBy: 'test' })
  assert.ok(served.ok)
  assert.ok((await appendServed(other, served.value.manifest.id)).ok)
  const current = await readFile(join(other, 'terminology', 'current.json'), 'utf8')
  const next = join(folder, 'next')
  generateRf2(next, { concepts: 3000, seed: 4 })
  const script = join(folder, 'importer.ts')
  await writeFile(
    script,
    `import { importEdition } from ${JSON.stringify(join(import.meta.dirname, 'import.ts'))}
     await importEdition([${JSON.stringify(next)}], { home: ${JSON.stringify(other)}, importedBy: 'test', progress: () => process.send?.('step') })`,
  )
  // Moments spread over the whole import, by the number of steps that were reported.
  let killed = 0
  for (const moment of [0, 4, 10, 13]) {
    const child = fork(script, { execArgv: [] })
    await new Promise<void>((resolve) => {
      let steps = 0
      const kill = (): void => {
        killed += child.kill('SIGKILL') ? 1 : 0
      }
      if (moment === 0) child.once('spawn', () => setTimeout(kill, Math.random() * 300))
      child.on('message', () => {
        steps += 1
        if (steps === moment) setTimeout(kill, Math.random() * 20)
      })
      child.once('exit', () => resolve())
    })
    const { artifacts, problems } = await listArtifacts(other)
    assert.deepEqual(problems, [])
    for (const { id } of artifacts) assert.ok((await verifyArtifact(other, id)).ok)
    assert.equal(await readFile(join(other, 'terminology', 'current.json'), 'utf8'), current)
  }
  assert.ok(killed >= 2, `only ${killed} were killed in time`)
  const release4 = await readServed(other)
  assert.ok(release4.ok)
  // The process of a killed import ends by itself; then the next import sweeps what was left.
  await pause(500)
  const finished = await importEdition([next], { home: other, importedBy: 'test' })
  assert.ok(finished.ok)
  const left = (await readdir(join(other, 'terminology', 'artifacts'))).filter((name) => name.includes('.part-'))
  assert.deepEqual(left, [])
  assert.ok(existsSync(join(artifactFolder(other, finished.value.manifest.id), EDITION_FILE)))
})
