/**
 * What was published without the centre (an import, a pull) becomes a release of it: with its own number, shown in the
 * history, and one that can be rolled back to as long as its artifacts are there.
 */
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactManifest, ServedRelease } from '../artifacts/artifact.ts'
import { storageProblem } from '../artifacts/durable.ts'
import type { HeldLock } from '../artifacts/lock.ts'
import { noteGiven, readEarlier, releasesFolder } from '../artifacts/numbers.ts'
import { readArtifact, readServed } from '../artifacts/store.ts'
import {
  addOutside,
  type Change,
  changing,
  findRelease,
  highestNumber,
  listReleases,
  move,
  type Records,
} from './records.ts'

/** Publications that the centre does not know, in the order in which they happened. */
export async function unknownPublications(
  home: string,
  knows: (number: number) => Promise<boolean>,
): Promise<Result<readonly ServedRelease[]>> {
  const served = await readServed(home)
  if (!served.ok) return served
  const unknown: ServedRelease[] = []
  for (const one of [...(await readEarlier(home)), ...(served.value ? [served.value] : [])]) {
    const twice = unknown.some(({ release }) => release === one.release)
    if (!twice && !(await knows(one.release))) unknown.push(one)
  }
  return ok(unknown)
}

/** Cheap: to be asked before the lock is taken. */
export async function hasUnknown(home: string, records: Records): Promise<boolean> {
  const served = await readServed(home)
  return served.ok && served.value !== undefined && !(await findRelease(records, served.value.release))
}

/** The caller holds the lock of the home folder. A number that the node gave to something else in another home stays with it. */
export async function adopt(lock: HeldLock, records: Records): Promise<Result<void>> {
  const unknown = await unknownPublications(
    lock.home,
    async (number) => (await findRelease(records, number)) !== undefined,
  )
  if (!unknown.ok) return unknown
  const described = await Promise.all(unknown.value.map((served) => describeOutside(lock.home, served)))
  const highest = await changing(records, async (change) => {
    for (const one of described) await adoptOne(change, one)
    return highestNumber(change)
  })
  // Also after a folder was restored from a backup: what the database gave is never given again.
  try {
    await noteGiven(lock, highest)
    return ok(undefined)
  } catch (error) {
    return storageProblem(error, releasesFolder(lock.home))
  }
}

async function adoptOne(change: Change, { served, title, by, note }: OutsideRelease): Promise<void> {
  const at: Change = { ...change, at: served.publishedAt }
  const displaced = await listReleases(at, 'published')
  const base = displaced[0]?.artifacts ?? []
  for (const release of displaced) {
    const step = { by, note: `By release ${served.release}, outside the release centre.` }
    await move(at, release, { action: 'supersede', to: 'superseded', step })
  }
  await addOutside(at, { number: served.release, title, artifacts: served.artifacts, base }, { by, note })
}

export interface OutsideRelease {
  readonly served: ServedRelease
  readonly title: string
  readonly by: string
  readonly note: string
}

const LONGEST_TITLE = 200

/** Named after what it consists of; its person is who imported what comes first. */
export async function describeOutside(home: string, served: ServedRelease): Promise<OutsideRelease> {
  const manifests: ArtifactManifest[] = []
  for (const id of served.artifacts) {
    const manifest = await readArtifact(home, id)
    if (manifest.ok) manifests.push(manifest.value)
  }
  const { pulled } = served
  return {
    served,
    title:
      manifests
        .map(({ title }) => title)
        .join(', ')
        .slice(0, LONGEST_TITLE) || `Release ${served.release}`,
    by: manifests[0]?.importedBy.trim().slice(0, LONGEST_TITLE) || 'operator',
    note: pulled ? `Release ${pulled.release} of ${pulled.from}, pulled.` : 'Imported outside the release centre.',
  }
}
