/** Words as they are typed: every word the beginning of a word of the term, in any order; the best concepts first. */
import { foldText, wordsOf } from '#terminology/flat/fold.ts'
import type { Work } from '#terminology/flat/words.ts'
import type { Ordinal } from '../ecl/substrate.ts'
import type { Edition, WordsOfLanguage } from './edition.ts'

/** Concepts among which is searched. `list`, where it is at hand, is the same set, sorted: a short one is gone through instead of the index. */
export interface Within {
  has(concept: Ordinal): boolean
  readonly list?: Uint32Array
}

export interface SearchOptions {
  /** Languages of the terms as in RF2 (`fr`); of a tag its first part counts. Default: all. */
  readonly languages?: readonly string[]
  /** Default: true. */
  readonly activeOnly?: boolean
  readonly within?: Within
  /** Hits to leave out at the front. Default 0. */
  readonly offset?: number
  /** Default 10. */
  readonly count?: number
  /** Counts all hits, whatever it costs within the work. */
  readonly total?: boolean
  /** Steps (entries of the index looked at) after which the search ends with what it has. Default 4 million. */
  readonly work?: number
}

export interface SearchHit {
  readonly concept: Ordinal
  /** Position of the description that was found: the best of the concept. */
  readonly description: number
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[]
  /** Number of concepts that were found; undefined when it is not known without more work. */
  readonly total?: number
  /** False: the work was used up, there may be better or further hits. */
  readonly complete: boolean
}

/** More words than this add nothing but work. */
const MAX_WORDS = 16
const WORK = 4_000_000
/** Hits among which an exact term is moved to the front. */
const REORDERED = 20
/** A set of concepts so small is gone through itself when every word has far more entries. */
export const SMALL_SET = 2000

/**
 * The concepts whose terms hold the words, each once, with its best term. Order: active before inactive concepts, the
 * whole term as typed, then short before long, preferred before acceptable. An empty question finds nothing.
 */
export function searchEdition(edition: Edition, text: string, options: SearchOptions = {}): SearchAnswer {
  const words = [...new Set(wordsOf(text))].slice(0, MAX_WORDS)
  if (words.length === 0) return { hits: [], total: 0, complete: true }
  const groups = groupsFor(edition, options.languages)
  const work: Work = { steps: options.work ?? WORK }
  const wanted = (options.offset ?? 0) + (options.count ?? 10)
  // Never fewer than may be reordered, so that pages fit together.
  const search: Search = { edition, words, options, work, wanted: Math.max(wanted, REORDERED) }
  const lists = groups.map((group) => candidates(search, group))
  const merged = merge(edition, lists)
  const total = lists.every(({ all }) => all) ? merged.length : undefined
  const hits = exactFirst(edition, merged, text).slice(options.offset ?? 0, wanted)
  const base = { hits, complete: work.steps >= 0 }
  return total === undefined ? base : { ...base, total }
}

function groupsFor(edition: Edition, languages: readonly string[] | undefined): readonly WordsOfLanguage[] {
  const terms = edition.words.filter(({ definitions }) => !definitions)
  if (languages === undefined) return terms
  const wanted = new Set(languages.map((tag) => tag.toLowerCase().split('-')[0]))
  return terms.filter(({ language }) => wanted.has(language.split('-')[0]))
}

interface Search {
  readonly edition: Edition
  readonly words: readonly string[]
  readonly options: SearchOptions
  readonly work: Work
  readonly wanted: number
}

interface Candidates {
  /** Best first, a concept once. */
  readonly hits: readonly SearchHit[]
  /** There are no more. */
  readonly all: boolean
}

function candidates(search: Search, group: WordsOfLanguage): Candidates {
  const list = search.options.within?.list
  if (list !== undefined && list.length <= SMALL_SET && isCommon(search, group, list.length * 4)) {
    return amongFew(search, group, list)
  }
  return fromIndex(search, group)
}

function isCommon({ words }: Search, { index }: WordsOfLanguage, than: number): boolean {
  return words.every((word) => index.postingsOf(word).length > than)
}

function fromIndex({ edition, words, options, work, wanted }: Search, { index, entries }: WordsOfLanguage): Candidates {
  const { descriptions } = edition
  const { within, activeOnly = true, total = false } = options
  const seen = new Set<number>()
  const hits: SearchHit[] = []
  let isMore = false
  const end = index.walk(words, work, (entry) => {
    const description = entries[entry] as number
    const concept = descriptions.conceptAt(description)
    // Entries of inactive concepts stand behind all others: this is the end of the active ones.
    if (activeOnly && !edition.isActive(concept)) return false
    if (seen.has(concept) || (within !== undefined && !within.has(concept))) return true
    isMore = hits.length === wanted && !total
    if (isMore) return false
    seen.add(concept)
    hits.push({ concept, description })
    return true
  })
  return { hits, all: end !== 'exhausted' && !isMore }
}

/** The other way round: every concept of a short list, its terms looked up in the forward index. */
function amongFew({ edition, words, options, work }: Search, group: WordsOfLanguage, list: Uint32Array): Candidates {
  const { descriptions } = edition
  const matches = group.index.compile(words)
  const found: SearchHit[] = []
  for (const concept of list) {
    if ((options.activeOnly ?? true) && !edition.isActive(concept)) continue
    const { from, to } = descriptions.rangeOf(concept)
    let best = -1
    for (let position = from; position < to; position += 1) {
      work.steps -= 1
      const entry = edition.entryOf(position)
      // A description of another language has its entry in another index.
      if (group.entries[entry] === position && matches(entry) && (best < 0 || entry < best)) best = entry
    }
    if (best >= 0) found.push({ concept, description: group.entries[best] as number })
  }
  found.sort((a, b) => compareHits(edition, a, b))
  return { hits: found, all: true }
}

/** One order for hits of several languages; the one in which the index of each stands. */
function compareHits(edition: Edition, a: SearchHit, b: SearchHit): number {
  const { descriptions } = edition
  const inactive = (hit: SearchHit) => (edition.isActive(hit.concept) ? 0 : 1)
  const acceptable = (hit: SearchHit) =>
    descriptions.languageRefsets.some((_, refset) => descriptions.isPreferred(hit.description, refset)) ? 0 : 1
  return (
    inactive(a) - inactive(b) ||
    descriptions.lengthAt(a.description) - descriptions.lengthAt(b.description) ||
    acceptable(a) - acceptable(b) ||
    a.description - b.description
  )
}

function merge(edition: Edition, lists: readonly Candidates[]): readonly SearchHit[] {
  const filled = lists.filter(({ hits }) => hits.length > 0)
  if (filled.length <= 1) return filled[0]?.hits ?? []
  const seen = new Set<number>()
  return filled
    .flatMap(({ hits }) => hits)
    .sort((a, b) => compareHits(edition, a, b))
    .filter(({ concept }) => !seen.has(concept) && seen.add(concept))
}

/** Among the first hits the term that is exactly what was typed, which a shorter term with fewer words may precede. */
function exactFirst(edition: Edition, hits: readonly SearchHit[], text: string): readonly SearchHit[] {
  const typed = foldText(text).trim()
  const limit = Math.min(hits.length, REORDERED)
  for (let at = 0; at < limit; at += 1) {
    const hit = hits[at] as SearchHit
    const { description, concept } = hit
    if (edition.descriptions.lengthAt(description) > typed.length * 4) break
    if (foldText(edition.descriptions.termAt(description)).trim() !== typed) continue
    const from = hits.findIndex((other) => edition.isActive(other.concept) === edition.isActive(concept))
    if (from === at) return hits
    return [...hits.slice(0, from), hit, ...hits.slice(from, at), ...hits.slice(at + 1)]
  }
  return hits
}
