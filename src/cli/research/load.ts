/** Files of a data holder → a dataset release, with what was rejected and why. */
import { describeProblem } from '#platform/result/result.ts'
import { loadRelease } from '#research/omop/release/load.ts'
import { REJECTION_REASONS } from '#research/omop/release/rejections.ts'
import type { LoadReport } from '#research/omop/release/report.ts'
import type { LoadCommandOptions } from '../commands/research.ts'
import { EXIT } from '../program.ts'
import { type Progress, startProgress } from '../progress.ts'

export async function loadDataset(folders: readonly string[], options: LoadCommandOptions): Promise<number> {
  const { dataset, release, out, vocabulary, mostRejected, json } = options
  let shown: Progress | undefined
  const stop = new AbortController()
  const interrupted = (): void => stop.abort()
  process.once('SIGINT', interrupted)
  const loaded = await loadRelease(
    {
      sources: folders,
      target: out,
      dataset,
      release,
      signal: stop.signal,
      ...(vocabulary === undefined ? {} : { vocabulary }),
      ...(mostRejected === undefined ? {} : { mostRejected }),
    },
    ({ done, of }) => {
      shown ??= startProgress(of)
      shown.at(done)
    },
  )
  process.off('SIGINT', interrupted)
  shown?.done()
  if (!loaded.ok) {
    console.error(describeProblem(loaded.problem))
    return EXIT.failed
  }
  if (json) console.log(JSON.stringify(loaded.value, null, 2))
  else describe(loaded.value)
  return EXIT.fine
}

function describe({ metadata, loaded, rejected, rejectionCounts, rejections }: LoadReport): void {
  const { dataset, release, persons, tables, ignored, observedFrom = '?', observedTo = '?' } = metadata
  console.log(`${dataset}, release ${release}: ${persons} persons, observed from ${observedFrom} to ${observedTo}.`)
  for (const [table, rows] of Object.entries(tables)) console.log(`${table}: ${rows}`)
  console.log(`rows loaded: ${loaded}, rejected: ${rejected}`)
  for (const { table, column, reason, rows } of rejectionCounts) {
    console.error(`${table}${column === undefined ? '' : `.${column}`}: ${rows} rows, ${REJECTION_REASONS[reason]}`)
  }
  const first = rejections[0]
  if (first) console.error(`The first of them: ${first.file}, line ${first.line}.`)
  for (const file of ignored) console.error(`${file} is no table of the model and was left out.`)
}
