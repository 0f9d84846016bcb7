/** What a process of its own uses for the seven questions under different limits of memory. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Say } from '../benchmark.ts'
import { PERSONS, type Population, THREADS } from './measuring.ts'

/** The smallest ones are too small for some questions: then the answer must say so, and the process stay within them. */
const LIMITS = PERSONS < 500_000 ? ['4MB', '16MB', '64MB'] : ['64MB', '512MB', '1GB', '2GB']

export async function memoryAgainstLimit({ file, folder }: Population, say: Say): Promise<void> {
  for (const limit of LIMITS) {
    const script = join(import.meta.dirname, 'limited.ts')
    const printed = execFileSync(process.execPath, [script, file, limit, String(THREADS), join(folder, 'spill')], {
      encoding: 'utf8',
    })
    const used: { readonly before: number; readonly most: number; readonly failures: readonly string[] } =
      JSON.parse(printed)
    const failures =
      used.failures.length === 0 ? 'all seven questions answered' : `too large for it: ${used.failures.length} of seven`
    say(
      `memory limit ${limit}: at most ${used.most.toFixed(0)} MB resident (${used.before.toFixed(0)} MB of it before the first query), ${failures}`,
    )
  }
}
