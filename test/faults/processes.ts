/** For tests: which processes belong to a home, found in what Linux tells about each process. */
import { readdirSync, readFileSync } from 'node:fs'

/** Why tests that look for processes are skipped. */
export const noProcesses =
  process.platform !== 'linux' && 'Which processes are left is looked up in /proc, which only Linux has.'

/** Ids of the running processes whose environment names this home; without `/proc`, none. */
export function processesOf(home: string): readonly number[] {
  let entries: readonly string[]
  try {
    entries = readdirSync('/proc')
  } catch {
    return []
  }
  return entries.filter((name) => /^\d+$/.test(name)).flatMap((name) => (belongs(name, home) ? [Number(name)] : []))
}

function belongs(pid: string, home: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TESSERA_HOME=${home}`)
  } catch {
    // Ended in the meantime, or somebody else's.
    return false
  }
}

/** Waits until something holds; fails with `what` when it does not within the time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = 60_000,
): Promise<void> {
  const end = performance.now() + milliseconds
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${milliseconds / 1000} s: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
