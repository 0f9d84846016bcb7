/** What a concept is called: designations by what the reader asked for, and which words are preferred there. */
import { FULLY_SPECIFIED_NAME, SYNONYM } from './concepts.ts'
import type { DescriptionTable } from './description-table.ts'
import { dialectOf, refsetInTag } from './dialects.ts'

export interface Term {
  readonly term: string
  /** Language of the description, as in RF2. */
  readonly language: string
  /** The language reference set that prefers it, when one was asked or is known. */
  readonly refset?: string
  /** Position among the descriptions. */
  readonly description: number
}

/** One step of a wish list: a language reference set, or any words of a language. */
type Step = { readonly refset: number } | { readonly language: number }

export interface Designations {
  /**
   * The preferred synonym for the first wish that has one. Wishes are BCP 47 tags, best first: `fr-BE`, `fr`,
   * `en-x-900000000000509007` (that reference set). Undefined when no wish is met: the caller decides on a fallback.
   */
  preferredTerm(concept: number, wishes: readonly string[]): Term | undefined
  fullySpecifiedName(concept: number, wishes: readonly string[]): Term | undefined
  /** BCP 47 tag of a language reference set of this edition; undefined when it is not known. */
  tagOf(refset: string): string | undefined
}

export function readDesignations(descriptions: DescriptionTable): Designations {
  const { languages, languageRefsets } = descriptions
  const wished = new Map<string, readonly Step[]>()
  const stepsOf = (wish: string): readonly Step[] => {
    const known = wished.get(wish)
    if (known) return known
    const steps = compile(wish)
    // Wishes come from outside: a caller that makes up tags must not fill the memory.
    if (wished.size > 1000) wished.clear()
    wished.set(wish, steps)
    return steps
  }
  const compile = (wish: string): readonly Step[] => {
    const stated = refsetInTag(wish)
    if (stated !== undefined) {
      const refset = languageRefsets.indexOf(stated)
      return refset < 0 ? [] : [{ refset }]
    }
    const tag = wish.toLowerCase()
    const primary = tag.split('-')[0] ?? ''
    const byTag = (test: (of: string) => boolean): readonly Step[] =>
      languageRefsets.flatMap((sctid, refset) => (test(dialectOf(sctid)?.toLowerCase() ?? '') ? [{ refset }] : []))
    const own = byTag((of) => of === tag)
    const related = byTag((of) => of.split('-')[0] === primary && of !== tag)
    const language = languages.indexOf(primary)
    return [...own, ...related, ...(language < 0 ? [] : [{ language }])]
  }
  const find = (concept: number, wishes: readonly string[], type: number): Term | undefined => {
    const { from, to } = descriptions.rangeOf(concept)
    for (const wish of wishes) {
      for (const step of stepsOf(wish)) {
        const found = 'refset' in step ? preferredIn(from, to, step.refset, type) : anyIn(from, to, step.language, type)
        if (found >= 0) return termAt(found, 'refset' in step ? step.refset : undefined)
      }
    }
    return undefined
  }
  const preferredIn = (from: number, to: number, refset: number, type: number): number => {
    for (let at = from; at < to; at += 1) {
      if (descriptions.typeAt(at) === type && descriptions.isActive(at) && descriptions.isPreferred(at, refset))
        return at
    }
    return -1
  }
  /** Preferred by some reference set before any other; else the first. */
  const anyIn = (from: number, to: number, language: number, type: number): number => {
    let first = -1
    for (let at = from; at < to; at += 1) {
      if (descriptions.languageAt(at) !== language || descriptions.typeAt(at) !== type || !descriptions.isActive(at))
        continue
      if (languageRefsets.some((_, refset) => descriptions.isPreferred(at, refset))) return at
      if (first < 0) first = at
    }
    return first
  }
  const termAt = (description: number, refset: number | undefined): Term => {
    const language = languages[descriptions.languageAt(description)] ?? ''
    const sctid = refset === undefined ? undefined : languageRefsets[refset]
    const base = { term: descriptions.termAt(description), language, description }
    return sctid === undefined ? base : { ...base, refset: sctid }
  }
  const synonym = descriptions.types.indexOf(SYNONYM)
  const name = descriptions.types.indexOf(FULLY_SPECIFIED_NAME)
  return {
    preferredTerm: (concept, wishes) => find(concept, wishes, synonym),
    fullySpecifiedName: (concept, wishes) => find(concept, wishes, name),
    tagOf: dialectOf,
  }
}
