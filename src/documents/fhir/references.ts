/**
 * Finds the entry that a reference means. The rule of FHIR (R4 §2.27.4.1, resolving references in Bundles) comes
 * first; then what vendors do: `Type/id` without base, bare ids, `urn:uuid:` with and without prefix, versions.
 */
import { isNode, type Node, nodes, text } from './node.ts'

export interface Entry {
  readonly fullUrl: string
  readonly resource: Node
  readonly index: number
}

export interface EntryIndex {
  readonly entries: readonly Entry[]
  /** Entry by the rule of FHIR only. `from`: the entry that holds the reference. */
  strict(reference: string, from?: Entry): Entry | undefined
  /** Entry by the rule of FHIR or by the tolerances above. */
  find(reference: string, from?: Entry): Entry | undefined
}

const VERSION = /\/_history\/[^/]*$/
const RESTFUL = /^(https?:\/\/.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/

/** Base of a RESTful full URL: `https://host/fhir/Patient/1` → `https://host/fhir/`. */
function baseOf(fullUrl: string): string | undefined {
  return RESTFUL.exec(fullUrl)?.[1]
}

export function indexEntries(entries: readonly Entry[]): EntryIndex {
  const byUrl = new Map<string, Entry>()
  for (const entry of entries) if (!byUrl.has(entry.fullUrl)) byUrl.set(entry.fullUrl, entry)
  // Most documents refer by full URL only: the tolerances are prepared when one does not.
  let byTail: ReadonlyMap<string, Entry> | undefined
  const strict = (reference: string, from?: Entry): Entry | undefined => {
    const direct = byUrl.get(reference)
    if (direct) return direct
    if (reference.includes(':')) return byUrl.get(reference.replace(VERSION, ''))
    const base = from ? baseOf(from.fullUrl) : undefined
    return base === undefined ? undefined : byUrl.get(base + reference.replace(VERSION, ''))
  }
  return {
    entries,
    strict,
    find(reference, from) {
      if (reference.startsWith('#')) return undefined
      const found = strict(reference, from)
      if (found) return found
      const parts = reference.replace(VERSION, '').split(/[/:]/)
      const last = parts.at(-1) ?? ''
      const type = parts.at(-2) ?? ''
      byTail ??= tailsOf(entries)
      // An absolute URL of a resource of another type must not be taken for a namesake in this bundle.
      return /^[A-Z][A-Za-z]+$/.test(type) ? byTail.get(`${type}/${last}`) : byTail.get(last)
    },
  }
}

/** Entries by `Type/id` and by bare id, of the resource and of its full URL; the first of each name. */
function tailsOf(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const byTail = new Map<string, Entry>()
  const note = (key: string, entry: Entry): void => {
    if (!byTail.has(key)) byTail.set(key, entry)
  }
  for (const entry of entries) {
    const type = text(entry.resource.resourceType) ?? ''
    const id = text(entry.resource.id)
    if (id !== undefined) {
      note(`${type}/${id}`, entry)
      note(id, entry)
    }
    const { fullUrl } = entry
    const last = fullUrl.slice(Math.max(fullUrl.lastIndexOf('/'), fullUrl.lastIndexOf(':')) + 1)
    if (last) {
      note(`${type}/${last}`, entry)
      note(last, entry)
    }
  }
  return byTail
}

/** Entries of a bundle that hold a resource and a full URL. */
export function entriesOf(bundle: Node): readonly Entry[] {
  return nodes(bundle.entry).flatMap((entry, index) => {
    const fullUrl = text(entry.fullUrl)
    return isNode(entry.resource) && fullUrl !== undefined ? [{ fullUrl, resource: entry.resource, index }] : []
  })
}

/** The contained resource that `#id` means. */
export function containedIn(container: Node, reference: string): Node | undefined {
  const id = reference.slice(1)
  return nodes(container.contained).find((resource) => text(resource.id) === id || text(resource.id) === reference)
}
