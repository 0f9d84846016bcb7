/**
 * One version of one code system, as the operations see it. Implemented by a FHIR CodeSystem resource, by the fixed
 * systems (UCUM, BCP-47, …) and by a SNOMED CT edition of 500,000 concepts: so concepts are named by handles, sets are
 * lazy, and nothing here makes objects for more concepts than an answer shows.
 */
import type { JsonObject } from '../load/json.ts'
import type { FhirProperty } from '../operations/fhir.ts'

/**
 * A concept of this version of this code system, opaque to everybody else. A number for a stored concept (an ordinal),
 * a string for one that exists by grammar only (the normalised code: a UCUM unit, a post-coordinated expression).
 */
export type ConceptHandle = number | string

export type Content = 'complete' | 'fragment' | 'example' | 'not-present' | 'supplement'

/** What is said of the code system as a whole (FHIR R5 CodeSystem, elements of the same names). */
export interface CodeSystemIdentity {
  readonly url: string
  readonly version?: string
  readonly name?: string
  readonly title?: string
  readonly status?: string
  readonly experimental?: boolean
  /** Extension structuredefinition-standards-status: draft, trial-use, normative, deprecated, withdrawn, … */
  readonly standardsStatus?: string
  readonly content: Content
  readonly caseSensitive: boolean
  /** Codes may be composed by a grammar. */
  readonly compositional?: boolean
  readonly versionNeeded?: boolean
  readonly hierarchyMeaning?: string
  /** BCP-47 tag of the displays that carry none. */
  readonly language?: string
  /** Canonical URL of the value set of all its codes. */
  readonly valueSet?: string
  readonly copyright?: string
  /** How people call this edition, where the version does not say it: `International Edition`. */
  readonly edition?: string
  /** Properties it defines: code, URI and type. */
  readonly properties: readonly PropertyDefinition[]
  /** `canonical|version` of the supplements that are merged in; those whose words stand in are named by the words alone. */
  readonly supplements: readonly string[]
}

export interface PropertyDefinition {
  readonly code: string
  readonly uri?: string
  readonly description?: string
  readonly type?: string
}

/** A word for a concept, in a language, from somebody. */
export interface ConceptDesignation {
  /** BCP-47; undefined when nobody said it. */
  readonly language?: string
  readonly use?: { readonly system?: string; readonly code?: string; readonly display?: string }
  readonly value: string
  /** The display of the code system itself (not one of its `designation`s). */
  readonly isDisplay?: boolean
  /** Stands where the system leaves the word to others (user-assigned codes): another display is no error. */
  readonly isPlaceholder?: boolean
  /** Shown only where nobody else has a word in the language: composed by a rule, or Tessera's own. */
  readonly standsIn?: boolean
  /** Preferred among those of its language. */
  readonly preferred?: boolean
  /** No longer to be used: withdrawn, deprecated, or inactive in the source. */
  readonly inactive?: boolean
  /** standards-status of the designation. */
  readonly status?: string
  /** Supplement (canonical) it comes from. */
  readonly source?: string
  /** To be echoed. */
  readonly extension?: readonly unknown[]
}

/** What `locate` knows of a code. */
export type Located =
  | { readonly concept: ConceptHandle; readonly note?: string }
  /** `reason`: one sentence in English when the code is wrong by grammar; undefined when it is just not there. */
  | { readonly concept: undefined; readonly reason?: string }

export interface Filter {
  readonly property: string
  readonly op: string
  readonly value: string
}

/** Why a filter cannot be applied. */
export interface FilterProblem {
  readonly kind: 'not-understood' | 'bad-value' | 'too-costly'
  readonly filter: Filter
  /** `expression`: the value is a constraint in a language of its own (ECL) and is wrong. */
  readonly language?: 'ecl'
  /** One sentence in English. */
  readonly sentence: string
}

export type Selected =
  | { readonly ok: true; readonly set: ConceptSet }
  | { readonly ok: false; readonly problem: FilterProblem }

/** A set of concepts of one code system, evaluated as late as possible. */
export interface ConceptSet {
  has(concept: ConceptHandle): boolean
  /** Number of members when it can be told without a walk. */
  readonly size?: number
  /** Members in the order of the code system (of a search: the best first), without the first `offset`. */
  iterate(offset?: number): Iterable<ConceptHandle>
  /** Inactive concepts are in it on purpose (a reference set of history), so that they deserve no warning. */
  readonly listsInactive?: boolean
  /** Besides those that can be listed there are members that only a grammar makes. */
  readonly open?: boolean
  /**
   * One page at once, where that is cheaper than iterating: what a ranked search does. `total` is undefined when counting
   * would cost more than the page.
   */
  page?(
    offset: number,
    count: number,
  ): { readonly concepts: readonly ConceptHandle[]; readonly total: number | undefined }
}

export interface CodeSystem {
  readonly identity: CodeSystemIdentity
  /** Finds a code. Where the system is not case-sensitive, any case finds it; `codeOf` gives the right one. */
  locate(code: string): Located
  codeOf(concept: ConceptHandle): string
  /** The system's own display, whatever its language. */
  display(concept: ConceptHandle): string | undefined
  /** All words, the system's own display first. */
  designations(concept: ConceptHandle): readonly ConceptDesignation[]
  /** The word for the first of these languages that has one, where that is cheaper than choosing among `designations`. */
  preferred?(concept: ConceptHandle, languages: readonly string[]): ConceptDesignation | undefined
  definition(concept: ConceptHandle): string | undefined
  /** Not to be used any more, for whatever reason. */
  isInactive(concept: ConceptHandle): boolean
  /** Not to be chosen: it exists to group others. */
  isAbstract(concept: ConceptHandle): boolean
  /** Why it is inactive, or that it is about to be: active, retired, deprecated, withdrawn, inactive, … */
  status(concept: ConceptHandle): string | undefined
  /** Properties of the concept; of supplements too. `parent` and `child` are asked by the methods below. */
  properties(concept: ConceptHandle): readonly FhirProperty[]
  /** Extensions of the concept that an expansion may echo. */
  extensions?(concept: ConceptHandle): readonly unknown[]
  parents(concept: ConceptHandle): readonly ConceptHandle[]
  children(concept: ConceptHandle): readonly ConceptHandle[]
  /** The parent under which an expansion shows it; undefined at the top. Only asked where `hierarchical`. */
  nestedParent?(concept: ConceptHandle): ConceptHandle | undefined
  /** True when `ancestor` is `descendant` or above it. */
  subsumes(ancestor: ConceptHandle, descendant: ConceptHandle): boolean
  /** Whether it has a hierarchy that an expansion should show. */
  readonly hierarchical: boolean
  /** Every concept; undefined when they cannot be enumerated (a grammar) — `reason` says it. */
  all(): ConceptSet | undefined
  /** Concepts that meet every filter. */
  select(filters: readonly Filter[]): Selected
  /** Concepts whose words match a text, of `within`; the order is the ranking. Without this method every word is read. */
  search?(text: string, within: ConceptSet, languages: readonly string[]): ConceptSet
  /** Set algebra by the system's own means; undefined when it has none for these sets. */
  combine?(operation: 'union' | 'intersect' | 'subtract', left: ConceptSet, right: ConceptSet): ConceptSet | undefined
  /** The members that are not inactive. Without this method they are asked one by one. */
  onlyActive?(set: ConceptSet): ConceptSet
  /** What may be used in `select`, for TerminologyCapabilities. */
  readonly filters?: readonly { readonly code: string; readonly operators: readonly string[] }[]
  /** Parameters and properties of `$lookup` beyond the common ones. */
  lookupProperties?(concept: ConceptHandle): readonly FhirProperty[]
}

/** All versions of one code system that one source offers. Cheap to make: nothing is read before `open`. */
export interface CodeSystemFamily {
  readonly url: string
  /** Newest last does not matter: the library orders them. `undefined` is a system without version. */
  versions(): readonly CodeSystemVersion[]
  /**
   * Opens a version as listed, with supplements (R5 JSON) merged in where it can. Called again and again: the family
   * caches what has none.
   */
  open(version: string | undefined, supplements?: readonly JsonObject[]): CodeSystem | undefined
  /**
   * How a version that was asked for relates to a listed one, when plain comparison is not enough (SNOMED CT: the URI of
   * an edition means its newest version).
   */
  matches?(requested: string, listed: string): boolean
  /** ValueSet (R5 JSON) of an implicit URL, e.g. `http://snomed.info/sct?fhir_vs=isa/73211009`. */
  implicitValueSet?(url: string): unknown
  /** ConceptMap (R5 JSON) of an implicit URL. */
  implicitConceptMap?(url: string): unknown
}

export interface CodeSystemVersion {
  readonly version: string | undefined
  readonly content: Content
  readonly isDefault?: boolean
  readonly language?: string
}
