/**
 * How far a regression over several nodes is. A linear one is fitted from what has been answered; a logistic one begins when
 * every node has answered, refused or is away, and from then on the nodes that are inside stay the same: one that drops out
 * ends it, because without it the answer would silently be about other persons.
 */
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { addLogisticSums, type LogisticSums } from '../../analysis/statistics/logistic-regression.ts'
import type { AskedState, CoordinatorStore } from '../coordinator-store.ts'
import { answerOf, type Merged, merge, NOTHING } from '../merge.ts'
import { isOver, type Task, type TaskRound } from '../task.ts'
import { type FittedTogether, linearModel, logisticModel } from './model.ts'
import { type Pooled, pooled } from './pooled.ts'
import { MOST_ROUNDS, nextStep, type RoundAnswered, type RoundAsked, roundId } from './rounds.ts'
import { ROUND, readRound, releaseIn } from './sums-table.ts'

export type RegressionRun = {
  /** Nodes whose persons are in it. */
  readonly inside: readonly string[]
} & (
  | { readonly kind: 'waiting' }
  | { readonly kind: 'fitting'; readonly round: number }
  /** Nobody has asked for it yet. */
  | { readonly kind: 'to-ask'; readonly round: RoundAsked }
  | { readonly kind: 'fitted'; readonly rounds: number; readonly model: FittedTogether }
  | { readonly kind: 'failed'; readonly problem: Problem }
)

export type RunStore = Pick<CoordinatorStore, 'task' | 'progress'>

export function isRegression({ analysis: { kind } }: Pick<Task, 'analysis'>): boolean {
  return kind === 'linear-regression' || kind === 'logistic-regression'
}

export async function regressionRun(store: RunStore, first: Task, now: Date): Promise<RegressionRun> {
  const states = (await store.progress(first.id, now)) ?? []
  const begun = await store.task(roundId(first.id, 1))
  const inside = begun ? begun.nodes.map(({ node }) => node).sort() : answeredNodes(states)
  if (inside.length === 0) return nobodyInside(states)
  const pool = pooledOf(states, inside)
  if (!pool.ok) return { kind: 'failed', inside, problem: pool.problem }
  if (first.analysis.kind === 'linear-regression') {
    const model = linearModel(pool.value)
    if (!model.ok) return { kind: 'failed', inside, problem: model.problem }
    return { kind: 'fitted', inside, rounds: 0, model: model.value }
  }
  if (!begun && !states.every(isSettled)) return { kind: 'waiting', inside }
  return inRounds(store, first.id, { pool: pool.value, inside }, now)
}

function nobodyInside(states: readonly AskedState[]): RegressionRun {
  if (!states.every(({ outcome }) => outcome)) return { kind: 'waiting', inside: [] }
  const { problem } = failed('regression-no-node', 'Every node that was asked has refused.', 'See the reasons of each.')
  return { kind: 'failed', inside: [], problem }
}

function answeredNodes(states: readonly AskedState[]): readonly string[] {
  return states.flatMap(({ node, outcome }) => (outcome?.kind === 'answered' ? [node] : [])).sort()
}

function isSettled({ outcome, state }: AskedState): boolean {
  return outcome !== undefined || state === 'unreachable' || state === 'late'
}

function pooledOf(states: readonly AskedState[], inside: readonly string[]): Result<Pooled> {
  let merged: Merged = NOTHING
  for (const { node, outcome } of states) {
    if (outcome?.kind !== 'answered' || !inside.includes(node)) continue
    const more = merge(merged, answerOf(node, outcome.tables))
    if (!more.ok) return more
    merged = more.value
  }
  return pooled(merged)
}

interface Begun {
  readonly pool: Pooled
  readonly inside: readonly string[]
}

async function inRounds(store: RunStore, first: string, begun: Begun, now: Date): Promise<RegressionRun> {
  const { pool, inside } = begun
  const answered: RoundAnswered[] = []
  for (let number = 1; number <= MOST_ROUNDS; number += 1) {
    const task = await store.task(roundId(first, number))
    if (!task?.round) break
    const states = (await store.progress(task.id, now)) ?? []
    const sums = roundSums(states, task.round, pool, isOver(task, now))
    if (!sums.ok) return { kind: 'failed', inside, problem: sums.problem }
    if (sums.value === undefined) return { kind: 'fitting', inside, round: number }
    answered.push({ asked: task.round, sums: sums.value })
  }
  const next = await nextStep(pool, answered)
  if (next.kind === 'ask') return { kind: 'to-ask', inside, round: next.round }
  if (next.kind === 'failed') return { kind: 'failed', inside, problem: next.problem }
  return { kind: 'fitted', inside, rounds: answered.length, model: logisticModel(pool, next.fit) }
}

/** Undefined: somebody has yet to answer. */
function roundSums(
  states: readonly AskedState[],
  { columns, number }: TaskRound,
  { nodes }: Pooled,
  over: boolean,
): Result<LogisticSums | undefined> {
  let all: LogisticSums | undefined
  let missing = false
  for (const { node, memberState, outcome } of states) {
    if (outcome?.kind === 'refused') return dropped(node, memberState, number, outcome.sentence)
    if (!outcome && over) return dropped(node, memberState, number, 'It has not answered in time.')
    if (!outcome) missing = true
    if (outcome?.kind !== 'answered') continue
    const table = outcome.tables.find(({ name }) => name === ROUND)
    const sums = readRound(table, columns)
    if (!table || !sums)
      return dropped(node, memberState, number, 'It has answered without the sums that were asked for.')
    const begun = nodes.get(node)
    if (sums.persons !== begun?.persons || releaseIn(table) !== begun.release) return changed(node, memberState, number)
    all = all ? addLogisticSums(all, sums) : sums
  }
  return ok(missing ? undefined : all)
}

function dropped(node: string, memberState: string, number: number, why: string) {
  const sentence = `${node} (${memberState}) has dropped out in round ${number}: ${why}`
  const next = 'Ask again; without this node the answer would be about other persons.'
  return failed('regression-node-dropped', sentence, next)
}

function changed(node: string, memberState: string, number: number) {
  const sentence = `The persons or data of ${node} (${memberState}) are others in round ${number} than when the question began.`
  return failed('regression-population-changed', sentence, 'Ask again.')
}
