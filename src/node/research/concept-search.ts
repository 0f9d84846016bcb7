/** Concepts by words, from the vocabulary of the first current release that is there: opened when somebody searches. */
import { existsSync } from 'node:fs'
import type { ConceptQuery, NamedConcept } from '#research/omop/vocabulary/find-concepts.ts'

/** A search is short; so long the release stays open for the next one. */
const KEPT_OPEN_MS = 60_000

interface Kept {
  readonly file: string
  readonly database: Promise<Opened | undefined>
  timer: NodeJS.Timeout
}

/** @param releases the files of the current releases */
export function conceptSearch(
  releases: () => Promise<readonly string[]>,
): (query: ConceptQuery) => Promise<readonly NamedConcept[]> {
  let open: Kept | undefined
  const later = (kept: Omit<Kept, 'timer'>): NodeJS.Timeout =>
    setTimeout(() => {
      if (open?.database === kept.database) open = undefined
      void kept.database.then((one) => one?.close())
    }, KEPT_OPEN_MS).unref()
  const database = (file: string): Promise<Opened | undefined> => {
    if (open?.file === file) {
      clearTimeout(open.timer)
      open.timer = later(open)
      return open.database
    }
    // A release that is not the current one any more is closed by its own timer: somebody may be reading it.
    const fresh = { file, database: opened(file) }
    open = { ...fresh, timer: later(fresh) }
    return fresh.database
  }
  return async (query) => {
    const file = (await releases()).find((one) => existsSync(one))
    const release = file === undefined ? undefined : await database(file)
    if (!release) return []
    const { findConcepts } = await import('#research/omop/vocabulary/find-concepts.ts')
    return findConcepts(release.database, query)
  }
}

type Opened = Extract<
  Awaited<ReturnType<typeof import('#research/omop/release/open.ts')['openRelease']>>,
  { readonly ok: true }
>['value']

async function opened(file: string): Promise<Opened | undefined> {
  const { openRelease } = await import('#research/omop/release/open.ts')
  const release = await openRelease(file, { threads: 1, memory: '256MB' })
  return release.ok ? release.value : undefined
}
