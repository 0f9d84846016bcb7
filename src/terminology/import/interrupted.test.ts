/** An import that is killed, or fails at its end, changes nothing of what is served. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { verifyArtifact } from '../artifacts/store.ts'
import { openTerminology } from '../open.ts'
import { importTerminology } from './import.ts'
import { newFolder, OWN_SOURCES, writeFiles } from './testing/import-files.ts'

const list = (word: string, count: number) =>
  JSON.stringify([
    {
      system: 'urn:example:words',
      concepts: Array.from({ length: count }, (_, index) => ({
        code: `c${index}`,
        designation: { fr: `${word} ${index}` },
      })),
    },
  ])

test('killed at any moment, what is served stays whole, and the next import succeeds', async () => {
  const home = newFolder()
  const cache = newFolder()
  const path = writeFiles({ 'list.json': list('avant', 10) })
  const first = await importTerminology(path, { home, cache, sources: OWN_SOURCES })
  assert.ok(first.ok)
  const served = readFileSync(join(home, 'terminology', 'current.json'), 'utf8')
  const large = writeFiles({ 'list.json': list('après', 60_000) })
  const program = `
    import { importTerminology } from ${JSON.stringify(join(import.meta.dirname, 'import.ts'))}
    const [path, options] = JSON.parse(process.argv[1])
    console.log('ready')
    const result = await importTerminology(path, options)
    console.log(result.ok ? 'done' : result.problem.code)`
  let killed = 0
  for (const delay of [20, 150, 400, 800]) {
    const order = JSON.stringify([large, { home, cache, sources: OWN_SOURCES, stage: true }])
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, order], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
      if (said.includes('ready')) setTimeout(() => child.kill('SIGKILL'), delay)
    })
    await once(child, 'close')
    if (child.signalCode === 'SIGKILL') killed++
    assert.equal(readFileSync(join(home, 'terminology', 'current.json'), 'utf8'), served)
    const terminology = await openTerminology({ home, cache, sources: OWN_SOURCES })
    assert.equal(terminology.designation('urn:example:words', 'c3', ['fr'])?.term, 'avant 3')
  }
  assert.ok(killed > 0)
  const verified = await verifyArtifact(home, first.value.artifact.id)
  assert.ok(verified.ok)
  const after = await importTerminology(large, { home, cache, sources: OWN_SOURCES })
  assert.ok(after.ok)
  assert.equal(after.value.designations, 60_000)
})

test('an import without content, and one that is only staged, serve nothing new', async () => {
  const home = newFolder()
  const cache = newFolder()
  const empty = await importTerminology(writeFiles({ 'a.json': '[]' }), { home, cache, sources: OWN_SOURCES })
  assert.equal(empty.ok, false)
  assert.deepEqual(readdirSync(join(home, 'terminology', 'artifacts')), [])
  const staged = await importTerminology(writeFiles({ 'list.json': list('mot', 3) }), {
    home,
    cache,
    sources: OWN_SOURCES,
    stage: true,
    by: 'M. Example',
  })
  assert.ok(staged.ok)
  assert.equal(staged.value.release, undefined)
  assert.equal(staged.value.artifact.importedBy, 'M. Example')
  const terminology = await openTerminology({ home, cache, sources: OWN_SOURCES })
  assert.equal(terminology.designation('urn:example:words', 'c1', ['fr']), undefined)
})

test('a SNOMED CT release is told apart without being unpacked', async () => {
  const path = writeFiles({ 'Snapshot/Terminology/sct2_Concept_Snapshot_INT_20260101.txt': 'id\teffectiveTime\n' })
  const result = await importTerminology(path, { home: newFolder(), cache: newFolder(), sources: OWN_SOURCES })
  assert.equal(result.ok ? '' : result.problem.code, 'terminology-import-snomed')
})
