/** What the benchmark tells the asking process, and what it hears from it. */

export interface Order {
  readonly retrieves: number
  readonly concurrency: number
  /** Lists the documents anew before each retrieve, as a program that keeps no journey does. */
  readonly listing: boolean
}

export interface Outcome {
  readonly seconds: number
  /** Of each retrieve, ascending. */
  readonly milliseconds: readonly number[]
  /** By code. */
  readonly failures: Readonly<Record<string, number>>
  /** Of the asking process, afterwards. */
  readonly rssBytes: number
  readonly cpuSeconds: number
}

export interface Ready {
  readonly documents: number
}

/** Nearest rank. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.ceil(share * ascending.length) - 1)] ?? Number.NaN
}
