/** What one run of the writer knows and collects. */
import type { Bundle, Extension, FhirResource, Reference, Resource } from 'fhir/r4'
import type { Terminology } from '#terminology/terminology.ts'
import { uuidOf } from '../reading.ts'
import type { Piece } from './element.ts'
import { fits } from './schema/simple-types.ts'

/** A fact of the model that CDA has no place for; it stands in the document as words, or not at all. */
export interface NotWritten {
  /** Resource and field, e.g. `AllergyIntolerance/a1.reaction[0].exposureRoute`. */
  readonly path: string
  readonly what: string
  /** `statement`: as an observation beside the statement; `narrative`: as words; `nowhere`: it is not in the document. */
  readonly where: 'statement' | 'narrative' | 'nowhere'
}

/** Where a statement stands. */
export interface Place {
  /** LOINC code of the section. */
  readonly section: string
  /** How many statements are around it. */
  readonly depth: number
  /** Id of the words in the narrative that stand for it. */
  readonly row?: string
}

export interface Writing {
  readonly terminology: Terminology
  /** Writes a resource of any type as a statement (entries/registry.ts); undefined inside itself. */
  readonly write: (resource: Resource, writing: Writing, place: Place) => Piece | undefined
  /** Resources by every name that a reference may use. */
  readonly resources: ReadonlyMap<string, Resource>
  readonly language: string
  /** Ids of narrative elements by their words, in the section being written. */
  readonly narrative: Map<string, string>
  /** Every XML id of the document so far; none may stand twice. */
  readonly ids: Set<string>
  readonly roots: Map<string, Root>
  /** Resources whose facts are in the document. */
  readonly written: Set<Resource>
  /** Resources around the place where the writer is, so that a circle of references ends. */
  readonly open: Set<Resource>
  readonly notWritten: NotWritten[]
}

export function startWriting(
  bundle: Bundle,
  terminology: Terminology,
  language: string,
  write: Writing['write'],
): Writing {
  return {
    terminology,
    write,
    resources: resourcesByName(bundle),
    language,
    narrative: new Map(),
    ids: new Set(),
    roots: new Map(),
    written: new Set(),
    open: new Set(),
    notWritten: [],
  }
}

function resourcesByName(bundle: Bundle): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>()
  for (const { fullUrl, resource } of bundle.entry ?? []) {
    if (resource === undefined) continue
    if (fullUrl !== undefined) found.set(fullUrl, resource)
    if (resource.id !== undefined) {
      const name = `${resource.resourceType}/${resource.id}`
      if (!found.has(name)) found.set(name, resource)
    }
  }
  return found
}

/** The resource that a reference leads to: in the bundle, or contained in the one that refers. */
export function resolve(reference: Reference | undefined, writing: Writing, owner?: Resource): Resource | undefined {
  const name = reference?.reference
  if (name === undefined) return undefined
  if (name.startsWith('#')) return containedIn(owner, name.slice(1))
  const plain = name.replace(/\/_history\/[^/]*$/, '')
  return (
    writing.resources.get(plain) ??
    (/^https?:/.test(plain) ? writing.resources.get(plain.split('/').slice(-2).join('/')) : undefined)
  )
}

function containedIn(owner: Resource | undefined, id: string): Resource | undefined {
  if (owner === undefined || !('contained' in owner) || !Array.isArray(owner.contained)) return undefined
  return owner.contained.find((resource) => isResource(resource) && resource.id === id)
}

export function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && 'resourceType' in value
}

type TypeName = FhirResource['resourceType']

/** Whether a resource is of a type. */
export function isA<Type extends TypeName>(
  resource: Resource | undefined,
  type: Type,
): resource is Extract<FhirResource, { resourceType: Type }> {
  return resource !== undefined && resource.resourceType === type
}

/** The extensions of a resource. */
export function extensionsOf(resource: Resource | undefined): readonly Extension[] {
  return resource !== undefined && 'extension' in resource && Array.isArray(resource.extension)
    ? resource.extension
    : []
}

/**
 * OID of a system. A system that has none gets a UUID computed from its URL: the URL then stands beside it (as
 * `codeSystemName` or `assigningAuthorityName`), and whoever computes the same UUID from it knows that it is the system.
 */
export function rootOf(system: string, writing: Writing): Root {
  const known = writing.roots.get(system)
  if (known !== undefined) return known
  const bare = /^urn:(?:oid|uuid):(.*)$/i.exec(system)?.[1]
  const stated = writing.terminology.oidOf(system) ?? bare ?? system
  const found: Root = fits('uid', stated) ? { root: stated } : { root: uuidOf(system), name: system }
  writing.roots.set(system, found)
  return found
}

export interface Root {
  readonly root: string
  /** The URL, when the root was computed from it. */
  readonly name?: string
}
