/**
 * Whatever FHIR was sent → one document Bundle: Composition first, every entry with a full URL, every reference that
 * means an entry resolving by the rule of FHIR. Nothing is invented: what is added carries the extension
 * `urn:tessera:added`, and a reference that had to be rewritten keeps what it was in `urn:tessera:reference`.
 */

import { REASONS } from '../account/reasons.ts'
import { composeSections } from './compose.ts'
import { isNode, type Node, nodes, text } from './node.ts'
import { type Entry, indexEntries } from './references.ts'

export const ADDED_EXTENSION = 'urn:tessera:added'
export const REFERENCE_EXTENSION = 'urn:tessera:reference'

/** Base of full URLs for entries that came without one; `.invalid` can never be somebody's server (RFC 2606). */
const NO_BASE = 'https://document.invalid/'

export type MutableNode = Record<string, unknown>

export interface Unusable {
  readonly path: string
  readonly what: string
  readonly why: string
}

export interface Assembled {
  readonly bundle: MutableNode
  readonly unusable: readonly Unusable[]
}

interface Found {
  readonly entry: MutableNode
  readonly resource: MutableNode
  readonly path: string
}

function isMutable(value: unknown): value is MutableNode {
  return isNode(value)
}

function excerpt(value: unknown): string {
  const literal = JSON.stringify(value) ?? String(value)
  return literal.length > 400 ? `${literal.slice(0, 400)}…` : literal
}

/** Collects resources from a Bundle, from Bundles inside it, from Parameters, or from a bare resource. */
function collect(root: Node, path: string, unusable: Unusable[], found: Found[]): void {
  const children = (list: unknown, name: string): void => {
    const items: readonly unknown[] = Array.isArray(list) ? list : [list]
    items.forEach((item, index) => {
      const place = `${path}${name}[${index}]`
      const resource = isNode(item) ? item.resource : undefined
      if (!isMutable(item)) {
        unusable.push({ path: place, what: excerpt(item), why: REASONS['no-resource'] })
      } else if (!isMutable(resource) || text(resource.resourceType) === undefined) {
        unusable.push({ path: place, what: excerpt(item), why: REASONS['no-resource'] })
      } else if (resource.resourceType === 'Bundle' && Array.isArray(resource.entry)) {
        collect(resource, `${place}.resource.`, unusable, found)
        const rest = Object.fromEntries(Object.entries(resource).filter(([key]) => key !== 'entry'))
        found.push({ entry: item, resource: { ...rest }, path: `${place}.resource` })
      } else found.push({ entry: item, resource, path: `${place}.resource` })
    })
  }
  if (root.resourceType === 'Bundle') children(root.entry ?? [], 'entry')
  else if (root.resourceType === 'Parameters' && nodes(root.parameter).some(({ resource }) => isNode(resource))) {
    children(root.parameter, 'parameter')
  } else if (isMutable(root)) found.push({ entry: {}, resource: root, path })
}

function withUrls(found: readonly Found[]): MutableNode[] {
  const used = new Set<string>()
  return found.map(({ entry, resource }, index) => {
    const type = text(resource.resourceType) ?? 'Resource'
    const given = text(entry.fullUrl)
    let fullUrl = given ?? `${NO_BASE}${type}/${text(resource.id) ?? `entry-${index + 1}`}`
    // Two entries under one name: the second could never be referred to, nor shown with its own anchor.
    while (used.has(fullUrl)) fullUrl = `${fullUrl}-${index + 1}`
    used.add(fullUrl)
    const kept = Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'name'))
    if (fullUrl === given) return { ...kept, fullUrl, resource }
    const added = { url: ADDED_EXTENSION, valueString: given === undefined ? 'fullUrl' : `fullUrl, was ${given}` }
    return { ...kept, fullUrl, resource, extension: [...nodes(entry.extension), added] }
  })
}

/** Rewrites references that mean an entry but do not resolve by the rule of FHIR; remembers what they were. */
function repairReferences(entries: readonly Entry[]): void {
  const index = indexEntries(entries)
  const visit = (value: unknown, from: Entry): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, from)
    else if (isMutable(value)) {
      const reference = value.reference
      if (typeof reference === 'string' && !index.strict(reference, from)) {
        const target = index.find(reference, from)
        if (target) {
          value.reference = target.fullUrl
          value.extension = [...nodes(value.extension), { url: REFERENCE_EXTENSION, valueString: reference }]
        }
      }
      for (const key in value) {
        const child = value[key]
        if (typeof child === 'object' && child !== null) visit(child, from)
      }
    }
  }
  for (const entry of entries) visit(entry.resource, entry)
}

/**
 * Assembles the document. The input's objects become part of the result; the caller must not use them further.
 * @returns undefined when there is no resource at all
 */
export function assembleDocument(root: Node): Assembled | undefined {
  const unusable: Unusable[] = []
  const found: Found[] = []
  collect(root, '', unusable, found)
  if (found.length === 0) return undefined
  const entries = withUrls(found)
  const first = entries.findIndex((entry) => isNode(entry.resource) && entry.resource.resourceType === 'Composition')
  if (first > 0) entries.unshift(...entries.splice(first, 1))
  if (first < 0) entries.unshift(composeSections(entries, root))
  const own =
    root.resourceType === 'Bundle'
      ? Object.fromEntries(Object.entries(root).filter(([key]) => key !== 'entry'))
      : { resourceType: 'Bundle' }
  const was = text(own.type)
  const bundle: MutableNode = { ...own, type: 'document', entry: entries }
  if (was !== undefined && was !== 'document') {
    const added = { url: ADDED_EXTENSION, valueString: `type, was ${was}` }
    bundle._type = { ...(isNode(own._type) ? own._type : {}), extension: [added] }
  }
  const listed = entries.flatMap((entry, index) =>
    isNode(entry.resource) ? [{ fullUrl: String(entry.fullUrl), resource: entry.resource, index }] : [],
  )
  repairReferences(listed)
  return { bundle, unusable }
}
