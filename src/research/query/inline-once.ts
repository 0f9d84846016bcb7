/** Steps that are read once are written where they are read: a copy nobody else reads costs more than it saves. Pure. */
import type { Program, Relation, Step } from './tree.ts'
import { stepsIn } from './walk.ts'

/**
 * The same program, with what an engine may decide decided (see `Step`). How often a step is read counts how often its
 * readers are, when these are written where they are read.
 */
export function inlineOnce(program: Program): Program {
  const reads = new Map<string, number>()
  const count = (relation: Relation, times: number): void => {
    for (const name of stepsIn(relation)) reads.set(name, (reads.get(name) ?? 0) + times)
  }
  for (const { relation } of program.results) count(relation, 1)
  const kept: Step[] = []
  // Steps read earlier ones only, so that all readers of a step are known when it is come to.
  for (const step of program.steps.toReversed()) {
    const times = reads.get(step.name) ?? 0
    const inline = step.inline ?? times === 1
    count(step.relation, inline ? times : 1)
    kept.push({ ...step, inline })
  }
  return { ...program, steps: kept.toReversed() }
}
