/** One turn of working: takes an open task, answers it, and writes the answer and its entry in the ledger together. */
import type { Problem } from '#platform/result/result.ts'
import { researchEvent } from '../permits/research-event.ts'
import { signedHash, signJson } from '../permits/signed-json.ts'
import { type Answer, answerTask, recordTaskRefusal, refused } from './answer-task.ts'
import { NODE_RESULT, type NodeResult } from './node-result.ts'
import type { ReceivedTask } from './node-store.ts'
import type { NodeWorkerOptions } from './node-worker.ts'

type Options = NodeWorkerOptions & { readonly holdMs: number; readonly retryMs: number }

/** What fails so often, or ends the process so often, is refused. */
const MOST_ATTEMPTS = 5

const TOO_OFTEN: Problem = {
  code: 'task-failed',
  sentence: 'The task was begun several times and never came to an end.',
  next: 'Ask the operator of this node to look into its log.',
}

export async function runOpenTask(options: Options, closing: AbortSignal): Promise<'nothing' | 'done' | 'later'> {
  const { store, holdMs, now, log, retryMs } = options
  const task = await store.claim(now(), holdMs)
  if (!task) return 'nothing'
  const lost = new AbortController()
  const holding = setInterval(() => {
    store.hold(task.id, now(), holdMs).then(
      (held) => held || lost.abort(new Error('Another replica has taken the task over.')),
      (error: unknown) => lost.abort(error),
    )
  }, holdMs / 3)
  const stop = AbortSignal.any([closing, lost.signal])
  try {
    const answer = task.attempt > MOST_ATTEMPTS ? await givenUp(options, task) : await answerTask(options, task, stop)
    await write(options, task, answer)
    return 'done'
  } catch (error) {
    if (!stop.aborted) log.failure('task-not-run', error, { attempt: task.attempt })
    // An orderly end of the process is no failed attempt.
    if (closing.aborted) await store.release(task.id, now(), task.attempt - 1)
    else if (!lost.signal.aborted) await store.release(task.id, new Date(now().getTime() + retryMs), task.attempt)
    return 'later'
  } finally {
    clearInterval(holding)
  }
}

async function givenUp({ door, now }: Options, { id }: ReceivedTask): Promise<Answer> {
  await recordTaskRefusal(door, now(), TOO_OFTEN, { task: id })
  return { outcome: refused(TOO_OFTEN) }
}

/** Durable when it resolves. From here on the answer is only told, never made again. */
async function write({ door, store, key, now }: Options, task: ReceivedTask, answer: Answer): Promise<void> {
  const { outcome, permit, access } = answer
  const result: NodeResult = {
    format: 1,
    task: task.id,
    taskHash: signedHash(task.jws),
    node: door.node.id,
    memberState: door.node.country,
    ...(permit === undefined ? {} : { permit }),
    answered: now().toISOString(),
    outcome,
  }
  const text = await signJson(result, NODE_RESULT, key)
  const event = researchEvent({
    step: 'answer-released',
    recorded: now(),
    node: door.node,
    ...(access ? { person: { identifier: access.person }, purpose: access.purpose, dataset: access.dataset } : {}),
    ...(permit === undefined ? {} : { permit }),
    ...(outcome.kind === 'refused' ? { refused: outcome } : {}),
    details: { task: task.id, 'result-hash': signedHash(text) },
  })
  await door.ledger.append(event, (transaction) => store.finish(transaction, task.id, text))
}
