/**
 * What loaders gather and the compiler writes: terminology content of one layer, before it becomes a binary file.
 * Mutable on purpose; it lives only while content is compiled.
 */

export interface DesignationContent {
  readonly language: string
  readonly term: string
  readonly source: string
  readonly reviewed: boolean
}

export interface ConceptContent {
  readonly code: string
  display?: string
  active: boolean
  /** In order of precedence; the first of a language is the one shown. */
  readonly designations: DesignationContent[]
  /** Codes of the same system that this one specialises; only needed to evaluate `is-a` filters. */
  parents?: string[]
  /** What each loaded version of the system says of the code; only the versions that have it. */
  versions?: ConceptVersion[]
}

/** A code in one version of its system. */
export interface ConceptVersion {
  readonly version: string
  readonly display?: string
  readonly active: boolean
}

export interface SystemContent {
  readonly url: string
  name?: string
  /** True when every code of the system is here, so that an absent code is known not to exist. */
  complete: boolean
  readonly concepts: Map<string, ConceptContent>
}

/** A code that a value set names, with the words the value set gives it. */
export interface ValueSetCode {
  readonly code: string
  readonly display?: string
  readonly designations?: readonly DesignationContent[]
}

export interface ValueSetInclude {
  readonly system?: string
  readonly codes?: readonly ValueSetCode[]
  readonly filters?: readonly { readonly property: string; readonly op: string; readonly value: string }[]
  /** Canonical URLs whose intersection the include is restricted to. */
  readonly valueSets?: readonly string[]
}

export interface ValueSetContent {
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly oid?: string
  readonly include: readonly ValueSetInclude[]
  readonly exclude: readonly ValueSetInclude[]
  /** A published expansion, used instead of include and exclude. `complete` is false when it was cut short. */
  readonly expansion?: { readonly complete: boolean; readonly include: readonly ValueSetInclude[] }
}

export const RELATIONSHIPS = ['equal', 'equivalent', 'wider', 'narrower', 'inexact', 'relatedto'] as const
export type Relationship = (typeof RELATIONSHIPS)[number]

/** A further code that a target needs beside it (FHIR ConceptMap `target.product`). */
export interface MappingProduct {
  readonly attribute: string
  readonly system?: string
  readonly value: string
}

/** One target of one code by one concept map. A code with several targets has several of these. */
export interface MappingContent {
  readonly source: { readonly system: string; readonly code: string }
  readonly target: { readonly system: string; readonly code: string; readonly display?: string }
  readonly relationship: Relationship
  readonly comment?: string
  /** Canonical URL of the concept map, without its version. */
  readonly map: string
  readonly mapVersion?: string
  /** As the catalogue writes it: a grade, a percentage, `exact`. */
  readonly quality?: string
  /** Lower case, as the catalogue writes it; `valid` may be used, anything else may not. Default: `valid`. */
  readonly status?: string
  /** First and last day on which the mapping may be used, `YYYY-MM-DD`. */
  readonly validFrom?: string
  readonly validTo?: string
  /** What a person must know before using it, e.g. a SNOMED CT map advice. */
  readonly advice?: string
  readonly products?: readonly MappingProduct[]
  /** A condition beside the code (FHIR `dependsOn`, a map rule): without knowing it, the mapping is no answer. */
  readonly condition?: string
}

/** A system's identity: its canonical URL and whatever else it is called on the wire. */
export interface SystemIdentity {
  readonly url: string
  readonly name?: string
  /** Bare OIDs (and the UUID that eHDSI uses in place of one), the preferred first. */
  readonly oids: readonly string[]
  /** Other URLs that mean the same system. */
  readonly aliases: readonly string[]
}

export interface Content {
  readonly systems: Map<string, SystemContent>
  readonly identities: Map<string, SystemIdentity>
  readonly valueSets: Map<string, ValueSetContent>
  readonly mappings: MappingContent[]
}

export function emptyContent(): Content {
  return { systems: new Map(), identities: new Map(), valueSets: new Map(), mappings: [] }
}

export function systemOf(content: Content, url: string): SystemContent {
  let system = content.systems.get(url)
  if (!system) {
    system = { url, complete: false, concepts: new Map() }
    content.systems.set(url, system)
  }
  return system
}

export function conceptOf(system: SystemContent, code: string): ConceptContent {
  let concept = system.concepts.get(code)
  if (!concept) {
    concept = { code, active: true, designations: [] }
    system.concepts.set(code, concept)
  }
  return concept
}

/** Notes what one version of the system says of a code; a second statement about the same version is ignored. */
export function addVersion(concept: ConceptContent, version: ConceptVersion): void {
  concept.versions ??= []
  if (!concept.versions.some((known) => known.version === version.version)) concept.versions.push(version)
}

/**
 * Adds a designation, once per language and source: the first one given is the source's preferred term. Content that
 * was added earlier keeps precedence among designations of the same review status.
 */
export function addDesignation(concept: ConceptContent, designation: DesignationContent): boolean {
  if (designation.term === '' || designation.language === '') return false
  const known = concept.designations.some(
    (other) =>
      other.language === designation.language &&
      (other.source === designation.source ||
        (other.term === designation.term && other.reviewed === designation.reviewed)),
  )
  if (known) return false
  concept.designations.push(designation)
  return true
}

/** Adds what is new of an identity; the first name and the first OID stay the preferred ones. */
export function addIdentity(content: Content, identity: SystemIdentity): void {
  const known = content.identities.get(identity.url)
  content.identities.set(identity.url, {
    url: identity.url,
    ...((known?.name ?? identity.name) !== undefined && { name: known?.name ?? identity.name }),
    oids: [...new Set([...(known?.oids ?? []), ...identity.oids])],
    aliases: [...new Set([...(known?.aliases ?? []), ...identity.aliases])].filter((alias) => alias !== identity.url),
  })
}
