/** A typed question to a dataset of one node, under a permit of its country. */
import { randomUUID } from 'node:crypto'
import { runQuestion } from '#node/research/run-question.ts'
import type { DatasetId } from '#research/permits/permit.ts'
import type { RunOptions } from '../commands/research-questions.ts'
import { EXIT } from '../program.ts'
import { tell } from './configuration.ts'
import { readQuestion } from './question.ts'
import { printTables } from './released-table.ts'
import { withResearch } from './with-research.ts'

export async function runLocally(file: string, options: RunOptions): Promise<number> {
  const analysis = await readQuestion(file)
  if (!analysis.ok) return tell(analysis.problem)
  return withResearch(options, async (research) => {
    const dataset = (options.dataset ?? research.settings.datasets[0]?.id ?? '') as DatasetId
    const answer = await runQuestion(research, {
      ...{ analysis: analysis.value, dataset, permit: options.permit, person: options.as, purpose: options.purpose },
      releaseKey: options.name ?? randomUUID(),
    })
    if (!answer.ok) return tell(answer.problem)
    if (options.json) console.log(JSON.stringify(answer.value, null, 2))
    else printTables(answer.value.tables)
    for (const { name, problem } of answer.value.withheld) console.error(`${name}: ${problem.sentence} ${problem.next}`)
    return EXIT.fine
  })
}
