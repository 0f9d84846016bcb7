/** Synchronises with the Central Terminology Server: fetched whole, then imported as one artifact. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describeProblem, ok, type Problem, type Result } from '#platform/result/result.ts'
import { underLock } from '#terminology/artifacts/lock.ts'
import { type Fetched, fetchCatalogue } from '#terminology/import/cts-fetch.ts'
import { type ImportResult, importTerminology } from '#terminology/import/import.ts'
import { EXIT } from '../program.ts'
import { startProgress } from '../progress.ts'
import { centralServerAccount, tesseraHome } from '../project.ts'
import type { SyncCommandOptions } from './sync-command.ts'
import { readSyncSource, type SyncSource } from './sync-source.ts'

interface Synchronised {
  readonly fetched: Fetched
  readonly imported: ImportResult
}

export async function sync(options: SyncCommandOptions): Promise<number> {
  const source = await readSyncSource(options.from, centralServerAccount())
  if (!source.ok) return tell(source.problem, EXIT.usage)
  const home = options.home ?? tesseraHome()
  const done = await synchronise(source.value, home, options)
  if (!done.ok) return tell(done.problem, EXIT.failed)
  const { fetched, imported } = done.value
  const { problems, artifact, ...counts } = imported
  if (options.json) console.log(JSON.stringify({ fetched, ...imported }, null, 2))
  else {
    const shown = { catalogue: fetched.catalogue, pages: fetched.pages, kept: fetched.kept, artifact: artifact.id }
    for (const [what, count] of Object.entries({ ...shown, ...counts })) console.log(`${what}: ${count}`)
  }
  for (const problem of problems)
    console.error(describeProblem({ ...problem, place: { file: problem.file, ...problem.place } }))
  return problems.length > 0 ? EXIT.failed : EXIT.fine
}

/** Pages are kept beside the artifacts: what the server has not changed is not fetched again. */
async function synchronise(
  { base, username, password, source }: SyncSource,
  home: string,
  { stage, by }: SyncCommandOptions,
): Promise<Result<Synchronised>> {
  const folder = join(home, 'terminology', 'sync', folderName(base))
  return underLock(
    home,
    async () => {
      let progress: ReturnType<typeof startProgress> | undefined
      const fetched = await fetchCatalogue({
        base,
        username,
        password,
        folder,
        progress({ valueSet, done, total }) {
          progress ??= startProgress(total)
          progress.at(done)
          progress.step(valueSet)
        },
      })
      progress?.done()
      if (!fetched.ok) return fetched
      const imported = await importTerminology(folder, {
        home,
        source,
        format: 'cts',
        ...(stage !== undefined && { stage }),
        ...(by !== undefined && { by }),
      })
      return imported.ok ? ok({ fetched: fetched.value, imported: imported.value }) : imported
    },
    { name: 'pull' },
  )
}

/** Readable, and another one for each address. */
function folderName(base: string): string {
  const host = URL.parse(base)?.hostname ?? 'server'
  const print = createHash('sha256').update(base.replace(/\/+$/, '')).digest('hex').slice(0, 8)
  return `${host.replace(/[^A-Za-z0-9.-]+/g, '-')}-${print}`
}

function tell(problem: Problem, code: number): number {
  console.error(describeProblem(problem))
  return code
}
