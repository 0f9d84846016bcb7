/**
 * The concepts of one CodeSystem resource by ordinal, whatever keeps them: objects (object-table.ts) or, where they are
 * many, flat arrays that threads share (table/). What the concepts mean is said once, for both: fhir-code-system.ts.
 */
import type { JsonObject } from '../load/json.ts'
import type { FhirProperty } from '../operations/fhir.ts'
import type { ConceptLinks } from './concept-links.ts'
import type { ConceptState, MeaningNames } from './concept-state.ts'
import { objectTable } from './object-table.ts'

export interface ConceptTable {
  readonly size: number
  /** Some concept stands inside another. */
  readonly nested: boolean
  /** The first with this code; -1 when there is none. */
  locate(code: string): number
  /** The first whose code is this one in lower case; -1 when there is none. */
  locateFolded(lowerCase: string): number
  /** All with this code, ascending: a supplement may speak of a code twice. */
  ordinalsOf(code: string): readonly number[]
  code(ordinal: number): string
  display(ordinal: number): string | undefined
  definition(ordinal: number): string | undefined
  /** The concept that it stands in; -1 at the top. */
  holder(ordinal: number): number
  /** The `designation` elements that have a value. */
  designations(ordinal: number): readonly JsonObject[]
  properties(ordinal: number): readonly FhirProperty[]
  extensions(ordinal: number): readonly JsonObject[]
  state(ordinal: number, names: MeaningNames): ConceptState
  links(names: MeaningNames): ConceptLinks
  /** The `concept` element without the concepts inside it. */
  element(ordinal: number): JsonObject
  /** Whether a concept has a value of a property that passes; for all at once, where that is cheaper than one by one. */
  matching?(property: string, test: (text: string) => boolean): (ordinal: number) => boolean
  /** Whether any concept has the property. */
  uses(property: string): boolean
  /** Indexes of its words, where it has them. */
  readonly words?: TableWords
}

export interface TableWords {
  /** BCP-47 as written; `''` for words without a language. */
  readonly languages: readonly string[]
  /**
   * Visits the concepts that have a term in the language with a word for each of the folded prefixes: the best first,
   * perhaps again; until `visit` says false.
   */
  walk(language: string, prefixes: readonly string[], visit: (ordinal: number) => boolean): void
  /** The same for codes. */
  walkCodes(prefixes: readonly string[], visit: (ordinal: number) => boolean): void
}

const CONCEPTS: unique symbol = Symbol('concepts')

interface WithConcepts {
  readonly [CONCEPTS]?: () => ConceptTable
}

/** A resource whose concepts are kept elsewhere; copies of it (`{ ...resource }`) have them too, its JSON has not. */
export function withConcepts(resource: JsonObject, open: () => ConceptTable): JsonObject {
  const carried: WithConcepts = { [CONCEPTS]: open }
  return { ...resource, ...carried }
}

/** The concepts that are kept outside the resource. */
export function keptConcepts(resource: JsonObject): ConceptTable | undefined {
  return (resource as WithConcepts)[CONCEPTS]?.()
}

/** The concepts of a CodeSystem resource, wherever they are. */
export function conceptsOf(resource: JsonObject): ConceptTable {
  return keptConcepts(resource) ?? objectTable(resource.concept)
}

/** The `concept` elements one by one, parents before children, without the concepts inside them. */
export function* conceptElements(resource: JsonObject): Generator<JsonObject> {
  const table = conceptsOf(resource)
  for (let ordinal = 0; ordinal < table.size; ordinal += 1) yield table.element(ordinal)
}

/** The `concept` elements at the top, with those inside them, as the resource had them. */
export function* nestedElements(table: ConceptTable): Generator<JsonObject> {
  if (!table.nested) {
    for (let ordinal = 0; ordinal < table.size; ordinal += 1) yield table.element(ordinal)
    return
  }
  let next = 0
  const inside = (holder: number): JsonObject => {
    const element = table.element(holder)
    const concept: JsonObject[] = []
    while (next < table.size && table.holder(next) === holder) concept.push(inside(next++))
    return concept.length > 0 ? { ...element, concept } : element
  }
  while (next < table.size) yield inside(next++)
}
