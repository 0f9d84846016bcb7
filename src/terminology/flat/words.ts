/**
 * An index of words over entries that are numbered best first: terms of one language, the short ones and the preferred
 * ones in front. Every word of a question may be the beginning of a word of the entry, in any order.
 *
 *   <name>.tokens.text, .tokens.offsets   the words, sorted by their bytes, so that a prefix is a range
 *   <name>.postings.starts, .postings     per word the entries that have it, ascending, so that the best come first
 *   <name>.forward.starts, .forward       per entry its words
 *
 * A question takes its rarest prefix, walks its entries in ascending order and checks the other prefixes in the entry's
 * own words. The entries of a prefix of many words are merged by marking bits in a window that begins at the best entries
 * and grows: the first page of `a` never looks at the tail of half a million entries.
 */
import type { FlatFile } from './container.ts'
import { foldText } from './fold.ts'
import { growingWords } from './growing.ts'
import { textPoolBuilder } from './text-pool.ts'
import type { FlatWriter } from './write.ts'

export interface WordIndexBuilder {
  /** The next entry, in UTF-8. */
  add(bytes: Uint8Array, start: number, end: number): void
  write(writer: FlatWriter, name: string): void
}

const SPACE = 0x20

export function wordIndexBuilder(): WordIndexBuilder {
  const pool = textPoolBuilder()
  const starts = growingWords()
  const forward = growingWords(1 << 16)
  let scratch = new Uint8Array(4096)
  starts.push(0)
  const addWord = (start: number, end: number, first: number): void => {
    const token = pool.numberOf(scratch, start, end)
    for (let at = first; at < forward.length; at += 1) if (forward.words[at] === token) return
    forward.push(token)
  }
  return {
    add(bytes, start, end) {
      if (scratch.length < (end - start) * 6) scratch = new Uint8Array((end - start) * 6)
      const length = foldInto(scratch, bytes, start, end)
      const first = forward.length
      let wordStart = 0
      for (let index = 0; index <= length; index += 1) {
        if (index < length && scratch[index] !== SPACE) continue
        if (index > wordStart) addWord(wordStart, index, first)
        wordStart = index + 1
      }
      starts.push(forward.length)
    },
    write(writer, name) {
      const { order, rank } = sortedTokens(pool.size, pool.text)
      const offsets = new Uint32Array(pool.size + 1)
      const text = Buffer.concat(order.map((token) => Buffer.from(pool.text(token), 'utf8')))
      let position = 0
      order.forEach((token, index) => {
        position += Buffer.byteLength(pool.text(token), 'utf8')
        offsets[index + 1] = position
      })
      writer.add(`${name}.tokens.text`, text)
      writer.add(`${name}.tokens.offsets`, offsets)
      const words = forward.words.subarray(0, forward.length)
      for (let at = 0; at < words.length; at += 1) words[at] = rank[words[at] as number] as number
      const entryStarts = starts.words.subarray(0, starts.length)
      writer.add(`${name}.forward.starts`, entryStarts)
      writer.add(`${name}.forward`, words)
      writePostings(writer, name, entryStarts, words, pool.size)
    },
  }
}

function writePostings(writer: FlatWriter, name: string, entryStarts: Uint32Array, words: Uint32Array, tokens: number) {
  const starts = new Uint32Array(tokens + 1)
  for (const token of words) starts[token + 1] = (starts[token + 1] as number) + 1
  for (let token = 0; token < tokens; token += 1) {
    starts[token + 1] = (starts[token + 1] as number) + (starts[token] as number)
  }
  const next = starts.slice()
  const postings = new Uint32Array(words.length)
  for (let entry = 0; entry + 1 < entryStarts.length; entry += 1) {
    for (let at = entryStarts[entry] as number; at < (entryStarts[entry + 1] as number); at += 1) {
      const token = words[at] as number
      postings[next[token] as number] = entry
      next[token] = (next[token] as number) + 1
    }
  }
  writer.add(`${name}.postings.starts`, starts)
  writer.add(`${name}.postings`, postings)
}

/** Folds into the target; returns the length. Plain ASCII, nearly all of English, needs no string. */
function foldInto(target: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] as number
    if (byte >= 0x80) return foldSlowly(target, bytes, start, end)
    const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
    target[index - start] = letter ? byte | 0x20 : byte >= 0x30 && byte <= 0x39 ? byte : SPACE
  }
  return end - start
}

function foldSlowly(target: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  const folded = Buffer.from(foldText(text), 'utf8')
  target.set(folded.subarray(0, target.length))
  return Math.min(folded.length, target.length)
}

function sortedTokens(count: number, text: (token: number) => string) {
  const bytes = Array.from({ length: count }, (_, token) => Buffer.from(text(token), 'utf8'))
  const order = bytes.map((_, token) => token)
  order.sort((a, b) => Buffer.compare(bytes[a] as Buffer, bytes[b] as Buffer))
  const rank = new Uint32Array(count)
  order.forEach((token, index) => {
    rank[token] = index
  })
  return { order, rank }
}

/** Words of the dictionary: from, to (exclusive). */
interface Range {
  readonly from: number
  readonly to: number
  /** How many postings they have together. */
  readonly postings: number
}

export interface Work {
  /** Steps that are left; a walk ends when it falls below 0. */
  steps: number
}

/** `complete`: every match was visited. `stopped`: the visitor had enough. `exhausted`: the work was used up. */
export type WalkEnd = 'complete' | 'stopped' | 'exhausted'

export interface WordIndex {
  readonly entries: number
  /** Not to be called by its own visitor. Visits the entries that have a word beginning with each of the folded prefixes, best first, until `visit` says false. */
  walk(prefixes: readonly string[], work: Work, visit: (entry: number) => boolean): WalkEnd
  /** Whether this entry has a word for each prefix; `compile` once, ask often. */
  compile(prefixes: readonly string[]): (entry: number) => boolean
  /** Every posting of the prefix, unsorted, an entry perhaps twice. A view. */
  postingsOf(prefix: string): Uint32Array
}

/** Up to so many entries are sorted at once; more are merged in windows. */
const SORTED_AT_ONCE = 2048
/** Entries that the first window should find. */
const FIRST_WINDOW = 256
/** Checking an entry's words takes as long as marking so many postings (measured). */
const CHECK_COST = 20

export function readWordIndex(flat: FlatFile, name: string): WordIndex {
  const text = flat.bytes(`${name}.tokens.text`)
  const offsets = flat.words(`${name}.tokens.offsets`)
  const starts = flat.words(`${name}.postings.starts`)
  const postings = flat.words(`${name}.postings`)
  const forwardStarts = flat.words(`${name}.forward.starts`)
  const forward = flat.words(`${name}.forward`)
  const entries = forwardStarts.length - 1
  const tokens = offsets.length - 1
  const bits = new Uint32Array((entries >>> 5) + 2)
  const otherBits = new Uint32Array(bits.length)
  const cursors = new Uint32Array(tokens)

  /** First token that is not below the prefix; with `after`, first one that does not begin with it and comes later. */
  const edge = (prefix: Uint8Array, after: boolean): number => {
    let low = 0
    let high = tokens
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(prefix, offsets[middle] as number, offsets[middle + 1] as number, after)) low = middle + 1
      else high = middle
    }
    return low
  }
  const isBefore = (prefix: Uint8Array, start: number, end: number, after: boolean): boolean => {
    for (let index = 0; index < prefix.length; index += 1) {
      if (start + index >= end) return true
      const difference = (text[start + index] as number) - (prefix[index] as number)
      if (difference !== 0) return difference < 0
    }
    return after
  }
  const rangeOf = (prefix: string): Range => {
    const bytes = Buffer.from(prefix, 'utf8')
    const from = edge(bytes, false)
    const to = edge(bytes, true)
    return { from, to, postings: (starts[to] as number) - (starts[from] as number) }
  }
  const hasAll = (entry: number, ranges: readonly Range[]): boolean => {
    const from = forwardStarts[entry] as number
    const to = forwardStarts[entry + 1] as number
    for (const range of ranges) {
      let found = false
      for (let at = from; at < to && !found; at += 1) {
        const token = forward[at] as number
        found = token >= range.from && token < range.to
      }
      if (!found) return false
    }
    return true
  }

  const walkSorted = (
    range: Range,
    others: readonly Range[],
    work: Work,
    visit: (entry: number) => boolean,
  ): WalkEnd => {
    const found = postings.slice(starts[range.from], starts[range.to]).sort()
    let last = -1
    for (const entry of found) {
      if (entry === last) continue
      last = entry
      work.steps -= 1
      if (work.steps < 0) return 'exhausted'
      if (hasAll(entry, others) && !visit(entry)) return 'stopped'
    }
    return 'complete'
  }
  const walkWindows = (
    range: Range,
    others: readonly Range[],
    work: Work,
    visit: (entry: number) => boolean,
  ): WalkEnd => {
    for (let token = range.from; token < range.to; token += 1) cursors[token] = starts[token] as number
    let from = 0
    let width = Math.max(512, Math.ceil((entries * FIRST_WINDOW) / range.postings))
    let rest = others
    const next = others[0]?.postings ?? Number.POSITIVE_INFINITY
    while (from < entries) {
      // Common words that seldom meet: after a first look the others are marked as well, and the marks intersected.
      const isLast = from > 0 && next < range.postings * CHECK_COST
      const to = isLast ? entries : Math.min(entries, from + width)
      work.steps -= markWindow(range, from, to) + (range.to - range.from)
      if (isLast) rest = intersectAll(range, others, from, work)
      const end = visitMarked(from, to, rest, work, visit)
      if (end !== 'complete') {
        bits.fill(0, from >>> 5, (to >>> 5) + 1)
        return end
      }
      from = to
      width *= 4
    }
    return 'complete'
  }
  /** Intersects as long as that costs less than checking what is left; returns the ranges that are still to be checked. */
  const intersectAll = (range: Range, others: readonly Range[], from: number, work: Work): readonly Range[] => {
    let left = range.postings
    return others.filter((other) => {
      if (other.postings >= left * CHECK_COST) return true
      work.steps -= other.postings
      intersect(other, from)
      // As if words came independently, with a margin because they do not.
      left = Math.ceil((left * 4 * other.postings) / entries)
      return false
    })
  }
  /** Takes away the marks from `from` on that the range has not. */
  const intersect = (range: Range, from: number): void => {
    otherBits.fill(0)
    const end = starts[range.to] as number
    for (let at = starts[range.from] as number; at < end; at += 1) {
      const entry = postings[at] as number
      otherBits[entry >>> 5] = (otherBits[entry >>> 5] as number) | (1 << (entry & 31))
    }
    for (let word = from >>> 5; word < bits.length; word += 1) {
      bits[word] = (bits[word] as number) & (otherBits[word] as number)
    }
  }
  /** Sets the bits of the entries below `to`, from where the last window ended. Returns how many postings were read. */
  const markWindow = (range: Range, from: number, to: number): number => {
    let read = 0
    const all = from === 0 && to === entries
    if (all) {
      const end = starts[range.to] as number
      for (let at = starts[range.from] as number; at < end; at += 1) {
        const entry = postings[at] as number
        bits[entry >>> 5] = (bits[entry >>> 5] as number) | (1 << (entry & 31))
      }
      return range.postings
    }
    for (let token = range.from; token < range.to; token += 1) {
      const end = starts[token + 1] as number
      let at = cursors[token] as number
      for (; at < end; at += 1) {
        const entry = postings[at] as number
        if (entry >= to) break
        bits[entry >>> 5] = (bits[entry >>> 5] as number) | (1 << (entry & 31))
        read += 1
      }
      cursors[token] = at
    }
    return read
  }
  /** Visits the marked entries of the window and takes their marks away. */
  const visitMarked = (
    from: number,
    to: number,
    others: readonly Range[],
    work: Work,
    visit: (entry: number) => boolean,
  ): WalkEnd => {
    for (let word = from >>> 5; word <= (to - 1) >>> 5; word += 1) {
      let marked = bits[word] as number
      bits[word] = 0
      while (marked !== 0) {
        const bit = 31 - Math.clz32(marked & -marked)
        marked &= marked - 1
        work.steps -= 1
        if (work.steps < 0) return 'exhausted'
        const entry = word * 32 + bit
        if (hasAll(entry, others) && !visit(entry)) return 'stopped'
      }
    }
    return 'complete'
  }

  return {
    entries,
    walk(prefixes, work, visit) {
      const ranges = prefixes.map(rangeOf).sort((a, b) => a.postings - b.postings)
      const rarest = ranges[0]
      if (rarest === undefined || rarest.postings === 0) return 'complete'
      const walk = rarest.postings <= SORTED_AT_ONCE ? walkSorted : walkWindows
      return walk(rarest, ranges.slice(1), work, visit)
    },
    compile(prefixes) {
      const ranges = prefixes.map(rangeOf)
      return (entry) => hasAll(entry, ranges)
    },
    postingsOf(prefix) {
      const { from, to } = rangeOf(prefix)
      return postings.subarray(starts[from], starts[to])
    },
  }
}
