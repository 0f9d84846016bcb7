/** Any code system with the words and properties of supplements beside its own. */
import { type JsonObject, objects } from '../load/json.ts'
import { canonicalText } from '../operations/fhir.ts'
import type { CodeSystem, ConceptDesignation, ConceptHandle } from './code-system.ts'
import { definedProperties, pushDesignation, stringOf } from './fhir-code-system.ts'
import { flattenConcepts, propertiesOf } from './fhir-concepts.ts'

export function createSupplementedSystem(base: CodeSystem, supplements: readonly JsonObject[]): CodeSystem {
  const additions = new Map<ConceptHandle, { element: JsonObject; source: string; language: string | undefined }[]>()
  for (const supplement of supplements) {
    const source = canonicalText(stringOf(supplement.url) ?? '', stringOf(supplement.version))
    const language = stringOf(supplement.language)
    const { codes, elements } = flattenConcepts(supplement.concept)
    codes.forEach((code, index) => {
      const concept = base.locate(code).concept
      const element = elements[index]
      if (concept === undefined || !element) return
      const list = additions.get(concept) ?? []
      additions.set(concept, list)
      list.push({ element, source, language })
    })
  }
  const of = (concept: ConceptHandle) => additions.get(concept) ?? []
  const { identity } = base
  // The words of the supplement are chosen among, so the base's own short cut must not hide them.
  const { preferred: _, ...rest } = base
  return {
    ...rest,
    identity: {
      ...identity,
      properties: [...identity.properties, ...supplements.flatMap((each) => definedProperties(each))],
      supplements: [
        ...identity.supplements,
        ...supplements.map((each) => canonicalText(stringOf(each.url) ?? '', stringOf(each.version))),
      ],
    },
    designations(concept) {
      const own = base.designations(concept)
      const more = of(concept)
      if (more.length === 0) return own
      const words: ConceptDesignation[] = [...own]
      for (const { element, source, language } of more) {
        const display = stringOf(element.display)
        if (display !== undefined) words.push({ value: display, source, ...(language !== undefined && { language }) })
        for (const designation of objects(element.designation)) pushDesignation(words, designation, source)
      }
      return words
    },
    properties: (concept) => [
      ...base.properties(concept),
      ...of(concept).flatMap(({ element }) => propertiesOf(element)),
    ],
    extensions: (concept) => [
      ...(base.extensions?.(concept) ?? []),
      ...of(concept).flatMap(({ element }) => objects(element.extension)),
    ],
  }
}
