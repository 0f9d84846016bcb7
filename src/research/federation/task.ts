/**
 * A question to the nodes of several countries, signed by the body that coordinates them, with the permit of each Member
 * State. It gives no right by itself: each node verifies the permit of its own country.
 */
import { z } from 'zod'
import { type Failed, failed, ok, type Result } from '#platform/result/result.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { readAnalysis } from '../analysis/read-analysis.ts'
import type { DatasetId, PurposeCode } from '../permits/permit.ts'
import {
  CLOCK_SKEW_MS,
  type SignedKind,
  type SignedProblemCode,
  type SigningKey,
  signJson,
  type Verified,
  verifyJson,
} from '../permits/signed-json.ts'
import type { TrustList } from '../permits/trust-list.ts'
import { MOST_ROUNDS, type RoundAsked, roundId } from './regression/rounds.ts'

export interface Task {
  readonly format: 1
  /** UUID. */
  readonly id: string
  readonly coordinator: { readonly id: string; readonly country: string }
  /** ISO 8601. After `notAfter` no node runs it and no answer is taken. */
  readonly issued: string
  readonly notAfter: string
  /** Random; a node takes each once. */
  readonly nonce: string
  /** The data user who asks: `system|value`, one of the persons of each permit. */
  readonly person: string
  readonly purpose: PurposeCode
  /** Who is asked, and of which dataset. Nobody else answers. */
  readonly nodes: readonly AskedNode[]
  /** One JWS for each Member State that is asked. */
  readonly permits: readonly { readonly memberState: string; readonly permit: string }[]
  readonly analysis: Analysis
  /** `secure`: the coordinator learns totals only (`secure-totals.ts`). */
  readonly sums: 'open' | 'secure'
  /** Of a logistic regression after the first answers: the coefficients at which sums are asked for (`regression/rounds.ts`). */
  readonly round?: TaskRound
}

export interface TaskRound extends RoundAsked {
  /** The task that the regression began with. */
  readonly of: string
}

export interface AskedNode {
  readonly node: string
  readonly memberState: string
  readonly dataset: DatasetId
}

export type TaskProblemCode = SignedProblemCode | 'task-other' | 'task-not-for-us' | 'task-over' | 'task-without-permit'

const Text = z.string().min(1).max(500)
const Country = z.string().regex(/^[A-Z]{2}$/)
const Numbers = z.array(z.number()).max(300)
const RoundSchema = z.strictObject({
  of: z.uuid(),
  number: z.int().min(1).max(MOST_ROUNDS),
  columns: z.array(Text).max(300),
  shift: Numbers,
  scale: z.array(z.number().positive()).max(300),
  coefficients: z.array(z.number()).min(1).max(301),
})
const TaskSchema = z.strictObject({
  format: z.literal(1),
  id: z.uuid(),
  coordinator: z.strictObject({ id: Text, country: Country }),
  issued: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  nonce: z.string().min(16).max(200),
  person: Text,
  purpose: z.enum(['a', 'b', 'c', 'd', 'e', 'f']),
  nodes: z
    .array(z.strictObject({ node: Text, memberState: Country, dataset: Text.transform((id) => id as DatasetId) }))
    .min(1)
    .max(200),
  permits: z
    .array(z.strictObject({ memberState: Country, permit: z.string().max(1_000_000) }))
    .min(1)
    .max(50),
  analysis: z.unknown(),
  sums: z.enum(['open', 'secure']),
  round: RoundSchema.exactOptional(),
})

/** Longer and a node would have to remember nonces for ever. */
const LONGEST_LIFE_MS = 30 * 86_400_000

export const TASK: SignedKind<Task> = {
  typ: 'tessera-task+jwt',
  noun: 'task',
  right: 'tasks',
  longest: 8_000_000,
  read(content) {
    const read = TaskSchema.safeParse(content)
    if (!read.success) {
      const path = read.error.issues[0]?.path.join('.') ?? ''
      return failed('task-malformed', 'The task is not of the agreed form.', 'Send it as agreed.', { path })
    }
    const analysis = readAnalysis(read.data.analysis)
    if (!analysis.ok) return analysis
    const task: Task = { ...read.data, analysis: analysis.value }
    const life = Date.parse(task.notAfter) - Date.parse(task.issued)
    const once = (names: readonly string[]): boolean => new Set(names).size === names.length
    const sound =
      life > 0 &&
      life <= LONGEST_LIFE_MS &&
      once(task.nodes.map(({ node }) => node)) &&
      once(task.permits.map(({ memberState }) => memberState)) &&
      isSoundRound(task)
    if (sound) return ok(task)
    const sentence =
      'The task names a node or a Member State twice, has no possible time to be run, or a round that is not of its question.'
    return failed('task-malformed', sentence, 'Send it as agreed.')
  },
  signedBy: ({ coordinator, issued }) => ({ party: coordinator.id, country: coordinator.country, issued }),
}

function isSoundRound({ id, round, analysis }: Task): boolean {
  if (!round) return true
  const size = round.columns.length
  const fits = round.shift.length === size && round.scale.length === size && round.coefficients.length === size + 1
  return fits && analysis.kind === 'logistic-regression' && id === roundId(round.of, round.number)
}

export function signTask(task: Task, key: SigningKey): Promise<string> {
  return signJson(task, TASK, key)
}

export interface TaskForUs {
  readonly task: Verified<Task>
  readonly asked: AskedNode
  /** Not verified yet: the door does that. */
  readonly permitText: string
}

/**
 * Whether the coordinator really asks this node, and in time.
 * @param listed as the coordinator lists it: under an id that must be its own
 */
export async function verifyTask(
  { id, jws }: { readonly id: string; readonly jws: string },
  us: { readonly id: string; readonly country: string },
  trust: TrustList,
  now: Date,
): Promise<Result<TaskForUs, TaskProblemCode>> {
  const verified = await verifyJson(jws, TASK, trust, now)
  if (!verified.ok) return verified
  const task = verified.value.content
  if (task.id !== id) {
    return failed('task-other', 'The task was listed under the id of another one.', 'Send it under its own.')
  }
  const asked = task.nodes.find(({ node }) => node === us.id)
  if (!asked || asked.memberState !== us.country) {
    return failed('task-not-for-us', 'The task is not for this node.', 'Ask the nodes that it names.')
  }
  if (isOver(task, now)) return overdue(task)
  const permit = task.permits.find(({ memberState }) => memberState === us.country)
  if (permit) return ok({ task: verified.value, asked, permitText: permit.permit })
  const sentence = `The task brings no permit of ${us.country}.`
  return failed('task-without-permit', sentence, 'Send it with the permit of the Member State that holds the data.')
}

export function isOver(task: Pick<Task, 'notAfter'>, now: Date): boolean {
  return now.getTime() > Date.parse(task.notAfter) + CLOCK_SKEW_MS
}

function overdue({ notAfter }: Task): Failed<TaskProblemCode> {
  return failed('task-over', `The time of the task was over on ${notAfter}.`, 'Send a new one, or compare the clocks.')
}
