/** For tests: a server over a few authored resources, and short ways to ask it. */
import { fixedFamilies } from '../code-systems/fixed.ts'
import { createLibrary } from '../library/library.ts'
import { memoryStore } from '../library/resource-store.ts'
import type { JsonObject } from '../load/json.ts'
import { createTerminologyServer, type TerminologyServerOptions } from './create.ts'
import type { Parameter, Resource } from './fhir.ts'
import type { OperationAnswer, OperationRequest, TerminologyType } from './server.ts'

export const ANIMALS = 'http://example.org/animals'
export const ANIMALS_FR = 'http://example.org/animals-in-french'
export const MAMMALS = 'http://example.org/value-set/mammals'
export const TARGETS = 'http://example.org/classes'
export const MAP = 'http://example.org/map/animals-to-classes'

export const animals: JsonObject = {
  resourceType: 'CodeSystem',
  id: 'animals',
  url: ANIMALS,
  version: '1.2.0',
  name: 'Animals',
  title: 'Animals of the test',
  status: 'active',
  language: 'en',
  caseSensitive: true,
  hierarchyMeaning: 'is-a',
  content: 'complete',
  property: [
    { code: 'status', uri: 'http://hl7.org/fhir/concept-properties#status', type: 'code' },
    { code: 'notSelectable', uri: 'http://hl7.org/fhir/concept-properties#notSelectable', type: 'boolean' },
    { code: 'legs', type: 'integer' },
  ],
  concept: [
    {
      code: 'mammal',
      display: 'Mammal',
      definition: 'Feeds its young with milk.',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        {
          code: 'cat',
          display: 'Cat',
          designation: [
            { language: 'de', value: 'Katze' },
            { language: 'nl', value: 'Kat' },
            {
              language: 'en',
              value: 'Domestic cat',
              use: { system: 'http://snomed.info/sct', code: '900000000000013009' },
            },
          ],
          property: [{ code: 'legs', valueInteger: 4 }],
        },
        { code: 'aurochs', display: 'Aurochs', property: [{ code: 'status', valueCode: 'retired' }] },
        { code: 'bat', display: 'Bat', property: [{ code: 'legs', valueInteger: 2 }] },
      ],
    },
    {
      code: 'bird',
      display: 'Bird',
      concept: [{ code: 'crow', display: 'Crow', property: [{ code: 'legs', valueInteger: 2 }] }],
    },
  ],
}

export const animalsInFrench: JsonObject = {
  resourceType: 'CodeSystem',
  id: 'animals-fr',
  url: ANIMALS_FR,
  version: '3',
  status: 'active',
  content: 'supplement',
  supplements: ANIMALS,
  concept: [{ code: 'cat', designation: [{ language: 'fr', value: 'Chat' }] }],
}

export const mammals: JsonObject = {
  resourceType: 'ValueSet',
  id: 'mammals',
  url: MAMMALS,
  version: '1',
  status: 'active',
  compose: { include: [{ system: ANIMALS, filter: [{ property: 'concept', op: 'is-a', value: 'mammal' }] }] },
}

export const map: JsonObject = {
  resourceType: 'ConceptMap',
  id: 'map',
  url: MAP,
  version: '1',
  status: 'active',
  group: [
    {
      source: ANIMALS,
      target: TARGETS,
      element: [
        {
          code: 'cat',
          target: [
            { code: 'F', display: 'Felidae', relationship: 'source-is-narrower-than-target', comment: 'A family.' },
            { code: 'P', relationship: 'not-related-to' },
          ],
        },
        { code: 'aurochs', noMap: true },
      ],
      unmapped: { mode: 'fixed', code: 'other', display: 'Something else', relationship: 'related-to' },
    },
  ],
}

export type Values = Readonly<Record<string, unknown>>

/** A text becomes `valueString`, a number `valueInteger`; an object with `resourceType` a resource; lists repeat. */
export function parametersOf(values: Values): readonly Parameter[] {
  return Object.entries(values).flatMap(([name, given]) =>
    (Array.isArray(given) ? given : [given]).map((value: unknown) => parameterOf(name, value)),
  )
}

function parameterOf(name: string, value: unknown): Parameter {
  if (typeof value === 'string') return { name, valueString: value }
  if (typeof value === 'number') return { name, valueInteger: value }
  if (typeof value === 'boolean') return { name, valueBoolean: value }
  const object = value as JsonObject
  if (typeof object.resourceType === 'string') return { name, resource: object as unknown as Resource }
  return object.coding === undefined ? { name, valueCoding: object } : { name, valueCodeableConcept: object }
}

export interface Asking {
  ask(
    type: TerminologyType | undefined,
    operation: string,
    values: Values,
    more?: Partial<OperationRequest>,
  ): OperationAnswer
}

export function testServer(
  resources: readonly JsonObject[] = [animals, animalsInFrench, mammals, map],
  options: TerminologyServerOptions = {},
): Asking & { readonly server: ReturnType<typeof createTerminologyServer> } {
  const library = createLibrary({ stores: [memoryStore(resources)], families: fixedFamilies() })
  const server = createTerminologyServer(library, { now: () => new Date('2026-01-01T00:00:00Z'), ...options })
  return {
    server,
    ask(type, operation, values, more = {}) {
      const answer = server.operation({
        ...(type && { resourceType: type }),
        operation,
        parameters: { resourceType: 'Parameters', parameter: parametersOf(values) },
        fhirVersion: 'R5',
        ...more,
      })
      if (answer instanceof Promise) throw new Error('An answer of the test is not there at once.')
      return answer
    },
  }
}

/** The value of the first parameter of a name. */
export function parameterValueOf(answer: OperationAnswer, name: string): unknown {
  const list = (answer.resource.parameter ?? []) as readonly Parameter[]
  const found = list.find((each) => each.name === name)
  return found && (Object.entries(found).find(([key]) => key.startsWith('value'))?.[1] ?? found.resource ?? found.part)
}

export interface Contains extends JsonObject {
  readonly code: string
  readonly display?: string
  readonly contains?: readonly Contains[]
}

export function expansionOf(
  answer: OperationAnswer,
): { readonly total?: number; readonly contains: readonly Contains[] } & JsonObject {
  const expansion = answer.resource.expansion as JsonObject | undefined
  if (!expansion) throw new Error(JSON.stringify(answer.resource))
  return { ...expansion, contains: (expansion.contains ?? []) as readonly Contains[] }
}

/** Codes of an expansion, nested ones behind their parent. */
export function codesOf(answer: OperationAnswer): readonly string[] {
  const walk = (list: readonly Contains[]): readonly string[] =>
    list.flatMap(({ code, contains = [] }) => [code, ...walk(contains)])
  return walk(expansionOf(answer).contains)
}

/** Texts of an OperationOutcome. */
export function textsOf({ resource }: OperationAnswer): readonly string[] {
  const issues = (resource.issue ?? []) as readonly { readonly details?: { readonly text?: string } }[]
  return issues.map(({ details }) => details?.text ?? '')
}
