/** Concepts by words, from the vocabulary of the first release that is there: opened when somebody searches. */
import { existsSync } from 'node:fs'
import type { ConceptQuery, NamedConcept } from '#research/omop/vocabulary/find-concepts.ts'

/** A search is short; so long the release stays open for the next one. */
const KEPT_OPEN_MS = 60_000

export function conceptSearch(releases: readonly string[]): (query: ConceptQuery) => Promise<readonly NamedConcept[]> {
  let open: { readonly database: Promise<Opened | undefined>; readonly timer: NodeJS.Timeout } | undefined
  const database = (file: string): Promise<Opened | undefined> => {
    const opening = open?.database ?? opened(file)
    clearTimeout(open?.timer)
    const timer = setTimeout(() => {
      open = undefined
      void opening.then((one) => one?.close())
    }, KEPT_OPEN_MS)
    timer.unref()
    open = { database: opening, timer }
    return opening
  }
  return async (query) => {
    const file = releases.find((one) => existsSync(one))
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
