/** Resources that a client sent once and refers to afterwards by `cache-id`. */
import type { JsonObject } from '../load/json.ts'

export interface ResourceCache {
  /** Adds to what is known under the id and returns everything known under it; without an id just what was given. */
  remember(id: string | undefined, resources: readonly JsonObject[]): readonly JsonObject[]
}

const MOST_CACHES = 100
const MOST_RESOURCES = 2_000

/** Kept in memory, the least recently used goes first: a client that finds its cache gone sends everything again. */
export function createResourceCache(): ResourceCache {
  const caches = new Map<string, readonly JsonObject[]>()
  return {
    remember(id, resources) {
      if (id === undefined || id === '') return resources
      const known = caches.get(id) ?? []
      const key = (each: JsonObject) => `${each.resourceType} ${each.url}|${each.version}`
      const fresh = new Set(resources.map(key))
      const all = [...resources, ...known.filter((each) => !fresh.has(key(each)))].slice(0, MOST_RESOURCES)
      // The same list object as long as nothing changed, so that what was compiled from it can be found again.
      const kept = resources.length === 0 ? known : all
      caches.delete(id)
      caches.set(id, kept)
      if (caches.size > MOST_CACHES) {
        const [oldest] = caches.keys()
        if (oldest !== undefined) caches.delete(oldest)
      }
      return kept
    },
  }
}
