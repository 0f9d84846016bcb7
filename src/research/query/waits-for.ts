/** What of a program must be there before what: everything else may be done at the same time. Pure. */
import type { Program } from './tree.ts'
import { stepsIn } from './walk.ts'

export interface WaitsFor {
  /** For each step that is made, in their order: the numbers of the made steps that it reads, through views, too. */
  readonly steps: readonly (readonly number[])[]
  /** The same for each result. */
  readonly results: readonly (readonly number[])[]
}

/** Of a program whose steps are all either inline or made. */
export function waitsFor({ steps, results }: Program): WaitsFor {
  /** Name of a step → the made steps that must be there when it is read. */
  const behind = new Map<string, ReadonlySet<number>>()
  const made: (readonly number[])[] = []
  const before = (relation: Program['steps'][number]['relation']): ReadonlySet<number> =>
    new Set(stepsIn(relation).flatMap((name) => [...(behind.get(name) ?? [])]))
  for (const { name, relation, inline } of steps) {
    const read = before(relation)
    behind.set(name, inline ? read : new Set([made.length]))
    if (!inline) made.push([...read])
  }
  return { steps: made, results: results.map(({ relation }) => [...before(relation)]) }
}
