import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ProblemError } from '#platform/result/problem-error.ts'
import { ok } from '#platform/result/result.ts'
import type { ArtifactId } from './artifacts/artifact.ts'
import { artifactFolder, publishServed, writeArtifact } from './artifacts/store.ts'
import { addDesignation, conceptOf, emptyContent, systemOf } from './content.ts'
import { openTerminology } from './open.ts'
import { encodeContent } from './store/write.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-open-'))
after(() => rmSync(home, { recursive: true, force: true }))

/** Own words only: no packages are needed. */
const sources = { terms: join(import.meta.dirname, '..', '..', 'data', 'terms'), packages: [], icu: false }
const open = () => openTerminology({ cache: join(home, 'cache'), home, sources })
const SYSTEM = 'https://example.eu/animals'

function layer(terms: Readonly<Record<string, string>>): Uint8Array {
  const content = emptyContent()
  for (const [code, term] of Object.entries(terms)) {
    addDesignation(conceptOf(systemOf(content, SYSTEM), code), {
      language: 'fr',
      term,
      source: term,
      reviewed: true,
    })
  }
  return encodeContent(content)
}

async function artifact(slug: string, terms: Readonly<Record<string, string>>): Promise<ArtifactId> {
  const about = { kind: 'resources', title: slug, source: slug, reviewed: true, importedBy: 'ana' } as const
  const made = await writeArtifact(home, about, async (folder) => {
    writeFileSync(join(folder, 'layer.terms'), layer(terms))
    return ok({})
  })
  assert.ok(made.ok)
  return made.value.id
}

test('the served release is read in its order, above imports of earlier versions', async () => {
  const wordsOf = async () => {
    const terminology = await open()
    return ['1', '2', '3'].map((code) => terminology.designation(SYSTEM, code, ['fr'])?.term)
  }
  const [first, second] = [await artifact('first', { 1: 'chat' }), await artifact('second', { 1: 'matou', 2: 'chien' })]
  assert.deepEqual(await wordsOf(), [undefined, undefined, undefined])
  writeFileSync(join(home, 'terminology', 'old-12345678.terms'), layer({ 2: 'cabot', 3: 'vache' }))
  assert.deepEqual(await wordsOf(), [undefined, 'cabot', 'vache'])
  await publishServed(home, [first, second])
  assert.deepEqual(await wordsOf(), ['chat', 'chien', 'vache'])
  await publishServed(home, [second])
  assert.deepEqual(await wordsOf(), ['matou', 'chien', 'vache'])
})

test('a damaged release is told, never left out', async () => {
  const id = await artifact('third', { 1: 'x' })
  await publishServed(home, [id])
  const file = join(artifactFolder(home, id), 'layer.terms')
  writeFileSync(file, 'no layer')
  await assert.rejects(open(), (error) => error instanceof ProblemError && error.problem.place?.file === file)
  rmSync(artifactFolder(home, id), { recursive: true })
  await assert.rejects(
    open(),
    (error) => error instanceof ProblemError && error.problem.code === 'terminology-artifact-missing',
  )
})
