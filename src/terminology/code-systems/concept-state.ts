/** What properties and extensions say of a concept as such: inactive, not selectable, its status. */
import type { JsonObject } from '../load/json.ts'
import type { FhirProperty } from '../operations/fhir.ts'
import type { PropertyDefinition } from './code-system.ts'
import { extensionValue, propertyText, STANDARDS_STATUS } from './fhir-concepts.ts'

const CONCEPT_PROPERTIES = 'http://hl7.org/fhir/concept-properties#'
const INACTIVE_STATUS: ReadonlySet<string> = new Set(['retired', 'inactive', 'withdrawn'])

const MEANINGS = ['status', 'inactive', 'notSelectable', 'parent', 'child'] as const
type Meaning = (typeof MEANINGS)[number]

/** Codes of the properties that have a meaning of their own. */
export interface MeaningNames extends Readonly<Record<Meaning, ReadonlySet<string>>> {
  /** Equal where the names are. */
  readonly key: string
}

/** A property means what its URI says; the plain codes are understood without a definition, too. */
export function meaningNames(definitions: readonly PropertyDefinition[]): MeaningNames {
  const named = (name: Meaning) =>
    new Set([name, ...definitions.filter(({ uri }) => uri === CONCEPT_PROPERTIES + name).map(({ code }) => code)])
  const names = {
    status: named('status'),
    inactive: named('inactive'),
    notSelectable: named('notSelectable'),
    parent: named('parent'),
    child: named('child'),
  }
  return { ...names, key: JSON.stringify(MEANINGS.map((meaning) => [...names[meaning]].sort())) }
}

export interface ConceptState {
  readonly inactive: boolean
  readonly abstract: boolean
  readonly status?: string
}

/** @param element anything with the concept's `extension` */
export function stateOf(properties: readonly FhirProperty[], element: JsonObject, names: MeaningNames): ConceptState {
  const value = (meaning: Meaning): string | undefined => {
    const property = properties.find(({ code }) => names[meaning].has(code))
    return property && propertyText(property)
  }
  const inactive = value('inactive') === 'true'
  const standards = extensionValue(element, STANDARDS_STATUS)
  const status =
    value('status') ?? (typeof standards === 'string' ? standards : undefined) ?? (inactive ? 'inactive' : undefined)
  return {
    inactive: inactive || INACTIVE_STATUS.has(status ?? ''),
    abstract: value('notSelectable') === 'true',
    ...(status !== undefined && { status }),
  }
}
