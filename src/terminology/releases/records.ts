/** Rows of the release centre: read into releases and events, changed together with the event that says who did it. */
import type { Kysely, Transaction } from 'kysely'
import { type Database, type Dialect, inTransaction } from '#platform/database/database.ts'
import type { ArtifactId } from '../artifacts/artifact.ts'
import type { ReleaseTables } from './migrations.ts'
import type { Release, ReleaseAction, ReleaseEvent, ReleaseState, Step } from './release.ts'

export interface Records {
  readonly kysely: Kysely<ReleaseTables>
  readonly dialect: Dialect
  readonly node: string
  readonly now: () => Date
}

/** Inside a transaction that holds the row of the node: nobody else changes a release of it meanwhile. */
export interface Change {
  readonly records: Records
  readonly transaction: Transaction<ReleaseTables>
  /** The same instant for every row of the change. */
  readonly at: string
}

export async function openRecords(database: Database, node: string, now: () => Date): Promise<Records> {
  const kysely = database.kysely.$extendTables<ReleaseTables>()
  await kysely
    .insertInto('terminology_centre')
    .values({ node, releases: 0, events: 0 })
    .onConflict((conflict) => conflict.column('node').doNothing())
    .execute()
  return { kysely, dialect: database.dialect, node, now }
}

export function changing<T>(records: Records, work: (change: Change) => Promise<T>): Promise<T> {
  return inTransaction(records.kysely, async (transaction) => {
    const row = transaction.selectFrom('terminology_centre').selectAll().where('node', '=', records.node)
    // SQLite: the transaction holds the only write lock already.
    await (records.dialect === 'postgres' ? row.forUpdate() : row).executeTakeFirstOrThrow()
    return work({ records, transaction, at: records.now().toISOString() })
  })
}

export interface NewRelease {
  readonly number: number
  readonly title: string
  readonly artifacts: readonly ArtifactId[]
  readonly base: readonly ArtifactId[]
}

/** The highest number of this node. */
export async function highestNumber({ transaction, records }: Change): Promise<number> {
  const row = transaction.selectFrom('terminology_centre').select('releases').where('node', '=', records.node)
  return Number((await row.executeTakeFirstOrThrow()).releases)
}

export async function addRelease(change: Change, release: NewRelease, step: Step): Promise<Release> {
  const row = await insertRelease(change, release, step)
  await addEvent(change, { release: row.number, action: 'stage', to: 'staged', step })
  return releaseOf(row)
}

/** A release that was published without the centre, at the time of the change. */
export async function addOutside(change: Change, release: NewRelease, step: Step): Promise<Release> {
  const outside = { state: 'published', published_at: change.at, outside: 1 } as const
  const row = await insertRelease(change, release, step, outside)
  await addEvent(change, { release: row.number, action: 'publish-outside', to: 'published', step })
  return releaseOf(row)
}

async function insertRelease(
  { transaction, records: { node }, at }: Change,
  release: NewRelease,
  step: Step,
  more: Partial<ReleaseTables['terminology_release']> = {},
): Promise<ReleaseTables['terminology_release']> {
  const { number } = release
  await transaction
    .updateTable('terminology_centre')
    .set({ releases: number })
    .where('node', '=', node)
    .where('releases', '<', number)
    .execute()
  const row = {
    node,
    number,
    title: release.title,
    state: 'staged',
    artifacts: JSON.stringify(release.artifacts),
    base: JSON.stringify(release.base),
    staged_at: at,
    staged_by: step.by,
    published_at: null,
    home: null,
    outside: 0,
    ...more,
  }
  await transaction.insertInto('terminology_release').values(row).execute()
  return row
}

export interface Move {
  readonly action: ReleaseAction
  readonly to: ReleaseState
  readonly step: Step
  /** Kept while `publishing`. */
  readonly home?: string
}

/** Moves a release to a state and says so in the history. */
export async function move(change: Change, release: Release, { action, to, step, home }: Move): Promise<Release> {
  const { transaction, records, at } = change
  const published = to === 'published' ? { published_at: at } : {}
  await transaction
    .updateTable('terminology_release')
    .set({ state: to, home: home ?? null, ...published })
    .where('node', '=', records.node)
    .where('number', '=', release.number)
    .execute()
  await addEvent(change, { release: release.number, action, from: release.state, to, step })
  return { ...release, state: to, ...(to === 'published' ? { publishedAt: at } : {}) }
}

interface NewEvent {
  readonly release: number
  readonly action: ReleaseAction
  readonly from?: ReleaseState
  readonly to: ReleaseState
  readonly step: Step
}

async function addEvent({ transaction, records, at }: Change, event: NewEvent): Promise<void> {
  const { events } = await transaction
    .updateTable('terminology_centre')
    .set((row) => ({ events: row('events', '+', 1) }))
    .where('node', '=', records.node)
    .returning('events')
    .executeTakeFirstOrThrow()
  await transaction
    .insertInto('terminology_release_event')
    .values({
      node: records.node,
      sequence: events,
      release: event.release,
      at,
      person: event.step.by,
      action: event.action,
      from_state: event.from ?? null,
      to_state: event.to,
      note: event.step.note ?? '',
    })
    .execute()
}

type Reading = Records | Change

function reading(from: Reading) {
  return 'transaction' in from
    ? { query: from.transaction, node: from.records.node }
    : { query: from.kysely, node: from.node }
}

export async function findRelease(from: Reading, number: number): Promise<Release | undefined> {
  const { query, node } = reading(from)
  const row = await query
    .selectFrom('terminology_release')
    .selectAll()
    .where('node', '=', node)
    .where('number', '=', number)
    .executeTakeFirst()
  return row && releaseOf(row)
}

/** Newest first. */
export async function listReleases(from: Reading, state?: ReleaseState): Promise<readonly Release[]> {
  const { query, node } = reading(from)
  let select = query.selectFrom('terminology_release').selectAll().where('node', '=', node)
  if (state !== undefined) select = select.where('state', '=', state)
  return (await select.orderBy('number', 'desc').execute()).map(releaseOf)
}

/** What is being published right now, and in which home folder. */
export async function findPublishing(
  from: Reading,
): Promise<{ readonly release: Release; readonly home: string | null } | undefined> {
  const { query, node } = reading(from)
  const row = await query
    .selectFrom('terminology_release')
    .selectAll()
    .where('node', '=', node)
    .where('state', '=', 'publishing')
    .executeTakeFirst()
  return row && { release: releaseOf(row), home: row.home }
}

/** Steps in the order they were taken; of one release, or of all. */
export async function listEvents(from: Reading, release?: number): Promise<readonly ReleaseEvent[]> {
  const { query, node } = reading(from)
  let select = query.selectFrom('terminology_release_event').selectAll().where('node', '=', node)
  if (release !== undefined) select = select.where('release', '=', release)
  return (await select.orderBy('sequence').execute()).map((row) => ({
    sequence: Number(row.sequence),
    release: Number(row.release),
    at: row.at,
    by: row.person,
    action: row.action as ReleaseAction,
    ...(row.from_state === null ? {} : { from: row.from_state as ReleaseState }),
    to: row.to_state as ReleaseState,
    note: row.note,
  }))
}

function releaseOf(row: ReleaseTables['terminology_release']): Release {
  return {
    number: Number(row.number),
    title: row.title,
    state: row.state as ReleaseState,
    artifacts: idsOf(row.artifacts),
    base: idsOf(row.base),
    stagedAt: row.staged_at,
    stagedBy: row.staged_by,
    ...(row.published_at === null ? {} : { publishedAt: row.published_at }),
    ...(Number(row.outside) === 1 ? { outside: true } : {}),
  }
}

/** Written by this program only. */
function idsOf(json: string): readonly ArtifactId[] {
  return JSON.parse(json) as readonly ArtifactId[]
}
