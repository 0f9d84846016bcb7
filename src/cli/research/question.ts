/** A question in a file. A cohort in it may be the path of another file, relative to the first. */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failed, type Result } from '#platform/result/result.ts'
import type { Analysis } from '#research/analysis/analysis.ts'
import { readAnalysis } from '#research/analysis/read-analysis.ts'

export async function readQuestion(file: string): Promise<Result<Analysis>> {
  try {
    return readAnalysis(await withCohorts(await json(file), dirname(file)))
  } catch {
    return failed(
      'question-unreadable',
      'The question, or a cohort that it names, cannot be read.',
      'Check the files.',
      {
        file,
      },
    )
  }
}

async function json(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}

/** `cohort`, `event`: the places of cohorts in an analysis. */
async function withCohorts(value: unknown, folder: string): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((one) => withCohorts(one, folder)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([name, one]) => {
    const isFile = (name === 'cohort' || name === 'event') && typeof one === 'string'
    return [name, isFile ? await json(join(folder, one)) : await withCohorts(one, folder)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
