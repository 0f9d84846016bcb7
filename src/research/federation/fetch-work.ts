/** One turn of asking the coordinator: lists of revoked permits first, then tasks, which are kept before they count as heard. */
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { researchEvent } from '../permits/research-event.ts'
import { REVOCATIONS } from '../permits/revocation-list.ts'
import { CLOCK_SKEW_MS, signedHash, verifyJson } from '../permits/signed-json.ts'
import { recordTaskRefusal } from './answer-task.ts'
import type { ClientProblemCode } from './coordinator-client.ts'
import type { ListedTask } from './coordinator-store.ts'
import type { NodeWorkerOptions } from './node-worker.ts'
import { TASK } from './task.ts'

/** What has been heard of so far. */
export interface Fetched {
  /** Sequence of the last task. */
  readonly after: number
  /** Of the lists of revoked permits. */
  readonly digest: string
}

export async function fetchWork(
  options: NodeWorkerOptions,
  { after, digest }: Fetched,
  waitSeconds: number,
): Promise<Result<Fetched, ClientProblemCode | 'clock-differs'>> {
  const heard = await options.client.work({ after, digest, waitSeconds })
  if (!heard.ok) return heard
  const { clockAhead, lists = [], tasks } = heard.value
  for (const list of lists) await takeList(options, list)
  if (Math.abs(clockAhead) > CLOCK_SKEW_MS) {
    // With a wrong clock valid tasks would be refused for good, or ended ones run.
    const direction = clockAhead > 0 ? 'ahead of' : 'behind'
    const sentence = `The clock of this node is ${Math.round(Math.abs(clockAhead) / 1000)} s ${direction} the coordinator's.`
    return failed('clock-differs', sentence, 'Set the clocks; tasks wait until then.')
  }
  for (const listed of tasks) await keep(options, listed)
  return ok({ after: Math.max(after, ...tasks.map(({ sequence }) => sequence)), digest: heard.value.digest })
}

async function takeList({ door, work, now, log }: NodeWorkerOptions, text: string): Promise<void> {
  const list = await verifyJson(text, REVOCATIONS, door.trust, now())
  if (!list.ok) {
    log.warn('revocations-not-taken', { code: list.problem.code })
    return
  }
  const { memberState, body, number } = list.value.content
  const known = await door.permits.latest(memberState, body)
  const taken = await door.permits.accept(list.value, text, now())
  if (!taken.ok) {
    log.warn('revocations-not-taken', { code: taken.problem.code })
    return
  }
  await work.check()
  if (known?.list.number === number) return
  const details = { body, number: String(number), hash: list.value.hash }
  await door.ledger.append(researchEvent({ step: 'revocations-accepted', recorded: now(), node: door.node, details }))
}

/** Kept as it is listed, also when it cannot be believed: it is then refused with a reason that the coordinator sees. */
async function keep({ door, store, now }: NodeWorkerOptions, { id, task: text }: ListedTask): Promise<void> {
  const hash = signedHash(text)
  const verified = await verifyJson(text, TASK, door.trust, now())
  const believed = verified.ok && verified.value.content.id === id ? verified.value.content : undefined
  const coordinator = believed?.coordinator.id ?? 'unknown'
  const nonce = believed?.nonce ?? `${id} ${hash}`
  const received = await store.receive({ id, coordinator, nonce, hash, jws: text, now: now() })
  if (received === 'replayed') await recordTaskRefusal(door, now(), REPLAYED, { task: id, 'task-hash': hash })
}

const REPLAYED: Problem = {
  code: 'task-replayed',
  sentence: 'The id or the nonce of the task came before with another content.',
  next: 'Send it under an id and a nonce of its own.',
}
