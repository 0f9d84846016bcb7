/** The release centre and the editor of one home folder, with what they need. */
import { join } from 'node:path'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { type Editor, openEditor } from '#terminology/editor/editor.ts'
import { editorMigrations } from '#terminology/editor/migrations.ts'
import { openReleaseCentre, type ReleaseCentre } from '#terminology/releases/centre.ts'
import { releaseMigrations } from '#terminology/releases/migrations.ts'
import { centreFile } from './centre-file.ts'
import { type Comparing, openComparing } from './difference.ts'
import { keepingChanges } from './kept-changes.ts'
import { servedArtifacts } from './served-artifacts.ts'

export interface CentreSettings {
  /** TESSERA_HOME: artifacts and what is served. */
  readonly home: string
  /** Whose releases, e.g. `PT`. */
  readonly node: string
  /** `sqlite:PATH` or `postgres://…`; default: a file in the home folder. */
  readonly database?: string
  /** Default: `<home>/cache`. */
  readonly cache?: string
  readonly workingSet?: string
  /** Who stages does not approve. Default: true. */
  readonly separateDuties?: boolean
  /** Told when what a publication changed cannot be kept; the publication stands. */
  readonly onError?: (error: unknown) => void
}

export interface OpenedCentre extends Comparing {
  readonly home: string
  /** A publication also keeps what it changed. */
  readonly centre: ReleaseCentre
  readonly editor: Editor
  /** What is served now; empty when nothing is. */
  served(): Promise<Result<readonly ArtifactId[]>>
  close(): Promise<void>
}

/** Rejects with a `ProblemError` when the database cannot be opened. */
export async function openCentre(settings: CentreSettings): Promise<Result<OpenedCentre>> {
  const database = await openDatabase(settings.database ?? `sqlite:${centreFile(settings.home)}`)
  try {
    await migrate(database, [...releaseMigrations, ...editorMigrations])
    const opened = await centreOn(database, settings)
    if (!opened.ok) await database.close()
    return opened
  } catch (error) {
    await database.close()
    throw error
  }
}

async function centreOn(database: Database, settings: CentreSettings): Promise<Result<OpenedCentre>> {
  const { home, node, workingSet, separateDuties, cache = join(home, 'cache') } = settings
  const options = { node, home, ...(separateDuties !== undefined && { separateDuties }) }
  const centre = await openReleaseCentre(database, options)
  if (!centre.ok) return centre
  const comparing = openComparing({ home, cache })
  return ok({
    home,
    centre: keepingChanges(centre.value, {
      home,
      diff: (from, to) => comparing.diff(from, to, { limit: 1 }),
      wait: true,
      onError: settings.onError ?? (() => undefined),
    }),
    editor: await openEditor(database, { node, ...(workingSet !== undefined && { workingSet }) }),
    ...comparing,
    served: () => servedArtifacts(home),
    close: () => database.close(),
  })
}
