/** What changes between two lists of artifacts of a home folder. */
import { join } from 'node:path'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Result } from '#platform/result/result.ts'
import type { ArtifactId, ArtifactManifest } from '#terminology/artifacts/artifact.ts'
import { artifactFolder, readArtifact } from '#terminology/artifacts/store.ts'
import { openTerminology } from '#terminology/open.ts'
import { diffReleases } from '#terminology/releases/diff/diff.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { UsedCode } from '#terminology/releases/diff/documents.ts'
import { withEditions } from '#terminology/releases/diff/with-editions.ts'
import { type Edition, openEdition } from '#terminology/snomed/edition.ts'
import { EDITION_FILE } from '#terminology/snomed/format.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'

/** What changes when `to` is served instead of `from`. */
export type Compare = (
  from: readonly ArtifactId[],
  to: readonly ArtifactId[],
  options?: { readonly used?: Iterable<UsedCode>; readonly limit?: number },
) => Promise<Result<ReleaseDifference>>

export interface Comparing {
  readonly diff: Compare
  /** As documents are answered. */
  terminology(artifacts: readonly ArtifactId[]): Promise<TerminologyCatalogue>
}

export function openComparing({ home, cache }: { readonly home: string; readonly cache: string }): Comparing {
  const editions = openEditions(home)
  const terminology = async (artifacts: readonly ArtifactId[]) => {
    const opened: Edition[] = []
    for (const id of artifacts) {
      const manifest = await readArtifact(home, id)
      if (manifest.ok && manifest.value.kind === 'snomed-edition') opened.push(await editions(manifest.value))
    }
    return withEditions(await openTerminology({ cache, home, artifacts }), opened)
  }
  return {
    terminology,
    diff: (from, to, options = {}) =>
      diffReleases(from, to, { home, openTerminology: terminology, openEdition: editions, ...options }),
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
