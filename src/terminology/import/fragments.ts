/**
 * Value sets that list codes of systems which nobody gave as a code system (the eHDSI catalogue lists ICD-10, ATC, EDQM,
 * EMDN, Orphanet): for each such system a CodeSystem of content `fragment`, so that its codes can be looked up. A
 * complete code system of the same URL, whenever it is imported, has precedence over a fragment.
 */

import { normaliseLanguage } from '../languages.ts'
import { isObject, objects, text } from '../load/json.ts'
import { type ConceptJson, designation, type ImportedResource, slug } from './resource.ts'

/** Systems that are known by rule or that need an edition: a fragment would only hide what is missing. */
const BY_RULE = new Set([
  'http://snomed.info/sct',
  'http://loinc.org',
  'http://unitsofmeasure.org',
  'urn:ietf:bcp:47',
  'urn:ietf:bcp:13',
  'urn:iso:std:iso:3166',
  'urn:iso:std:iso:4217',
])

export interface Fragments {
  /** Notes the codes of a value set, or that a code system is there. */
  note(resource: ImportedResource, enumerates: boolean): void
  resources(): readonly ImportedResource[]
}

export function createFragments(
  isKnown: (system: string, code: string) => boolean,
  systemName: (system: string) => string | undefined,
): Fragments {
  const present = new Set<string>()
  const systems = new Map<string, Map<string, ConceptJson>>()
  const noteInclude = (system: string, concepts: unknown, language: string) => {
    const codes = systems.get(system) ?? new Map<string, ConceptJson>()
    systems.set(system, codes)
    for (const { code: raw, display: words, designation: more } of objects(concepts)) {
      const code = text(raw)
      const display = text(words)
      if (code === undefined) continue
      const concept = codes.get(code) ?? { code }
      codes.set(code, concept)
      if (display !== undefined && language.startsWith('en')) concept.display ??= display
      const found = [
        ...(display === undefined || language.startsWith('en') ? [] : [designation(language, display)]),
        ...objects(more).flatMap(({ language: tag, value }) =>
          text(tag) === undefined || text(value) === undefined ? [] : [designation(text(tag) ?? '', text(value) ?? '')],
        ),
      ]
      for (const one of found) {
        const known = concept.designation?.some(
          ({ language: tag, value }) => tag === one.language && value === one.value,
        )
        if (!known) concept.designation = [...(concept.designation ?? []), one]
      }
    }
  }
  return {
    note(resource, enumerates) {
      if (resource.resourceType === 'CodeSystem' && resource.content !== 'supplement')
        present.add(text(resource.url) ?? '')
      if (!enumerates || resource.resourceType !== 'ValueSet' || !isObject(resource.compose)) return
      const language = normaliseLanguage(text(resource.language) ?? 'und')
      for (const { system, concept } of objects(resource.compose.include)) {
        const url = text(system)
        if (url !== undefined && !BY_RULE.has(url)) noteInclude(url, concept, language)
      }
    },
    resources: () =>
      [...systems].flatMap(([system, codes]) => {
        const concepts = [...codes.values()]
        if (present.has(system) || concepts.some(({ code }) => isKnown(system, code))) return []
        const title = systemName(system)
        return [
          {
            resourceType: 'CodeSystem',
            url: system,
            name: slug(title ?? system).replace(/[^A-Za-z0-9]+/g, '_'),
            ...(title !== undefined && { title }),
            status: 'active',
            language: 'en',
            caseSensitive: true,
            content: 'fragment',
            concept: concepts,
          },
        ]
      }),
  }
}
