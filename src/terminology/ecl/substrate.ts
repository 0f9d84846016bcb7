/**
 * What the Expression Constraint Language asks of a SNOMED CT edition. The store implements it over flat arrays; tests
 * implement it naively over plain objects. Concepts are ordinals: 0 … conceptCount-1, in ascending order of SCTID.
 */

/** Position of a concept among all concepts of the edition; -1 where there is none. */
export type Ordinal = number

export type ConcreteValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }

/** One active inferred relationship that is no is-a, or one concrete value. Group 0 means ungrouped. */
export interface AttributeRow {
  readonly group: number
  readonly type: Ordinal
  readonly target: Ordinal | ConcreteValue
}

export type Acceptability = 'preferred' | 'acceptable'

export interface DescriptionRow {
  readonly id: string
  readonly active: boolean
  readonly term: string
  /** As in the RF2 file: `en`, `fr`. */
  readonly language: string
  /** SCTID of the description type: 900000000000003001 fully specified name, …13009 synonym, 900000000000550004 definition. */
  readonly type: string
  readonly module: string
  /** YYYYMMDD. */
  readonly effectiveTime: number
  readonly caseSignificance: string
  /** By SCTID of the language reference set. */
  readonly acceptability: ReadonlyMap<string, Acceptability>
}

export interface MemberRow {
  readonly id: string
  readonly active: boolean
  readonly module: string
  readonly effectiveTime: number
  readonly referencedComponentId: string
  /** -1 when the component is no concept of this edition. */
  readonly referencedConcept: Ordinal
  /** Further columns by their RF2 header: mapTarget, targetComponentId, value, … */
  readonly fields: ReadonlyMap<string, string>
}

export interface EclSubstrate {
  readonly conceptCount: number
  ordinalOf(sctid: string): Ordinal
  sctidOf(concept: Ordinal): string
  isActive(concept: Ordinal): boolean
  isDefined(concept: Ordinal): boolean
  moduleOf(concept: Ordinal): string
  effectiveTimeOf(concept: Ordinal): number
  /** Direct parents, children: of active is-a relationships. Sorted. Not to be changed by the caller. */
  parentsOf(concept: Ordinal): Uint32Array
  childrenOf(concept: Ordinal): Uint32Array
  /** All ancestors, sorted, without the concept itself. */
  ancestorsOf(concept: Ordinal): Uint32Array
  /** All descendants, sorted, without the concept itself. */
  descendantsOf(concept: Ordinal): Uint32Array
  attributesOf(concept: Ordinal): readonly AttributeRow[]
  /** Concepts that have an attribute with this target; with `type`, of this type only. Sorted, each once. */
  sourcesOf(target: Ordinal, type?: Ordinal): Uint32Array
  /** Concepts that have an attribute of this type, whatever the target. Sorted, each once. */
  withAttribute(type: Ordinal): Uint32Array
  /** Every type that is used in an attribute. Sorted. */
  attributeTypes(): Uint32Array
  descriptionsOf(concept: Ordinal): Iterable<DescriptionRow>
  /** Concepts with an active description of which a word starts with the (folded) prefix; a superset is allowed. Sorted. */
  conceptsWithWord(prefix: string): Uint32Array
  /** Reference sets that have members, by ordinal of the refset concept. Sorted. */
  referenceSets(): Uint32Array
  /** Concepts that are active members of the reference set. Sorted, each once. */
  membersOf(referenceSet: Ordinal): Uint32Array
  /** Every member row, inactive ones too, in stored order. */
  memberRowsOf(referenceSet: Ordinal): Iterable<MemberRow>
  /** Active rows of association reference sets (SAME AS, REPLACED BY, …) whose target is this concept. */
  associationsTo(target: Ordinal): Iterable<{ readonly referenceSet: Ordinal; readonly source: Ordinal }>
}
