/**
 * Sets of concepts as Roaring bitmaps, and the only file that touches `roaring-wasm`. Its bitmaps live in WebAssembly
 * memory that no garbage collector frees in time, so every set belongs to a scope, which frees all of them when the
 * work is done, or to a cache, which frees what it drops. What leaves is a {@link ConceptList} in plain memory.
 */
import { RoaringBitmap32 } from 'roaring-wasm'

/** Never changed once made. Valid until its scope or cache ends. */
export type ConceptSet = Parameters<typeof RoaringBitmap32.and>[0]

export interface SetScope {
  of(ordinals: Uint32Array): ConceptSet
  /** All from `start` up to, without, `end`. */
  range(start: number, end: number): ConceptSet
  and(a: ConceptSet, b: ConceptSet): ConceptSet
  minus(a: ConceptSet, b: ConceptSet): ConceptSet
  or(sets: readonly ConceptSet[]): ConceptSet
  /** Joins parts one after the other; what each made on its way is freed before the next, however many there are. */
  fold(operator: 'and' | 'or' | 'minus', parts: readonly (() => ConceptSet)[]): ConceptSet
}

let live = 0

/** Sets that hold WebAssembly memory now: what is kept in caches, and nothing more, between evaluations. */
export function liveSetCount(): number {
  return live
}

function counted(set: RoaringBitmap32): RoaringBitmap32 {
  live += 1
  return set
}

function free(set: RoaringBitmap32): void {
  if (set.dispose()) live -= 1
}

/** Runs work that makes sets; all of them are freed afterwards, also when it throws. */
export function withSets<T>(work: (scope: SetScope) => T): T {
  let made: RoaringBitmap32[] = []
  const keep = (set: RoaringBitmap32): RoaringBitmap32 => {
    made.push(counted(set))
    return set
  }
  const freeing = <Value>(inner: () => Value): Value => {
    const outer = made
    made = []
    try {
      return inner()
    } finally {
      for (const set of made) free(set)
      made = outer
    }
  }
  const fold: SetScope['fold'] = (operator, parts) => {
    const all = keep(new RoaringBitmap32())
    for (const [index, part] of parts.entries()) {
      freeing(() => {
        const set = part()
        if (index === 0) all.overwrite(set)
        else if (operator === 'and') all.andInPlace(set)
        else if (operator === 'or') all.orInPlace(set)
        else all.andNotInPlace(set)
      })
    }
    return all
  }
  return freeing(() =>
    work({
      of: (ordinals) => keep(new RoaringBitmap32(ordinals, null)),
      range: (start, end) => keep(RoaringBitmap32.fromRange(start, end)),
      and: (a, b) => keep(RoaringBitmap32.and(a, b)),
      minus: (a, b) => keep(RoaringBitmap32.andNot(a, b)),
      or: (sets) => keep(RoaringBitmap32.orMany([...sets])),
      fold,
    }),
  )
}

export interface SetCache {
  get(key: number): ConceptSet | undefined
  /** Keeps a copy of the set; the oldest unused ones are dropped at the next {@link SetCache.trim}. */
  put(key: number, ordinals: Uint32Array): ConceptSet
  /** To be called between evaluations: frees what is beyond the bound. */
  trim(): void
  readonly bytes: number
  readonly size: number
  close(): void
}

/** A cache of at most `maximumBytes` of WebAssembly memory (as serialised; the true size is close). */
export function createSetCache(maximumBytes: number): SetCache {
  const sets = new Map<number, { readonly set: RoaringBitmap32; readonly bytes: number }>()
  let bytes = 0
  return {
    get bytes() {
      return bytes
    },
    get size() {
      return sets.size
    },
    get(key) {
      const entry = sets.get(key)
      if (entry === undefined) return undefined
      sets.delete(key)
      sets.set(key, entry)
      return entry.set
    },
    put(key, ordinals) {
      const set = counted(new RoaringBitmap32(ordinals, null))
      set.runOptimize()
      set.shrinkToFit()
      const entry = { set, bytes: set.getSerializationSizeInBytes('portable') + ENTRY_BYTES }
      sets.set(key, entry)
      bytes += entry.bytes
      return set
    },
    trim() {
      for (const [key, entry] of sets) {
        if (bytes <= maximumBytes) return
        sets.delete(key)
        bytes -= entry.bytes
        free(entry.set)
      }
    },
    close() {
      for (const { set } of sets.values()) free(set)
      sets.clear()
      bytes = 0
    },
  }
}

const ENTRY_BYTES = 128

/** A finished answer: concepts in ascending order of SCTID, in plain memory, safe to keep. */
export interface ConceptList {
  readonly size: number
  has(concept: number): boolean
  /** From the n-th concept on. */
  from(offset: number): Iterable<number>
  /** The concepts themselves; shared, not to be changed. */
  toUint32Array(): Uint32Array
}

export function conceptList(ordinals: Uint32Array): ConceptList {
  return {
    size: ordinals.length,
    has: (concept) => includesSorted(ordinals, concept),
    from: (offset) => ordinals.subarray(Math.max(0, offset)),
    toUint32Array: () => ordinals,
  }
}

export function includesSorted(ordinals: Uint32Array, wanted: number): boolean {
  let low = 0
  let high = ordinals.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const value = ordinals[middle] ?? 0
    if (value === wanted) return true
    if (value < wanted) low = middle + 1
    else high = middle - 1
  }
  return false
}
