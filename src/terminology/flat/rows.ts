/** Lists of lists as two arrays: where each list starts (n+1 offsets), and the entries of all lists one after the other. */

export interface Rows {
  readonly starts: Uint32Array
  readonly entries: Uint32Array
}

/** The rows grouped by their key (0 … count-1), in their given order within a key. `entries` are row numbers. */
export function groupRows(keys: Uint32Array, count: number, rows = keys.length): Rows {
  const starts = startsOf(keys, count, rows)
  const next = starts.slice(0, count)
  const entries = new Uint32Array(rows)
  for (let row = 0; row < rows; row += 1) {
    const key = keys[row] as number
    entries[next[key] as number] = row
    next[key] = (next[key] as number) + 1
  }
  return { starts, entries }
}

/** Offsets of the lists when row r belongs to list keys[r]. */
export function startsOf(keys: Uint32Array, count: number, rows = keys.length): Uint32Array {
  const starts = new Uint32Array(count + 1)
  for (let row = 0; row < rows; row += 1) {
    const key = (keys[row] as number) + 1
    starts[key] = (starts[key] as number) + 1
  }
  for (let key = 0; key < count; key += 1) starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number)
  return starts
}

/**
 * The other way round: list t holds every s whose list holds t. Because s is visited in ascending order, the lists come
 * out sorted, whatever the order within the given ones.
 */
export function transposed({ starts, entries }: Rows, count: number): Rows {
  const back = startsOf(entries, count)
  const next = back.slice(0, count)
  const turned = new Uint32Array(entries.length)
  for (let source = 0; source + 1 < starts.length; source += 1) {
    const end = starts[source + 1] as number
    for (let at = starts[source] as number; at < end; at += 1) {
      const target = entries[at] as number
      turned[next[target] as number] = source
      next[target] = (next[target] as number) + 1
    }
  }
  return { starts: back, entries: turned }
}

/** First position in a sorted range that is not below the value. */
export function lowerBound(sorted: Uint32Array, value: number, from = 0, to = sorted.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Sorted, each value once; sorts the given array in place. */
export function distinct(values: Uint32Array): Uint32Array {
  values.sort()
  let kept = 0
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number
    if (kept === 0 || values[kept - 1] !== value) values[kept++] = value
  }
  return values.subarray(0, kept)
}

/** Row numbers in ascending order of their keys, rows of equal keys in their given order. */
export function orderOf(keys: Uint32Array): Uint32Array {
  let order = Uint32Array.from(keys.keys())
  let spare = new Uint32Array(keys.length)
  for (const shift of [0, 11, 22]) {
    const counts = new Uint32Array(2049)
    for (const key of keys) {
      const digit = ((key >>> shift) & 2047) + 1
      counts[digit] = (counts[digit] as number) + 1
    }
    for (let digit = 0; digit < 2048; digit += 1) {
      counts[digit + 1] = (counts[digit + 1] as number) + (counts[digit] as number)
    }
    for (const row of order) {
      const digit = ((keys[row] as number) >>> shift) & 2047
      spare[counts[digit] as number] = row
      counts[digit] = (counts[digit] as number) + 1
    }
    const filled = spare
    spare = order
    order = filled
  }
  return order
}
