/** Files of a data holder → a dataset release, files of Athena → a vocabulary: with what was rejected and why. */
import { describeProblem, type Result } from '#platform/result/result.ts'
import { loadRelease } from '#research/omop/release/load.ts'
import { REJECTION_REASONS } from '#research/omop/release/rejections.ts'
import type { LoadProgress, LoadReport } from '#research/omop/release/report.ts'
import { importVocabulary } from '#research/omop/vocabulary/import.ts'
import type { LoadCommandOptions, VocabularyCommandOptions } from '../commands/research.ts'
import { EXIT } from '../program.ts'
import { type Progress, startProgress } from '../progress.ts'

export async function loadDataset(folders: readonly string[], options: LoadCommandOptions): Promise<number> {
  const { dataset, release, out, vocabulary, mostRejected, json } = options
  const report = await watched((signal, progress) =>
    loadRelease(
      {
        sources: folders,
        target: out,
        dataset,
        release,
        signal,
        ...(vocabulary === undefined ? {} : { vocabulary }),
        ...(mostRejected === undefined ? {} : { mostRejected }),
      },
      progress,
    ),
  )
  if (!report) return EXIT.failed
  const { persons, observedFrom = '?', observedTo = '?' } = report.metadata
  const about = `${dataset}, release ${release}: ${persons} persons, observed from ${observedFrom} to ${observedTo}.`
  printReport(report, about, json)
  return EXIT.fine
}

export async function makeVocabulary(folders: readonly string[], options: VocabularyCommandOptions): Promise<number> {
  const { release: version, out, local, json } = options
  if (folders.length === 0 && !local) {
    console.error('Nothing would be in it: name a folder, or leave --no-local out.')
    return EXIT.usage
  }
  const report = await watched((signal, progress) =>
    importVocabulary({ sources: folders, target: out, version, withLocal: local, signal }, progress),
  )
  if (!report) return EXIT.failed
  printReport(report, `Vocabulary ${version}.`, json)
  return EXIT.fine
}

type Load = (signal: AbortSignal, progress: (progress: LoadProgress) => void) => Promise<Result<LoadReport, string>>

/** With its progress, until it ends or is interrupted; undefined: it failed, and why was said. */
async function watched(load: Load): Promise<LoadReport | undefined> {
  let shown: Progress | undefined
  const stop = new AbortController()
  const interrupted = (): void => stop.abort()
  process.once('SIGINT', interrupted)
  const loaded = await load(stop.signal, ({ done, of }) => {
    shown ??= startProgress(of)
    shown.at(done)
  })
  process.off('SIGINT', interrupted)
  shown?.done()
  if (loaded.ok) return loaded.value
  console.error(describeProblem(loaded.problem))
  return undefined
}

function printReport(report: LoadReport, about: string, json = false): void {
  if (json) {
    console.log(JSON.stringify(report, null, 2))
    return
  }
  const { metadata, loaded, rejected, rejectionCounts, rejections } = report
  const { tables, ignored } = metadata
  console.log(about)
  for (const [table, rows] of Object.entries(tables)) console.log(`${table}: ${rows}`)
  console.log(`rows loaded: ${loaded}, rejected: ${rejected}`)
  for (const { table, column, reason, rows } of rejectionCounts) {
    console.error(`${table}${column === undefined ? '' : `.${column}`}: ${rows} rows, ${REJECTION_REASONS[reason]}`)
  }
  const first = rejections[0]
  if (first) console.error(`The first of them: ${first.file}, line ${first.line}.`)
  for (const file of ignored) console.error(`${file} is no table of the model and was left out.`)
}
