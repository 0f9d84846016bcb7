/**
 * The national release centre: who may stage, approve, reject, publish and roll back a release of terminology, in which
 * order, and what is remembered of it.
 */
import type { Database } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '../artifacts/artifact.ts'
import { storageProblem } from '../artifacts/durable.ts'
import { underLock } from '../artifacts/lock.ts'
import { nextNumber, noteGiven, releasesFolder } from '../artifacts/numbers.ts'
import { readServed, verifyArtifact } from '../artifacts/store.ts'
import { adopt, hasUnknown } from './adoption.ts'
import { publish, reconcile, wrongState } from './publication.ts'
import {
  addRelease,
  changing,
  findRelease,
  highestNumber,
  listEvents,
  listReleases,
  move,
  openRecords,
  type Records,
} from './records.ts'
import type { Release, ReleaseAction, ReleaseEvent, ReleaseState, Step } from './release.ts'

export interface ReleaseCentreOptions {
  /** Whose releases, e.g. `PT`. */
  readonly node: string
  /** TESSERA_HOME: artifacts and `current.json` lie in it. */
  readonly home: string
  /** Who stages a release does not approve it. Default: true. */
  readonly separateDuties?: boolean
  readonly now?: () => Date
}

export interface Staging extends Step {
  readonly artifacts: readonly ArtifactId[]
  readonly title?: string
}

export interface ReleaseCentre {
  /** Puts artifacts forward as a release; every file of them is read through. */
  stage(staging: Staging): Promise<Result<Release>>
  approve(number: number, step: Step): Promise<Result<Release>>
  /** Needs a note. */
  reject(number: number, step: Step): Promise<Result<Release>>
  /** Serves an approved release. `over`: although something else is served than when it was staged. */
  publish(number: number, step: Step & { readonly over?: boolean }): Promise<Result<Release>>
  /** Serves a release again that was published before. Needs a note, but no second person: it is for emergencies. */
  rollback(to: number, step: Step): Promise<Result<Release>>
  release(number: number): Promise<Result<Release>>
  /** Newest first. */
  releases(): Promise<readonly Release[]>
  /** In the order of the steps; of one release, or of all. */
  history(number?: number): Promise<readonly ReleaseEvent[]>
}

/**
 * Needs `releaseMigrations`. A publication that a crash interrupted is brought to its end first; the result fails when
 * the served release cannot be read. Rejects with a `ProblemError` when the database fails.
 */
export async function openReleaseCentre(
  database: Database,
  options: ReleaseCentreOptions,
): Promise<Result<ReleaseCentre>> {
  const { home, separateDuties = true } = options
  const records = await openRecords(database, options.node, options.now ?? (() => new Date()))
  const reconciled = await underLock(home, async (lock) => {
    const ended = await reconcile(lock, records)
    return ended.ok ? adopt(lock, records) : ended
  })
  // What another home folder of this node does is no reason not to open this one.
  if (!reconciled.ok && reconciled.problem.code !== 'terminology-release-elsewhere') return reconciled
  const switching = (number: number, step: Step, how: Switching) =>
    checked(step, how.displaces === 'rolled-back', (sound) =>
      underLock(home, (lock) => publish(lock, records, { number, step: sound, ...how })),
    )
  return ok({
    stage: (staging) => checked(staging, false, (step) => stage(records, home, { ...staging, ...step })),
    approve: (number, step) => checked(step, false, (sound) => approve(records, number, sound, separateDuties)),
    reject: (number, step) =>
      checked(step, true, (sound) =>
        transition(records, number, ['staged', 'approved'], { action: 'reject', to: 'rejected', step: sound }),
      ),
    publish: (number, { over = false, ...step }) =>
      switching(number, step, { from: ['approved'], displaces: 'superseded', over }),
    rollback: (to, step) =>
      switching(to, step, { from: ['superseded', 'rolled-back', 'published'], displaces: 'rolled-back', over: true }),
    release: async (number) => {
      await upToDate(home, records)
      const release = await findRelease(records, number)
      return release ? ok(release) : wrongState(number, undefined)
    },
    releases: async () => {
      await upToDate(home, records)
      return listReleases(records)
    },
    history: async (number) => {
      await upToDate(home, records)
      return listEvents(records, number)
    },
  })
}

/** An import may have published something since. What cannot be read now is told by the next step. */
async function upToDate(home: string, records: Records): Promise<void> {
  if (await hasUnknown(home, records)) await underLock(home, (lock) => adopt(lock, records))
}

interface Switching {
  readonly from: readonly ReleaseState[]
  readonly displaces: 'superseded' | 'rolled-back'
  readonly over: boolean
}

const LONGEST_NAME = 200
const LONGEST_NOTE = 4000

/** Every step has a person, some a reason. */
async function checked<T>(
  step: Step,
  needsNote: boolean,
  work: (step: Step) => Promise<Result<T>>,
): Promise<Result<T>> {
  const by = step.by.trim()
  const note = step.note?.trim() ?? ''
  if (by === '' || by.length > LONGEST_NAME || !storable(by)) {
    return failed('terminology-release-person', 'It is not said who takes this step.', 'Give a name (--by NAME).')
  }
  if (needsNote && note === '') {
    return failed('terminology-release-note', 'This step needs a reason.', 'Give it as a note (--note TEXT).')
  }
  if (note.length > LONGEST_NOTE || !storable(note)) {
    return failed('terminology-release-note', 'The note is too long or cannot be stored.', 'Shorten it.')
  }
  return work({ by, note })
}

/** PostgreSQL stores no NUL, and neither database half a surrogate pair. */
function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

async function stage(records: Records, home: string, staging: Staging): Promise<Result<Release>> {
  const { artifacts } = staging
  if (artifacts.length === 0 || new Set(artifacts).size < artifacts.length) {
    return failed(
      'terminology-release-empty',
      'A release names at least one artifact, and each only once.',
      'Import terminology first, then name its artifacts in order of precedence.',
    )
  }
  const titles: string[] = []
  for (const id of artifacts) {
    const manifest = await verifyArtifact(home, id)
    if (!manifest.ok) return manifest
    titles.push(manifest.value.title)
  }
  const title = staging.title?.trim() || titles.join(', ').slice(0, 200)
  return underLock(home, async (lock) => {
    const adopted = await adopt(lock, records)
    if (!adopted.ok) return adopted
    const now = await readServed(home)
    if (!now.ok) return now
    try {
      return ok(
        await changing(records, async (change) => {
          const number = await nextNumber(lock, now.value?.release, await highestNumber(change))
          await noteGiven(lock, number)
          return addRelease(change, { number, title, artifacts, base: now.value?.artifacts ?? [] }, staging)
        }),
      )
    } catch (error) {
      return storageProblem(error, releasesFolder(home))
    }
  })
}

async function approve(
  records: Records,
  number: number,
  step: Step,
  separateDuties: boolean,
): Promise<Result<Release>> {
  const release = await findRelease(records, number)
  if (separateDuties && release?.state === 'staged' && isSamePerson(release.stagedBy, step.by)) {
    return failed(
      'terminology-release-same-person',
      `${release.stagedBy} staged this release and cannot approve it.`,
      'Let another person look at the difference and approve it.',
    )
  }
  return transition(records, number, ['staged'], { action: 'approve', to: 'approved', step })
}

/** Spaces, case and the way letters are composed do not make another person. */
export function isSamePerson(one: string, other: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()
  return plain(one) === plain(other)
}

async function transition(
  records: Records,
  number: number,
  from: readonly ReleaseState[],
  to: { readonly action: ReleaseAction; readonly to: ReleaseState; readonly step: Step },
): Promise<Result<Release>> {
  return changing(records, async (change): Promise<Result<Release>> => {
    const release = await findRelease(change, number)
    if (!release || !from.includes(release.state)) return wrongState(number, release?.state)
    return ok(await move(change, release, to))
  })
}
