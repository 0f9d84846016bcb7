import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from './artifact.ts'
import {
  appendServed,
  artifactFolder,
  listArtifacts,
  publishServed,
  readArtifact,
  readServed,
  verifyArtifact,
  writeArtifact,
} from './store.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-artifacts-'))
after(() => rmSync(root, { recursive: true, force: true }))
const newHome = () => mkdtempSync(join(root, 'home-'))

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.problem.code}: ${result.problem.sentence}`)
  return result.value
}

function code(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.problem.code
}

async function artifact(home: string, text: string, slug = 'things', edition?: string): Promise<ArtifactId> {
  const made = await writeArtifact(
    home,
    {
      kind: edition === undefined ? 'resources' : 'snomed-edition',
      title: 'Things',
      source: 'Test',
      reviewed: true,
      importedBy: 'ana',
      slug,
      ...(edition === undefined ? {} : { edition }),
    },
    async (folder) => {
      writeFileSync(join(folder, 'resources.ndjson'), text)
      return ok({ resources: 1 })
    },
  )
  return value(made).id
}

describe('artifacts', () => {
  it('are named by their content: the same import is the same artifact', async () => {
    const home = newHome()
    const first = await artifact(home, 'a')
    const manifest = value(await verifyArtifact(home, first))
    assert.equal(await artifact(home, 'a'), first)
    assert.notEqual(await artifact(home, 'b'), first)
    assert.equal(value(await readArtifact(home, first)).importedAt, manifest.importedAt)
    assert.deepEqual(Object.keys(manifest.files), ['resources.ndjson'])
    assert.equal((await listArtifacts(home)).artifacts.length, 2)
  })

  it('leave nothing behind when their import fails or throws', async () => {
    const home = newHome()
    const about = { kind: 'resources', title: 'X', source: 'X', reviewed: false, importedBy: 'x' } as const
    const refused = await writeArtifact(home, about, async () => failed('bad-row', 'Bad row.', 'Mend it.'))
    assert.equal(code(refused), 'bad-row')
    await assert.rejects(
      writeArtifact(home, about, async () => {
        throw new TypeError('a mistake of the program')
      }),
      TypeError,
    )
    assert.deepEqual(readdirSync(join(home, 'terminology', 'artifacts')), [])
  })

  it('tell which file was altered or is missing, and a new import mends it', async () => {
    const home = newHome()
    const id = await artifact(home, 'words')
    const file = join(artifactFolder(home, id), 'resources.ndjson')
    writeFileSync(file, 'Words')
    const altered = await verifyArtifact(home, id)
    assert.ok(!altered.ok)
    assert.equal(altered.problem.place?.file, file)
    rmSync(file)
    assert.equal(code(await verifyArtifact(home, id)), 'terminology-artifact-damaged')
    assert.equal(await artifact(home, 'words'), id)
    assert.equal(code(await verifyArtifact(home, id)), 'ok')
  })

  it('whose manifest is not theirs are refused, and listed as problems', async () => {
    const home = newHome()
    const [one, two] = [await artifact(home, '1'), await artifact(home, '2')]
    writeFileSync(
      join(artifactFolder(home, one), 'artifact.json'),
      readFileSync(join(artifactFolder(home, two), 'artifact.json')),
    )
    assert.equal(code(await readArtifact(home, one)), 'terminology-artifact-damaged')
    writeFileSync(join(artifactFolder(home, two), 'artifact.json'), '{"format":1}')
    const listed = await listArtifacts(home)
    assert.deepEqual([listed.artifacts.length, listed.problems.length], [0, 2])
  })

  it('left half by processes that died are taken away, those of living ones and of other machines are kept', async () => {
    const home = newHome()
    const folder = join(home, 'terminology', 'artifacts')
    const host = hostname().replace(/[^A-Za-z0-9]+/g, '-')
    const dead = await pidOfDeadProcess()
    const kept = [`x.part-1-1-${host}`, 'x.part-7-1-elsewhere']
    const swept = [`x.part-${dead}-1-${host}`, `x.part-${process.pid}-999999-${host}`, 'x.part-8-1-elsewhere']
    for (const name of [...kept, ...swept]) mkdirSync(join(folder, name), { recursive: true })
    utimesSync(join(folder, 'x.part-8-1-elsewhere'), 1, 1)
    const id = await artifact(home, 'a')
    assert.deepEqual(readdirSync(folder).sort(), [...kept, id].sort())
    assert.deepEqual((await listArtifacts(home)).problems, [])
  })
})

function pidOfDeadProcess(): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('true')
    child.on('exit', () => resolve(child.pid ?? 0))
  })
}

describe('the served release', () => {
  it('is none at first, then numbered upwards, and is not published twice', async () => {
    const home = newHome()
    assert.equal(value(await readServed(home)), undefined)
    const [one, two] = [await artifact(home, '1'), await artifact(home, '2')]
    assert.equal(value(await publishServed(home, [one])).release, 1)
    assert.equal(value(await publishServed(home, [one])).release, 1)
    assert.equal(value(await publishServed(home, [two, one])).release, 2)
    assert.deepEqual(value(await readServed(home))?.artifacts, [two, one])
    assert.equal(code(await publishServed(home, [one, one])), 'terminology-release-twice')
  })

  it('names only artifacts that are there', async () => {
    const home = newHome()
    const id = await artifact(home, '1')
    assert.equal(
      code(await publishServed(home, [id, 'nothing-0123456789abcdef' as ArtifactId])),
      'terminology-artifact-missing',
    )
    assert.equal(value(await readServed(home)), undefined)
  })

  it('gets imports in front, a newer state in the place of the older, editions side by side', async () => {
    const home = newHome()
    const uri = 'http://snomed.info/sct/11000241103/version/'
    const things = await artifact(home, '1')
    const other = await artifact(home, 'x', 'other')
    const spring = await artifact(home, 's', 'snomed', `${uri}20260401`)
    const autumn = await artifact(home, 'h', 'snomed', `${uri}20261001`)
    for (const id of [things, other, spring, autumn]) value(await appendServed(home, id))
    const newer = await artifact(home, '2')
    assert.deepEqual(value(await appendServed(home, newer)).artifacts, [newer, autumn, spring, other])
    assert.equal(value(await appendServed(home, newer)).release, 5)
    const again = await artifact(home, 'h2', 'snomed', `${uri}20261001`)
    assert.deepEqual(value(await appendServed(home, again)).artifacts, [again, newer, spring, other])
  })

  it('is refused when its file is damaged, not overwritten', async () => {
    const home = newHome()
    const id = await artifact(home, '1')
    writeFileSync(join(home, 'terminology', 'current.json'), '{"format":1,"rel')
    assert.equal(code(await readServed(home)), 'terminology-release-damaged')
    assert.equal(code(await appendServed(home, id)), 'terminology-release-damaged')
  })

  it('loses no change when many import at once', async () => {
    const home = newHome()
    const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => artifact(home, String(index), `t${index}`)))
    for (const result of await Promise.all(ids.map((id) => appendServed(home, id)))) value(result)
    const served = value(await readServed(home))
    assert.equal(served?.release, 12)
    assert.deepEqual([...(served?.artifacts ?? [])].sort(), [...ids].sort())
  })
})
