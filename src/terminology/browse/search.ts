/** Search over all code systems at once: the code itself first, then the reader's languages, short terms before long ones. */
import type { Hit, LanguageTag, SearchRequest, Slice, Term } from '#portal/terminology/browser.ts'
import type { ConceptHandle } from '../code-systems/code-system.ts'
import { wordsOf } from '../flat/fold.ts'
import { normaliseLanguage } from '../languages.ts'
import { searchEdition } from '../snomed/search.ts'
import type { Indexed } from './indexes.ts'
import { type BrowseSources, type OpenSystem, openSystem } from './sources.ts'
import { referenceOf, systemName, termOf } from './terms.ts'
import type { TextIndex } from './text-index.ts'

interface Found {
  readonly url: string
  readonly concept: ConceptHandle
  readonly term: Term
  readonly rank: number
}

/** Nobody reads further than this; counting ends there too. */
const MOST_HITS = 2000
/** Terms that one question may look at. */
const WORK = 400_000
const MOST_WORDS = 12

export function search(
  sources: BrowseSources,
  indexes: readonly Indexed[],
  { text, systems, inactive, languages, offset, count }: SearchRequest,
): Slice<Hit> {
  const words = [...new Set(wordsOf(text))].slice(0, MOST_WORDS)
  const wished = new Set(languages.map(baseOf))
  const best = new Map<string, Found>()
  const work = { steps: WORK }
  const keep = (found: Found): void => {
    const key = `${found.url}\n${found.concept}`
    const known = best.get(key)
    if (!known || known.rank > found.rank) best.set(key, found)
  }
  for (const { url, index, searchesItself } of indexes) {
    if (systems.length > 0 && !systems.includes(url)) continue
    if (index) fromIndex(url, index, text, words, { wished, inactive, work, keep })
    if (searchesItself) fromOwnSearch(openSystem(sources, url), text, { languages, inactive, keep, wished })
  }
  const ranked = [...best.values()].sort((a, b) => a.rank - b.rank || compare(a.term.text, b.term.text))
  const complete = ranked.length <= MOST_HITS && work.steps > 0
  const shown = ranked.slice(0, MOST_HITS).slice(offset, offset + count)
  return {
    items: shown.flatMap((found) => hitOf(sources, found, languages)),
    total: complete ? ranked.length : undefined,
    more: Math.min(ranked.length, MOST_HITS) > offset + count,
  }
}

type Keep = (found: Found) => void

interface Gathering {
  readonly wished: ReadonlySet<string>
  readonly inactive: boolean
  readonly work: { steps: number }
  readonly keep: Keep
}

/** A code typed as it is comes before everything else, also an inactive one; codes so short are those of a hundred small lists. */
const EXACT_CODE = -1
const SHORT_CODE = 2

function fromIndex(
  url: string,
  index: TextIndex,
  question: string,
  words: readonly string[],
  { wished, inactive, work, keep }: Gathering,
): void {
  const asCode = question.toLowerCase()
  for (const { concept, text, language } of index.find(words, work)) {
    const exact = concept.code.toLowerCase() === asCode
    if (concept.inactive && !inactive && !exact) continue
    const rank = exact && asCode.length > SHORT_CODE ? EXACT_CODE : rankOf(text, language, wished)
    keep({ url, concept: concept.handle, term: exact ? { text: concept.code } : { text, language }, rank })
  }
}

interface OwnSearch extends Pick<Gathering, 'inactive' | 'keep' | 'wished'> {
  readonly languages: readonly LanguageTag[]
}

function fromOwnSearch(
  system: OpenSystem | undefined,
  text: string,
  { languages, inactive, keep, wished }: OwnSearch,
): void {
  // A system with a grammar would take nearly any text for a code: it has no list to search.
  const all = system?.codeSystem.all()
  if (!system || !all) return
  const { url, codeSystem, edition } = system
  const { concept: exact } = codeSystem.locate(text)
  if (exact !== undefined) keep({ url, concept: exact, term: { text }, rank: EXACT_CODE })
  if (edition) {
    const { hits } = searchEdition(edition, text, { activeOnly: !inactive, count: MOST_HITS })
    for (const { concept, description } of hits) {
      const row = edition.descriptions.rowAt(description)
      const term = { text: row.term, language: row.language }
      keep({ url, concept, term, rank: rankOf(term.text, term.language, wished) })
    }
    return
  }
  let left = MOST_HITS
  for (const concept of codeSystem.search?.(text, all, languages).iterate() ?? []) {
    if (left-- <= 0) return
    if (!inactive && codeSystem.isInactive(concept)) continue
    const term = termOf(system, concept, languages) ?? { text: codeSystem.codeOf(concept) }
    keep({ url, concept, term, rank: rankOf(term.text, term.language, wished) })
  }
}

/** A term of another language counts as if it were longer: a good one still comes before a far-fetched one. */
const FOREIGN = 40

function rankOf(text: string, language: LanguageTag | undefined, wished: ReadonlySet<string>): number {
  return text.length + (language !== undefined && wished.has(baseOf(language)) ? 0 : FOREIGN)
}

function hitOf(
  sources: BrowseSources,
  { url, concept, term }: Found,
  languages: readonly LanguageTag[],
): readonly Hit[] {
  const system = openSystem(sources, url)
  if (!system) return []
  const reference = referenceOf(system, concept, languages)
  const sameWords = reference.term?.text === term.text || term.text === reference.code
  return [{ ...reference, systemName: systemName(system.codeSystem), ...(sameWords ? {} : { found: term }) }]
}

function baseOf(tag: LanguageTag): string {
  return normaliseLanguage(tag).split('-')[0] ?? tag
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
