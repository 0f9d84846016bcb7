/** `npm run conformance:tx`: the terminology ecosystem tests against any server. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { z } from 'zod'
import { describeProblem } from '#platform/result/result.ts'
import { connect } from './client.ts'
import { failureText, suiteTable, verdictLine } from './report.ts'
import { type RunOptions, type RunReport, runSuites, type TestResult } from './run.ts'
import { openTests } from './suite.ts'

const program = new Command('conformance:tx')
  .description('Run the HL7 terminology ecosystem tests against a server.')
  .requiredOption('--url <url>', 'base URL of the server, R4 or R5')
  .requiredOption('--tests <folder>', 'the folder that holds test-cases.json')
  .option('--mode <modes>', 'comma-separated modes to run besides the tests without one', 'general')
  .option('--externals <file>', "the server's own messages, in the form of messages-tx.fhir.org.json")
  .option('--suite <name>', 'only this suite')
  .option('--filter <text>', 'only tests whose name contains this')
  .option('--json <file>', 'write all results as JSON to a file')
  .option('--out <folder>', 'write request, expected and actual answer of what failed into a folder')
  .option('--concurrency <n>', 'requests at the same time', '4')
  .option('--timeout <seconds>', 'longest wait for one answer', '30')
  .option('--cache-id', 'send the setup of a suite once, under a cache id')

const Options = z.object({
  url: z.url(),
  tests: z.string(),
  mode: z.string(),
  externals: z.string().optional(),
  suite: z.string().optional(),
  filter: z.string().optional(),
  json: z.string().optional(),
  out: z.string().optional(),
  concurrency: z.coerce.number().int().min(1).max(64),
  timeout: z.coerce.number().positive(),
  cacheId: z.boolean().optional(),
})

const Externals = z.record(z.string(), z.record(z.string(), z.string()))

process.exitCode = await main()

async function main(): Promise<number> {
  program.parse()
  const options = Options.safeParse(program.opts())
  if (!options.success)
    return refuse(options.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`))
  const { url, tests, mode, externals, suite, filter, concurrency, timeout, cacheId, json, out } = options.data
  const folder = openTests(tests)
  if (!folder.ok) return refuse([describeProblem(folder.problem)])
  const messages = externals === undefined ? undefined : readExternals(externals)
  if (typeof messages === 'string') return refuse([messages])
  const { toR4, toR5 } = await import('#wire/terminology/r4.ts')
  const client = await connect(url, { timeoutMs: timeout * 1000, toR4, toR5 })
  if (!client.ok) {
    console.error(describeProblem(client.problem))
    console.log('0 passed, 0 failed')
    return 1
  }
  const { fhirVersion, software, answering } = client.value
  const run: RunOptions = {
    modes: new Set(mode.split(',').map((one) => one.trim())),
    fhirVersion,
    concurrency,
    ...(messages ? { externals: messages } : {}),
    ...(suite === undefined ? {} : { suite }),
    ...(filter === undefined ? {} : { filter }),
    ...(cacheId ? { cacheIds: true } : {}),
  }
  console.log(`${software}, FHIR ${fhirVersion}, ${url}; modes ${[...run.modes].join(', ')}`)
  const report = await runSuites(folder.value, answering, run)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ url, software, fhirVersion, ...report }, null, 1)}\n`)
  if (out !== undefined) for (const result of report.results) if (result.verdict === 'failed') keep(out, result)
  return tell(report)
}

function tell(report: RunReport): number {
  for (const result of report.results) if (result.verdict !== 'passed') console.log(failureText(result))
  console.log(`\n${suiteTable(report)}\n`)
  if (report.passed + report.failed === 0) console.log('No test was run: check --mode, --suite and --filter.')
  console.log(verdictLine(report))
  return report.failed === 0 && report.passed > 0 ? 0 : 1
}

function refuse(sentences: readonly string[]): number {
  for (const sentence of sentences) console.error(sentence)
  return 2
}

function readExternals(file: string): z.infer<typeof Externals> | string {
  try {
    return Externals.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return `${file} is no list of messages: an object of response files, each with messages by number.`
  }
}

function keep(folder: string, { suite, test, request, expected, answer }: TestResult): void {
  const place = join(folder, suite)
  mkdirSync(place, { recursive: true })
  const parts = { request: request?.body ?? request, expected, actual: answer?.body }
  for (const [part, content] of Object.entries(parts)) {
    if (content !== undefined)
      writeFileSync(join(place, `${test}.${part}.json`), `${JSON.stringify(content, null, 1)}\n`)
  }
}
