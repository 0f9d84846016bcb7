/** The concepts of a CodeSystem resource as they are: JSON objects. */
import { type JsonObject, objects } from '../load/json.ts'
import { type LinkProperty, linkConcepts, linksOf } from './concept-links.ts'
import { type MeaningNames, stateOf } from './concept-state.ts'
import type { ConceptTable } from './concept-table.ts'
import { type FlatConcepts, flattenConcepts, propertiesOf, propertyText, stringOf } from './fhir-concepts.ts'

/** @param list the `concept` of a CodeSystem; anything else counts as no concept */
export function objectTable(list: unknown): ConceptTable {
  const concepts = flattenConcepts(list)
  const { codes, elements, holder, byCode } = concepts
  let folded: ReadonlyMap<string, number> | undefined
  let again: ReadonlyMap<string, readonly number[]> | undefined
  const element = (ordinal: number): JsonObject => elements[ordinal] ?? {}
  return {
    size: codes.length,
    nested: holder.some((parent) => parent >= 0),
    locate: (code) => byCode.get(code) ?? -1,
    locateFolded(lowerCase) {
      folded ??= foldedCodes(codes)
      return folded.get(lowerCase) ?? -1
    },
    ordinalsOf(code) {
      if (byCode.size === codes.length) {
        const only = byCode.get(code)
        return only === undefined ? [] : [only]
      }
      again ??= Map.groupBy(codes.keys(), (ordinal) => codes[ordinal] ?? '')
      return again.get(code) ?? []
    },
    code: (ordinal) => codes[ordinal] ?? '',
    display: (ordinal) => stringOf(element(ordinal).display),
    definition: (ordinal) => stringOf(element(ordinal).definition),
    holder: (ordinal) => holder[ordinal] ?? -1,
    designations: (ordinal) => {
      const { designation } = element(ordinal)
      return designation === undefined ? [] : objects(designation).filter(({ value }) => stringOf(value) !== undefined)
    },
    properties: (ordinal) => propertiesOf(element(ordinal)),
    extensions: (ordinal) => objects(element(ordinal).extension),
    state: (ordinal, names) => stateOf(propertiesOf(element(ordinal)), element(ordinal), names),
    links: (names) => linksOf(linkConcepts(holder, linkProperties(concepts, names))),
    element(ordinal) {
      const { concept: _, ...rest } = element(ordinal)
      return rest
    },
    uses: (property) => elements.some((each) => propertiesOf(each).some(({ code }) => code === property)),
  }
}

function* linkProperties({ elements, byCode }: FlatConcepts, names: MeaningNames): Generator<LinkProperty> {
  for (const [concept, element] of elements.entries()) {
    if (element.property === undefined) continue
    for (const property of propertiesOf(element)) {
      const kind = names.parent.has(property.code) ? 'parent' : names.child.has(property.code) ? 'child' : undefined
      if (kind) yield { concept, kind, other: byCode.get(propertyText(property)) ?? -1 }
    }
  }
}

function foldedCodes(codes: readonly string[]): ReadonlyMap<string, number> {
  const folded = new Map<string, number>()
  codes.forEach((code, concept) => {
    const key = code.toLowerCase()
    if (!folded.has(key)) folded.set(key, concept)
  })
  return folded
}
