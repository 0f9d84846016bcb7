/** Asks one question in a process of its own, with a limit of memory, and says what the process used. */
import { CDM_TABLES } from '../../src/research/omop/specification/cdm.ts'
import { openDuckdb } from '../../src/research/query/engines/duckdb.ts'
import { questions } from './questions.ts'

const [file = '', memory = '', threads = '2', temporaryDirectory = ''] = process.argv.slice(2)
const before = process.resourceUsage().maxRSS
const engine = await openDuckdb({ file, memory, threads: Number(threads), temporaryDirectory, tables: CDM_TABLES })
if (!engine.ok) throw new Error(engine.problem.sentence)
const answers: string[] = []
for (const { name, program } of questions()) {
  const answer = await engine.value.run(program, {})
  if (!answer.ok && answer.problem.code !== 'query-too-large') throw new Error(answer.problem.sentence)
  answers.push(answer.ok ? 'answered' : name)
}
const failures = answers.filter((answer) => answer !== 'answered')
console.log(JSON.stringify({ before: before / 1024, most: process.resourceUsage().maxRSS / 1024, failures }))
