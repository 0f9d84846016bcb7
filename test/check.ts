/** `npm run check`: types, lint, licences and the lock file. Pages, arrows and documentation examples are tests. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unacceptableLicences } from './house/licences.ts'

const root = join(import.meta.dirname, '..')

function run(title: string, command: string, ...options: string[]): boolean {
  console.log(`— ${title}`)
  return spawnSync(join(root, 'node_modules', '.bin', command), options, { cwd: root, stdio: 'inherit' }).status === 0
}

function licences(): boolean {
  console.log('— licences of what npm installs')
  const unacceptable = unacceptableLicences(root)
  for (const line of unacceptable) console.error(line)
  return unacceptable.length === 0
}

function lockFileNamesNoHost(): boolean {
  console.log('— the lock file names no host')
  const hosts = [
    ...new Set(readFileSync(join(root, 'package-lock.json'), 'utf8').match(/"resolved": "https?:\/\/[^/"]+/g) ?? []),
  ]
  for (const host of hosts) console.error(`package-lock.json names a host: ${host}`)
  return hosts.length === 0
}

const results = [
  run('types', 'tsc', '--noEmit'),
  run('lint and format', 'biome', 'check', '.'),
  licences(),
  lockFileNamesNoHost(),
]
if (results.includes(false)) process.exit(1)
console.log('All checks passed.')
