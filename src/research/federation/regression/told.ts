/** What is told of a regression over several nodes: the model, how many persons each node has in it, never the sums themselves. */
import type { Problem } from '#platform/result/result.ts'
import type { AskedState } from '../coordinator-store.ts'
import { answerOf, type Merged, merge, NOTHING } from '../merge.ts'
import { type FittedTogether, toldModel } from './model.ts'
import type { RegressionRun } from './run.ts'
import { ROUND, SUMS } from './sums-table.ts'

export type ToldRegression = {
  /** Nodes whose persons are in it. */
  readonly inside: readonly string[]
} & (
  | { readonly state: 'waiting' }
  /** Coefficients are found in rounds of questions to the nodes. */
  | { readonly state: 'fitting'; readonly round: number }
  | ({ readonly state: 'fitted'; readonly rounds: number } & FittedTogether)
  | { readonly state: 'failed'; readonly problem: Problem }
)

export function toldRegression(run: RegressionRun): ToldRegression {
  const { inside } = run
  switch (run.kind) {
    case 'waiting':
      return { inside, state: 'waiting' }
    case 'fitting':
      return { inside, state: 'fitting', round: run.round }
    case 'to-ask':
      return { inside, state: 'fitting', round: run.round.number }
    case 'fitted':
      return { inside, state: 'fitted', rounds: run.rounds, ...toldModel(run.model) }
    case 'failed':
      return { inside, state: 'failed', problem: run.problem }
  }
}

/** Without the sums; who answered when the rounds had begun is late, for nothing of it is in the model. */
export function toldStates(states: readonly AskedState[], { inside, kind }: RegressionRun): readonly AskedState[] {
  return states.map((state): AskedState => {
    const { outcome, ...known } = state
    if (outcome?.kind !== 'answered') return state
    if (kind !== 'waiting' && !inside.includes(state.node)) return { ...known, state: 'late' }
    const tables = outcome.tables.filter(({ name }) => name !== SUMS && name !== ROUND)
    return { ...known, outcome: { kind: 'answered', tables } }
  })
}

/** Released counts of the nodes that are inside. */
export function toldCounts(states: readonly AskedState[]): Merged {
  return states.reduce((merged, { node, outcome }) => {
    if (outcome?.kind !== 'answered') return merged
    const more = merge(merged, answerOf(node, outcome.tables))
    return more.ok ? more.value : merged
  }, NOTHING)
}
