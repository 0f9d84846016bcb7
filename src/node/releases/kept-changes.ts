/** A release centre that keeps, for the public page, what each publication changed. */
import type { Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { readServed } from '#terminology/artifacts/store.ts'
import type { ReleaseCentre } from '#terminology/releases/centre.ts'
import { changesOf, keepChanges, readChanges } from '#terminology/releases/changes.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { Release } from '#terminology/releases/release.ts'

export interface ChangesKeeping {
  readonly home: string
  readonly diff: (from: readonly ArtifactId[], to: readonly ArtifactId[]) => Promise<Result<ReleaseDifference>>
  /** False: the step is answered at once and the changes follow. */
  readonly wait: boolean
  /** The publication stands all the same. */
  readonly onError: (error: unknown) => void
}

/** A release that is served again keeps what was computed when it was published first. */
export function keepingChanges(centre: ReleaseCentre, keeping: ChangesKeeping): ReleaseCentre {
  const around = async (step: () => Promise<Result<Release>>): Promise<Result<Release>> => {
    const before = await readServed(keeping.home)
    const done = await step()
    if (!done.ok || !before.ok) return done
    const kept = keep(keeping, done.value, before.value?.artifacts ?? []).catch(keeping.onError)
    if (keeping.wait) await kept
    return done
  }
  return {
    ...centre,
    publish: (number, step) => around(() => centre.publish(number, step)),
    rollback: (to, step) => around(() => centre.rollback(to, step)),
  }
}

async function keep(
  { home, diff, onError }: ChangesKeeping,
  { number, artifacts }: Release,
  before: readonly ArtifactId[],
): Promise<void> {
  if (await readChanges(home, number)) return
  const difference = await diff(before, artifacts)
  const kept = difference.ok ? await keepChanges(home, number, changesOf(difference.value)) : difference
  if (!kept.ok) onError(new Error(kept.problem.code))
}
