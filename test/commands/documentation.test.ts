/** The examples of the documentation run as written, in a copy of the data beside a fresh home. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'tessera-docs-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Blocks marked `sh run`, in order. */
function examplesOf(file: string): readonly string[] {
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(/```sh run\n([\s\S]*?)```/g)].map(
    (match) => match[1] ?? '',
  )
}

describe('the examples of docs/COMMANDS.md, docs/TERMINOLOGY.md and docs/AUDIT.md', () => {
  symlinkSync(join(ROOT, 'data'), join(folder, 'data'))
  mkdirSync(join(folder, 'bin'))
  // `npx tessera` without npm in between.
  symlinkSync(join(ROOT, 'bin', 'tessera'), join(folder, 'bin', 'tessera'))
  const environment = {
    ...process.env,
    TESSERA_HOME: join(folder, 'home'),
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  }
  const examples = ['docs/COMMANDS.md', 'docs/TERMINOLOGY.md', 'docs/AUDIT.md'].flatMap(examplesOf)

  test('there are some', () => assert.ok(examples.length >= 5))

  for (const [index, example] of examples.entries()) {
    test(`example ${index + 1}: ${example.trim().split('\n')[0]}`, () => {
      const run = spawnSync('sh', ['-e', '-c', example.replaceAll('npx tessera', 'tessera')], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      })
      assert.equal(run.status, 0, run.stderr)
    })
  }
})

describe('the README', () => {
  test('names only commands that exist', () => {
    const help = spawnSync(join(ROOT, 'bin', 'tessera'), ['--help'], { encoding: 'utf8' }).stdout
    const commands = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/npx tessera ([a-z]+)/g)].map(
      (match) => match[1] ?? '',
    )
    assert.ok(commands.length > 3)
    for (const command of commands) assert.match(help, new RegExp(`^  ${command}\\b`, 'm'))
  })
})
