/**
 * The text search of a code system whose words have indexes: a concept is found when one of its terms, in whatever
 * language and whoever says it, has a word for each word of the question; terms of the wished languages come first.
 */
import { wordsOf } from '../flat/fold.ts'
import { isDamagedDesignation } from '../import/resource.ts'
import type { ConceptHandle, ConceptSet } from './code-system.ts'
import type { ConceptTable } from './concept-table.ts'
import { stringOf } from './fhir-concepts.ts'

/** Words that are said of the concepts: by the code system itself, or by a supplement. */
export interface Spoken {
  readonly table: ConceptTable
  /** Language of its displays. */
  readonly language: string | undefined
}

/** @param supplements of the same concepts, found by their codes */
export function searchTables(
  base: ConceptTable,
  own: Spoken,
  supplements: readonly Spoken[],
  text: string,
  within: ConceptSet,
  languages: readonly string[],
): ConceptSet {
  const prefixes = wordsOf(text)
  if (prefixes.length === 0) return within
  let found: Found | undefined
  const search = () => {
    found ??= collect(base, [own, ...supplements], text, prefixes, within, languages)
    return found
  }
  return {
    has: (concept) => within.has(concept) && search().isFound(concept),
    get size() {
      return search().concepts.length
    },
    iterate: (offset = 0) => (offset === 0 ? search().concepts : search().concepts.slice(offset)),
  }
}

interface Found {
  readonly concepts: readonly number[]
  isFound(concept: ConceptHandle): boolean
}

function collect(
  base: ConceptTable,
  spoken: readonly Spoken[],
  text: string,
  prefixes: readonly string[],
  within: ConceptSet,
  wishes: readonly string[],
): Found {
  const seen = new Uint8Array(base.size)
  const concepts: number[] = []
  const take = (concept: number): void => {
    if (seen[concept] === 1) return
    seen[concept] = 1
    concepts.push(concept)
  }
  // Who types a whole code means it.
  for (const concept of base.ordinalsOf(text.trim())) take(concept)
  const walks = spoken.flatMap((each, index) => walksOf(each, prefixes, index === 0 ? undefined : base))
  const ranked = walks.map((walk) => ({ ...walk, rank: rankOf(walk.language, wishes) }))
  for (const { run } of ranked.sort((left, right) => left.rank - right.rank)) run(take)
  const takeCode = (concept: number): true => {
    take(concept)
    return true
  }
  if (base.words) base.words.walkCodes(prefixes, takeCode)
  else for (const concept of codesWith(base, prefixes)) take(concept)
  // Afterwards: what it is sought in may be a search of its own, in the same indexes.
  return {
    concepts: concepts.filter((concept) => within.has(concept)),
    isFound: (concept) => typeof concept === 'number' && seen[concept] === 1,
  }
}

interface Walk {
  readonly language: string
  run(take: (concept: number) => void): void
}

/** @param base where the concepts of a supplement are; undefined when they are the base's own */
function walksOf(
  { table, language }: Spoken,
  prefixes: readonly string[],
  base: ConceptTable | undefined,
): readonly Walk[] {
  const { words } = table
  const taking = (take: (concept: number) => void) => (ordinal: number) => {
    if (base) for (const concept of base.ordinalsOf(table.code(ordinal))) take(concept)
    else take(ordinal)
    return true
  }
  if (words) {
    return words.languages.map((each) => ({
      language: each,
      run: (take) => words.walk(each, prefixes, taking(take)),
    }))
  }
  return [...Map.groupBy(read(table, language ?? '', prefixes), ([each]) => each)].map(([each, hits]) => ({
    language: each,
    run: (take) => {
      for (const [, ordinal] of hits) taking(take)(ordinal)
    },
  }))
}

/** Concepts of a table without indexes, with the language of the term. */
function* read(
  table: ConceptTable,
  language: string,
  prefixes: readonly string[],
): Generator<readonly [language: string, ordinal: number]> {
  for (let ordinal = 0; ordinal < table.size; ordinal += 1) {
    const display = table.display(ordinal)
    if (display !== undefined && hasWords(display, prefixes)) yield [language, ordinal]
    for (const designation of table.designations(ordinal)) {
      const value = isDamagedDesignation(designation) ? undefined : stringOf(designation.value)
      if (value !== undefined && hasWords(value, prefixes)) yield [stringOf(designation.language) ?? '', ordinal]
    }
  }
}

function* codesWith(table: ConceptTable, prefixes: readonly string[]): Generator<number> {
  for (let ordinal = 0; ordinal < table.size; ordinal += 1) if (hasWords(table.code(ordinal), prefixes)) yield ordinal
}

/** Whether each prefix begins a word of the term; prefixes are folded. */
export function hasWords(term: string, prefixes: readonly string[]): boolean {
  const words = wordsOf(term)
  return prefixes.every((prefix) => words.some((word) => word.startsWith(prefix)))
}

/** The wished languages in their order, regions of a wished language and the language of a wished region with it. */
function rankOf(language: string, wishes: readonly string[]): number {
  const tag = language.toLowerCase()
  const place = wishes.findIndex((wish) => {
    const wanted = wish.toLowerCase()
    return tag === wanted || tag.startsWith(`${wanted}-`) || wanted.startsWith(`${tag}-`)
  })
  return place < 0 ? wishes.length : place
}
