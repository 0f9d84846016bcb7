/** Moments and percentiles from a table value → persons. Such tables add up, and give the same answer in any order. */

export interface ValueCount {
  readonly value: number
  readonly persons: number
}

export interface Moments {
  readonly persons: number
  readonly sum: number
  readonly sumOfSquares: number
  /** The two largest contributions of single persons to the sum, for the rule of dominance. */
  readonly largest: readonly [number, number]
}

/** Added in the order of values, so that the same table gives the same digits. */
export function momentsOf(values: readonly ValueCount[]): Moments {
  let persons = 0
  let sum = 0
  let sumOfSquares = 0
  let largest: readonly [number, number] = [0, 0]
  for (const { value, persons: count } of sorted(values)) {
    persons += count
    sum += value * count
    sumOfSquares += value * value * count
    if (count > 0) largest = count > 1 ? [value, value] : [value, largest[0]]
  }
  return { persons, sum, sumOfSquares, largest }
}

export interface Percentile {
  readonly value: number
  /** Persons with a smaller and with a larger value: what disclosure control asks for. */
  readonly below: number
  readonly above: number
}

/** Smallest value that at least `share` (0 to 1) of the persons do not exceed; undefined when there is nobody. */
export function percentile(values: readonly ValueCount[], share: number): Percentile | undefined {
  const ordered = sorted(values).filter((one) => one.persons > 0)
  const total = ordered.reduce((sum, one) => sum + one.persons, 0)
  let below = 0
  for (const { value, persons } of ordered) {
    if (below + persons >= share * total) return { value, below, above: total - below - persons }
    below += persons
  }
  return undefined
}

export function addValues(left: readonly ValueCount[], right: readonly ValueCount[]): readonly ValueCount[] {
  const counts = new Map<number, number>()
  for (const { value, persons } of [...left, ...right]) counts.set(value, (counts.get(value) ?? 0) + persons)
  return sorted([...counts].map(([value, persons]) => ({ value, persons })))
}

function sorted(values: readonly ValueCount[]): readonly ValueCount[] {
  return [...values].sort((left, right) => left.value - right.value)
}
