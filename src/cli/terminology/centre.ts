/** Opens the release centre for one command and closes it afterwards; problems become one line. */
import { join } from 'node:path'
import { readConfiguration } from '#node/configuration.ts'
import { type CentreSettings, type OpenedCentre, openCentre } from '#node/releases/open-centre.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem, failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'
import type { CentreOptions } from './release.ts'

export async function withOpenCentre(
  options: CentreOptions,
  more: Partial<CentreSettings>,
  work: (opened: OpenedCentre) => Promise<number>,
): Promise<number> {
  try {
    const settings = await settingsOf(options)
    if (!settings.ok) return tell(settings.problem)
    const opened = await openCentre({ ...settings.value, ...more })
    if (!opened.ok) return tell(opened.problem)
    try {
      return await work(opened.value)
    } finally {
      await opened.value.close()
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return tell(error.problem)
  }
}

async function settingsOf(options: CentreOptions): Promise<Result<CentreSettings>> {
  const home = options.home ?? tesseraHome()
  if (options.config === undefined) {
    return ok({ home, node: options.node, ...(options.database !== undefined && { database: options.database }) })
  }
  const configuration = await readConfiguration(options.config)
  if (!configuration.ok) return configuration
  if (configuration.value.role !== 'country') {
    return failed('no-database', 'This node has no database.', 'Name the node of a country.', { file: options.config })
  }
  const { country, database, terms, cache } = configuration.value
  return ok({ home: options.home ?? terms ?? join(configuration.value.home), node: country, database, cache })
}

export function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}

/** The outcome of a step: as JSON, or as a sentence. */
export function show<T>(result: Result<T>, json: boolean | undefined, sentence: (value: T) => string): number {
  if (!result.ok) return tell(result.problem)
  console.log(json ? JSON.stringify(result.value, null, 2) : sentence(result.value))
  return EXIT.fine
}
