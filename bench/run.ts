/**
 * `npm run bench [name]`: every hot path against a named baseline in the same run. Prints figures, judges nothing.
 * Those whose name begins with `long-` take minutes and run only when they are named.
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark, Say } from './benchmark.ts'

const wanted = process.argv[2]
for (const file of globSync('*.bench.ts', { cwd: import.meta.dirname }).sort()) {
  if (wanted === undefined ? file.startsWith('long-') : !file.startsWith(wanted)) continue
  const module: { readonly benchmark: Benchmark } = await import(join(import.meta.dirname, file))
  console.log(`\n${module.benchmark.name}`)
  const say: Say = (line) => console.log(`  ${line}`)
  for (const line of await module.benchmark.run(say)) say(line)
}
