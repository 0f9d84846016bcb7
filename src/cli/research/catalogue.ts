/** Descriptions of datasets: what stands against publication, in words, and the same descriptions in release 8. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { openMessages } from '#platform/i18n/messages.ts'
import { describeProblem, failed, ok, type Result } from '#platform/result/result.ts'
import { problemWords } from '#research/catalogue/gate/problem.ts'
import { type ImportedDataset, importCatalogue } from '#research/catalogue/import.ts'
import { Store } from '#research/catalogue/rdf/graph.ts'
import { writeRdf } from '#research/catalogue/rdf/write.ts'
import type { CatalogueOptions } from '../commands/research.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { DATA } from '../project.ts'

export async function checkCatalogue(file: string, options: CatalogueOptions): Promise<number> {
  const input = await read(file)
  const imported = input.ok ? await importCatalogue(input.value) : input
  if (!imported.ok) {
    console.error(describeProblem({ ...imported.problem, place: { file, ...imported.problem.place } }))
    return EXIT.failed
  }
  const { datasets, unattached } = imported.value
  if (options.json) console.log(JSON.stringify({ datasets: datasets.map(found), unattached: unattached.size }, null, 2))
  else for (const dataset of datasets) describe(dataset, options.lang)
  if (unattached.size > 0) console.error(`${unattached.size} statements belong to no dataset and no catalogue.`)
  if (datasets.length === 0) console.error('The file describes no dataset (dcat:Dataset).')
  const written = await write(datasets, options)
  const conform = datasets.length > 0 && datasets.every(({ verdict }) => verdict.conforms)
  return written && conform ? EXIT.fine : EXIT.failed
}

async function read(file: string): Promise<Result<Uint8Array>> {
  try {
    return ok(file === '-' ? await buffer(process.stdin) : await readFile(file))
  } catch {
    return failed('input-unreadable', 'The file cannot be read.', 'Check the path.')
  }
}

function found({ dataset, sourceRelease, changes, verdict }: ImportedDataset) {
  return { dataset, release: sourceRelease, changes, conforms: verdict.conforms, problems: verdict.problems }
}

function describe({ dataset, sourceRelease, changes, verdict }: ImportedDataset, language: string): void {
  const messages = openMessages(join(DATA, 'messages'), language)
  const state = verdict.conforms ? 'conforms to release 8' : 'does not conform to release 8'
  console.log(`${dataset}: ${state} (written for ${sourceRelease ?? 'no known release'}, ${changes.length} changes).`)
  for (const problem of verdict.problems) {
    const { where, wrong, write, example } = problemWords(problem, messages)
    const place = problem.field === '' ? problem.property : problem.field
    console.log(`  ${problem.severity}: ${where}, ${place}: ${wrong} ${write}${example ? ` E.g. ${example}` : ''}`)
  }
}

/** False when it was wished and could not be done. */
async function write(datasets: readonly ImportedDataset[], { to, out }: CatalogueOptions): Promise<boolean> {
  if (to === undefined) return true
  const all = new Store()
  for (const { graph } of datasets) for (const quad of graph) all.add(quad)
  const text = writeRdf(all, to)
  const problem = text.ok
    ? out === undefined
      ? undefined
      : await tryWriting(() => writeWhole(out, new TextEncoder().encode(text.value)), out)
    : text.problem
  if (problem) console.error(describeProblem(problem))
  else if (text.ok && out === undefined) console.log(text.value)
  return problem === undefined
}
