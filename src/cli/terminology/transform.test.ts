import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { buildProgram } from '../program.ts'
import { addTranscode } from './transcode.ts'
import { addTranslate } from './translate.ts'

const home = mkdtempSync(join(tmpdir(), 'tessera-transform-'))
after(() => rmSync(home, { recursive: true, force: true }))
const input = join(home, 'in.xml')
writeFileSync(
  input,
  `<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- kept --><code code="60591-5" codeSystem="2.16.840.1.113883.6.1"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25" displayName="normal"/></ClinicalDocument>`,
)

/** Runs a command with its messages caught; gives the exit code. */
async function run(...words: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> {
  const program = buildProgram()
  addTranscode(program)
  addTranslate(program)
  const before = console.error
  let said = ''
  console.error = (text: string) => {
    said += `${text}\n`
  }
  try {
    await program.parseAsync(['node', 'tessera', ...words])
    return { code: process.exitCode, said }
  } finally {
    console.error = before
    process.exitCode = 0
  }
}

test('a document is translated into a file, with a report', async () => {
  const out = join(home, 'out.xml')
  const report = join(home, 'report.json')
  const { code, said } = await run(
    'translate',
    input,
    '--lang',
    'fr-BE',
    '--out',
    out,
    '--report',
    report,
    '--home',
    home,
  )
  assert.equal(code, 0, said)
  const text = readFileSync(out, 'utf8')
  assert.match(text, /<!-- kept -->/)
  assert.match(text, /<translation code="N" codeSystem="2.16.840.1.113883.5.25" displayName="normal"\/>/)
  const written = JSON.parse(readFileSync(report, 'utf8'))
  assert.equal(written.coverage.elements, 2)
  assert.deepEqual(written.languages, ['fr-BE'])
  assert.match(said, /2 coded elements/)
})

test('a document of no kind that the list knows fails, and says so', async () => {
  const other = join(home, 'other.xml')
  writeFileSync(other, readFileSync(input, 'utf8').replace('60591-5', '1'))
  const { code, said } = await run('transcode', other, '--to', join(home, 'x.xml'), '--home', home)
  assert.equal(code, 1)
  assert.match(said, /^ERROR/)
})

test('a missing file and an unreadable list end in a sentence', async () => {
  assert.match((await run('transcode', join(home, 'none.xml'), '--home', home)).said, /cannot be read/)
  assert.match((await run('transcode', input, '--elements', input, '--home', home)).said, /list of coded elements/)
})
