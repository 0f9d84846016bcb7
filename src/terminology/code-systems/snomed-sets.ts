/** Sets of SNOMED CT concepts: by an expression constraint, evaluated when it is walked; joined by joining the expressions. */
import type { ConceptList, Ecl } from '../ecl/index.ts'
import type { Edition } from '../snomed/edition.ts'
import { SMALL_SET, searchEdition } from '../snomed/search.ts'
import type { ConceptHandle, ConceptSet } from './code-system.ts'
import type { Subtree } from './snomed-subtree.ts'

/** A set that remembers how it was made. */
export interface SnomedSet extends ConceptSet {
  readonly size: number
  /** Expression constraint that gives it. */
  readonly ecl: string
  /** Every member is an active concept. */
  readonly activeOnly: true
  list(): ConceptList
  /** Ascending. */
  ordinals(): Uint32Array
}

const made = new WeakSet<ConceptSet>()

export function isSnomedSet(set: ConceptSet): set is SnomedSet {
  return made.has(set)
}

export interface EclSetOptions {
  /** Whether a post-coordinated expression is a member; undefined: none is. */
  readonly hasExpression?: (expression: string) => boolean
  /** The same concepts, where the edition has them at hand. */
  readonly subtree?: Subtree | undefined
}

/** The text must have been read without a problem. */
export function eclSet(ecl: Ecl, text: string, { hasExpression, subtree }: EclSetOptions = {}): SnomedSet {
  let evaluated: ConceptList | undefined
  const list = (): ConceptList => {
    if (evaluated) return evaluated
    const result = ecl.evaluate(text)
    // What cannot be evaluated within the budget has no members; `select` has asked before.
    evaluated = result.ok ? result.value : EMPTY
    return evaluated
  }
  const set: SnomedSet = {
    ecl: text,
    activeOnly: true,
    // Association reference sets exist to list what is inactive.
    listsInactive: /^\s*\^/.test(text),
    list,
    ordinals: () => subtree?.list() ?? list().toUint32Array(),
    open: hasExpression !== undefined,
    get size() {
      return subtree?.size ?? list().size
    },
    has(concept) {
      if (typeof concept === 'string') return hasExpression?.(concept) ?? false
      if (subtree) return subtree.has(concept)
      if (evaluated) return evaluated.has(concept)
      const result = ecl.matches(text, concept)
      return result.ok ? result.value : list().has(concept)
    },
    iterate: (offset = 0) => (subtree ? subtree.iterate(offset) : list().from(offset)),
  }
  made.add(set)
  return set
}

const EMPTY: ConceptList = {
  size: 0,
  has: () => false,
  from: () => [],
  toUint32Array: () => new Uint32Array(0),
}

/** Concepts found by text, the best first; only the page that is asked for is ranked. */
export function searchSet(
  edition: Edition,
  text: string,
  within: ConceptSet,
  languages: readonly string[],
): ConceptSet {
  const everything = within.size !== undefined && within.size >= edition.conceptCount
  const scope = everything
    ? undefined
    : {
        has: (concept: number) => within.has(concept),
        ...(isSnomedSet(within) && within.size <= SMALL_SET && { list: within.ordinals() }),
      }
  const base = {
    ...(scope && { within: scope }),
    ...(languages.length > 0 && { languages: [...new Set(languages.map((tag) => tag.split('-')[0] ?? tag))] }),
    activeOnly: false,
  }
  const search = (offset: number, count: number, total: boolean) =>
    searchEdition(edition, text, { ...base, offset, count, total })
  let counted: number | undefined
  return {
    has: (concept) => typeof concept === 'number' && within.has(concept) && matches(edition, concept, text),
    get size() {
      counted ??= search(0, 0, true).total ?? 0
      return counted
    },
    *iterate(offset = 0) {
      const chunk = 200
      for (let at = offset; ; at += chunk) {
        const { hits } = search(at, chunk, false)
        for (const { concept } of hits) yield concept
        if (hits.length < chunk) return
      }
    },
    page(offset, count) {
      const { hits, total } = search(offset, count, false)
      return { concepts: hits.map(({ concept }) => concept), total }
    },
  }
}

function matches(edition: Edition, concept: number, text: string): boolean {
  const within = { has: (other: number) => other === concept, list: Uint32Array.of(concept) }
  return searchEdition(edition, text, { within, activeOnly: false, count: 1 }).hits.length > 0
}

/** Joins sets by their expressions; undefined when one of them has none. */
export function combineByEcl(
  ecl: Ecl,
  operation: 'union' | 'intersect' | 'subtract',
  left: ConceptSet,
  right: ConceptSet,
): SnomedSet | undefined {
  if (!isSnomedSet(left) || !isSnomedSet(right)) return undefined
  const sign = { union: 'OR', intersect: 'AND', subtract: 'MINUS' }[operation]
  const text = `(${left.ecl}) ${sign} (${right.ecl})`
  if (!ecl.read(text).ok) return undefined
  const hasExpression = (expression: ConceptHandle): boolean => {
    const [inLeft, inRight] = [left.has(expression), right.has(expression)]
    if (operation === 'union') return inLeft || inRight
    return operation === 'intersect' ? inLeft && inRight : inLeft && !inRight
  }
  return eclSet(ecl, text, left.open || right.open ? { hasExpression } : {})
}
