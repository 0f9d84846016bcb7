/** The text filter of $expand: each of its words begins a word of one term, of one code, whatever the language. */
import type { CodeSystem, ConceptHandle, ConceptSet } from '../code-systems/code-system.ts'
import { filteredSet, listSet, unionSet } from '../code-systems/sets.ts'
import { hasWords } from '../code-systems/table-search.ts'
import { wordsOf as foldedWords } from '../flat/fold.ts'
import { isDamagedDesignation } from '../import/resource.ts'
import type { LanguageWishes } from './display-language.ts'
import type { Group } from './expansion-plan.ts'
import { wordsOf } from './value-set-words.ts'

export function matchText(group: Group, text: string, wishes: LanguageWishes | undefined): ConceptSet {
  const { codeSystem, set } = group
  const prefixes = foldedWords(text)
  if (prefixes.length === 0) return set
  if (!codeSystem.search) return filteredSet(set, (concept) => matches(group, codeSystem, concept, prefixes))
  const found = codeSystem.search(text, set, wishes?.ranges.map(({ tag }) => tag) ?? [])
  // What the value set itself calls a concept is in no index of the code system.
  const renamed = [...group.elements].flatMap(([concept, { display, designation }]) =>
    (display !== undefined || designation !== undefined) && set.has(concept) ? [concept] : [],
  )
  if (renamed.length === 0) return found
  return unionSet(
    found,
    filteredSet(listSet(renamed), (concept) => matches(group, codeSystem, concept, prefixes)),
  )
}

function matches(group: Group, codeSystem: CodeSystem, concept: ConceptHandle, prefixes: readonly string[]): boolean {
  const terms = wordsOf(codeSystem, concept, group.elements.get(concept), group.source).flatMap((word) =>
    isDamagedDesignation({ extension: word.extension }) ? [] : [word.value],
  )
  return [...terms, codeSystem.codeOf(concept)].some((term) => hasWords(term, prefixes))
}
