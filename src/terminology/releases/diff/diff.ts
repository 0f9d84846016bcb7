/** Two lists of artifacts → what differs between them for those who are served. */
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '../../artifacts/artifact.ts'
import type { TerminologyCatalogue } from '../../terminology.ts'
import type { ReleaseDifference } from './difference.ts'
import { compareDocuments, type UsedCode } from './documents.ts'
import { compareMaps } from './maps.ts'
import { openReleaseContent } from './reading.ts'
import { compareEditions, type OpenEdition } from './snomed.ts'
import { compareSystems } from './systems.ts'
import { compareValueSets } from './value-sets.ts'

export interface DiffOptions {
  readonly home: string
  /** The answers that a list of artifacts gives to documents. */
  readonly openTerminology: (artifacts: readonly ArtifactId[]) => Promise<TerminologyCatalogue>
  readonly openEdition: OpenEdition
  /** Codes that documents use; without them documents are not compared. */
  readonly used?: Iterable<UsedCode>
  /** Languages in which displays are compared. Default: all that either release has. */
  readonly languages?: readonly string[]
  /** Items of each list that are shown; totals are always complete. Default: 20. */
  readonly limit?: number
}

/** Compares what `from` and `to` say. Fails when an artifact is missing or cannot be read. */
export async function diffReleases(
  from: readonly ArtifactId[],
  to: readonly ArtifactId[],
  options: DiffOptions,
): Promise<Result<ReleaseDifference>> {
  const { home, limit = 20, used } = options
  const before = await openReleaseContent(home, from)
  if (!before.ok) return before
  const after = await openReleaseContent(home, to)
  if (!after.ok) {
    await before.value.close()
    return after
  }
  try {
    const [was, is] = [await options.openTerminology(from), await options.openTerminology(to)]
    const editions = await compareEditions(before.value.artifacts, after.value.artifacts, options.openEdition, limit)
    const valueSets = await compareValueSets(
      { content: before.value, terminology: was },
      { content: after.value, terminology: is },
      limit,
    )
    const languages = options.languages ?? [...new Set([...was.languages(), ...is.languages()])].sort()
    return ok({
      from,
      to,
      systems: [...editions, ...(await compareSystems(before.value, after.value, limit))],
      valueSets,
      maps: await compareMaps(before.value, after.value, limit),
      ...(used && {
        documents: compareDocuments(used, {
          before: was,
          after: is,
          languages,
          valueSets: valueSets.map(({ url }) => url),
          limit,
        }),
      }),
    })
  } finally {
    await before.value.close()
    await after.value.close()
  }
}

/** True when nobody who is served would notice. */
export function isEmptyDifference({ systems, valueSets, maps, documents }: ReleaseDifference): boolean {
  return systems.length + valueSets.length + maps.length + (documents?.total ?? 0) === 0
}
