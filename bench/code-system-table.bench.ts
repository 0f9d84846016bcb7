/**
 * A made-up LOINC release of full size in four languages: its import, and what is served from tables against the same
 * code system as objects, in the same run. `TESSERA_BENCH_CODES` changes the size.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import { generateLoinc } from './terminology/generate-loinc.ts'
import type { ImportMeasured, ServedMeasured } from './terminology/table-process.ts'

const CODES = Number(process.env.TESSERA_BENCH_CODES ?? 106_000)

export const benchmark: Benchmark = { name: 'large code systems (LOINC, made-up release, 4 languages)', run }

async function run(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-table-'))
  try {
    const release = join(folder, 'Loinc_2.99')
    const bytes = generateLoinc(release, { codes: CODES, languages: 3 })
    const home = join(folder, 'home')
    // Once for what ships: its compilation is another benchmark's.
    measured('import', join(release, 'AccessoryFiles', 'LinguisticVariants'), join(folder, 'first'), folder)
    const imported: ImportMeasured = measured('import', release, home, folder)
    const table: ServedMeasured = measured('serve', 'table', imported.folder)
    const objects: ServedMeasured = measured('serve', 'objects', imported.folder)
    return [
      `${CODES.toLocaleString('en')} codes, ${imported.concepts.toLocaleString('en')} concepts, ${imported.designations.toLocaleString('en')} designations, ${mb(bytes)} of CSV`,
      `import: ${seconds(imported.cpuSeconds)} CPU, peak ${mb(imported.peakBytes)}`,
      `tables on disk, shared by all threads: ${mb(table.sharedBytes)}`,
      ...compared('open', table.openMs, objects.openMs, 'ms'),
      ...compared('memory of a thread beyond the shared bytes', table.ownBytes / 1e6, objects.ownBytes / 1e6, 'MB'),
      ...compared('a code with all its words', table.lookupMicros, objects.lookupMicros, 'µs'),
      ...compared('text search, median', table.searchMs, objects.searchMs, 'ms'),
      ...compared('filter by property, median', table.filterMs, objects.filterMs, 'ms'),
      ...compared('descendants, median', table.belowMs, objects.belowMs, 'ms'),
      table.found === objects.found
        ? `both found ${table.found} concepts`
        : `FOUND ${table.found} AND ${objects.found}`,
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In a process of its own: memory is measured. */
function measured<T>(...words: readonly string[]): T {
  const program = join(import.meta.dirname, 'terminology', 'table-process.ts')
  const out = execFileSync(process.execPath, ['--expose-gc', '--max-old-space-size=8192', program, ...words], {
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  })
  return JSON.parse(out) as T
}

function compared(what: string, table: number, objects: number, unit: string): readonly string[] {
  const number = (value: number) => value.toFixed(value < 10 ? 2 : 0)
  return [`${what}: ${number(table)} ${unit}, as objects ${number(objects)} ${unit} (${number(objects / table)} times)`]
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`
}
