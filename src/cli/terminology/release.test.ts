/** The way of a release through the commands, from an import to a rollback. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, mock } from 'node:test'
import { Command } from 'commander'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { readServed } from '#terminology/artifacts/store.ts'
import { must, resourcesArtifact } from '#terminology/releases/testing.ts'
import { registerEditCommands } from './edit.ts'
import { registerReleaseCommands } from './release.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-release-'))
after(() => rmSync(home, { recursive: true, force: true }))

const ICD = 'http://hl7.org/fhir/sid/icd-10'

function french(word: string) {
  const concept = [{ code: 'I48', designation: [{ language: 'fr', value: word }] }]
  const about = { status: 'active', content: 'supplement', supplements: ICD } as const
  return [{ resourceType: 'CodeSystem' as const, url: 'urn:x:words', ...about, concept }]
}

interface Ran {
  readonly code: number
  readonly out: string
  readonly error: string
}

async function run(...words: readonly string[]): Promise<Ran> {
  const program = new Command('tessera').exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  registerReleaseCommands(program)
  registerEditCommands(program)
  const out: string[] = []
  const error: string[] = []
  const mocks = [
    mock.method(console, 'log', (line: string) => out.push(`${line}\n`)),
    mock.method(console, 'error', (line: string) => error.push(`${line}\n`)),
  ]
  try {
    process.exitCode = undefined
    await program.parseAsync(['node', 'tessera', ...words, ...(words.includes('pull') ? [] : ['--home', home])])
    return { code: Number(process.exitCode ?? 0), out: out.join(''), error: error.join('') }
  } finally {
    process.exitCode = undefined
    for (const one of mocks) one.mock.restore()
  }
}

const served = async (): Promise<readonly ArtifactId[]> => must(await readServed(home))?.artifacts ?? []

describe('the release commands', () => {
  it('stage, compare, approve by another person, publish, and go back', async () => {
    const first = await resourcesArtifact(home, 'words', french('Fibrillation'))
    const second = await resourcesArtifact(home, 'words', french('Fibrillation auriculaire'))
    const ana = ['--by', 'Ana Costa']
    const bea = ['--by', 'Bea Lund']
    assert.match((await run('release', 'stage', first, ...ana)).out, /Release 1 is staged/)
    const refused = await run('release', 'approve', '1', ...ana)
    assert.deepEqual([refused.code, refused.error.includes('terminology-release-same-person')], [1, true])
    assert.equal((await run('release', 'approve', '1', ...bea)).code, 0)
    assert.equal((await run('release', 'publish', '1', ...ana)).out, 'Release 1 is published.\n')
    assert.deepEqual(await served(), [first])

    // The newer state of a thing takes the place of the older one.
    await run('release', 'stage', second, ...ana, '--title', 'Longer words')
    const told = await run('release', 'diff')
    assert.match(told.out, /− Fibrillation; \+ Fibrillation auriculaire/)
    assert.match(
      told.out,
      /urn:oid:1\.3\.6\.1\.4\.1\.12559\.11\.10\.1\.3\.1\.44\.2\|I48 display \(fr\): Fibrillation → Fibrillation auriculaire/,
    )
    const json = JSON.parse((await run('release', 'diff', '2', '1', '--json')).out)
    assert.ok(json.documents.total > 0)
    assert.equal(
      JSON.parse((await run('release', 'diff', '2', '1', '--no-documents', '--json')).out).documents,
      undefined,
    )
    await run('release', 'approve', '2', ...bea)
    await run('release', 'publish', '2', ...ana)
    assert.deepEqual(await served(), [second])
    assert.match((await run('release', 'rollback', '1', ...bea)).error, /terminology-release-note/)
    assert.equal((await run('release', 'rollback', '1', ...bea, '--note', 'Too long.')).code, 0)
    assert.deepEqual(await served(), [first])
    assert.match((await run('release', 'history')).out, /2 {2}rolled-back Longer words .*\n +1 {2}published/)
    const steps = JSON.parse((await run('release', 'history', '2', '--json')).out).history
    assert.equal(steps.at(-1).note, 'Too long.')
  })

  it('say what is wrong in one line', async () => {
    for (const [words, code] of [
      [['release', 'stage', '../x', '--by', 'Ana'], 'no-artifact'],
      [['release', 'publish', '99', '--by', 'Ana'], 'terminology-release-unknown'],
      [['release', 'history', '99'], 'terminology-release-unknown'],
      [['release', 'pull', 'ftp://x', '--home', home], 'terminology-pull-refused'],
      [['edit', 'import', '/nowhere.csv', '--by', 'Ana'], 'no-file'],
      [['edit', 'export', '--format', 'xliff'], 'no-language'],
    ] as const) {
      const told = await run(...words)
      assert.deepEqual([told.code, told.error.trim().split('\n').length], [1, 1])
      assert.ok(told.error.includes(`[${code}]`), told.error)
    }
    await assert.rejects(run('release', 'approve', 'x', '--by', 'Ana'), /whole number/)
    await assert.rejects(run('release', 'approve', '1'), /--by/)
  })
})

describe('the edit commands', () => {
  it('take words from a spreadsheet through a translation tool into an artifact', async () => {
    const csv = join(home, 'words.csv')
    writeFileSync(
      csv,
      `system;code;language;term;source\n${ICD};I48;pt;Fibrilhação auricular;SPMS\n${ICD};I49;pt;;SPMS\n`,
    )
    const imported = JSON.parse((await run('edit', 'import', csv, '--by', 'Ana', '--json')).out)
    assert.deepEqual([imported.added, imported.empty], [1, 1])
    const xliff = join(home, 'words.xlf')
    assert.equal((await run('edit', 'export', '--format', 'xliff', '--language', 'pt', '--out', xliff)).code, 0)
    writeFileSync(
      xliff,
      readFileSync(xliff, 'utf8').replace('state="translated" subState="tessera:draft"', 'state="final"'),
    )
    assert.match((await run('edit', 'import', xliff, '--by', 'Ana')).out, /awaiting: 1/)
    await run('edit', 'export', '--format', 'xliff', '--language', 'pt', '--out', xliff)
    writeFileSync(xliff, readFileSync(xliff, 'utf8').replace('state="translated"', 'state="final"'))
    assert.match((await run('edit', 'import', xliff, '--by', 'Bea')).out, /reviewed: 1/)
    assert.deepEqual(JSON.parse((await run('edit', 'status', '--json')).out), [
      { kind: 'designation', of: 'pt', status: 'reviewed', count: 1 },
    ])
    const artifact = JSON.parse((await run('edit', 'artifact', '--by', 'Ana', '--json')).out)
    assert.equal(artifact.counts.designations, 1)
    assert.match((await run('release', 'stage', artifact.id, '--by', 'Ana')).out, /is staged/)
    const bad = join(home, 'bad.csv')
    writeFileSync(bad, `system,code,language,term,source\n${ICD},I50,portuguese language,x,SPMS\n`)
    const told = await run('edit', 'import', bad, '--by', 'Ana')
    assert.deepEqual([told.code, told.error.includes(`${bad}:2: language:`)], [1, true])
  })
})
