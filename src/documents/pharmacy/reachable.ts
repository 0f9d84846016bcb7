/** What a document needs to hold so that its references resolve: resources with all that they refer to. */
import type { BundleEntry, FhirResource } from 'fhir/r4'
import { isNode, type Node } from '../fhir/node.ts'
import type { Entry } from '../fhir/references.ts'
import { type Parts, targetOf } from './parts.ts'

/** The entries, the patient, and everything in the bundle that they refer to, each once. */
export function reachableFrom(parts: Parts, starts: readonly Entry[], patient: string): BundleEntry[] {
  const found = new Map<string, Entry>()
  const waiting = [...starts]
  const person = parts.index.find(patient)
  if (person !== undefined) waiting.unshift(person)
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    if (found.has(entry.fullUrl) || entry.resource.resourceType === 'Composition') continue
    found.set(entry.fullUrl, entry)
    for (const reference of referencesIn(entry.resource)) {
      const target = targetOf(parts, reference, entry)
      if (target !== undefined && !found.has(target.fullUrl)) waiting.push(target)
    }
  }
  return [...found.values()].flatMap(({ fullUrl, resource }) => (isResource(resource) ? [{ fullUrl, resource }] : []))
}

/** Every Reference below a value. */
function referencesIn(value: unknown): Node[] {
  const found: Node[] = []
  const waiting: unknown[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) waiting.push(...next)
    else if (isNode(next)) {
      if (typeof next.reference === 'string') found.push(next)
      waiting.push(...Object.values(next).filter((held) => typeof held === 'object' && held !== null))
    }
  }
  return found
}

/** The bundle was read by the house's reader; its resources stay as they are. */
function isResource(resource: unknown): resource is FhirResource {
  return isNode(resource) && typeof resource.resourceType === 'string'
}
