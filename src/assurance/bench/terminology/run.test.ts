import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import type { BenchRequest } from './prepare.ts'
import { failureText, suiteTable, verdictLine } from './report.ts'
import { type Answering, type RunOptions, runSuites } from './run.ts'
import { openTests, type TestFolder } from './suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
after(() => rmSync(folder, { recursive: true }))

const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter })
const result = (valueBoolean: boolean) => parameters({ name: 'result', valueBoolean })

function write(files: Readonly<Record<string, unknown>>): TestFolder {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), JSON.stringify(content))
  }
  const opened = openTests(folder)
  assert.ok(opened.ok)
  return opened.value
}

const test1 = { name: 'one', operation: 'validate-code', request: 'a/request.json', response: 'a/response.json' }

const tests = write({
  'test-cases.json': {
    suites: [
      {
        name: 'first',
        mode: 'general',
        setup: ['a/codesystem.json'],
        tests: [
          test1,
          { ...test1, name: 'flat too', 'response:flat': 'a/flat.json' },
          { ...test1, name: 'flat absent', 'response:flat': 'a/nowhere.json' },
          { ...test1, name: 'with profile', profile: 'a/profile.json', 'Accept-Language': 'fr' },
          { ...test1, name: 'no request', request: 'a/nowhere.json' },
          { ...test1, name: 'error', 'http-code': '4xx' },
          { ...test1, name: 'either', response: 'a/flat.json', response2: 'a/outcome.json' },
          { ...test1, name: 'old', version: '4.0' },
          { ...test1, name: 'header', header: { name: 'X-Limit', value: '1000' } },
        ],
      },
      { name: 'second', mode: 'special', tests: [test1] },
      { name: 'third', setup: [], tests: [{ name: 'statement', operation: 'metadata', response: 'a/statement.json' }] },
    ],
  },
  'parameters-default.json': parameters({ name: 'default' }),
  'a/request.json': parameters({ name: 'url', valueUri: 'http://a' }),
  'a/codesystem.json': { resourceType: 'CodeSystem', url: 'http://a' },
  'a/profile.json': parameters({ name: 'profile' }),
  'a/response.json': result(true),
  'a/flat.json': result(false),
  'a/outcome.json': { resourceType: 'OperationOutcome', issue: [] },
  'a/statement.json': { resourceType: 'CapabilityStatement', status: 'active' },
})

async function run(answering: Answering, more: Partial<RunOptions> = {}) {
  const sent: BenchRequest[] = []
  const report = await runSuites(
    tests,
    (request) => {
      sent.push(request)
      return answering(request)
    },
    { modes: new Set(['general']), fhirVersion: '5.0.0', ...more },
  )
  const verdicts = Object.fromEntries(report.results.map(({ test, verdict }) => [test, verdict]))
  return { report, verdicts, sent }
}

const yes: Answering = async ({ path }) =>
  path === 'metadata'
    ? { status: 200, body: { resourceType: 'CapabilityStatement', status: 'active', format: [] } }
    : { status: 200, body: result(true) }

test('each test gets the verdict it deserves', async () => {
  const { verdicts, report } = await run(yes)
  assert.deepEqual(verdicts, {
    one: 'passed',
    'flat too': 'passed',
    'flat absent': 'passed',
    'with profile': 'passed',
    'no request': 'not-runnable',
    error: 'failed',
    either: 'failed',
    header: 'passed',
    statement: 'passed',
  })
  assert.equal(verdictLine(report), '6 passed, 2 failed')
  assert.match(suiteTable(report), /^first +5 +2 +1$/m)
  const failed = report.results.find(({ test }) => test === 'either')
  assert.ok(failed)
  assert.match(failureText(failed), /parameter\[0\]\.valueBoolean should be false but is true/)
})

test('a mode chooses its own answer, and says when the suite does not have it', async () => {
  const { verdicts, report } = await run(yes, { modes: new Set(['general', 'flat', 'special']) })
  assert.equal(verdicts['flat too'], 'failed')
  assert.equal(verdicts['flat absent'], 'passed')
  assert.match(report.results.find(({ test }) => test === 'flat absent')?.note ?? '', /does not have a\/nowhere\.json/)
  assert.ok(report.results.some(({ suite }) => suite === 'second'))
})

test('setup, profile, language and headers travel with the request', async () => {
  const { sent } = await run(yes)
  const names = (request: BenchRequest | undefined): readonly unknown[] => {
    const list = request?.body?.parameter
    return Array.isArray(list) ? list.map((item: { readonly name?: unknown }) => item.name) : []
  }
  assert.deepEqual(names(sent[0]), ['url', 'tx-resource', 'default'])
  const profiled = sent.find(({ headers }) => headers['accept-language'] === 'fr')
  assert.deepEqual(names(profiled), ['url', 'tx-resource', 'profile'])
  assert.ok(sent.some(({ headers }) => headers['X-Limit'] === '1000'))
})

test('with a cache id the setup travels once', async () => {
  const { sent } = await run(yes, { cacheIds: true, concurrency: 3 })
  const withSetup = sent.filter(({ body }) => JSON.stringify(body ?? {}).includes('tx-resource'))
  assert.equal(withSetup.length, 1)
  assert.equal(withSetup[0], sent[0])
})

test('a second answer may be the right one, with a status of its kind', async () => {
  const outcome = { resourceType: 'OperationOutcome', issue: [] }
  const { verdicts } = await run(async () => ({ status: 422, body: outcome }), { filter: 'either' })
  assert.equal(verdicts.either, 'passed')
  const { verdicts: wrong } = await run(async () => ({ status: 200, body: outcome }), { filter: 'either' })
  assert.equal(wrong.either, 'failed')
})

test('a server that does not answer fails every test and ends none', async () => {
  const { report } = await run(() => Promise.reject(new Error('gone')), { concurrency: 4 })
  assert.equal(report.passed, 0)
  assert.equal(report.failed, 8)
  assert.match(report.results[0]?.reason ?? '', /gone/)
})

test('tests of another FHIR version do not run', async () => {
  const { verdicts } = await run(yes, { fhirVersion: '4.0.1', filter: 'old' })
  assert.equal(verdicts.old, 'passed')
})

test('a folder without tests is told from one with tests that cannot be read', () => {
  const nowhere = openTests(join(folder, 'nowhere'))
  assert.equal(nowhere.ok ? '' : nowhere.problem.code, 'tests-missing')
  mkdirSync(join(folder, 'wrong'))
  writeFileSync(join(folder, 'wrong', 'test-cases.json'), '{"suites":[{"name":1}]}')
  const wrong = openTests(join(folder, 'wrong'))
  assert.equal(wrong.ok ? '' : wrong.problem.code, 'tests-invalid')
})
