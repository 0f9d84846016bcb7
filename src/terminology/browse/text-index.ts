/**
 * The words of one code system that has no search of its own, folded (flat/fold.ts) and sorted, so that the beginning of
 * a word leads to its terms. Terms are kept as the code system holds them; nothing is copied but the words.
 */
import type { LanguageTag } from '#portal/terminology/browser.ts'
import type { CodeSystem, ConceptDesignation, ConceptHandle } from '../code-systems/code-system.ts'
import { foldText, wordsOf } from '../flat/fold.ts'
import { ownLanguage } from './terms.ts'
import type { Turn } from './turns.ts'

export interface IndexedConcept {
  readonly handle: ConceptHandle
  readonly code: string
  readonly inactive: boolean
}

export interface IndexedTerm {
  readonly concept: IndexedConcept
  readonly text: string
  readonly language: LanguageTag | undefined
}

export interface TextIndex {
  /** Languages of its terms. */
  readonly languages: readonly LanguageTag[]
  /**
   * Terms in which every word is the beginning of some word; the words of a code count as words of each of its terms.
   * @param work how many terms may be looked at
   */
  find(words: readonly string[], work: { steps: number }): Iterable<IndexedTerm>
}

/** The code system itself is not kept: a search over a thousand of them must not hold a thousand of them open. */
export async function createTextIndex(codeSystem: CodeSystem, turn: Turn): Promise<TextIndex | undefined> {
  const all = codeSystem.all()
  return all && indexOf(codeSystem, all.iterate(), () => true, turn)
}

/** The words that supplements add to these concepts of a system with a search of its own. */
export function createSupplementIndex(codeSystem: CodeSystem, codes: Iterable<string>, turn: Turn): Promise<TextIndex> {
  const concepts = new Set<ConceptHandle>()
  for (const code of codes) {
    const { concept } = codeSystem.locate(code)
    if (concept !== undefined) concepts.add(concept)
  }
  return indexOf(codeSystem, concepts, ({ source }) => source !== undefined, turn)
}

async function indexOf(
  codeSystem: CodeSystem,
  concepts: Iterable<ConceptHandle>,
  wanted: (designation: ConceptDesignation) => boolean,
  turn: Turn,
): Promise<TextIndex> {
  const terms: IndexedTerm[] = []
  const postings = new Map<string, number[]>()
  const languages = new Set<LanguageTag>()
  for (const handle of concepts) {
    const concept = { handle, code: codeSystem.codeOf(handle), inactive: codeSystem.isInactive(handle) }
    const codeWords = wordsOf(concept.code)
    for (const term of termsOf(codeSystem, concept, wanted)) {
      const position = terms.push(term) - 1
      if (term.language !== undefined) languages.add(term.language)
      for (const word of new Set([...wordsOf(term.text), ...codeWords])) {
        const list = postings.get(word)
        if (list) list.push(position)
        else postings.set(word, [position])
      }
    }
    await turn()
  }
  const vocabulary = [...postings.keys()].sort(byUnits)
  const lists = vocabulary.map((word) => Uint32Array.from(postings.get(word) ?? []))
  return {
    languages: [...languages],
    *find(words, work) {
      const rarest = words.toSorted((a, b) => b.length - a.length)[0]
      if (rarest === undefined) return
      const seen = new Set<number>()
      for (let at = lowerBound(vocabulary, rarest); vocabulary[at]?.startsWith(rarest); at += 1) {
        for (const position of lists[at] ?? []) {
          if (work.steps-- <= 0) return
          const term = terms[position]
          if (term === undefined || seen.has(position)) continue
          seen.add(position)
          if (words.length === 1 || holds(term, words)) yield term
        }
      }
    },
  }
}

function* termsOf(
  codeSystem: CodeSystem,
  concept: IndexedConcept,
  wanted: (designation: ConceptDesignation) => boolean,
): Generator<IndexedTerm> {
  let none = true
  for (const designation of codeSystem.designations(concept.handle)) {
    const { value, language, inactive } = designation
    if (inactive || !wanted(designation)) continue
    none = false
    yield { concept, text: value, language: language ?? ownLanguage(codeSystem) }
  }
  // A code without any words is found by itself.
  if (none) yield { concept, text: concept.code, language: undefined }
}

function holds({ concept, text }: IndexedTerm, words: readonly string[]): boolean {
  const said = ` ${foldText(text)} ${foldText(concept.code)}`
  return words.every((word) => said.includes(` ${word}`))
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? '') < wanted) low = middle + 1
    else high = middle
  }
  return low
}
