/** What a concept is called in a value set: its own words there, then those of the code system. */
import type { CodeSystem, ConceptDesignation, ConceptHandle } from '../code-systems/code-system.ts'
import { pushDesignation, stringOf } from '../code-systems/fhir-code-system.ts'
import { type JsonObject, objects } from '../load/json.ts'

/** @param element the concept as the value set lists it, if it does */
export function wordsOf(
  codeSystem: CodeSystem,
  concept: ConceptHandle,
  element: JsonObject | undefined,
  valueSet: JsonObject,
): readonly ConceptDesignation[] {
  const words = codeSystem.designations(concept)
  const display = stringOf(element?.display)
  const more = objects(element?.designation)
  if (display === undefined && more.length === 0) return words
  const own: ConceptDesignation[] = []
  if (display !== undefined) {
    const usual = words.find(({ isDisplay }) => isDisplay)
    const language = stringOf(valueSet.language) ?? usual?.language
    // What the value set calls it goes before what the code system calls it.
    own.push({ value: display, isDisplay: true, ...(language !== undefined && { language }) })
  }
  for (const designation of more) pushDesignation(own, designation)
  const known = new Set(own.map(({ value, language }) => `${language} ${value}`))
  return [...own, ...words.filter(({ value, language }) => !known.has(`${language} ${value}`))]
}
