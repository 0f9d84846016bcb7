/** Validation of a file, standard input or a folder. */
import { join } from 'node:path'
import { parseJson } from '#documents/fhir/json.ts'
import type { Definitions } from '#documents/validate/definitions/definitions.ts'
import { openDefinitions } from '#documents/validate/definitions/open-definitions.ts'
import { hasErrors, operationOutcome, type ValidationIssue } from '#documents/validate/issue.ts'
import { validate } from '#documents/validate/validate.ts'
import { describeProblem, failed, type Problem, type Result } from '#platform/result/result.ts'
import { openTerminology, type Terminology } from '#terminology/index.ts'
import type { ValidateOptions } from '../commands/validate.ts'
import { findInputs, readInput } from '../convert/inputs.ts'
import { EXIT } from '../program.ts'
import { startProgress } from '../progress.ts'
import { tesseraHome } from '../project.ts'

interface Knowledge {
  readonly definitions: Definitions
  readonly terminology: Terminology
}

/** Runs the command and returns its exit code. */
export async function validateInput(input: string, options: ValidateOptions): Promise<number> {
  const inputs = await findInputs(input)
  if (!inputs.ok) return complain(inputs.problem)
  const knowledge = await openKnowledge()
  const { value } = inputs
  const files =
    value.kind === 'one'
      ? [value.path]
      : value.files.filter((file) => /\.json$/i.test(file)).map((file) => join(value.path, file))
  let bad = 0
  for (const file of files) {
    const issues = await validateFile(file, options, knowledge)
    if (!issues.ok) {
      complain(issues.problem)
      bad += 1
      continue
    }
    if (hasErrors(issues.value)) bad += 1
    print(file, issues.value, options)
  }
  if (value.kind === 'folder' && !options.json)
    console.log(`${files.length - bad} of ${files.length} files without errors.`)
  return bad === 0 ? EXIT.fine : EXIT.failed
}

async function openKnowledge(): Promise<Knowledge> {
  const home = tesseraHome()
  let progress: ReturnType<typeof startProgress> | undefined
  const definitions = openDefinitions({
    cacheDirectory: join(home, 'cache'),
    home,
    progress: ({ done, total }) => {
      progress ??= startProgress(total)
      progress.at(done)
    },
  })
  progress?.done()
  return { definitions, terminology: await openTerminology({ cache: join(home, 'cache'), home }) }
}

async function validateFile(
  file: string,
  options: ValidateOptions,
  knowledge: Knowledge,
): Promise<Result<readonly ValidationIssue[]>> {
  const bytes = await readInput(file)
  if (!bytes.ok) return bytes
  if (bytes.value.find((byte) => byte > 0x20 && byte < 0xbb) === 0x3c) {
    return failed(
      'validate-xml',
      'This is XML; profiles are checked on FHIR written as JSON.',
      'For a CDA, check what it becomes: tessera convert FILE --to fhir | tessera validate -.',
      { file },
    )
  }
  const json = parseJson(bytes.value, file)
  if (!json.ok) return json
  return {
    ok: true,
    value: validate(json.value.root, { ...knowledge, ...(options.profile ? { profiles: options.profile } : {}) }),
  }
}

function print(file: string, issues: readonly ValidationIssue[], options: ValidateOptions): void {
  if (options.json) {
    console.log(JSON.stringify({ file, outcome: operationOutcome(issues) }))
    return
  }
  const count = (severity: ValidationIssue['severity']): number =>
    issues.filter((issue) => issue.severity === severity).length
  console.log(`${file}: ${count('error')} errors, ${count('warning')} warnings, ${count('information')} information`)
  for (const issue of issues) {
    if (issue.severity === 'error' || options.all)
      console.log(`  ${issue.severity.padEnd(11)} ${issue.expression}: ${issue.sentence}${rule(issue)}`)
  }
}

/** Which rule is broken: profile, element and constraint. */
function rule({ profile, element, constraint }: ValidationIssue): string {
  const parts = [profile && element ? `${profile}#${element}` : (profile ?? element), constraint].filter(
    (part) => part !== undefined,
  )
  return parts.length > 0 ? ` [${parts.join(' ')}]` : ''
}

function complain(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}
