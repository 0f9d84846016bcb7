/** A question to the nodes of several countries, and what each of them said, by name. */
import { setTimeout as sleep } from 'node:timers/promises'
import { answerTo, askNodes, type FederatedAnswer } from '#node/research/ask.ts'
import type { Foundation } from '#node/research/foundation.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { PermitId } from '#research/permits/permit.ts'
import type { FederateOptions } from '../commands/research-questions.ts'
import { EXIT } from '../program.ts'
import { tell } from './configuration.ts'
import { printModel } from './printed-model.ts'
import { readQuestion } from './question.ts'
import { printTables } from './released-table.ts'
import { withResearch } from './with-research.ts'

const LOOK_MS = 500

export async function federate(file: string | undefined, options: FederateOptions): Promise<number> {
  return withResearch(options, async (research) => {
    const task = await taskOf(file, options, research)
    if (!task.ok) return tell(task.problem)
    const answer = await settled(research, task.value, options.wait * 1000)
    if (!answer.ok) return tell(answer.problem)
    const { nodes, tables, secure, model } = answer.value
    if (options.json) console.log(JSON.stringify({ task: task.value, ...answer.value }, null, 2))
    else {
      for (const one of nodes) console.log(`${one.node} (${one.memberState}): ${one.state}${reasonOf(one)}`)
      printTables(secure ?? tables)
      if (model) printModel(model)
    }
    const complete = nodes.every(({ state }) => state === 'answered')
    if (!complete) console.error(`Not everybody has answered. Look again: --task ${task.value}`)
    if (model?.state === 'failed') return tell(model.problem)
    const fitted = !model || model.state === 'fitted'
    if (complete && !fitted) console.error(`The model is not fitted yet. Look again: --task ${task.value}`)
    return complete && fitted ? EXIT.fine : EXIT.failed
  })
}

async function taskOf(
  file: string | undefined,
  options: FederateOptions,
  research: Foundation,
): Promise<Result<string>> {
  if (options.task !== undefined) return ok(options.task)
  const { permit = [], as, purpose } = options
  if (file === undefined || permit.length === 0 || as === undefined || purpose === undefined) {
    const sentence = 'A question needs its file, the permit of each country, who asks, and for which purpose.'
    return failed('question-incomplete', sentence, 'See --help; or look at an earlier one with --task.')
  }
  const analysis = await readQuestion(file)
  if (!analysis.ok) return analysis
  const permits = permit.map((one) => ({ memberState: one.slice(0, 2), id: one.slice(3) as PermitId }))
  const sums = options.secure ? 'secure' : 'open'
  return askNodes(research.asking, { analysis: analysis.value, person: as, purpose, permits, sums })
}

/** As soon as all have said something, or what there is when the patience ends. */
async function settled(research: Foundation, task: string, patienceMs: number): Promise<Result<FederatedAnswer>> {
  const end = performance.now() + patienceMs
  for (;;) {
    const answer = await answerTo(research.coordinator, task, new Date())
    if (!answer) return failed('task-unknown', 'No question has this number here.', 'Ask at the node that sent it.')
    if (!answer.ok || performance.now() > end) return answer
    const { nodes, model } = answer.value
    const goesOn = model?.state === 'waiting' || model?.state === 'fitting'
    if (nodes.every(({ outcome, state }) => outcome || state === 'late') && !goesOn) return answer
    await sleep(LOOK_MS)
  }
}

function reasonOf({ outcome }: FederatedAnswer['nodes'][number]): string {
  return outcome?.kind === 'refused' ? `, ${outcome.code}: ${outcome.sentence}` : ''
}
