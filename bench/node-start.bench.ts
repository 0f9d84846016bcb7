/** One country's node from nothing to ready, against the start of Node itself. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FHIR_EVERYWHERE, planEurope } from '../src/node/europe/plan.ts'
import { prepareEurope } from '../src/node/europe/prepare.ts'
import { openTerminology } from '../src/terminology/index.ts'
import { type Benchmark, median } from './benchmark.ts'

const ROOT = join(import.meta.dirname, '..')

export const benchmark: Benchmark = { name: 'start of one node', run }

async function run(): Promise<readonly string[]> {
  const home = mkdtempSync(join(tmpdir(), 'tessera-bench-'))
  try {
    const nodes = await prepareEurope({ home, data: join(ROOT, 'data'), plan: planEurope(24_000, FHIR_EVERYWHERE) })
    await openTerminology({ cache: join(home, 'cache') })
    const configuration = nodes.find(({ name }) => name === 'fr')?.configuration ?? ''
    const resident: number[] = []
    const bare = await median(() => spawnSync(process.execPath, ['-e', '0']), { rounds: 5, warmUp: 1 })
    const ready = await median(() => start(configuration, home, resident), { rounds: 5, warmUp: 2 })
    return [
      `Node alone [baseline]                 ${bare.toFixed(0).padStart(6)} ms`,
      `the French node until it is ready     ${ready.toFixed(0).padStart(6)} ms  ${(ready / bare).toFixed(1)} × Node alone`,
      `resident when ready                   ${(Math.max(...resident) / 1024).toFixed(0).padStart(6)} MB`,
    ]
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Starts a node, waits until it says that it is ready, notes its resident memory in kB, and stops it. */
function start(configuration: string, home: string, resident: number[]): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'cli', 'main.ts'), 'start', '--config', configuration], {
    env: { ...process.env, TESSERA_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve) => {
    child.once('message', () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      resident.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN))
      child.kill('SIGKILL')
      resolve()
    })
  })
}
