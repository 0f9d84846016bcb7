/** The release centre and the editor of one home folder, with what they need. */
import { join } from 'node:path'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId, ArtifactManifest } from '#terminology/artifacts/artifact.ts'
import { artifactFolder, readArtifact, readServed } from '#terminology/artifacts/store.ts'
import { type Editor, openEditor } from '#terminology/editor/editor.ts'
import { editorMigrations } from '#terminology/editor/migrations.ts'
import { openTerminology } from '#terminology/open.ts'
import { openReleaseCentre, type ReleaseCentre } from '#terminology/releases/centre.ts'
import { diffReleases } from '#terminology/releases/diff/diff.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { UsedCode } from '#terminology/releases/diff/documents.ts'
import { withEditions } from '#terminology/releases/diff/with-editions.ts'
import { releaseMigrations } from '#terminology/releases/migrations.ts'
import { type Edition, openEdition } from '#terminology/snomed/edition.ts'
import { EDITION_FILE } from '#terminology/snomed/format.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'

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
}

export interface OpenedCentre {
  readonly home: string
  readonly centre: ReleaseCentre
  readonly editor: Editor
  /** What changes when `to` is served instead of `from`. */
  diff(
    from: readonly ArtifactId[],
    to: readonly ArtifactId[],
    options?: { readonly used?: Iterable<UsedCode>; readonly limit?: number },
  ): Promise<Result<ReleaseDifference>>
  /** What is served now; empty when nothing is. */
  served(): Promise<Result<readonly ArtifactId[]>>
  /** As documents are answered. */
  terminology(artifacts: readonly ArtifactId[]): Promise<TerminologyCatalogue>
  close(): Promise<void>
}

/** Rejects with a `ProblemError` when the database cannot be opened. */
export async function openCentre(settings: CentreSettings): Promise<Result<OpenedCentre>> {
  const { home, node, workingSet, separateDuties, cache = join(home, 'cache') } = settings
  const database = await openDatabase(settings.database ?? `sqlite:${join(home, 'terminology', 'centre.sqlite')}`)
  try {
    await migrate(database, [...releaseMigrations, ...editorMigrations])
    const centre = await openReleaseCentre(database, {
      node,
      home,
      ...(separateDuties !== undefined && { separateDuties }),
    })
    if (!centre.ok) {
      await database.close()
      return centre
    }
    const editor = await openEditor(database, { node, ...(workingSet !== undefined && { workingSet }) })
    const editions = openEditions(home)
    const terminology = async (artifacts: readonly ArtifactId[]) => {
      const opened: Edition[] = []
      for (const id of artifacts) {
        const manifest = await readArtifact(home, id)
        if (manifest.ok && manifest.value.kind === 'snomed-edition') opened.push(await editions(manifest.value))
      }
      return withEditions(await openTerminology({ cache, home, artifacts }), opened)
    }
    return ok({
      home,
      centre: centre.value,
      editor,
      diff: (from, to, options = {}) =>
        diffReleases(from, to, { home, openTerminology: terminology, openEdition: editions, ...options }),
      served: async () => {
        const served = await readServed(home)
        return served.ok ? ok(served.value?.artifacts ?? []) : served
      },
      terminology,
      close: () => database.close(),
    })
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Each edition is read once, however often it is asked for. */
function openEditions(home: string): (artifact: ArtifactManifest) => Promise<Edition> {
  const opened = new Map<ArtifactId, Promise<Edition>>()
  const open = async ({ id }: ArtifactManifest): Promise<Edition> => {
    const edition = await openEdition(join(artifactFolder(home, id), EDITION_FILE))
    if (!edition.ok) throw new ProblemError(edition.problem)
    return edition.value
  }
  return (artifact) => {
    const known = opened.get(artifact.id) ?? open(artifact)
    opened.set(artifact.id, known)
    return known
  }
}
