/**
 * Logistic regressions over several nodes go on by themselves: when the nodes have answered a round, the next one is asked.
 * What is next follows from the database, so that another replica, or this one after a restart, goes on where it was.
 */
import { randomUUID } from 'node:crypto'
import { createBell } from '#platform/background/bell.ts'
import type { Log } from '#platform/log/log.ts'
import { AWAY_MS } from '#research/federation/node-state.ts'
import { roundId } from '#research/federation/regression/rounds.ts'
import { type RegressionRun, regressionRun } from '#research/federation/regression/run.ts'
import type { Task } from '#research/federation/task.ts'
import { type AskParts, sendTask } from './ask.ts'

export interface RegressionRounds {
  /** A node has answered this task. */
  heard(task: string): void
  close(): Promise<void>
}

export interface RoundsOptions extends RoundParts {
  readonly log: Log
  /** Between two looks at all that is open: nodes fall silent without telling. 30 s unless told. */
  readonly lookMs?: number
  /** After a start nodes count as away for a while because nobody could hear them; as long as `AWAY_MS` unless told. */
  readonly patienceMs?: number
}

/** Of the body that coordinates, with what it signs and lists tasks. */
export interface RoundParts extends Pick<AskParts, 'coordinator' | 'news' | 'key' | 'trust' | 'now'> {
  /** A node that is not heard of for so long in a round has dropped out; a quarter of an hour unless told. */
  readonly roundLifeMs?: number
}

const LOOK_MS = 30_000
const ROUND_LIFE_MS = 15 * 60_000

export function keepAskingRounds(options: RoundsOptions): RegressionRounds {
  const { coordinator, now, log, lookMs = LOOK_MS, patienceMs = AWAY_MS } = options
  const bell = createBell()
  const patientUntil = performance.now() + patienceMs
  const answered = new Set<string>()
  /** Tasks of other kinds, and regressions that have come to an end, need not be read again. */
  let done = new Set<string>()
  let closed = false
  let lastLook = Number.NEGATIVE_INFINITY

  const turn = async (): Promise<void> => {
    const heard = [...answered]
    answered.clear()
    const due = performance.now() - lastLook >= lookMs
    const current = due ? await coordinator.current(now()) : []
    if (due) {
      lastLook = performance.now()
      done = done.intersection(new Set(current))
    }
    for (const task of new Set([...heard, ...current])) {
      if (closed || done.has(task)) continue
      const run = await askNextRound(options, task, performance.now() >= patientUntil)
      if (run === 'other' || run.kind === 'fitted' || run.kind === 'failed') done.add(task)
    }
  }
  const turning = (async () => {
    while (!closed) {
      await turn().catch((error: unknown) => log.failure('regression-rounds-failed', error))
      if (answered.size === 0 && !closed) await bell.wait(lookMs)
    }
  })()
  return {
    heard(task) {
      answered.add(task)
      bell.ring()
    },
    async close() {
      closed = true
      bell.ring()
      await turning
    },
  }
}

/**
 * `other`: the task is none of a logistic regression.
 * @param withoutAway whether it may begin without nodes that are away
 */
export async function askNextRound(
  parts: RoundParts,
  id: string,
  withoutAway = true,
): Promise<RegressionRun | 'other'> {
  const { coordinator, now, roundLifeMs = ROUND_LIFE_MS } = parts
  const task = await coordinator.task(id)
  const first = task?.round ? await coordinator.task(task.round.of) : task
  if (first?.analysis.kind !== 'logistic-regression') return 'other'
  const run = await regressionRun(coordinator, first, now())
  if (run.kind !== 'to-ask') return run
  const states = (await coordinator.progress(first.id, now())) ?? []
  const isPatient = run.round.number === 1 && !withoutAway && !states.every(({ outcome }) => outcome)
  // Refused where another replica was faster: then it is asked already.
  if (!isPatient) await sendTask(parts, roundTask(first, run, now(), roundLifeMs))
  return run
}

/** The same question of the same person under the same permits, to those who are inside. */
function roundTask(
  first: Task,
  { inside, round }: Extract<RegressionRun, { kind: 'to-ask' }>,
  issued: Date,
  lifeMs: number,
): Task {
  const nodes = first.nodes.filter(({ node }) => inside.includes(node))
  return {
    ...first,
    id: roundId(first.id, round.number),
    issued: issued.toISOString(),
    notAfter: new Date(issued.getTime() + lifeMs).toISOString(),
    nonce: randomUUID(),
    nodes,
    permits: first.permits.filter(({ memberState }) => nodes.some((node) => node.memberState === memberState)),
    round: { of: first.id, ...round },
  }
}
