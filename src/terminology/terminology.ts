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
  readonly code: string
  readonly display?: string
  readonly active: boolean
  readonly designations: readonly {
    readonly language: LanguageTag
    readonly term: string
    readonly source: string
    readonly status: 'reviewed' | 'unreviewed'
  }[]
}

export interface Mapped {
  readonly target: Coded & { readonly display?: string }
  readonly relationship: 'equivalent' | 'equal' | 'wider' | 'narrower' | 'inexact' | 'relatedto'
  readonly comment?: string
  /** Canonical URL of the concept map. */
  readonly map: string
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
  concept(system: string, code: string): Concept | undefined
  /** Targets of a code by the loaded concept maps, best relationship first. */
  mapped(system: string, code: string, target?: { readonly system?: string; readonly map?: string }): readonly Mapped[]
  membership(valueSet: string, system: string | undefined, code: string): Membership
}
