/**
 * What the rest of the house may ask of terminology. Synchronous: the store is in memory. Systems may be given as FHIR
 * URL, `urn:oid:…` or bare OID; both ICD-10 OIDs are one system.
 */

/** BCP-47, e.g. `fr`, `fr-BE`. */
export type LanguageTag = string

export interface Coded {
  readonly system: string
  readonly code: string
}

export interface Designation {
  readonly term: string
  /** The language of `term`, for the `lang` attribute. */
  readonly language: LanguageTag
  /** `exact`: the language asked for; `fallback`: a more general or further wished language, say so to the reader. */
  readonly match: 'exact' | 'fallback'
  readonly source: string
  readonly status: 'reviewed' | 'unreviewed'
}

export interface Concept {
  readonly system: string
  /** As the system spells it: asked for `J459`, the answer may say `J45.9`. */
  readonly code: string
  readonly display?: string
  readonly active: boolean
  /** The version that this answer speaks of, when one was asked for. */
  readonly version?: string
  /** Filled when several versions of the system are loaded: what each of those that have the code says of it. */
  readonly versions: readonly ConceptVersion[]
  /** No version was asked for, and the loaded ones differ in the words or the status of the code. */
  readonly ambiguous: boolean
  readonly designations: readonly {
    readonly language: LanguageTag
    readonly term: string
    readonly source: string
    readonly status: 'reviewed' | 'unreviewed'
  }[]
}

export interface ConceptVersion {
  readonly version: string
  readonly display?: string
  readonly active: boolean
}

export interface Mapped {
  readonly target: Coded & { readonly display?: string }
  readonly relationship: 'equivalent' | 'equal' | 'wider' | 'narrower' | 'inexact' | 'relatedto'
  readonly comment?: string
  /** Canonical URL of the concept map, and its version. */
  readonly map: string
  readonly mapVersion?: string
  /** As the catalogue writes it; a percentage or a grade. */
  readonly quality?: string
  /** `valid` unless the catalogue says otherwise; lower case. */
  readonly status?: string
  /** First and last day of use, `YYYY-MM-DD`. */
  readonly validFrom?: string
  readonly validTo?: string
  readonly advice?: string
  /** Further codes that the target needs beside it. */
  readonly products?: readonly { readonly attribute: string; readonly system?: string; readonly value: string }[]
  /** What must also hold for the mapping to be right; the caller must know, or not use it. */
  readonly condition?: string
}

export interface MapQuestion {
  /** Only targets of this system. */
  readonly system?: string
  /** Only this concept map: `url` or `url|version`. */
  readonly map?: string
  /** The day on which the mapping must be valid, `YYYY-MM-DD`; default: today. */
  readonly at?: string
  /** `all` also gives mappings that are not valid, by status or by day. Default: `valid`. */
  readonly status?: 'valid' | 'all'
}

/** `unknown`: the value set or its code system is not loaded, so nothing can be said. */
export type Membership = 'member' | 'not-member' | 'unknown'

export interface Terminology {
  /** Canonical FHIR URL of a system given as URL, `urn:oid:` or OID; unknown OIDs come back as `urn:oid:…`. */
  canonicalSystem(system: string): string
  /** Bare OID of a system, when known. */
  oidOf(system: string): string | undefined
  /** Human name of a system, e.g. `ICD-10`; undefined when unknown. */
  systemName(system: string): string | undefined
  /**
   * The best designation for a reader. Languages in order of wish; each falls back `fr-BE → fr → fr-*`. Never English
   * unless asked for: without a designation the answer is undefined and the caller shows the original, marked.
   */
  designation(system: string, code: string, languages: readonly LanguageTag[]): Designation | undefined
  /**
   * @param version only needed where several versions of the system are loaded. A version that is not loaded is answered
   *   as if none was asked for, without `version` in the answer; a code that the version does not have, by undefined.
   */
  concept(system: string, code: string, version?: string): Concept | undefined
  /**
   * Targets of a code by the loaded concept maps: best relationship first, then as the map orders them. Without a valid
   * mapping the answer is empty: an invalid one never stands in for it.
   */
  mapped(system: string, code: string, question?: MapQuestion): readonly Mapped[]
  membership(valueSet: string, system: string | undefined, code: string): Membership
}

/** A member of a value set; `display` is the system's own word. */
export interface ValueSetMember extends Coded {
  readonly display?: string
}

export interface ValueSetMembers {
  readonly url: string
  readonly oid?: string
  readonly version?: string
  readonly name?: string
  /** False when the set also holds codes that are not listed here: whole systems, or content that is not loaded. */
  readonly complete: boolean
  readonly members: readonly ValueSetMember[]
}

/** What can be listed besides being asked for one by one. */
export interface TerminologyCatalogue extends Terminology {
  /** Every language of which some designation is loaded, in alphabetical order. */
  languages(): readonly LanguageTag[]
  /** @param valueSet canonical URL, `urn:oid:…` or bare OID; undefined when it is not loaded */
  valueSet(valueSet: string): ValueSetMembers | undefined
}
