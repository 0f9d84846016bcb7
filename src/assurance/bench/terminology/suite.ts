/** Reads `test-cases.json` of the terminology ecosystem tests and the files that it names. */
import { readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'

const TestCase = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  operation: z.string(),
  mode: z.string().optional(),
  modes: z.array(z.string()).optional(),
  version: z.string().optional(),
  disabled: z.boolean().optional(),
  profile: z.string().optional(),
  'http-code': z.string().optional(),
  'Accept-Language': z.string().optional(),
  header: z.looseObject({ name: z.string(), value: z.string(), mode: z.string().optional() }).optional(),
})

const Suite = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  mode: z.string().optional(),
  modes: z.array(z.string()).optional(),
  version: z.string().optional(),
  disabled: z.boolean().optional(),
  setup: z.array(z.string()).default([]),
  tests: z.array(TestCase),
  'extensions-handled-doco': z.array(z.string()).optional(),
})

const TestCases = z.looseObject({ suites: z.array(Suite) })

export type TestCase = z.infer<typeof TestCase>
export type Suite = z.infer<typeof Suite>

export interface TestFolder {
  readonly suites: readonly Suite[]
  /** Extensions that the tests say they handle. */
  readonly handledExtensions: ReadonlySet<string>
  /** The parsed file, or undefined when the suite names a file that it does not have. */
  file(name: string): unknown
}

type SuiteProblem = 'tests-missing' | 'tests-invalid'

/** Reads the list of tests. Problems: no `test-cases.json`, not JSON, not a list of suites. */
export function openTests(folder: string): Result<TestFolder, SuiteProblem> {
  const path = join(folder, 'test-cases.json')
  const content = readJson(path)
  if (content === undefined) {
    return failed('tests-missing', 'There is no list of tests here.', 'Name the folder that holds test-cases.json.', {
      file: path,
    })
  }
  const parsed = TestCases.safeParse(content)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return failed(
      'tests-invalid',
      `The list of tests cannot be read: ${issue?.message ?? 'unknown form'}.`,
      'Check it.',
      {
        file: path,
        path: issue?.path.join('.') ?? '',
      },
    )
  }
  const { suites } = parsed.data
  const cache = new Map<string, unknown>()
  return ok({
    suites,
    handledExtensions: new Set(suites.flatMap((suite) => suite['extensions-handled-doco'] ?? [])),
    file(name) {
      const inside = normalize(name)
      if (inside.startsWith('..')) return undefined
      if (!cache.has(inside)) cache.set(inside, readJson(join(folder, inside)))
      return cache.get(inside)
    },
  })
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as unknown
  } catch {
    return undefined
  }
}

/** A suite or a test without a mode runs always; one with a mode only when it is asked for. */
export function runsInModes(item: Pick<TestCase, 'mode' | 'modes'>, modes: ReadonlySet<string>): boolean {
  const wanted = [...(item.modes ?? []), ...(item.mode === undefined ? [] : [item.mode])]
  return wanted.length === 0 || wanted.some((mode) => modes.has(mode))
}

/** `version: "4.0"` restricts a test to servers of that FHIR version. */
export function runsOnVersion(item: Pick<TestCase, 'version'>, fhirVersion: string | undefined): boolean {
  return item.version === undefined || fhirVersion === undefined || fhirVersion.startsWith(item.version)
}

/** The file for `request` or `response`, the one of an asked mode (`response:flat`) before the general one. */
export function fileNames(test: TestCase, what: string, modes: ReadonlySet<string>): readonly string[] {
  const own = [...modes].map((mode) => test[`${what}:${mode}`])
  return [...own, test[what]].filter((name) => typeof name === 'string')
}
