/** `<< concept`, the most asked set of all, read straight from the edition: nothing is evaluated or kept for it. */
import { lowerBound } from '../flat/rows.ts'
import type { Edition } from '../snomed/edition.ts'

export type SubtreeSource = Pick<
  Edition,
  'conceptCount' | 'ordinalOf' | 'isActive' | 'isA' | 'descendantsOf' | 'descendantCountOf' | 'eachDescendant'
>

export interface Subtree {
  readonly size: number
  has(concept: number): boolean
  /** In ascending order, without the first `offset`. */
  iterate(offset?: number): Iterable<number>
  /** All of it, ascending; a new array. */
  list(): Uint32Array
}

/** A page is seldom larger: so many are read before the whole list is. */
const FIRST_READ = 256

/** Undefined when the constraint is anything but an active concept and what is below it. */
export function subtreeOf(edition: SubtreeSource, constraint: string): Subtree | undefined {
  const code = /^<< ?(\d{6,18})$/.exec(constraint)?.[1]
  const top = code === undefined ? -1 : edition.ordinalOf(code)
  if (top < 0 || !edition.isActive(top)) return undefined
  const size = edition.descendantCountOf(top) + 1
  let asked = 0
  const marks: Marks = { bits: undefined }
  return {
    size,
    has(concept) {
      const { bits } = marks
      if (bits) return ((bits[concept >>> 5] ?? 0) & (1 << (concept & 31))) !== 0
      asked += 1
      if (asked > ASKED_OFTEN && asked > size * READING_COST) mark(edition, top, marks)
      return edition.isA(concept, top)
    },
    list() {
      const below = edition.descendantsOf(top)
      const place = lowerBound(below, top)
      const all = new Uint32Array(size)
      all.set(below.subarray(0, place))
      all[place] = top
      all.set(below.subarray(place), place + 1)
      return all
    },
    *iterate(offset = 0) {
      let skipped = 0
      for (const concept of withTop(edition, top, offset + FIRST_READ)) {
        if (skipped++ >= offset) yield concept
      }
    },
  }
}

/** A search asks for thousands of concepts: then the set is marked as bits. */
interface Marks {
  bits: Uint32Array | undefined
}

const ASKED_OFTEN = 32
/** Reading an entry of the list takes this share of asking for one concept (measured). */
const READING_COST = 1 / 50
/** A bit for each concept of the edition: of so many sets the marks are kept in a thread. */
const MOST_MARKED = 64
const marked: Marks[] = []

function mark(edition: SubtreeSource, top: number, marks: Marks): void {
  const bits = new Uint32Array((edition.conceptCount + 31) >>> 5)
  const set = (concept: number): void => {
    bits[concept >>> 5] = (bits[concept >>> 5] as number) | (1 << (concept & 31))
  }
  // A list of them would be a megabyte that is thrown away at once.
  edition.eachDescendant(top, set)
  set(top)
  marks.bits = bits
  marked.push(marks)
  const oldest = marked.length > MOST_MARKED ? marked.shift() : undefined
  if (oldest) oldest.bits = undefined
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
