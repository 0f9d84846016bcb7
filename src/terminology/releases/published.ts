/** Which releases were published, by the centre or without it, and which of them is served: for the public and for subscribers. */
import type { Database } from '#platform/database/database.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { ArtifactId } from '../artifacts/artifact.ts'
import { readServed } from '../artifacts/store.ts'
import { describeOutside, unknownPublications } from './adoption.ts'
import type { ReleaseTables } from './migrations.ts'
import { listReleases } from './records.ts'
import type { Release } from './release.ts'

export interface PublishedRelease {
  readonly number: number
  readonly title: string
  readonly state: 'published' | 'superseded' | 'rolled-back'
  readonly publishedAt: string
  readonly artifacts: readonly ArtifactId[]
}

/**
 * Newest first; nobody's name is in it, and nothing that was not published.
 * @param releases those of the centre, when there is one
 */
export async function publishedReleases(
  home: string,
  releases: () => Promise<readonly Release[]> = async () => [],
): Promise<Result<readonly PublishedRelease[]>> {
  const records = await releases()
  const known = new Set(records.map(({ number }) => number))
  const unknown = await unknownPublications(home, async (number) => known.has(number))
  if (!unknown.ok) return unknown
  const served = await readServed(home)
  if (!served.ok) return served
  const published = records.flatMap(publishedOf)
  for (const one of unknown.value) {
    const { title } = await describeOutside(home, one)
    const { release: number, publishedAt, artifacts } = one
    published.push({ number, title, state: 'superseded', publishedAt, artifacts })
  }
  published.sort((left, right) => right.number - left.number)
  const current = served.value?.release
  // What `current.json` says is served, whatever the records say until they are brought up to date.
  if (!published.some(({ number }) => number === current)) return ok(published)
  return ok(published.map((one) => ({ ...one, state: stateOf(one, current) })))
}

function stateOf({ number, state }: PublishedRelease, current: number | undefined): PublishedRelease['state'] {
  if (number === current) return 'published'
  return state === 'published' ? 'superseded' : state
}

function publishedOf({ number, title, state, publishedAt, artifacts }: Release): readonly PublishedRelease[] {
  if (publishedAt === undefined) return []
  if (state !== 'published' && state !== 'superseded' && state !== 'rolled-back') return []
  return [{ number, title, state, publishedAt, artifacts }]
}

/** Reads the records of a centre without opening it: nothing is brought up to date. */
export function readReleases(database: Database, node: string): () => Promise<readonly Release[]> {
  const kysely = database.kysely.$extendTables<ReleaseTables>()
  return () => listReleases({ kysely, node, dialect: database.dialect, now: () => new Date() })
}
