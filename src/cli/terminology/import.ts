/** Imports the operator's terminology and says what came of it. */
import { describeProblem, failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { appendServed } from '#terminology/artifacts/store.ts'
import { FORMATS, type FormatId } from '#terminology/import/formats/format.ts'
import { type ImportOptions, importTerminology } from '#terminology/import/import.ts'
import { isSnomedRelease } from '#terminology/import/rf2.ts'
import { importEdition, type ProcessUsage } from '#terminology/snomed/import.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'
import type { ImportCommandOptions } from './import-command.ts'

export async function importFrom(paths: readonly string[], options: ImportCommandOptions): Promise<number> {
  const format = formatOf(options.format)
  if (!format.ok) {
    console.error(describeProblem(format.problem))
    return EXIT.usage
  }
  const home = options.home ?? tesseraHome()
  const isEdition = format.value === 'rf2' || (format.value === undefined && (await isSnomedRelease(paths)))
  return isEdition ? importSnomed(paths, home, options) : importResources(paths, home, format.value, options)
}

function formatOf(name: string | undefined): Result<FormatId | undefined> {
  if (name === undefined) return ok(undefined)
  const known = FORMATS.find((format) => format === name)
  if (known) return ok(known)
  return failed('format-unknown', `There is no format “${name}”.`, `Formats: ${FORMATS.join(', ')}.`)
}

async function importResources(
  paths: readonly string[],
  home: string,
  format: FormatId | undefined,
  options: ImportCommandOptions,
): Promise<number> {
  const { json } = options
  const asked: ImportOptions = {
    home,
    ...given('reviewed', options.reviewed),
    ...given('source', options.source),
    ...given('format', format),
    ...given('language', options.language),
    ...given('version', options.contentVersion),
    ...given('mapping', options.mapping),
    ...given('stage', options.stage),
    ...given('by', options.by),
    progress: ({ files, name }) => showProgress(`${files} files, ${name.slice(-60)}`),
  }
  const result = await importTerminology(paths, asked)
  showProgress(undefined)
  if (!result.ok) return tell(result.problem)
  const { problems, artifact, ...counts } = result.value
  if (json) console.log(JSON.stringify(result.value, null, 2))
  else
    for (const [what, count] of Object.entries({ artifact: artifact.id, ...counts })) console.log(`${what}: ${count}`)
  for (const problem of problems)
    console.error(describeProblem({ ...problem, place: { file: problem.file, ...problem.place } }))
  return problems.length > 0 ? EXIT.failed : EXIT.fine
}

async function importSnomed(paths: readonly string[], home: string, options: ImportCommandOptions): Promise<number> {
  let usage: ProcessUsage | undefined
  const result = await importEdition(paths, {
    home,
    importedBy: options.by ?? 'operator',
    ...given('source', options.source),
    ...given('module', options.module),
    ...given('version', options.contentVersion),
    ...given('uri', options.uri),
    ...given('unpublished', options.unpublished),
    ...given('partial', options.partial),
    progress: ({ phase, file, rows }) => showProgress([phase, file?.slice(-60), rows?.toLocaleString('en')].join(' ')),
    used: (used) => {
      usage = used
    },
  })
  showProgress(undefined)
  if (!result.ok) return tell(result.problem)
  const { manifest, uri, notices } = result.value
  const served = options.stage ? undefined : await appendServed(home, manifest.id)
  if (served && !served.ok) return tell(served.problem)
  const release = served?.value.release
  for (const notice of notices) console.error(notice)
  if (options.json) console.log(JSON.stringify({ artifact: manifest, uri, notices, release, usage }, null, 2))
  else {
    const shown = {
      artifact: manifest.id,
      edition: uri,
      ...manifest.counts,
      ...(release === undefined ? {} : { release }),
    }
    for (const [what, count] of Object.entries(shown)) console.log(`${what}: ${count}`)
  }
  return EXIT.fine
}

/** Only on a terminal: one line that is written over. */
function showProgress(text: string | undefined): void {
  if (process.stderr.isTTY === true) process.stderr.write(`\r\x1b[2K${text ?? ''}`)
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value })
}

function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}
