/** `<< concept`, the most asked set of all, read straight from the edition: nothing is evaluated or kept for it. */
import type { Edition } from '../snomed/edition.ts'

export type SubtreeSource = Pick<Edition, 'ordinalOf' | 'isActive' | 'isA' | 'descendantsOf' | 'descendantCountOf'>

export interface Subtree {
  readonly size: number
  has(concept: number): boolean
  /** In ascending order, without the first `offset`. */
  iterate(offset?: number): Iterable<number>
}

/** A page is seldom larger: so many are read before the whole list is. */
const FIRST_READ = 256

/** Undefined when the constraint is anything but an active concept and what is below it. */
export function subtreeOf(edition: SubtreeSource, constraint: string): Subtree | undefined {
  const code = /^<< ?(\d{6,18})$/.exec(constraint)?.[1]
  const top = code === undefined ? -1 : edition.ordinalOf(code)
  if (top < 0 || !edition.isActive(top)) return undefined
  return {
    size: edition.descendantCountOf(top) + 1,
    has: (concept) => edition.isA(concept, top),
    *iterate(offset = 0) {
      let skipped = 0
      for (const concept of withTop(edition, top, offset + FIRST_READ)) {
        if (skipped++ >= offset) yield concept
      }
    },
  }
}

function* withTop(edition: SubtreeSource, top: number, first: number): Generator<number> {
  let below = edition.descendantsOf(top, first)
  let isTopShown = false
  for (let at = 0; ; at += 1) {
    if (at === below.length && below.length === first) below = edition.descendantsOf(top)
    const concept = below[at]
    if (!isTopShown && (concept === undefined || concept > top)) {
      isTopShown = true
      yield top
    }
    if (concept === undefined) return
    yield concept
  }
}
