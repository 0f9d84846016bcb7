/**
 * The tree that an expression constraint is read into: read-only unions, one per rule of the ECL 2.2 grammar that says
 * something of its own. Brackets and comments are not kept; the printer sets brackets where they are needed.
 *
 * `at` is the offset of the part in the text it was read from (UTF-16 units, from 0), for messages.
 */

export type HierarchyOperator =
  | 'descendantOf'
  | 'descendantOrSelfOf'
  | 'childOf'
  | 'childOrSelfOf'
  | 'ancestorOf'
  | 'ancestorOrSelfOf'
  | 'parentOf'
  | 'parentOrSelfOf'
  | 'top'
  | 'bottom'

export interface ConceptReference {
  readonly kind: 'concept'
  readonly id: string
  readonly term?: string
  readonly at: number
}

export interface Wildcard {
  readonly kind: 'any'
  readonly at: number
}

/** `LOINC#54486-6`: a code of another scheme. Read, but no edition of ours resolves it. */
export interface AlternateIdentifier {
  readonly kind: 'alternate'
  readonly scheme: string
  readonly code: string
  readonly term?: string
  readonly at: number
}

export interface HierarchyConstraint {
  readonly kind: 'hierarchy'
  readonly operator: HierarchyOperator
  readonly of: Constraint
  readonly at: number
}

export interface MemberOf {
  readonly kind: 'memberOf'
  /** Columns that are asked for: none written means the referenced component. */
  readonly fields: 'component' | 'all' | readonly string[]
  readonly of: Constraint
  /** One list for each `{{ M … }}`; a member row must satisfy every filter of every list. */
  readonly filters: readonly (readonly MemberFilter[])[]
  readonly at: number
}

export interface Compound {
  readonly kind: 'compound'
  /** `minus` has exactly two parts. */
  readonly operator: 'and' | 'or' | 'minus'
  readonly parts: readonly Constraint[]
}

export interface Refined {
  readonly kind: 'refined'
  readonly focus: Constraint
  readonly refinement: Refinement
}

export interface Dotted {
  readonly kind: 'dotted'
  readonly focus: Constraint
  readonly attributes: readonly Constraint[]
}

export interface DescriptionFiltered {
  readonly kind: 'descriptionFiltered'
  readonly of: Constraint
  readonly filters: readonly DescriptionFilter[]
}

export interface ConceptFiltered {
  readonly kind: 'conceptFiltered'
  readonly of: Constraint
  readonly filters: readonly ConceptFilter[]
}

export interface HistorySupplemented {
  readonly kind: 'history'
  readonly of: Constraint
  /** A named profile, or the reference sets themselves. */
  readonly profile: 'all' | 'minimum' | 'moderate' | 'maximum' | Constraint
  readonly at: number
}

export type Constraint =
  | ConceptReference
  | Wildcard
  | AlternateIdentifier
  | HierarchyConstraint
  | MemberOf
  | Compound
  | Refined
  | Dotted
  | DescriptionFiltered
  | ConceptFiltered
  | HistorySupplemented

export interface Cardinality {
  readonly minimum: number
  readonly maximum: number | 'many'
}

export interface Attribute {
  readonly kind: 'attribute'
  /** Absent: `[1..*]`. */
  readonly cardinality?: Cardinality
  readonly reverse: boolean
  readonly name: Constraint
  readonly value: Comparison
  readonly at: number
}

export interface AttributeGroup {
  readonly kind: 'group'
  readonly cardinality?: Cardinality
  readonly of: Refinement
  readonly at: number
}

export interface RefinementSet {
  readonly kind: 'set'
  readonly operator: 'and' | 'or'
  readonly parts: readonly Refinement[]
}

/** A group holds attributes and sets of them, never a group: the reader sees to it. */
export type Refinement = Attribute | AttributeGroup | RefinementSet

export type Equality = '=' | '!='
export type Order = Equality | '<' | '<=' | '>' | '>='

/** What an attribute's value, or a member's column, is compared with. */
export type Comparison =
  | { readonly kind: 'constraint'; readonly operator: Equality; readonly value: Constraint }
  | { readonly kind: 'number'; readonly operator: Order; readonly values: readonly string[] }
  | { readonly kind: 'string'; readonly operator: Equality; readonly terms: readonly SearchTerm[] }
  | { readonly kind: 'boolean'; readonly operator: Equality; readonly value: boolean }
  | TimeComparison

export interface TimeComparison {
  readonly kind: 'time'
  readonly operator: Order
  /** `YYYYMMDD`; empty for a component without effective time. */
  readonly values: readonly string[]
}

/** `match`: every word starts a word of the text, in any order. `wild`: the whole text, `*` for any run. `exact`: the text as it is. */
export interface SearchTerm {
  readonly type: 'match' | 'wild' | 'exact'
  /** Without escapes, but for `wild`, where `\*` stays as it is. */
  readonly text: string
}

/** A set given by a constraint, or a plain list of concepts in brackets. */
export type ConceptChoice = Constraint | { readonly kind: 'list'; readonly concepts: readonly ConceptReference[] }

export interface ModuleFilter {
  readonly kind: 'module'
  readonly operator: Equality
  readonly value: ConceptChoice
}

export interface EffectiveTimeFilter {
  readonly kind: 'effectiveTime'
  readonly value: TimeComparison
}

export interface ActiveFilter {
  readonly kind: 'active'
  readonly operator: Equality
  readonly value: boolean
}

export type CommonFilter = ModuleFilter | EffectiveTimeFilter | ActiveFilter

export type DefinitionStatus = 'primitive' | 'defined'

export type ConceptFilter =
  | CommonFilter
  | { readonly kind: 'definitionStatus'; readonly operator: Equality; readonly values: readonly DefinitionStatus[] }
  | { readonly kind: 'definitionStatusId'; readonly operator: Equality; readonly value: ConceptChoice }

export type DescriptionType = 'synonym' | 'fullySpecifiedName' | 'definition'
export type AcceptabilityToken = 'acceptable' | 'preferred'

/** Acceptabilities by word or by concept; both mean the same two things. */
export type Acceptabilities =
  | { readonly kind: 'tokens'; readonly tokens: readonly AcceptabilityToken[] }
  | { readonly kind: 'concepts'; readonly concepts: readonly ConceptReference[] }

export interface DialectAlias {
  readonly alias: string
  readonly acceptabilities?: Acceptabilities
  readonly at: number
}

export interface DialectConcept {
  readonly concept: ConceptReference
  readonly acceptabilities?: Acceptabilities
}

export type DescriptionFilter =
  | CommonFilter
  | { readonly kind: 'term'; readonly operator: Equality; readonly terms: readonly SearchTerm[] }
  | { readonly kind: 'language'; readonly operator: Equality; readonly codes: readonly string[] }
  | { readonly kind: 'type'; readonly operator: Equality; readonly types: readonly DescriptionType[] }
  | { readonly kind: 'typeId'; readonly operator: Equality; readonly value: ConceptChoice }
  | {
      readonly kind: 'dialect'
      readonly operator: Equality
      readonly dialects: readonly DialectAlias[]
      readonly acceptabilities?: Acceptabilities
    }
  | {
      readonly kind: 'dialectId'
      readonly operator: Equality
      readonly value: Constraint | { readonly kind: 'dialects'; readonly dialects: readonly DialectConcept[] }
      readonly acceptabilities?: Acceptabilities
    }
  | { readonly kind: 'descriptionId'; readonly operator: Equality; readonly ids: readonly string[] }

export type MemberFilter =
  | CommonFilter
  | { readonly kind: 'field'; readonly field: string; readonly value: Comparison; readonly at: number }
