/** What a crash or a full disk leaves: the old release or the new one, whole, and records that agree with it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { type TinyFileSystem, tinyFileSystem } from '../../../test/faults/tiny-file-system.ts'
import {
  appendServed,
  artifactFolder,
  listArtifacts,
  readServed,
  verifyArtifact,
  writeArtifact,
} from '../artifacts/store.ts'
import { openReleaseCentre } from './centre.ts'
import { releaseMigrations } from './migrations.ts'
import { artifactOf, codeOf, must } from './testing.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-faults-'))
after(() => rmSync(root, { recursive: true, force: true }))

const KILLS = 12

test(`${KILLS} times kill -9 at random moments of imports, publications and rollbacks`, async () => {
  const home = mkdtempSync(join(root, 'killed-'))
  const url = `sqlite:${join(home, 'centre.db')}`
  const database = await openDatabase(url)
  await migrate(database, releaseMigrations)
  const outcomes = new Set<string>()
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = must(await readServed(home))?.publishedAt ?? ''
    const during = kill % 2 === 0 ? 'import' : 'publish'
    await killedPublisher([home, url, String(kill * 1000)], during, Math.random() * 80)
    const served = must(await readServed(home))
    for (const id of served?.artifacts ?? []) must(await verifyArtifact(home, id))
    assert.deepEqual((await listArtifacts(home)).problems, [])
    assert.ok((served?.publishedAt ?? '') >= before)
    outcomes.add(await agreeing(database, home))
  }
  // Otherwise the kills came at moments that prove little.
  assert.ok(outcomes.size > 1, `always ended after ${[...outcomes].join()}`)
  await artifactOf(home, 'after', { x: '' })
  const left = readdirSync(join(home, 'terminology', 'artifacts')).filter((name) => name.includes('.part-'))
  assert.deepEqual(left, [])
  await database.close()
})

test('a publication that dies before or after any of its steps on the disk', async () => {
  const home = mkdtempSync(join(root, 'crashed-'))
  const url = `sqlite:${join(home, 'centre.db')}`
  const database = await openDatabase(url)
  await migrate(database, releaseMigrations)
  const centre = must(await openReleaseCentre(database, { node: 'PT', home }))
  const seen = new Set<string>()
  for (let step = 1, died = true; died; step += 1) {
    const old = must(await readServed(home))?.artifacts ?? []
    const artifacts = [await artifactOf(home, 'words', { words: String(step) })]
    const { number } = must(await centre.stage({ artifacts, by: 'Ana' }))
    must(await centre.approve(number, { by: 'Bea' }))
    died = await dies('crashing-process.ts', [home, url, String(number), String(step)])
    const now = must(await readServed(home))?.artifacts ?? []
    assert.ok([old.join(), artifacts.join()].includes(now.join()), `step ${step} left ${now.join()}`)
    for (const id of now) must(await verifyArtifact(home, id))
    const last = await agreeing(database, home)
    seen.add(`${last}, ${now.join() === old.join() ? 'old' : 'new'}`)
    const { state } = must(await centre.release(number))
    assert.equal(state, now.join() === old.join() ? 'approved' : 'published')
    if (state === 'approved') must(await centre.publish(number, { by: 'Ana' }))
  }
  // Both sides of the switch were met.
  for (const met of ['begin-publication, old', 'begin-publication, new', 'publish, new']) assert.ok(seen.has(met), met)
  await database.close()
})

/** Runs a process to its end; true when it was killed. */
function dies(script: string, parameters: readonly string[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...parameters], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) resolve(signal === 'SIGKILL')
      else reject(new Error(said))
    })
  })
}

/** Opens the centre as the next start does and compares it with what is served; tells what the last step was before. */
async function agreeing(database: Database, home: string): Promise<string> {
  const lastBefore = await database.kysely
    .$extendTables<{ terminology_release_event: { sequence: number; action: string } }>()
    .selectFrom('terminology_release_event')
    .select('action')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  const served = must(await readServed(home))
  const centre = must(await openReleaseCentre(database, { node: 'PT', home }))
  const releases = await centre.releases()
  const published = releases.filter(({ state }) => state === 'published')
  assert.deepEqual(
    published.map(({ number, artifacts }) => [number, String(number), artifacts]),
    served ? [[served.release, served.centre, served.artifacts]] : [],
  )
  assert.ok(releases.every(({ state }) => state !== 'publishing'))
  assert.deepEqual(must(await readServed(home)), served)
  return lastBefore?.action ?? 'nothing'
}

function killedPublisher(parameters: readonly string[], during: string, afterMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'publisher-process.ts'), ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.stdout.on('data', async (chunk) => {
      if (!String(chunk).includes(during)) return
      await pause(afterMs)
      child.kill('SIGKILL')
    })
    child.on('exit', (_code, signal) => {
      if (signal === 'SIGKILL') resolve()
      else reject(new Error(`The publisher ended by itself: ${said}`))
    })
  })
}

const tiny = tinyFileSystem(8)

test('a full disk refuses imports and publications, and what is served stays', {
  skip: typeof tiny === 'string' && tiny,
}, async () => {
  const disk = tiny as TinyFileSystem
  try {
    const home = disk.path
    const database = await openDatabase(`sqlite:${join(root, 'centre.db')}`)
    await migrate(database, releaseMigrations)
    const centre = must(await openReleaseCentre(database, { node: 'PT', home }))
    const [one, two] = [await artifactOf(home, 'one', { x: '1' }), await artifactOf(home, 'two', { x: '2' })]
    for (const [number, artifacts] of [[1, [one]] as const, [2, [two, one]] as const]) {
      must(await centre.stage({ artifacts, by: 'Ana' }))
      must(await centre.approve(number, { by: 'Bea' }))
      if (number === 1) must(await centre.publish(number, { by: 'Ana' }))
      else must(await appendServed(home, one))
    }
    const current = readFileSync(join(home, 'terminology', 'current.json'), 'utf8')
    disk.fill()
    const about = { kind: 'resources', title: 'X', source: 'X', reviewed: true, importedBy: 'x' } as const
    const refused = await writeArtifact(home, about, async (folder) => {
      writeFileSync(join(folder, 'x'), Buffer.alloc(1 << 20))
      return { ok: true, value: {} }
    })
    assert.equal(codeOf(refused), 'terminology-storage-full')
    assert.equal(codeOf(await centre.publish(2, { by: 'Ana' })), 'terminology-storage-full')
    assert.equal(codeOf(await appendServed(home, two)), 'terminology-storage-full')
    assert.equal(readFileSync(join(home, 'terminology', 'current.json'), 'utf8'), current)
    assert.equal(must(await centre.release(2)).state, 'approved')
    assert.match((await centre.history(2)).at(-1)?.note ?? '', /terminology-storage-full/)
    disk.makeRoom()
    assert.deepEqual(readdirSync(artifactFolder(home, one)).sort(), ['artifact.json', 'x'])
    assert.equal(readdirSync(join(home, 'terminology', 'artifacts')).length, 2)
    assert.equal(must(await centre.publish(2, { by: 'Ana' })).state, 'published')
    await database.close()
  } finally {
    disk.remove()
  }
})
