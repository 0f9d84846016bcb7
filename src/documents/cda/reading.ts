/** What one run of the reader knows and collects. */
import { hash } from 'node:crypto'
import type { BundleEntry, Coding, Extension, FhirResource, Identifier } from 'fhir/r4'
import type { Terminology } from '#terminology/terminology.ts'
import { SOURCE_EXTENSION } from '../model/clinical-document.ts'
import type { Narratives } from './narrative-index.ts'
import { prune } from './prune.ts'
import { DETAIL_EXTENSION } from './tables/urls.ts'

export interface Reading {
  readonly terminology: Terminology
  /** Words of the narrative by id, for `reference value="#id"`. */
  readonly narratives: Narratives
  /** Resources so far, in the order in which the source states them. */
  readonly entries: BundleEntry[]
  /** Identity of the document; with a path it gives every resource its name, the same on every run. */
  readonly seed: string
  readonly language: string | undefined
  readonly systems: Map<string, string>
  /** Reference to the patient; every clinical resource needs it. */
  readonly patient: string
  /** What entries take from the header where they do not say it themselves. */
  readonly header?: HeaderFacts
}

export interface HeaderFacts {
  /** Reference to the document's first author. */
  readonly author?: string
  /** When the document was written. */
  readonly date?: string
  /** The prescription that the document fulfils (inFulfillmentOf/order/id). */
  readonly fulfils?: Identifier
}

/**
 * What a mapper notes beside the fields of its resource: structural codes that the resource expresses by its shape,
 * details that FHIR has no field for, and further resources it relates to.
 */
export interface Trace {
  readonly path: string
  /** Reference to the words in the narrative that stand for the statement; the way back to CDA needs it. */
  text?: string
  readonly codes: Coding[]
  /** Paths of further source elements that the resource expresses. */
  readonly details: Extension[]
  readonly others: Extension[]
}

export function newTrace(path: string): Trace {
  return { path, codes: [], details: [], others: [] }
}

/** Canonical URL of a code system OID. */
export function systemOf(reading: Reading, oid: string): string {
  const known = reading.systems.get(oid)
  if (known !== undefined) return known
  const system = reading.terminology.canonicalSystem(oid)
  reading.systems.set(oid, system)
  return system
}

/** `urn:uuid:` of the resource that a source element becomes; can be known before the resource is made. */
export function referenceTo(reading: Reading, type: string, path: string): string {
  return `urn:uuid:${uuidOf(`${reading.seed}|${type}|${path}`)}`
}

/** A name-based UUID (RFC 9562 version 5 layout) so that the same input gives the same bytes. */
export function uuidOf(name: string): string {
  const digest = hash('sha1', name, 'hex')
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

/** Root of identifiers whose system is not known. */
export const NO_SYSTEM = 'urn:tessera:no-system'
const NO_SYSTEM_ROOT = uuidOf(NO_SYSTEM)
const URL = /^[a-z][a-z0-9+.-]*:\S+$/i

/**
 * CDA names systems by OID or UUID. A system that has neither is written with the UUID computed from its URL, and its
 * URL as name beside it: this finds the URL. `null`: the identifier has no system.
 */
export function systemNamed(root: string, name: string | undefined): string | null | undefined {
  if (root === NO_SYSTEM_ROOT) return null
  return name !== undefined && URL.test(name) && uuidOf(name) === root ? name : undefined
}

/** Which of these references lead to observations; only those may be members of a group. */
export function partitionMembers(
  reading: Reading,
  references: readonly string[],
): { members: string[]; others: string[] } {
  const isObservation = (url: string): boolean =>
    reading.entries.findLast(({ fullUrl }) => fullUrl === url)?.resource?.resourceType === 'Observation'
  return { members: references.filter(isObservation), others: references.filter((url) => !isObservation(url)) }
}

/** Adds a resource with its trace to the bundle and returns the reference to it. */
export function addResource(reading: Reading, resource: FhirResource, trace: Trace): string {
  const fullUrl = referenceTo(reading, resource.resourceType, trace.path)
  resource.id = fullUrl.slice('urn:uuid:'.length)
  extend(resource, trace)
  reading.entries.push({ fullUrl, resource: prune(resource) })
  return fullUrl
}

function extend(resource: FhirResource, trace: Trace): void {
  const { resourceType: type } = resource
  if (type === 'Bundle' || type === 'Binary' || type === 'Parameters') return
  resource.extension = [...(resource.extension ?? []), ...traceExtensions(trace)]
}

/** The extensions that a trace becomes. */
export function traceExtensions(trace: Trace): Extension[] {
  const source: Extension = {
    url: SOURCE_EXTENSION,
    extension: [
      { url: 'path', valueString: trace.path },
      ...(trace.text === undefined ? [] : [{ url: 'text', valueString: trace.text }]),
      ...trace.codes.map((coding): Extension => ({ url: 'code', valueCoding: coding })),
    ],
  }
  const details: Extension[] = trace.details.length > 0 ? [{ url: DETAIL_EXTENSION, extension: trace.details }] : []
  return [source, ...details, ...trace.others]
}
