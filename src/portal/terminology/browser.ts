/**
 * What the terminology pages ask: one port, answered by `terminology/browse/`. Everything a page shows comes through it,
 * already chosen for the reader: terms carry the language that they are in, and it is the page that marks a foreign one.
 */
import type { Result } from '#platform/result/result.ts'

/** BCP-47, e.g. `fr`, `fr-BE`. */
export type LanguageTag = string

/** Words with their language; undefined when the source does not state it. */
export interface Term {
  readonly text: string
  readonly language?: LanguageTag | undefined
}

/** A concept as a link shows it. A concept without any term is shown by its code. */
export interface Reference {
  readonly system: string
  readonly code: string
  readonly version?: string | undefined
  readonly term?: Term | undefined
  readonly active: boolean
}

/** A reference of which the code system may not be loaded, e.g. the far side of a concept map. */
export interface ForeignReference extends Reference {
  readonly systemName: string
  /** False when its concept page would be a refusal. */
  readonly loaded: boolean
}

export interface Slice<T> {
  readonly items: readonly T[]
  /** Undefined when counting would cost more than answering. */
  readonly total?: number | undefined
  readonly more: boolean
}

export interface Window {
  readonly offset: number
  readonly count: number
}

/** Languages of the reader in order of wish. */
export interface Reading {
  readonly languages: readonly LanguageTag[]
}

export type BrowseRefusal =
  | 'unknown-system'
  | 'unknown-version'
  | 'unknown-code'
  | 'unknown-value-set'
  | 'unknown-map'
  | 'not-expandable'
  | 'too-costly'

export type Answer<T> = Promise<Result<T, BrowseRefusal>>

export interface SystemEntry {
  readonly url: string
  readonly version?: string | undefined
  readonly name: Term
  /** Undefined when the system has a grammar instead of a list. */
  readonly concepts?: number | undefined
  /** Languages of its terms, as far as they were gathered. */
  readonly languages: readonly LanguageTag[]
  readonly publisher?: string | undefined
  readonly copyright?: Term | undefined
  /** False when only some of its codes are known here. */
  readonly complete: boolean
  /** Understands the Expression Constraint Language. */
  readonly expressions: boolean
}

export interface ValueSetEntry {
  readonly url: string
  readonly version?: string | undefined
  readonly name: Term
  /** Undefined when it was not counted. */
  readonly concepts?: number | undefined
  readonly systems: readonly string[]
}

export interface MapEntry {
  readonly url: string
  readonly version?: string | undefined
  readonly name: Term
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly mappings: number
}

export interface SearchRequest extends Reading, Window {
  readonly text: string
  /** Empty: every code system. */
  readonly systems: readonly string[]
  readonly valueSet?: string | undefined
  readonly inactive: boolean
}

export interface Hit extends Reference {
  readonly systemName: Term
  /** The words that matched, when they are not the ones shown. */
  readonly found?: Term | undefined
}

export interface ConceptRequest extends Reading {
  readonly system: string
  readonly code: string
  readonly version?: string | undefined
}

export interface DesignationEntry {
  readonly language?: LanguageTag | undefined
  readonly text: string
  readonly preferred: boolean
  /** What kind of words: fully specified name, synonym, patient-friendly term, … */
  readonly use?: Term | undefined
  readonly source?: string | undefined
  /** Damaged: it came without its letters. */
  readonly status?: 'reviewed' | 'unreviewed' | 'damaged' | undefined
  readonly active: boolean
}

export interface AttributeRow {
  readonly type: Reference
  readonly value: Reference | { readonly text: string }
}

export interface PropertyEntry {
  readonly name: Term
  readonly value: Reference | { readonly text: string }
}

export type MapRelationship =
  | 'equivalent'
  | 'source-is-narrower-than-target'
  | 'source-is-broader-than-target'
  | 'related-to'
  | 'not-related-to'

export interface Mapping {
  readonly map: { readonly url: string; readonly version?: string | undefined; readonly name: Term }
  readonly other: ForeignReference
  readonly relationship?: MapRelationship | undefined
  readonly comment?: Term | undefined
}

export interface Inactivation {
  readonly reason?: Term | undefined
  readonly replacements: readonly { readonly association: Term; readonly target: Reference }[]
}

export interface ConceptView {
  readonly system: SystemEntry
  readonly code: string
  readonly term?: Term | undefined
  readonly active: boolean
  /** The system's own word for its state, when it says more than active or inactive, e.g. `trial`. */
  readonly status?: string | undefined
  /** False for a concept that only groups others. */
  readonly selectable: boolean
  readonly inactivation?: Inactivation | undefined
  readonly definitions: readonly Term[]
  readonly designations: readonly DesignationEntry[]
  /** From a root down to a direct parent, at most a few; `furtherPaths` says how many more there are. */
  readonly paths: readonly (readonly Reference[])[]
  readonly furtherPaths: number
  readonly childCount: number
  /** SNOMED CT: one entry for each relationship group; the ungrouped ones have number 0. */
  readonly groups: readonly { readonly number: number; readonly rows: readonly AttributeRow[] }[]
  readonly properties: readonly PropertyEntry[]
  readonly mapsFrom: readonly Mapping[]
  readonly mapsTo: readonly Mapping[]
  /** Every loaded version of the system that knows the code, this one too. */
  readonly versions: readonly string[]
}

export interface Child extends Reference {
  readonly children: number
}

/** One clause of a value set's definition. */
export interface Clause {
  readonly system?: { readonly url: string; readonly version?: string | undefined; readonly name: Term } | undefined
  /** How many codes are listed one by one. */
  readonly codes?: number | undefined
  readonly filters: readonly { readonly property: string; readonly operator: string; readonly value: string }[]
  readonly valueSets: readonly { readonly url: string; readonly name: Term; readonly loaded: boolean }[]
}

export interface ValueSetView extends ValueSetEntry {
  readonly description?: Term | undefined
  readonly publisher?: string | undefined
  readonly status?: string | undefined
  readonly include: readonly Clause[]
  readonly exclude: readonly Clause[]
  readonly coverage: readonly LanguageCoverage[]
}

export interface LanguageCoverage extends CoveredConcepts {
  readonly language: LanguageTag
}

export interface MapView extends MapEntry {
  readonly description?: Term | undefined
  readonly publisher?: string | undefined
  readonly status?: string | undefined
}

export interface MapRow {
  readonly source: ForeignReference
  /** Absent when the map says that there is no target. */
  readonly target?: ForeignReference | undefined
  readonly relationship?: MapRelationship | undefined
  readonly comment?: Term | undefined
}

/** A SNOMED CT edition on which expressions can be evaluated. */
export interface Edition {
  /** `http://snomed.info/sct/<module>/version/<date>` */
  readonly uri: string
  readonly name: Term
  readonly concepts: number
}

/** An expression constraint said in words; the page finds the words of each node. */
export type Explanation =
  | { readonly kind: 'concept'; readonly concept: Reference }
  | { readonly kind: 'any' }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'operator'; readonly operator: ExplainedOperator; readonly of: Explanation }
  | { readonly kind: 'all' | 'some' | 'minus'; readonly parts: readonly Explanation[] }
  | { readonly kind: 'refined'; readonly of: Explanation; readonly conditions: readonly Explanation[] }
  | {
      readonly kind: 'attribute'
      readonly name: Explanation
      readonly comparison: '=' | '!=' | '<' | '<=' | '>' | '>='
      readonly reverse: boolean
      readonly cardinality?: string | undefined
      readonly value: Explanation
    }
  | { readonly kind: 'group'; readonly cardinality?: string | undefined; readonly conditions: readonly Explanation[] }
  | { readonly kind: 'dotted'; readonly of: Explanation; readonly attribute: Explanation }
  | { readonly kind: 'filtered'; readonly of: Explanation; readonly filters: readonly string[] }
  /** What cannot be said better than it is written. */
  | { readonly kind: 'source'; readonly text: string }

export type ExplainedOperator =
  | 'descendants'
  | 'descendants-or-self'
  | 'children'
  | 'children-or-self'
  | 'ancestors'
  | 'ancestors-or-self'
  | 'parents'
  | 'parents-or-self'
  | 'members'
  | 'top'
  | 'bottom'

export type Evaluation =
  | {
      readonly kind: 'result'
      readonly slice: Slice<Reference>
      readonly explanation?: Explanation | undefined
    }
  /** The place counts from 1; `expected` are the parser's own names of what could have stood there. */
  | {
      readonly kind: 'mistake'
      readonly line: number
      readonly column: number
      readonly sentence: string
      readonly expected: readonly string[]
    }
  /** Understood, but more work than one request may cause. */
  | { readonly kind: 'too-costly'; readonly sentence: string }
  /** Understood, but it cannot be answered: an unknown reference set, a filter without meaning. */
  | { readonly kind: 'unanswerable'; readonly sentence: string }

export interface CoveredConcepts {
  /** Concepts for which some source has a designation. */
  readonly named: number
  /** Concepts with a designation that can be shown: some sources came damaged, or in English under another language. */
  readonly usable: number
}

export interface CoverageTable {
  readonly languages: readonly LanguageTag[]
  readonly rows: readonly {
    readonly valueSet: ValueSetEntry
    readonly concepts: number
    /** By language without region; a language without any designation is absent. */
    readonly byLanguage: Readonly<Record<LanguageTag, CoveredConcepts>>
  }[]
}

export interface ReleaseChange {
  /** What was touched: a code system, a value set, a map. */
  readonly subject: string
  readonly kind: 'code-system' | 'value-set' | 'concept-map' | 'other'
  readonly added: number
  readonly inactivated: number
  readonly designations: number
}

export interface ReleaseEntry {
  readonly number: number
  /** ISO instant. */
  readonly publishedAt: string
  readonly publishedBy?: string | undefined
  readonly state: 'served' | 'earlier' | 'rolled-back'
  readonly notes?: Term | undefined
  /** Titles of what it is made of. */
  readonly content: readonly string[]
  /** Undefined when no comparison was kept. */
  readonly changes?: readonly ReleaseChange[] | undefined
  /** Further changes, which are not listed. */
  readonly moreChanges?: number | undefined
}

export interface TerminologyBrowser {
  /** Languages in which some term is loaded. */
  languages(): Promise<readonly LanguageTag[]>
  /** Whether words are still being made ready for searching: then systems, languages and hits may lack some. */
  isPreparing?(): boolean
  systems(reading: Reading): Promise<readonly SystemEntry[]>
  /** Best hits first: the code itself, then words that begin alike, the reader's languages before others. */
  search(request: SearchRequest): Answer<Slice<Hit>>
  concept(request: ConceptRequest): Answer<ConceptView>
  children(request: ConceptRequest & Window): Answer<Slice<Child>>
  /** Value sets among the loaded ones that contain the concept. */
  memberships(request: ConceptRequest): Answer<readonly ValueSetEntry[]>
  valueSets(request: Reading & Window & { readonly text: string }): Promise<Slice<ValueSetEntry>>
  valueSet(request: Reading & { readonly url: string; readonly version?: string | undefined }): Answer<ValueSetView>
  expand(
    request: Reading & Window & { readonly url: string; readonly version?: string | undefined; readonly text: string },
  ): Answer<Slice<Hit>>
  maps(reading: Reading): Promise<readonly MapEntry[]>
  map(
    request: Reading & Window & { readonly url: string; readonly version?: string | undefined },
  ): Answer<{ readonly map: MapView; readonly rows: Slice<MapRow> }>
  editions(reading: Reading): Promise<readonly Edition[]>
  evaluate(request: Reading & Window & { readonly edition: string; readonly expression: string }): Answer<Evaluation>
  coverage(reading: Reading): Promise<CoverageTable>
  /** Newest first. */
  releases(): Promise<readonly ReleaseEntry[]>
}
