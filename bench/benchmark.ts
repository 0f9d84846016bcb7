/** The shape of a benchmark, and the one way of timing. */
export interface Benchmark {
  readonly name: string
  /**
   * Measures, and returns the lines to print: figures, the baseline and the ratio between them. What takes minutes says each
   * when it is known.
   */
  run(say: Say): Promise<readonly string[]>
}

/** Prints one line. */
export type Say = (line: string) => void

/** Median milliseconds of `rounds` runs after `warmUp` runs that do not count. */
export async function median(work: () => unknown, { rounds = 7, warmUp = 3 } = {}): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < warmUp + rounds; round += 1) {
    const start = performance.now()
    await work()
    if (round >= warmUp) times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)] ?? Number.NaN
}

/**
 * Median milliseconds of each work, all of them in turn in every round, so that a moment when the machine is busy falls
 * on all alike and the ratios hold.
 */
export function medians<Name extends string>(
  works: Readonly<Record<Name, () => void>>,
  { rounds = 9, warmUp = 20 } = {},
): Readonly<Record<Name, number>> {
  const names = Object.keys(works).filter((name): name is Name => name in works)
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const start = performance.now()
      works[name]()
      if (round >= warmUp) times.get(name)?.push(performance.now() - start)
    }
  }
  const middle = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  return Object.fromEntries(names.map((name) => [name, middle(times.get(name) ?? [])])) as Record<Name, number>
}
