/** Memory of both nodes over 20,000 retrieves over IHE: flat, or growing. `TESSERA_BENCH_RETRIEVES` says another number. */
import { loadavg } from 'node:os'
import type { Benchmark } from './benchmark.ts'
import { prepareHome } from './border/home.ts'
import { percentile } from './border/orders.ts'
import { startTwoCountries } from './border/two-countries.ts'

export const benchmark: Benchmark = { name: 'memory of two nodes over many retrieves (IHE)', run }

const RETRIEVES = Number(process.env.TESSERA_BENCH_RETRIEVES ?? 20_000)
const ROUNDS = 20
/** More in the last quarter than in the second means growth: the first fills caches and lets the engine compile. */
const FLAT = 1.1

interface Sample {
  readonly asking: number
  readonly answering: number
}

async function run(): Promise<readonly string[]> {
  const bench = await prepareHome()
  const countries = await startTwoCountries(bench)
  const lines: string[] = []
  const samples: Sample[] = []
  const milliseconds: number[] = []
  let [seconds, failures] = [0, 0]
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const outcome = await countries.retrieve({ retrieves: RETRIEVES / ROUNDS, concurrency: 12, listing: false })
      seconds += outcome.seconds
      failures += Object.values(outcome.failures).reduce((sum, count) => sum + count, 0)
      milliseconds.push(...outcome.milliseconds)
      const sample = countries.memory()
      samples.push(sample)
      const done = (round * RETRIEVES) / ROUNDS
      const line = `${String(done).padStart(6)} retrieves  country B ${megabytes(sample.asking)}  country A ${megabytes(sample.answering)}`
      console.log(`  ${line}`)
    }
  } finally {
    await countries.stop()
    bench.remove()
  }
  milliseconds.sort((a, b) => a - b)
  const speed = `${(RETRIEVES / seconds).toFixed(0)}/s, p50 ${percentile(milliseconds, 0.5).toFixed(1)} ms, p99 ${percentile(milliseconds, 0.99).toFixed(1)} ms`
  lines.push(
    `${RETRIEVES} retrieves, 12 at a time, ${failures} failed; ${speed}; load of the machine ${loadavg()[0]?.toFixed(1)}`,
  )
  for (const node of ['asking', 'answering'] as const) {
    const [second, last] = [quarter(samples, 1, node), quarter(samples, 3, node)]
    const ratio = last / second
    const verdict = ratio <= FLAT ? 'flat' : 'GROWING'
    const name = node === 'asking' ? 'country B' : 'country A'
    lines.push(
      `${name}: second quarter ${megabytes(second)}, last quarter ${megabytes(last)}, ratio ${ratio.toFixed(2)}: ${verdict}`,
    )
  }
  return lines
}

function quarter(samples: readonly Sample[], which: number, node: keyof Sample): number {
  const size = samples.length / 4
  const values = samples.slice(which * size, (which + 1) * size).map((sample) => sample[node])
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MB`
}
