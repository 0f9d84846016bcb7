/** The text filter of $expand for code systems that have no search of their own: every word of it starts a word of a term. */
import type { CodeSystem, ConceptHandle, ConceptSet } from '../code-systems/code-system.ts'
import { filteredSet } from '../code-systems/sets.ts'
import type { LanguageWishes } from './display-language.ts'
import type { Group } from './expansion-plan.ts'
import { wordsOf } from './value-set-words.ts'

const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
const split = (text: string) =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

export function matchText(group: Group, text: string, wishes: LanguageWishes | undefined): ConceptSet {
  const { codeSystem, set } = group
  const languages = wishes?.ranges.map(({ tag }) => tag) ?? []
  if (codeSystem.search) return codeSystem.search(text, set, languages)
  const wanted = split(text)
  if (wanted.length === 0) return set
  return filteredSet(set, (concept) => matches(group, codeSystem, concept, wanted))
}

function matches(group: Group, codeSystem: CodeSystem, concept: ConceptHandle, wanted: readonly string[]): boolean {
  const terms = wordsOf(codeSystem, concept, group.elements.get(concept), group.source).map(({ value }) => value)
  return [...terms, codeSystem.codeOf(concept)].some((term) => {
    const words = split(term)
    return wanted.every((prefix) => words.some((word) => word.startsWith(prefix)))
  })
}
