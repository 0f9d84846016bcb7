/**
 * The compiled form of FHIR definitions: what a validator needs of a StructureDefinition or a ValueSet and nothing else.
 *
 * A type of the core specification is kept whole. A profile is kept as its *difference* from the core type it
 * constrains: because every instance is first walked against its core type, a profile only has to say what it adds.
 * That makes profiles small (Bundle-uv-ips: 900 snapshot elements, about 60 left) and checking several profiles of one
 * resource cheap.
 */

import type { Syntax } from '../invariants/native/syntax.ts'

export interface CompiledType {
  readonly code: string
  /** Profiles of the type (`ElementDefinition.type.profile`): one of them must be met. */
  readonly profiles?: readonly string[]
  /** `targetProfile` of a Reference, without version. */
  readonly targets?: readonly string[]
}

export type BindingStrength = 'required' | 'extensible' | 'preferred'

export interface CompiledBinding {
  readonly strength: BindingStrength
  /** Canonical URL without version. */
  readonly valueSet: string
}

export type DiscriminatorType = 'value' | 'exists' | 'pattern' | 'type' | 'profile'

export interface CompiledDiscriminator {
  readonly type: DiscriminatorType
  readonly path: string
}

export interface CompiledSlicing {
  readonly discriminators: readonly CompiledDiscriminator[]
  readonly rules: 'open' | 'closed' | 'openAtEnd'
  readonly ordered?: true
  readonly slices: readonly CompiledElement[]
}

export interface CompiledElement {
  /** Property name without `[x]`. */
  readonly name: string
  /** Element id in its StructureDefinition. */
  readonly id: string
  readonly slice?: string
  readonly choice?: true
  /** In a core type always given; in a profile only when it differs from the core type. */
  readonly min?: number
  /** Absent: unbounded (core type) or unchanged (profile). */
  readonly max?: number
  /** Core types: the property is a JSON array. */
  readonly repeats?: true
  readonly types?: readonly CompiledType[]
  /** Element id whose children are meant, e.g. `Questionnaire.item`. */
  readonly contentReference?: string
  readonly fixed?: { readonly value: unknown }
  readonly pattern?: { readonly value: unknown }
  readonly binding?: CompiledBinding
  /** Places in the shared table of constraints. */
  readonly constraints?: readonly number[]
  readonly maxLength?: number
  readonly minValue?: number | string
  readonly maxValue?: number | string
  readonly slicing?: CompiledSlicing
  readonly children?: readonly CompiledElement[]
}

export interface CompiledContext {
  readonly type: 'element' | 'extension' | 'fhirpath'
  readonly expression: string
}

export interface CompiledStructure {
  readonly url: string
  readonly version?: string
  readonly name: string
  /** The type defined or constrained: `Patient`, `HumanName`, `Extension`. */
  readonly type: string
  readonly kind: 'resource' | 'complex-type' | 'primitive-type'
  readonly derivation: 'specialization' | 'constraint'
  readonly abstract?: true
  /** Canonical URL of the definition it derives from. */
  readonly base?: string
  /** Extensions: where they may stand. */
  readonly contexts?: readonly CompiledContext[]
  /** Modifier extensions may only stand in `modifierExtension`. */
  readonly modifier?: true
  readonly root: CompiledElement
}

export interface CompiledConstraint {
  readonly key: string
  readonly severity: 'error' | 'warning'
  readonly human: string
  readonly expression: string
  /** The expression, parsed; absent when it is left to fhirpath.js. */
  readonly syntax?: Syntax
}

export interface CompiledValueSet {
  readonly url: string
  /**
   * Codes by system. `null`: every code of the system, or a part of it that cannot be listed here, so nothing can be
   * said about one code.
   */
  readonly systems: Readonly<Record<string, readonly string[] | null>>
  /** Some part could not be listed at all: a code that is not found may still be a member. */
  readonly partial?: true
}

export interface PackageName {
  readonly name: string
  readonly version: string
}

/** `[offset, length]` of one piece in the cache file, counted from the end of its header. */
export type Piece = readonly [number, number]

export interface StructureEntry {
  readonly piece: Piece
  readonly type: string
  readonly derivation: 'specialization' | 'constraint'
}

export interface DefinitionsIndex {
  readonly format: number
  readonly key: string
  readonly packages: readonly PackageName[]
  readonly structures: Readonly<Record<string, StructureEntry>>
  readonly valueSets: Readonly<Record<string, Piece>>
  readonly constraints: Piece
  /** What the compiler could not use, in sentences. */
  readonly warnings: readonly string[]
}

/** Raise whenever the compiled form changes: caches of another format are compiled again. */
export const FORMAT = 4

/** A canonical URL without its `|version`. */
export function withoutVersion(canonical: string): string {
  const bar = canonical.indexOf('|')
  return bar < 0 ? canonical : canonical.slice(0, bar)
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** Canonical URL of a type of the core specification. */
export function coreUrl(type: string): string {
  return CORE + type
}
