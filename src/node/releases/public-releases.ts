/** The published releases of a home folder, for the public page and for subscribers. */
import { existsSync } from 'node:fs'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { ReleaseEntry } from '#portal/terminology/browser.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { isArtifactId, readArtifact } from '#terminology/artifacts/store.ts'
import { type KeptChanges, readChanges } from '#terminology/releases/changes.ts'
import { type PublishedRelease, publishedReleases, readReleases } from '#terminology/releases/published.ts'
import type { Release } from '#terminology/releases/release.ts'
import { isLicensed } from '#terminology/releases/subscription/licences.ts'
import { createReleaseOffer, type ReleaseOffer } from '#terminology/releases/subscription/offer.ts'
import { centreFile } from './centre-file.ts'

export interface PublicReleases {
  /** Newest first. */
  entries(): Promise<readonly ReleaseEntry[]>
  readonly offer: ReleaseOffer
  /** Not to be given to strangers. */
  isRestricted(artifact: string): Promise<boolean>
}

/** What nobody scrolls through; the offer lists all. */
const MOST_SHOWN = 50

/** @param releases of the centre */
export function openPublicReleases(home: string, releases: () => Promise<readonly Release[]>): PublicReleases {
  const titles = new Map<ArtifactId, string>()
  const changes = new Map<number, KeptChanges>()
  const licensed = new Map<ArtifactId, boolean>()
  // Artifacts and kept changes never change: each is read once.
  const once = async <Key, Value>(known: Map<Key, Value>, key: Key, read: () => Promise<Value | undefined>) => {
    const value = known.get(key) ?? (await read())
    if (value !== undefined) known.set(key, value)
    return value
  }
  const entryOf = async ({ number, title, state, publishedAt, artifacts }: PublishedRelease): Promise<ReleaseEntry> => {
    const content: string[] = []
    for (const id of artifacts) {
      content.push((await once(titles, id, () => titleOf(home, id))) ?? id)
    }
    const kept = await once(changes, number, () => readChanges(home, number))
    return {
      number,
      publishedAt,
      state: state === 'published' ? 'served' : state === 'superseded' ? 'earlier' : 'rolled-back',
      ...(title !== content.join(', ').slice(0, title.length) && { notes: { text: title } }),
      content,
      ...(kept && { changes: kept.changes, moreChanges: kept.more }),
    }
  }
  return {
    offer: createReleaseOffer({ home, releases }),
    async entries() {
      const published = await publishedReleases(home, releases)
      if (!published.ok) throw new ProblemError(published.problem)
      return Promise.all(published.value.slice(0, MOST_SHOWN).map(entryOf))
    },
    isRestricted: async (artifact) =>
      !isArtifactId(artifact) || ((await once(licensed, artifact, () => isLicensed(home, artifact))) ?? true),
  }
}

async function titleOf(home: string, id: ArtifactId): Promise<string | undefined> {
  const manifest = await readArtifact(home, id)
  return manifest.ok ? manifest.value.title : undefined
}

export interface CentreRecords {
  /** Whose releases. */
  readonly node: string
  /** `sqlite:PATH` or `postgres://…`; default: the file in the home folder, when it is there. */
  readonly database?: string
}

/** The records of a centre that another process runs; opened when they are first asked for, and only read. */
export function recordsOf(home: string, { node, database }: CentreRecords): () => Promise<readonly Release[]> {
  let opened: Promise<Database> | undefined
  return async () => {
    if (!opened && database === undefined && !existsSync(centreFile(home))) return []
    opened ??= openDatabase(database ?? `sqlite:${centreFile(home)}`)
    try {
      return await readReleases(await opened, node)()
    } catch (error) {
      // Tried again by the next one who asks.
      const broken = opened
      opened = undefined
      void broken.then((one) => one.close()).catch(() => undefined)
      throw error
    }
  }
}
