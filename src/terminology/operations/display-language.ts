/** Which words to show: language ranges with weights (RFC 9110 §12.5.4, RFC 4647) against what a concept is called. */
import type { ConceptDesignation } from '../code-systems/code-system.ts'

export interface LanguageRange {
  /** Lower case; `*` is any. */
  readonly tag: string
  readonly weight: number
}

export interface LanguageWishes {
  /** As it is echoed. */
  readonly text: string
  /** The most wished first, without `*` and without what is refused (weight 0). */
  readonly ranges: readonly LanguageRange[]
  /** False when `*;q=0` refuses every other language. */
  readonly acceptsOthers: boolean
}

const TAG = /^(?:\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)$/

/** Parses `de-AT, de;q=0.9, *;q=0`. Undefined when it is not such a list. */
export function parseLanguages(text: string): LanguageWishes | undefined {
  const ranges: LanguageRange[] = []
  let acceptsOthers = true
  for (const part of text.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim())
    if (name === '' && parameters.length === 0) continue
    const tag = name.toLowerCase().replaceAll('_', '-')
    if (!TAG.test(tag)) return undefined
    const quality = parameters.find((each) => /^q\s*=/i.test(each))
    const weight = quality === undefined ? 1 : Number(quality.replace(/^q\s*=\s*/i, ''))
    if (!(weight >= 0 && weight <= 1)) return undefined
    if (tag === '*') acceptsOthers = weight > 0
    else if (weight > 0) ranges.push({ tag, weight })
  }
  if (ranges.length === 0 && acceptsOthers && !text.includes('*')) return undefined
  ranges.sort((left, right) => right.weight - left.weight)
  const echoed = text.includes('q=')
    ? text
        .split(',')
        .map((part) => part.trim())
        .join(', ')
    : text
  return { text: echoed, ranges, acceptsOthers }
}

/** 0 exactly, 1 a variant of what is wished (`de` ← `de-CH`), 2 more general (`fr-BE` ← `fr`); undefined: another language. */
export function closeness(language: string, range: LanguageRange): number | undefined {
  const tag = language.toLowerCase()
  if (tag === range.tag) return 0
  if (tag.startsWith(`${range.tag}-`)) return 1
  if (range.tag.startsWith(`${tag}-`)) return 2
  return undefined
}

export function isWished(language: string, wishes: LanguageWishes): boolean {
  return wishes.ranges.some((range) => closeness(language, range) !== undefined)
}

/** Among words of one language: the system's own display, a preferred one, one without a use, any. */
function rank(word: ConceptDesignation): number {
  if (word.isDisplay) return 0
  if (word.preferred) return 1
  if (word.use === undefined || word.use.code === 'display' || word.use.code === 'preferredForLanguage') return 2
  return 3
}

/** Above every other difference. */
const STAND_IN = 100

/**
 * The word to show as display, of the first wished language that has one; what stands in gives way to any other word of it; undefined when the reader refuses every language in which there is one. Without wishes the
 * first display is it.
 */
export function chooseDisplay(
  words: readonly ConceptDesignation[],
  wishes: LanguageWishes | undefined,
): ConceptDesignation | undefined {
  const own = words.find(({ isDisplay }) => isDisplay)
  if (!wishes) return own
  for (const range of wishes.ranges) {
    let best: ConceptDesignation | undefined
    let bestScore = Number.POSITIVE_INFINITY
    for (const word of words) {
      if (word.inactive || word.language === undefined) continue
      const distance = closeness(word.language, range)
      if (distance === undefined) continue
      const score = (word.standsIn ? STAND_IN : 0) + distance * 4 + rank(word)
      if (score < bestScore) [best, bestScore] = [word, score]
    }
    if (best) return best
  }
  // Words that carry no language are nobody's other language.
  return wishes.acceptsOthers || own?.language === undefined ? own : undefined
}
