/** Parents, children, and the closure of is-a in both directions, each list sorted. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { distinct, type Rows, startsOf, transposed } from '#terminology/flat/rows.ts'

export interface Hierarchy {
  readonly parents: Rows
  readonly children: Rows
  readonly ancestors: Rows
  readonly descendants: Rows
}

/** `pairs`: source, target of active is-a relationships. Fails with a concept that is its own ancestor. */
export function buildHierarchy(
  pairs: Uint32Array,
  count: number,
): Result<Hierarchy, 'snomed-cycle'> & { readonly concept?: number } {
  const children = childrenOf(pairs, count)
  const parents = transposed(children, count)
  const order = topological(parents, children, count)
  if (order.length < count) {
    const reached = new Uint8Array(count)
    for (const concept of order) reached[concept] = 1
    const concept = reached.indexOf(0)
    return {
      ...failed('snomed-cycle', 'A concept is its own ancestor by the is-a relationships.', 'Take the release again.'),
      concept,
    }
  }
  const { lists, from, to } = gatherAncestors(parents, order, count)
  const descendants = turned(lists, from, to, count)
  return ok({ parents, children, descendants, ancestors: transposed(descendants, count) })
}

function childrenOf(pairs: Uint32Array, count: number): Rows {
  const targets = new Uint32Array(pairs.length / 2)
  for (let row = 0; row < targets.length; row += 1) targets[row] = pairs[row * 2 + 1] as number
  const starts = startsOf(targets, count)
  const next = starts.slice(0, count)
  const entries = new Uint32Array(targets.length)
  for (let row = 0; row < targets.length; row += 1) {
    const target = targets[row] as number
    entries[next[target] as number] = pairs[row * 2] as number
    next[target] = (next[target] as number) + 1
  }
  return eachOnce({ starts, entries })
}

/** The same is-a may be stated by several rows. */
function eachOnce({ starts, entries }: Rows): Rows {
  const kept = new Uint32Array(starts.length)
  let length = 0
  for (let list = 0; list + 1 < starts.length; list += 1) {
    const from = starts[list] as number
    const to = starts[list + 1] as number
    kept[list] = length
    const values = to - from > 1 ? distinct(entries.subarray(from, to)) : entries.subarray(from, to)
    entries.copyWithin(length, from, from + values.length)
    length += values.length
  }
  kept[starts.length - 1] = length
  return { starts: kept, entries: entries.slice(0, length) }
}

/** Parents before children; shorter than `count` when there is a cycle. */
function topological(parents: Rows, children: Rows, count: number): Uint32Array {
  const waiting = new Uint32Array(count)
  const order = new Uint32Array(count)
  let length = 0
  for (let concept = 0; concept < count; concept += 1) {
    waiting[concept] = (parents.starts[concept + 1] as number) - (parents.starts[concept] as number)
    if (waiting[concept] === 0) order[length++] = concept
  }
  for (let at = 0; at < length; at += 1) {
    const concept = order[at] as number
    for (let row = children.starts[concept] as number; row < (children.starts[concept + 1] as number); row += 1) {
      const child = children.entries[row] as number
      waiting[child] = (waiting[child] as number) - 1
      if (waiting[child] === 0) order[length++] = child
    }
  }
  return order.subarray(0, length)
}

/** The ancestors of each concept, each once, unsorted; lists lie in topological order. */
function gatherAncestors(parents: Rows, order: Uint32Array, count: number) {
  let lists = new Uint32Array(Math.max(1024, count * 16))
  let length = 0
  const from = new Uint32Array(count)
  const to = new Uint32Array(count)
  const seen = new Uint32Array(count).fill(0xffffffff)
  for (const concept of order) {
    const start = length
    for (let row = parents.starts[concept] as number; row < (parents.starts[concept + 1] as number); row += 1) {
      const parent = parents.entries[row] as number
      const first = from[parent] as number
      const last = to[parent] as number
      if (length + last - first + 1 > lists.length) {
        const larger = new Uint32Array(Math.ceil(lists.length * 1.3) + (last - first) + 1)
        larger.set(lists)
        lists = larger
      }
      if (seen[parent] !== concept) {
        seen[parent] = concept
        lists[length++] = parent
      }
      for (let at = first; at < last; at += 1) {
        const ancestor = lists[at] as number
        if (seen[ancestor] === concept) continue
        seen[ancestor] = concept
        lists[length++] = ancestor
      }
    }
    from[concept] = start
    to[concept] = length
  }
  return { lists: lists.subarray(0, length), from, to }
}

/** Descendants from ancestors: concepts are visited in ascending order, so every list comes out sorted. */
function turned(lists: Uint32Array, from: Uint32Array, to: Uint32Array, count: number): Rows {
  const starts = startsOf(lists, count)
  const next = starts.slice(0, count)
  const entries = new Uint32Array(lists.length)
  for (let concept = 0; concept < count; concept += 1) {
    for (let at = from[concept] as number; at < (to[concept] as number); at += 1) {
      const ancestor = lists[at] as number
      entries[next[ancestor] as number] = concept
      next[ancestor] = (next[ancestor] as number) + 1
    }
  }
  return { starts, entries }
}
