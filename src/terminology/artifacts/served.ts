/** `<home>/terminology/current.json`: which artifacts are served. Replaced by one rename, under the lock. */
import { join } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId, ArtifactManifest, ServedRelease } from './artifact.ts'
import { storageProblem, writeDurably } from './durable.ts'
import { readArtifact, slugOf } from './folders.ts'
import { type HeldLock, type LockProblemCode, underLock } from './lock.ts'
import { type ManifestProblemCode, readRelease } from './manifest.ts'
import { keepRecord, nextNumber } from './numbers.ts'

export type ServedProblemCode = ManifestProblemCode | LockProblemCode | 'terminology-release-twice'

export interface PublicationOrigin {
  readonly centre?: string
  readonly pulled?: ServedRelease['pulled']
}

export function servedFile(home: string): string {
  return join(home, 'terminology', 'current.json')
}

/** What is served; undefined when nothing was ever published or imported. */
export async function readServed(home: string): Promise<Result<ServedRelease | undefined, ManifestProblemCode>> {
  return readRelease(servedFile(home))
}

/** Serves these artifacts, the first with precedence. The same list from the same origin is not published twice. */
export async function publishServed(
  home: string,
  artifacts: readonly ArtifactId[],
  origin: PublicationOrigin = {},
): Promise<Result<ServedRelease, ServedProblemCode>> {
  return underLock(home, (lock) => publishUnderLock(lock, artifacts, origin))
}

/** An import outside the release centre: served first, in the place of an older state of the same thing. */
export async function appendServed(home: string, id: ArtifactId): Promise<Result<ServedRelease, ServedProblemCode>> {
  return underLock(home, async (lock): Promise<Result<ServedRelease, ServedProblemCode>> => {
    const current = await readServed(home)
    if (!current.ok) return current
    const added = await readArtifact(home, id)
    if (!added.ok) return added
    const others: ArtifactId[] = []
    for (const other of current.value?.artifacts ?? []) {
      if (!(await holdsSame(home, other, added.value))) others.push(other)
    }
    const artifacts = [id, ...others]
    if (current.value && current.value.artifacts.join() === artifacts.join()) return ok(current.value)
    return publishUnderLock(lock, artifacts, {})
  })
}

/** For those who hold the lock already. @param number of the release centre's record; without one the next free number is given */
export async function publishUnderLock(
  lock: HeldLock,
  artifacts: readonly ArtifactId[],
  origin: PublicationOrigin,
  number?: number,
): Promise<Result<ServedRelease, ServedProblemCode>> {
  const current = await readServed(lock.home)
  if (!current.ok) return current
  const twice = artifacts.find((id, index) => artifacts.indexOf(id) !== index)
  if (twice !== undefined) {
    return failed('terminology-release-twice', `The artifact ${twice} is named twice.`, 'Name each artifact once.')
  }
  for (const id of artifacts) {
    const manifest = await readArtifact(lock.home, id)
    if (!manifest.ok) return manifest
  }
  if (current.value && isSame(current.value, artifacts, origin)) return ok(current.value)
  const { centre, pulled } = origin
  const file = servedFile(lock.home)
  try {
    const release: ServedRelease = {
      format: 1,
      release: number ?? (await nextNumber(lock, current.value?.release)),
      publishedAt: new Date().toISOString(),
      artifacts,
      ...(centre === undefined ? {} : { centre }),
      ...(pulled === undefined ? {} : { pulled }),
    }
    if (current.value) await keepRecord(lock, current.value)
    await writeDurably(file, `${JSON.stringify(release, null, 2)}\n`)
    return ok(release)
  } catch (error) {
    return storageProblem(error, file)
  }
}

function isSame(current: ServedRelease, artifacts: readonly ArtifactId[], origin: PublicationOrigin): boolean {
  return (
    current.artifacts.join() === artifacts.join() &&
    current.centre === origin.centre &&
    current.pulled?.from === origin.pulled?.from &&
    current.pulled?.release === origin.pulled?.release
  )
}

async function holdsSame(home: string, id: ArtifactId, added: ArtifactManifest): Promise<boolean> {
  if (id === added.id) return true
  const other = await readArtifact(home, id)
  if (!other.ok || other.value.kind !== added.kind) return false
  // Several versions of an edition are served side by side; the same version imported again takes the older's place.
  if (added.edition !== undefined) return other.value.edition === added.edition
  return slugOf(id) === slugOf(added.id)
}
