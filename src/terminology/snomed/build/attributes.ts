/** Attribute rows by source, and back by target and by type. */
import { distinct, groupRows, type Rows } from '#terminology/flat/rows.ts'
import { CONCRETE } from './relationships.ts'

export interface Attributes {
  /** Ordinals of the concepts that are types, sorted; a row names its type by position. */
  readonly types: Uint32Array
  /** n+1 offsets per concept, in rows. */
  readonly starts: Uint32Array
  /** Two words a row: type position | group << 16, target word. Sorted by group, type, target; each row once. */
  readonly rows: Uint32Array
  /** Per target concept two words a row: type position, source. Sorted by type, then source; each once. */
  readonly reverseStarts: Uint32Array
  readonly reverse: Uint32Array
  /** Per type position the sources, sorted, each once. */
  readonly byType: Rows
}

/** `quadruples`: source, type, group, target word. At most 65,536 types (a release has some hundred). */
export function buildAttributes(quadruples: Uint32Array, count: number): Attributes {
  const total = quadruples.length / 4
  const types = distinct(column(quadruples, 1)).slice()
  const positions = new Map<number, number>([...types].map((type, position) => [type, position]))
  const grouped = groupRows(column(quadruples, 0), count)
  const starts = new Uint32Array(count + 1)
  const rows = new Uint32Array(total * 2)
  let length = 0
  for (let concept = 0; concept < count; concept += 1) {
    starts[concept] = length
    const from = grouped.starts[concept] as number
    const to = grouped.starts[concept + 1] as number
    for (let at = from; at < to; at += 1) {
      const row = (grouped.entries[at] as number) * 4
      const type = positions.get(quadruples[row + 1] as number) as number
      const group = quadruples[row + 2] as number
      length = insertRow(rows, starts[concept] as number, length, type | (group << 16), quadruples[row + 3] as number)
    }
  }
  starts[count] = length
  const kept = rows.slice(0, length * 2)
  return {
    types,
    starts,
    rows: kept,
    ...reversed(starts, kept, count),
    byType: sourcesByType(starts, kept, types.length),
  }
}

function column(quadruples: Uint32Array, offset: number): Uint32Array {
  const values = new Uint32Array(quadruples.length / 4)
  for (let row = 0; row < values.length; row += 1) values[row] = quadruples[row * 4 + offset] as number
  return values
}

/** Keeps the rows of one concept sorted and each once; a concept has few. Returns the new length. */
function insertRow(rows: Uint32Array, start: number, length: number, kind: number, target: number): number {
  const key = kind >>> 0
  let at = length
  while (at > start) {
    const before = rows[(at - 1) * 2] as number
    const beforeTarget = rows[(at - 1) * 2 + 1] as number
    if (before === key && beforeTarget === target) {
      // Twice the same: close the gap again.
      rows.copyWithin(at * 2, (at + 1) * 2, (length + 1) * 2)
      return length
    }
    if (before < key || (before === key && beforeTarget < target)) break
    rows[at * 2] = before
    rows[at * 2 + 1] = beforeTarget
    at -= 1
  }
  rows[at * 2] = key
  rows[at * 2 + 1] = target
  return length + 1
}

function reversed(starts: Uint32Array, rows: Uint32Array, count: number) {
  const counts = new Uint32Array(count + 1)
  for (let at = 1; at < rows.length; at += 2) {
    const target = rows[at] as number
    if (target < CONCRETE) counts[target + 1] = (counts[target + 1] as number) + 1
  }
  for (let concept = 0; concept < count; concept += 1) {
    counts[concept + 1] = (counts[concept + 1] as number) + (counts[concept] as number)
  }
  const next = counts.slice(0, count)
  const filled = new Uint32Array((counts[count] as number) * 2)
  for (let source = 0; source < count; source += 1) {
    for (let row = starts[source] as number; row < (starts[source + 1] as number); row += 1) {
      const target = rows[row * 2 + 1] as number
      if (target >= CONCRETE) continue
      const at = next[target] as number
      next[target] = at + 1
      filled[at * 2] = (rows[row * 2] as number) & 0xffff
      filled[at * 2 + 1] = source
    }
  }
  const reverseStarts = new Uint32Array(count + 1)
  let length = 0
  for (let target = 0; target < count; target += 1) {
    reverseStarts[target] = length
    length = sortPairs(filled, counts[target] as number, counts[target + 1] as number, length)
  }
  reverseStarts[count] = length
  return { reverseStarts, reverse: filled.slice(0, length * 2) }
}

/** Sorts pairs from … to by type and source, moves them to `place`, each once; returns the place after them. */
function sortPairs(pairs: Uint32Array, from: number, to: number, place: number): number {
  if (from === to) return place
  // Type and source in one number of at most 48 bits: sorted natively.
  const keys = new Float64Array(to - from)
  for (let at = from; at < to; at += 1) {
    keys[at - from] = (pairs[at * 2] as number) * 2 ** 32 + (pairs[at * 2 + 1] as number)
  }
  if (keys.length > 1) keys.sort()
  let last = -1
  let length = place
  for (const key of keys) {
    if (key === last) continue
    last = key
    pairs[length * 2] = Math.floor(key / 2 ** 32)
    pairs[length * 2 + 1] = key % 2 ** 32
    length += 1
  }
  return length
}

function sourcesByType(starts: Uint32Array, rows: Uint32Array, types: number): Rows {
  const lists: number[][] = Array.from({ length: types }, () => [])
  for (let source = 0; source + 1 < starts.length; source += 1) {
    for (let row = starts[source] as number; row < (starts[source + 1] as number); row += 1) {
      const list = lists[(rows[row * 2] as number) & 0xffff] as number[]
      if (list.at(-1) !== source) list.push(source)
    }
  }
  const offsets = new Uint32Array(types + 1)
  lists.forEach((list, type) => {
    offsets[type + 1] = (offsets[type] as number) + list.length
  })
  const entries = new Uint32Array(offsets[types] as number)
  lists.forEach((list, type) => {
    entries.set(list, offsets[type])
  })
  return { starts: offsets, entries }
}
