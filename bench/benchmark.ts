/** The shape of a benchmark, and the one way of timing. */
export interface Benchmark {
  readonly name: string
  /** Measures, and returns the lines to print: figures, the baseline and the ratio between them. */
  run(): Promise<readonly string[]>
}

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
