/**
 * The HL7 terminology ecosystem tests over HTTP against the real server: started by its own command, with the SNOMED CT
 * edition of the tests imported by its own command. The score must be the one that docs/conformance/terminology.md tells;
 * `TESSERA_RECORD=1` writes it there.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { connect } from '#assurance/bench/terminology/client.ts'
import { failureText, suiteTable } from '#assurance/bench/terminology/report.ts'
import { type RunReport, runSuites } from '#assurance/bench/terminology/run.ts'
import { openTests } from '#assurance/bench/terminology/suite.ts'
import { toR4, toR5 } from '#wire/terminology/r4.ts'

const root = join(import.meta.dirname, '..', '..')
const corpus = join(root, '..', 'shared', 'corpus', 'terminology')
const page = join(root, 'docs', 'conformance', 'terminology.md')
const program = join(root, 'src', 'cli', 'main.ts')
const absent = existsSync(join(corpus, 'tx-tests')) ? false : '../shared/corpus/terminology/tx-tests is not here'

const Ready = z.object({ url: z.string() })
const MODES = new Set(['general', 'snomed'])

describe('the terminology ecosystem tests over HTTP', { skip: absent }, () => {
  const home = mkdtempSync(join(tmpdir(), 'tessera-tx-'))
  const environment = { ...process.env, TESSERA_HOME: home }
  let server: ChildProcess
  let url: string

  before(async () => {
    const release = join(corpus, 'tx-source', 'snomed')
    const imported = spawnSync(process.execPath, [program, 'terminology', 'import', release, '--unpublished'], {
      env: environment,
      encoding: 'utf8',
    })
    assert.equal(imported.status, 0, imported.stderr)
    const args = [program, 'terminology', 'serve', '--port', '0', '--threads', '2', '--json']
    server = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    url = await addressOf(server)
  })

  after(async () => {
    const gone = new Promise((resolve) => server?.once('exit', resolve))
    server?.kill('SIGTERM')
    await gone
    rmSync(home, { recursive: true, force: true })
  })

  test('the score is the recorded one, R4 and R5', async () => {
    const scores: Score[] = []
    for (const version of ['R4', 'R5'] as const) {
      scores.push({ version, report: await run(`${url}/fhir/${version.toLowerCase()}`) })
    }
    const measured = tableOf(scores)
    for (const { version, report } of scores) {
      for (const result of report.results) {
        if (result.verdict !== 'passed') console.log(`${version} ${failureText(result, 3)}`)
      }
    }
    if (process.env.TESSERA_RECORD === '1') record(measured)
    assert.equal(recorded(), measured)
  })

  test('it stops when asked, and says that it is well until then', async () => {
    const health = await fetch(`${url}/health`)
    assert.equal(health.status, 200)
    const state = z.object({ ready: z.literal(true), parts: z.array(z.object({ part: z.string() })) })
    const { parts } = state.parse(await health.json())
    assert.ok(parts.some(({ part }) => part.startsWith('http://snomed.info/')))
  })
})

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)))
    if (!server.stdout) throw new Error('no output')
    createInterface(server.stdout).on('line', (line) => {
      const ready = Ready.safeParse(JSON.parse(line))
      if (ready.success) resolve(ready.data.url)
    })
  })
}

async function run(base: string): Promise<RunReport> {
  const folder = openTests(join(corpus, 'tx-tests'))
  assert.ok(folder.ok)
  const client = await connect(base, { toR4, toR5, timeoutMs: 60_000 })
  assert.ok(client.ok)
  const { answering, fhirVersion } = client.value
  return runSuites(folder.value, answering, { modes: MODES, fhirVersion, concurrency: 4 })
}

interface Score {
  readonly version: string
  readonly report: RunReport
}

function tableOf(scores: readonly Score[]): string {
  const lines = scores.map(
    ({ version, report: { passed, failed, notRunnable } }) => `| ${version} | ${passed} | ${failed} | ${notRunnable} |`,
  )
  const suites = scores.map(({ version, report }) => `${version}\n\n\`\`\`\n${suiteTable(report)}\n\`\`\``)
  return [
    '| FHIR | passed | failed | not runnable |',
    '| --- | ---: | ---: | ---: |',
    ...lines,
    '',
    ...suites.flatMap((suite) => [suite, '']),
  ]
    .join('\n')
    .trim()
}

const [BEGIN, END] = ['<!-- measured: begin -->', '<!-- measured: end -->']

function recorded(): string {
  const text = readFileSync(page, 'utf8')
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).trim()
}

function record(measured: string): void {
  const text = readFileSync(page, 'utf8')
  const [before, after] = [text.slice(0, text.indexOf(BEGIN) + BEGIN.length), text.slice(text.indexOf(END))]
  writeFileSync(page, `${before}\n\n${measured}\n\n${after}`)
}
