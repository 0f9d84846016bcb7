/** Runs the tests against anything that answers, and says of each what came of it. */
import { type Difference, differences, type MatchRules } from './match.ts'
import { type BenchAnswer, type BenchRequest, isObject, prepare } from './prepare.ts'
import { fileNames, runsInModes, runsOnVersion, type Suite, type TestCase, type TestFolder } from './suite.ts'

export type Answering = (request: BenchRequest) => Promise<BenchAnswer>

export interface RunOptions {
  readonly modes: ReadonlySet<string>
  /** `CapabilityStatement.fhirVersion` of the server. */
  readonly fhirVersion?: string
  /** Content of a `messages-<server>.json`: by response file, then by number. */
  readonly externals?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Only suites with this name. */
  readonly suite?: string
  /** Only tests whose name contains this. */
  readonly filter?: string
  /** Tests under way at the same time; 1 when absent. */
  readonly concurrency?: number
  /** Setup goes to the server once per suite, under a cache id. */
  readonly cacheIds?: boolean
  readonly onTest?: (result: TestResult) => void
}

export interface TestResult {
  readonly suite: string
  readonly test: string
  readonly verdict: 'passed' | 'failed' | 'not-runnable'
  /** Why it failed besides differences, or why it cannot be run. */
  readonly reason?: string
  /** Something to know about a passed or failed test. */
  readonly note?: string
  readonly differences: readonly Difference[]
  readonly request?: BenchRequest
  readonly expected?: unknown
  readonly answer?: BenchAnswer
}

export interface RunReport {
  readonly results: readonly TestResult[]
  readonly passed: number
  readonly failed: number
  readonly notRunnable: number
}

/** Runs all tests of the wanted modes. Never rejects: a server that does not answer fails the test. */
export async function runSuites(folder: TestFolder, answering: Answering, options: RunOptions): Promise<RunReport> {
  const results: TestResult[] = []
  for (const suite of folder.suites) {
    if (suite.disabled || (options.suite !== undefined && suite.name !== options.suite)) continue
    if (!runsInModes(suite, options.modes) || !runsOnVersion(suite, options.fhirVersion)) continue
    results.push(...(await runSuite(folder, suite, answering, options)))
  }
  const count = (verdict: TestResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length
  return { results, passed: count('passed'), failed: count('failed'), notRunnable: count('not-runnable') }
}

async function runSuite(folder: TestFolder, suite: Suite, answering: Answering, options: RunOptions) {
  const tests = suite.tests.filter(
    (test) =>
      !test.disabled &&
      runsInModes(test, options.modes) &&
      runsOnVersion(test, options.fhirVersion) &&
      (options.filter === undefined || test.name.includes(options.filter)),
  )
  const cacheId = options.cacheIds ? `bench-${crypto.randomUUID()}` : undefined
  const results = new Array<TestResult>(tests.length)
  const one = async (index: number, cached: boolean): Promise<void> => {
    const test = tests[index]
    if (!test) return
    const sent = cacheId === undefined ? {} : { cacheId, cached }
    const result = await runTest(folder, suite, test, { answering, options, sent })
    results[index] = result
    options.onTest?.(result)
  }
  // The first request brings the setup, so the others wait for it.
  let next = cacheId === undefined ? 0 : 1
  if (cacheId !== undefined) await one(0, false)
  const worker = async (): Promise<void> => {
    while (next < tests.length) await one(next++, true)
  }
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency ?? 1) }, worker))
  return results
}

interface Running {
  readonly answering: Answering
  readonly options: RunOptions
  readonly sent: { readonly cacheId?: string; readonly cached?: boolean }
}

async function runTest(
  folder: TestFolder,
  suite: Suite,
  test: TestCase,
  { answering, options, sent }: Running,
): Promise<TestResult> {
  const head = { suite: suite.name, test: test.name }
  const prepared = prepare(folder, suite, test, { modes: options.modes, ...sent })
  if (prepared.kind === 'file-missing') return missing(head, prepared.file)
  if (prepared.kind === 'operation-unknown') {
    return {
      ...head,
      verdict: 'failed',
      reason: `This runner does not know the operation "${prepared.operation}".`,
      differences: [],
    }
  }
  const { request } = prepared
  const expectation = expectationOf(folder, test, options.modes)
  if (typeof expectation === 'string') return missing(head, expectation)
  let answer: BenchAnswer
  try {
    answer = await answering(request)
  } catch (error) {
    const reason = `No answer: ${error instanceof Error ? error.message : String(error)}`
    return { ...head, verdict: 'failed', reason, differences: [], request }
  }
  const verdict = judge(expectation, answer, test, rulesOf(folder, test, options))
  return { ...head, ...verdict, ...(expectation.note === undefined ? {} : { note: expectation.note }), request, answer }
}

function missing(head: { readonly suite: string; readonly test: string }, file: string): TestResult {
  return {
    ...head,
    verdict: 'not-runnable',
    reason: `The suite names a file that it does not have: ${file}.`,
    differences: [],
  }
}

function rulesOf(folder: TestFolder, test: TestCase, options: RunOptions): Omit<MatchRules, 'externals'> & Externals {
  return {
    modes: options.modes,
    fhirVersion: options.fhirVersion,
    handledExtensions: folder.handledExtensions,
    minimum: test.operation === 'metadata' || test.operation === 'term-caps',
    externalsByFile: options.externals,
  }
}

interface Externals {
  readonly externalsByFile: RunOptions['externals']
}

interface Expectation {
  /** The answer, and what may stand in its place (`response2`). */
  readonly answers: readonly { readonly file: string; readonly content: unknown }[]
  readonly note?: string
}

function expectationOf(folder: TestFolder, test: TestCase, modes: ReadonlySet<string>): Expectation | string {
  const names = fileNames(test, 'response', modes)
  const file = names.find((name) => folder.file(name) !== undefined)
  if (file === undefined) return names[0] ?? '(no response named)'
  const [second] = fileNames(test, 'response2', modes)
  const other = second === undefined ? undefined : folder.file(second)
  const answers = [{ file, content: folder.file(file) }]
  if (second !== undefined && other !== undefined) answers.push({ file: second, content: other })
  if (file === names[0]) return { answers }
  return { answers, note: `The suite does not have ${names[0]}; compared with ${file}.` }
}

type Verdict = Pick<TestResult, 'verdict' | 'reason' | 'differences' | 'expected'>

function judge(
  { answers }: Expectation,
  answer: BenchAnswer,
  test: TestCase,
  { externalsByFile, ...rules }: ReturnType<typeof rulesOf>,
): Verdict {
  let first: Verdict | undefined
  for (const { file, content } of answers) {
    const found = differences(content, answer.body, { ...rules, externals: externalsByFile?.[file] })
    // A second answer may be an error where the first is a result; its status class then follows from what it is.
    const wanted = first === undefined ? (test['http-code'] ?? '2xx') : statusClassOf(content, test)
    const reason = statusReason(wanted, answer.status)
    if (found.length === 0 && reason === undefined) return { verdict: 'passed', differences: [] }
    first ??= { verdict: 'failed', differences: found, expected: content, ...(reason === undefined ? {} : { reason }) }
  }
  return first ?? { verdict: 'failed', differences: [] }
}

function statusClassOf(content: unknown, test: TestCase): string {
  return isObject(content) && content.resourceType === 'OperationOutcome' ? 'error' : (test['http-code'] ?? '2xx')
}

function statusReason(wanted: string, status: number): string | undefined {
  const fits =
    wanted === 'error'
      ? status >= 400
      : /^\dxx$/.test(wanted)
        ? Math.floor(status / 100) === Number(wanted[0])
        : String(status) === wanted
  return fits ? undefined : `The status should be ${wanted === 'error' ? '4xx or 5xx' : wanted} but is ${status}.`
}
