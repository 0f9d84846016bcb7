/**
 * `npm test`: installs what the tests need from Debian when it may, says what is missing when it may not,
 * and runs every test. Arguments go to the test runner: `npm test -- src/documents`.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { missingTools, offerTools } from './tools.ts'

offerTools(missingTools())

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'))
const patterns =
  wanted.length > 0
    ? wanted.map((path) => (path.endsWith('.ts') ? path : `${path}/**/*.test.ts`))
    : ['src/**/*.test.ts', 'test/**/*.test.ts']
const files = patterns.flatMap((pattern) => globSync(pattern)).sort()
if (files.length === 0) {
  console.error(`No test file matches ${patterns.join(' ')}. Name a folder or a file ending in .test.ts.`)
  process.exit(2)
}
const run = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...options, ...files], { stdio: 'inherit' })
process.exit(run.status ?? 1)
