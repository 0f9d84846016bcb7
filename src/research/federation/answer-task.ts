/**
 * One task at one node: is it ours, does the permit of our country cover it, run it, and say what came of it. Nothing that
 * the coordinator says is believed beyond its signature; each decision is in the ledger.
 */
import type { KeyObject } from 'node:crypto'
import { ProblemError } from '#platform/result/problem-error.ts'
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { SecureSumRound } from '../disclosure/secure-sum.ts'
import { type Authorised, authorise, type Door, recordRefusal } from '../permits/authorise.ts'
import type { Access } from '../permits/check.ts'
import type { DatasetId, DatasetScope, Permit } from '../permits/permit.ts'
import { researchEvent } from '../permits/research-event.ts'
import type { RunningWork } from '../permits/running-work.ts'
import type { Verified } from '../permits/signed-json.ts'
import type { AnswerTable, Outcome } from './node-result.ts'
import type { ReceivedTask } from './node-store.ts'
import { maskTables, roundOf } from './secure-totals.ts'
import { type Task, type TaskForUs, verifyTask } from './task.ts'

/** A task that may be run. */
export interface Execution {
  readonly task: Task
  readonly permit: Permit
  readonly scope: DatasetScope
  readonly access: Access
  /**
   * Names this answer for disclosure control. Work that died is run again under the same name, and must release the same:
   * noise drawn anew, or a budget spent twice, would be a second answer.
   */
  readonly releaseKey: string
  /** Aborted when the permit no longer holds. */
  readonly signal: AbortSignal
}

/** Compiles over the permit's views, runs, and applies disclosure control: what it gives has been released. */
export type Execute = (execution: Execution) => Promise<Result<readonly AnswerTable[], string>>

export interface Answering {
  readonly door: Door
  readonly work: RunningWork
  readonly execute: Execute
  /** Releases of a dataset that may answer here, the current one first. */
  readonly releasesOf: (dataset: DatasetId) => Promise<readonly string[]>
  readonly now: () => Date
  /** X25519; its public half stands in the list of trusted parties. Absent: secure sums are refused. */
  readonly sumKey?: KeyObject
}

export interface Answer {
  readonly outcome: Outcome
  readonly permit?: string
  /** For the ledger, with the hash of the result. */
  readonly access?: Access
}

/** Codes with which work stops for a while only: the task is run later. */
const FOR_LATER: ReadonlySet<string> = new Set(['node-closing', 'revocations-unreadable'])

/**
 * Rejects when it could not be decided now (ledger or database away, node closing): the task is then taken up again.
 * @param lost aborted when another replica has taken the task over
 */
export async function answerTask(answering: Answering, received: ReceivedTask, lost: AbortSignal): Promise<Answer> {
  const { door, now } = answering
  const verified = await verifyTask(received, door.node, door.trust, now())
  if (!verified.ok) {
    await recordTaskRefusal(door, now(), verified.problem, { task: received.id })
    return { outcome: refused(verified.problem) }
  }
  const { task, permitText } = verified.value
  const access = await accessOf(verified.value, answering)
  const details = { task: task.content.id, 'task-hash': task.hash }
  const authorised = await authorise(door, permitText, access, details)
  if (!authorised.ok) return { outcome: refused(authorised.problem) }
  const { permit } = authorised.value
  const outcome = await outcomeOf(answering, verified.value, { ...authorised.value, access }, lost)
  if (!outcome.ok) await recordRefusal(door, permit.content, access, outcome.problem, details)
  return { outcome: outcome.ok ? outcome.value : refused(outcome.problem), permit: permit.content.id, access }
}

/** Runs it as a job under the permit; what is to be masked never leaves bare. */
async function outcomeOf(
  answering: Answering,
  { task, asked }: TaskForUs,
  { permit, scope, access }: Authorised & { readonly access: Access },
  lost: AbortSignal,
): Promise<Result<Outcome>> {
  const round = task.content.sums === 'secure' ? secureRound(answering, task) : undefined
  if (round && !round.ok) return round
  const job = await answering.work.begin(permit.content, { dataset: asked.dataset, tool: access.tool })
  const run = { task: task.content, permit: permit.content, scope, access, releaseKey: task.hash }
  let ended = 'interrupted'
  try {
    const tables = await ranUnderPermit(answering, run, AbortSignal.any([job.signal, lost]))
    ended = tables.ok ? 'answered' : tables.problem.code
    if (!tables.ok) return tables
    return round ? maskTables(tables.value, round.value) : ok({ kind: 'answered', tables: tables.value })
  } finally {
    await job.end(ended)
  }
}

function secureRound({ door, sumKey }: Answering, { content, hash }: Verified<Task>): Result<SecureSumRound> {
  if (sumKey) return roundOf(content, hash, { node: door.node.id, key: sumKey }, door.trust)
  return failed('secure-sum-unsupported', 'This node has no key for secure sums.', 'Ask for open sums.')
}

/** The tables, when the permit still held after they were made. */
async function ranUnderPermit(
  { execute, door, now }: Answering,
  run: Omit<Execution, 'signal'>,
  signal: AbortSignal,
): Promise<Result<readonly AnswerTable[], string>> {
  const tables = await execute({ ...run, signal }).catch((error: unknown) => {
    if (signal.aborted) return undefined
    throw error
  })
  if (signal.aborted) return { ok: false, problem: stopReason(signal) }
  const standing = await door.permits.standingOf(run.permit, now())
  if (!standing.ok) return standing
  return tables ?? { ok: false, problem: stopReason(signal) }
}

function stopReason({ reason }: AbortSignal): Problem {
  if (reason instanceof ProblemError && !FOR_LATER.has(reason.problem.code)) return reason.problem
  throw reason instanceof Error ? reason : new Error('The work was interrupted.')
}

async function accessOf(
  { task: { content: task }, asked }: TaskForUs,
  { now, door, releasesOf }: Answering,
): Promise<Access> {
  return {
    person: task.person,
    purpose: task.purpose,
    at: now(),
    memberState: door.node.country,
    dataset: asked.dataset,
    releases: await releasesOf(asked.dataset),
    tool: 'typed-query',
    output: 'statistics',
  }
}

export function refused({ code, sentence, next }: Problem): Outcome {
  return { kind: 'refused', code, sentence, next }
}

/** Of a task whose permit nobody has looked at. */
export async function recordTaskRefusal(
  { ledger, node }: Door,
  recorded: Date,
  problem: Problem,
  details: Readonly<Record<string, string>> = {},
): Promise<void> {
  await ledger.append(researchEvent({ step: 'task-decided', recorded, node, refused: problem, details }))
}
