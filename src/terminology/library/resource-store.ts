/** Resources of one source: an index in memory, the resources parsed when they are first asked for. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { ResourceEntry } from '../artifacts/artifact.ts'
import { type ConceptTable, withConcepts } from '../code-systems/concept-table.ts'
import { isObject, type JsonObject, objects } from '../load/json.ts'

export interface ResourceStore {
  readonly entries: readonly ResourceEntry[]
  /** The resource, R5 JSON. The same object as long as it stays in memory; not to be changed. */
  read(entry: ResourceEntry): JsonObject
  close(): void
}

/** Most bytes of JSON text whose parsed form is kept. */
const MOST_KEPT_BYTES = 48 * 2 ** 20

/**
 * Reads `resources.ndjson` by offset. Throws when the file cannot be opened: an artifact is whole or it is not served.
 *
 * @param tables opens the concepts of a resource that has them in a file of their own
 */
export function openResourceFile(
  file: string,
  entries: readonly ResourceEntry[],
  tables: (table: string) => ConceptTable = noTable,
): ResourceStore {
  const handle = openSync(file, 'r')
  const kept = new Map<ResourceEntry, JsonObject>()
  let keptBytes = 0
  return {
    entries,
    read(entry) {
      const known = kept.get(entry)
      if (known) {
        kept.delete(entry)
        kept.set(entry, known)
        return known
      }
      const bytes = Buffer.allocUnsafe(entry.length)
      readSync(handle, bytes, 0, entry.length, entry.offset)
      const written = JSON.parse(bytes.toString('utf8')) as JsonObject
      const { table } = entry
      const resource = table === undefined ? written : withConcepts(subsetted(written), () => tables(table))
      kept.set(entry, resource)
      keptBytes += entry.length
      for (const [oldest] of kept) {
        if (keptBytes <= MOST_KEPT_BYTES || oldest === entry) break
        kept.delete(oldest)
        keptBytes -= oldest.length
      }
      return resource
    },
    close: () => closeSync(handle),
  }
}

function noTable(table: string): never {
  throw new Error(`The concepts in ${table} were not opened.`)
}

/** A resource without its concepts says so (FHIR R5 §2.1.0.2, security labels: SUBSETTED); `count` says how many there are. */
function subsetted(resource: JsonObject): JsonObject {
  const meta = isObject(resource.meta) ? resource.meta : {}
  const tag = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
  return { ...resource, meta: { ...meta, tag: [...objects(meta.tag), tag] } }
}

/** Resources that are in memory anyway: of a request, of a test. */
export function memoryStore(resources: readonly JsonObject[]): ResourceStore {
  const byEntry = new Map<ResourceEntry, JsonObject>()
  for (const resource of resources) {
    const entry = entryOf(resource, 0, 0)
    if (entry) byEntry.set(entry, resource)
  }
  return {
    entries: [...byEntry.keys()],
    read: (entry) => byEntry.get(entry) ?? {},
    close: () => {},
  }
}

const TYPES: ReadonlySet<unknown> = new Set(['CodeSystem', 'ValueSet', 'ConceptMap', 'NamingSystem'])

/** What an index says of a resource; undefined when it is no terminology or has no URL. */
export function entryOf(resource: JsonObject, offset: number, length: number): ResourceEntry | undefined {
  const { resourceType, url } = resource
  if (!TYPES.has(resourceType) || typeof url !== 'string' || url === '') return undefined
  const texts = Object.fromEntries(
    ['id', 'version', 'name', 'title', 'status', 'content', 'supplements'].flatMap((key) => {
      const value = resource[key]
      return typeof value === 'string' ? [[key, value]] : []
    }),
  )
  const concepts = resourceType === 'CodeSystem' ? countConcepts(resource.concept) : undefined
  return {
    resourceType: resourceType as ResourceEntry['resourceType'],
    url,
    ...texts,
    ...(concepts !== undefined && { concepts }),
    offset,
    length,
  }
}

function countConcepts(concepts: unknown): number {
  if (!Array.isArray(concepts)) return 0
  let count = 0
  for (const concept of concepts) count += 1 + countConcepts((concept as JsonObject | null)?.concept)
  return count
}
