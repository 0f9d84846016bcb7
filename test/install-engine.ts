/** Installs an engine of `engines/` when a test needs it: each has a lock file of its own and is no part of a node. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** `name` is a folder of `engines/`; `program` the package that must be there. Says in one line what it could not do. */
export function installEngine(name: string, program: string): boolean {
  const folder = join(import.meta.dirname, '..', 'engines', name)
  const present = () => existsSync(join(folder, 'node_modules', program, 'package.json'))
  if (present()) return true
  console.log(`Installing ${program} in engines/${name}.`)
  spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
  if (!present()) console.error(`${program} could not be installed: run \`npm ci\` in engines/${name}.`)
  return present()
}
