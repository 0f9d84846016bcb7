/**
 * Publishing and rolling back: the intention is recorded, `current.json` is switched by one rename, the outcome is
 * recorded. A crash leaves `current.json` old or new, whole; `reconcile` then brings the records to what is served.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { systemCode, writeDurably } from '../artifacts/durable.ts'
import type { HeldLock } from '../artifacts/lock.ts'
import { publishUnderLock, readServed } from '../artifacts/served.ts'
import { verifyArtifact } from '../artifacts/store.ts'
import { adopt } from './adoption.ts'
import {
  type Change,
  changing,
  findPublishing,
  findRelease,
  listEvents,
  listReleases,
  move,
  type Records,
} from './records.ts'
import type { Release, ReleaseEvent, ReleaseState, Step } from './release.ts'

export interface Publication {
  readonly number: number
  readonly step: Step
  /** From which states this way is open. */
  readonly from: readonly ReleaseState[]
  /** What becomes of the release that was published until now. */
  readonly displaces: 'superseded' | 'rolled-back'
  /** Publish although something else is served than when it was staged. */
  readonly over: boolean
}

/** The caller holds the lock of the home folder. */
export async function publish(lock: HeldLock, records: Records, publication: Publication): Promise<Result<Release>> {
  const reconciled = await reconcile(lock, records)
  if (!reconciled.ok) return reconciled
  const adopted = await adopt(lock, records)
  if (!adopted.ok) return adopted
  const possible = await check(lock, records, publication)
  if (!possible.ok) return possible
  const { step } = publication
  const home = await homeIdentity(lock.home)
  const begun = await changing(records, async (change): Promise<Result<Release>> => {
    // Read again: somebody may have rejected it while its artifacts were read through.
    const release = await findRelease(change, publication.number)
    if (!release || !publication.from.includes(release.state)) return wrongState(publication.number, release?.state)
    const note = publication.displaces === 'rolled-back' ? `${ROLLBACK}${step.note ?? ''}` : (step.note ?? '')
    return ok(
      await move(change, release, { action: 'begin-publication', to: 'publishing', step: { ...step, note }, home }),
    )
  })
  if (!begun.ok) return begun
  const served = await publishUnderLock(
    lock,
    begun.value.artifacts,
    { centre: String(begun.value.number) },
    begun.value.number,
  )
  if (!served.ok) {
    // Decided by what is served, not by the error: the rename may have happened before the disk refused to sync it.
    const outcome = await reconcile(lock, records, served.problem)
    return outcome.ok && outcome.value?.state === 'published' ? ok(outcome.value) : served
  }
  return ok(await changing(records, (change) => finish(change, begun.value)))
}

/** Marks the intention of a rollback in the history, so that it is still known after a crash. */
const ROLLBACK = 'Rollback. '

async function check(lock: HeldLock, records: Records, publication: Publication): Promise<Result<Release>> {
  const release = await findRelease(records, publication.number)
  if (!release || !publication.from.includes(release.state)) return wrongState(publication.number, release?.state)
  const served = await readServed(lock.home)
  if (!served.ok) return served
  const artifacts = served.value?.artifacts ?? []
  if (release.state === 'published' && artifacts.join() === release.artifacts.join()) {
    return failed('terminology-release-unchanged', 'This release is served already.', 'Nothing is to be done.')
  }
  if (release.state === 'approved' && !publication.over && artifacts.join() !== release.base.join()) {
    return failed(
      'terminology-release-outdated',
      'Something else is served now than when this release was staged: what was approved is another difference.',
      'Stage it again and look at the difference, or publish it over what is served (--over).',
    )
  }
  for (const id of release.artifacts) {
    const sound = await verifyArtifact(lock.home, id)
    if (!sound.ok) return sound
  }
  return ok(release)
}

export function wrongState(number: number, state: ReleaseState | undefined) {
  if (state === undefined) {
    return failed('terminology-release-unknown', `There is no release ${number}.`, 'List the releases.')
  }
  return failed(
    'terminology-release-state',
    `Release ${number} is ${state}: this step does not follow.`,
    NEXT_STEP[state],
  )
}

const NEXT_STEP: Readonly<Record<ReleaseState, string>> = {
  staged: 'Approve or reject it.',
  approved: 'Publish or reject it.',
  publishing: 'Wait until its publication ends.',
  published: 'Roll back to another release, or stage a new one.',
  superseded: 'Roll back to it, or stage a new release.',
  'rolled-back': 'Roll back to it, or stage a new release.',
  rejected: 'Stage a new release.',
}

/**
 * After a crash between the intention and its outcome: when `current.json` names the release, the publication happened
 * and is recorded; otherwise it did not, and the release is again what it was.
 */
export async function reconcile(
  lock: HeldLock,
  records: Records,
  problem?: Problem,
): Promise<Result<Release | undefined>> {
  const interrupted = await findPublishing(records)
  if (!interrupted) return ok(undefined)
  if (interrupted.home !== (await homeIdentity(lock.home))) {
    return failed(
      'terminology-release-elsewhere',
      `Release ${interrupted.release.number} is being published in another home folder of this node.`,
      'Let that publication end, or open the release centre there.',
    )
  }
  const served = await readServed(lock.home)
  if (!served.ok) return served
  const done = served.value?.centre === String(interrupted.release.number)
  return ok(
    await changing(records, async (change) => {
      const { release } = interrupted
      return done ? finish(change, release) : abandon(change, release, problem)
    }),
  )
}

async function finish(change: Change, release: Release): Promise<Release> {
  const intention = await intentionOf(change, release)
  const { by } = intention
  const rollback = intention.note.startsWith(ROLLBACK)
  const note = rollback ? intention.note.slice(ROLLBACK.length) : intention.note
  for (const displaced of await listReleases(change, 'published')) {
    await move(change, displaced, {
      action: rollback ? 'roll-back' : 'supersede',
      to: rollback ? 'rolled-back' : 'superseded',
      step: { by, note: rollback ? note : `By release ${release.number}.` },
    })
  }
  return move(change, release, { action: 'publish', to: 'published', step: { by, note } })
}

async function abandon(change: Change, release: Release, problem?: Problem): Promise<Release> {
  const { by, from } = await intentionOf(change, release)
  const note = problem ? `${problem.sentence} [${problem.code}]` : 'Interrupted before anything was switched.'
  return move(change, release, { action: 'abandon-publication', to: from ?? 'approved', step: { by, note } })
}

async function intentionOf(change: Change, release: Release): Promise<ReleaseEvent> {
  const events = await listEvents(change, release.number)
  const begun = events.findLast(({ action }) => action === 'begin-publication')
  if (!begun) throw new Error(`Release ${release.number} is being published, but nobody began it.`)
  return begun
}

/** A home folder keeps its name when it moves or when its machine gets another name. */
async function homeIdentity(home: string): Promise<string> {
  const file = join(home, 'terminology', 'home.id')
  try {
    const known = (await readFile(file, 'utf8')).trim()
    if (known !== '') return known
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
  const made = randomUUID()
  await writeDurably(file, `${made}\n`)
  return made
}
