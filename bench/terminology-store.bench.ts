/**
 * A made-up SNOMED CT edition of full size: import, memory, cold start, words as they are typed, look-up and subsumption,
 * against SQLite with FTS5 in the same run. `TESSERA_BENCH_CONCEPTS` changes the size.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactFolder } from '../src/terminology/artifacts/store.ts'
import { EDITION_FILE } from '../src/terminology/snomed/format.ts'
import { importEdition, type ProcessUsage } from '../src/terminology/snomed/import.ts'
import type { Benchmark } from './benchmark.ts'
import { generateRf2 } from './terminology/generate-rf2.ts'
import type { Measured } from './terminology/queries.ts'

const CONCEPTS = Number(process.env.TESSERA_BENCH_CONCEPTS ?? 500_000)

export const benchmark: Benchmark = { name: 'terminology store (SNOMED CT, made-up edition)', run }

async function run(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-bench-terminology-'))
  try {
    return await measureIn(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureIn(folder: string): Promise<readonly string[]> {
  const release = join(folder, 'release')
  mkdirSync(release)
  const sizes = generateRf2(release, { concepts: CONCEPTS })
  let usage: ProcessUsage | undefined
  const start = performance.now()
  const imported = await importEdition([release], {
    home: join(folder, 'home'),
    importedBy: 'benchmark',
    used: (found) => {
      usage = found
    },
  })
  if (!imported.ok || usage === undefined) return [imported.ok ? 'no usage' : imported.problem.sentence]
  const seconds = (performance.now() - start) / 1000
  const file = join(artifactFolder(join(folder, 'home'), imported.value.manifest.id), EDITION_FILE)
  const queries = join(folder, 'queries.json')
  const tessera: Measured = measured('serve.ts', file, queries)
  installBaseline()
  const sqlite = join(folder, 'baseline.sqlite')
  const built: { readonly cpuSeconds: number } = measured('baseline.ts', 'build', release, sqlite)
  const baseline: Measured = measured('baseline.ts', 'measure', release, sqlite, queries)
  return report(sizes, usage, seconds, tessera, baseline, built.cpuSeconds)
}

/** What the script prints, which is as much our own as this file. */
function measured<Printed>(script: string, ...args: readonly string[]): Printed {
  const path = join(import.meta.dirname, 'terminology', script)
  const output = execFileSync(process.execPath, [path, ...args], {
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output.toString('utf8'))
}

/** The baseline is no part of the project: its folder has a lock file of its own. Without a registry node:sqlite stands in. */
function installBaseline(): void {
  const cwd = join(import.meta.dirname, 'baseline')
  if (existsSync(join(cwd, 'node_modules'))) return
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd, stdio: 'ignore' })
  } catch {
    rmSync(join(cwd, 'node_modules'), { recursive: true, force: true })
  }
}

function report(
  sizes: ReturnType<typeof generateRf2>,
  usage: ProcessUsage,
  seconds: number,
  tessera: Measured,
  baseline: Measured,
  cpu: number,
): readonly string[] {
  const line = (what: string, own: string, other: string, ratio: number): string =>
    `${what.padEnd(34)} ${own.padStart(14)} ${other.padStart(14)} ${Number.isNaN(ratio) ? '' : `${ratio.toFixed(ratio < 10 ? 2 : 0).padStart(8)} ×`}`
  const rate = (value: number) => `${Math.round(value).toLocaleString('en')}/s`
  const ms = ({ p50, p95 }: { readonly p50: number; readonly p95: number }) => `${p50.toFixed(3)} / ${p95.toFixed(2)}`
  return [
    `${sizes.concepts.toLocaleString('en')} concepts, ${sizes.descriptions.toLocaleString('en')} descriptions, ${sizes.relationships.toLocaleString('en')} relationships (${sizes.isA.toLocaleString('en')} is-a)`,
    `baseline: ${baseline.what}; × is how many times better Tessera is; the baseline holds no attributes, reference sets or French words`,
    line('', 'Tessera', 'baseline', Number.NaN),
    line('import, CPU seconds', usage.cpuSeconds.toFixed(1), cpu.toFixed(1), cpu / usage.cpuSeconds),
    line('import, wall seconds', seconds.toFixed(1), '', Number.NaN),
    line('import, peak memory, MB', usage.peakMegabytes.toFixed(0), '', Number.NaN),
    line(
      'file, MB',
      tessera.megabytes.toFixed(0),
      baseline.megabytes.toFixed(0),
      baseline.megabytes / tessera.megabytes,
    ),
    line('cold start to first answer, ms', (tessera.coldStart?.wall ?? Number.NaN).toFixed(0), '', Number.NaN),
    line('  of that processor time, ms', (tessera.coldStart?.cpu ?? Number.NaN).toFixed(0), '', Number.NaN),
    line(
      'resident while serving, MB',
      tessera.residentMegabytes.toFixed(0),
      baseline.residentMegabytes.toFixed(0),
      baseline.residentMegabytes / tessera.residentMegabytes,
    ),
    line(
      'look-ups with descriptions, CPU',
      rate(tessera.lookups),
      rate(baseline.lookups),
      tessera.lookups / baseline.lookups,
    ),
    line(
      'subsumption from SCTIDs, CPU',
      rate(tessera.subsumptions),
      rate(baseline.subsumptions),
      tessera.subsumptions / baseline.subsumptions,
    ),
    'ten best hits, ms (p50 / p95)',
    ...Object.entries(tessera.classes).map(([name, own]) => {
      const other = baseline.classes[name] ?? { p50: Number.NaN, p95: Number.NaN }
      return line(`  ${name}`, ms(own), ms(other), other.p50 / own.p50)
    }),
  ]
}
