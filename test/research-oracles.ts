/**
 * `npm run test:research-oracles`: the tests of the research half that compare with something outside it (three engines
 * with each other, cohorts with the cases of their makers, disclosure with published vectors), with ClickHouse installed.
 * The last line is `N passed, N failed`. Arguments are folders or files; without them, all.
 */
import { globSync } from 'node:fs'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { installEngine } from './install-engine.ts'
import { missingTools, offerTools } from './tools.ts'

const wanted = process.argv.slice(2)
const folders = wanted.length > 0 ? wanted : ['src/research']
const files = folders.flatMap((path) => globSync(path.endsWith('.ts') ? path : `${path}/**/*.oracle.test.ts`)).sort()
if (files.length === 0) {
  console.error(`No oracle test matches ${folders.join(' ')}.`)
  process.exit(2)
}
offerTools(missingTools())
const installed = installEngine('clickhouse', 'chdb')

let passed = 0
let failed = 0
const events = run({ files, concurrency: 2 })
events.on('test:summary', ({ file, counts }) => {
  if (file !== undefined) return
  passed = counts.passed
  failed = counts.tests - counts.passed - counts.skipped - counts.todo
})
events.once('end', () => {
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || passed === 0 || !installed ? 1 : 0
})
events.compose(spec).pipe(process.stdout)
