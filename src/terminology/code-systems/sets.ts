/** Concept sets and their algebra, evaluated as late as possible. */
import type { CodeSystem, ConceptHandle, ConceptSet } from './code-system.ts'

export const EMPTY_SET: ConceptSet = { size: 0, has: () => false, iterate: () => [] }

/** Concepts in a given order, each once. */
export function listSet(concepts: readonly ConceptHandle[]): ConceptSet {
  let members: Set<ConceptHandle> | undefined
  return {
    size: concepts.length,
    has(concept) {
      members ??= new Set(concepts)
      return members.has(concept)
    },
    iterate: (offset = 0) => (offset === 0 ? concepts : concepts.slice(offset)),
  }
}

/** The ordinals 0 … count-1. */
export function rangeSet(count: number): ConceptSet {
  return {
    size: count,
    has: (concept) => typeof concept === 'number' && concept >= 0 && concept < count,
    *iterate(offset = 0) {
      for (let concept = offset; concept < count; concept++) yield concept
    },
  }
}

/** The members of a set that meet a condition; walked in the order of the set. */
export function filteredSet(base: ConceptSet, condition: (concept: ConceptHandle) => boolean): ConceptSet {
  return {
    has: (concept) => base.has(concept) && condition(concept),
    *iterate(offset = 0) {
      let skipped = 0
      for (const concept of base.iterate()) {
        if (!condition(concept)) continue
        if (skipped++ >= offset) yield concept
      }
    },
  }
}

/** Left, then what right has beyond it. */
export function unionSet(left: ConceptSet, right: ConceptSet): ConceptSet {
  return {
    has: (concept) => left.has(concept) || right.has(concept),
    *iterate(offset = 0) {
      let skipped = 0
      for (const concept of left.iterate()) if (skipped++ >= offset) yield concept
      for (const concept of right.iterate()) {
        if (!left.has(concept) && skipped++ >= offset) yield concept
      }
    },
  }
}

/** Set algebra: by the system's own means where it has some, otherwise lazily. */
export function combineSets(
  codeSystem: CodeSystem,
  operation: 'union' | 'intersect' | 'subtract',
  left: ConceptSet,
  right: ConceptSet,
): ConceptSet {
  const own = codeSystem.combine?.(operation, left, right)
  if (own) return own
  if (operation === 'union') return unionSet(left, right)
  const wanted = operation === 'intersect'
  return filteredSet(left, (concept) => right.has(concept) === wanted)
}

/** Number of members; counts them where it must, up to `limit` (then `limit + 1` is returned). */
export function countSet(set: ConceptSet, limit = Number.POSITIVE_INFINITY): number {
  if (set.size !== undefined) return set.size
  let count = 0
  for (const _ of set.iterate()) if (++count > limit) break
  return count
}
