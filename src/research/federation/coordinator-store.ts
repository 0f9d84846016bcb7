/** Tasks of a coordinator, which node has taken and answered them, and when each was last heard of. */
import type { Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SignedKind, Verified } from '../permits/signed-json.ts'
import type { CoordinatorTables } from './migrations.ts'
import { NODE_RESULT, type NodeResult } from './node-result.ts'
import { type NodeProgress, type NodeState, nodeState } from './node-state.ts'
import { isOver, TASK, type Task } from './task.ts'

export interface ListedTask {
  readonly id: string
  readonly sequence: number
  /** JWS. */
  readonly task: string
}

export interface AskedState extends NodeProgress {
  readonly state: NodeState
}

export type SubmitProblemCode = 'task-unknown' | 'task-other' | 'task-over' | 'result-differs'

export interface CoordinatorStore {
  add(task: Verified<Task>, text: string): Promise<Result<void, 'task-exists'>>
  /** A node asks for work: its unanswered tasks after this sequence, oldest first. They count as taken from now on. */
  workFor(node: string, after: number, now: Date): Promise<readonly ListedTask[]>
  /** The same answer again is `again`; the first one stays whatever comes later. */
  submit(result: Verified<NodeResult>, text: string, now: Date): Promise<Result<'first' | 'again', SubmitProblemCode>>
  /** Each node that was asked, by name; undefined: no such task. */
  progress(task: string, now: Date): Promise<readonly AskedState[] | undefined>
  /** As it was signed. */
  task(id: string): Promise<Task | undefined>
  /** Ids of the tasks whose time is not over, oldest first. */
  current(now: Date): Promise<readonly string[]>
}

/** Tasks in one answer to a node. */
const PAGE = 100
const ATTEMPTS = 20

/** Needs `coordinatorMigrations`. */
export function openCoordinatorStore(database: Database): CoordinatorStore {
  const kysely = database.kysely.$extendTables<CoordinatorTables>()
  return {
    async add(task, text) {
      // Two replicas may count to the same number; the second counts again.
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await inTransaction(kysely, (transaction) => addTask(transaction, task, text))
        } catch (error) {
          if (attempt === ATTEMPTS || !isUniqueViolation(error)) throw error
        }
      }
    },
    workFor: (node, after, now) =>
      inTransaction(kysely, async (transaction) => {
        const seen = now.toISOString()
        await transaction
          .insertInto('federation_contact')
          .values({ node, seen })
          .onConflict((conflict) => conflict.column('node').doUpdateSet({ seen }))
          .execute()
        const listed = await openTasks(transaction, node, after, seen)
        if (listed.length > 0) {
          await transaction
            .updateTable('federation_asked')
            .set({ taken: seen })
            .where('node', '=', node)
            .where('taken', 'is', null)
            .where(
              'task',
              'in',
              listed.map(({ id }) => id),
            )
            .execute()
        }
        return listed
      }),
    submit: (result, text, now) => inTransaction(kysely, (transaction) => take(transaction, result, text, now)),
    async task(id) {
      const row = await kysely.selectFrom('federation_task').select('jws').where('id', '=', id).executeTakeFirst()
      return row && contentOf(row.jws, TASK)
    },
    async current(now) {
      const tasks = kysely.selectFrom('federation_task').select('id').where('not_after', '>', now.toISOString())
      return (await tasks.orderBy('sequence').execute()).map(({ id }) => id)
    },
    async progress(id, now) {
      const task = await kysely
        .selectFrom('federation_task')
        .select('not_after')
        .where('id', '=', id)
        .executeTakeFirst()
      if (!task) return undefined
      const rows = await kysely
        .selectFrom('federation_asked as asked')
        .leftJoin('federation_contact as contact', 'contact.node', 'asked.node')
        .select(['asked.node', 'asked.member_state', 'asked.taken', 'asked.result', 'contact.seen'])
        .where('asked.task', '=', id)
        .orderBy('asked.node')
        .execute()
      return rows.map((row) => {
        const progress: NodeProgress = {
          node: row.node,
          memberState: row.member_state,
          taken: row.taken !== null,
          ...(row.result === null ? {} : { outcome: outcomeOf(row.result) }),
          ...(row.seen === null ? {} : { lastSeen: row.seen }),
        }
        return { ...progress, state: nodeState(progress, { notAfter: task.not_after }, now) }
      })
    },
  }
}

type Coordinating = Transaction<CoordinatorTables>

async function addTask(
  transaction: Coordinating,
  { content: task, hash }: Verified<Task>,
  text: string,
): Promise<Result<void, 'task-exists'>> {
  const known = await transaction
    .selectFrom('federation_task')
    .select('hash')
    .where('id', '=', task.id)
    .executeTakeFirst()
  if (known?.hash === hash) return ok(undefined)
  if (known) return failed('task-exists', 'Another task has this id.', 'Give it an id of its own.')
  const last = await transaction
    .selectFrom('federation_task')
    .select(({ fn }) => fn.max('sequence').as('sequence'))
    .executeTakeFirst()
  const row = { id: task.id, sequence: (last?.sequence ?? 0) + 1, hash, jws: text, not_after: task.notAfter }
  await transaction.insertInto('federation_task').values(row).execute()
  const nothingYet = { taken: null, answered: null, result_hash: null, result: null }
  await transaction
    .insertInto('federation_asked')
    .values(
      task.nodes.map(({ node, memberState }) => ({ task: task.id, node, member_state: memberState, ...nothingYet })),
    )
    .execute()
  return ok(undefined)
}

function openTasks(transaction: Coordinating, node: string, after: number, now: string): Promise<ListedTask[]> {
  return transaction
    .selectFrom('federation_task as task')
    .innerJoin('federation_asked as asked', 'asked.task', 'task.id')
    .select(['task.id', 'task.sequence', 'task.jws as task'])
    .where('asked.node', '=', node)
    .where('asked.answered', 'is', null)
    .where('task.sequence', '>', after)
    .where('task.not_after', '>', now)
    .orderBy('task.sequence')
    .limit(PAGE)
    .execute()
}

async function take(
  transaction: Coordinating,
  { content: result, hash }: Verified<NodeResult>,
  text: string,
  now: Date,
): Promise<Result<'first' | 'again', SubmitProblemCode>> {
  const asked = await transaction
    .selectFrom('federation_asked as asked')
    .innerJoin('federation_task as task', 'task.id', 'asked.task')
    .select(['task.hash', 'task.not_after', 'asked.result_hash'])
    .where('asked.task', '=', result.task)
    .where('asked.node', '=', result.node)
    .executeTakeFirst()
  if (!asked) return failed('task-unknown', 'This node was not asked that.', 'Answer tasks of this coordinator only.')
  if (asked.hash !== result.taskHash) {
    return failed('task-other', 'The answer is to another task with this id.', 'Fetch the tasks again.')
  }
  if (asked.result_hash !== null) return sameAnswer(asked.result_hash, hash)
  // What is published rests on the answers that were there in time.
  if (isOver({ notAfter: asked.not_after }, now)) {
    return failed('task-over', 'The time of the task is over.', 'Nothing is to be done.')
  }
  const changed = await transaction
    .updateTable('federation_asked')
    .set({ answered: now.toISOString(), result: text, result_hash: hash })
    .where('task', '=', result.task)
    .where('node', '=', result.node)
    .where('answered', 'is', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 1n) return ok('first')
  // Another replica of ours took an answer in the meantime.
  const first = await transaction
    .selectFrom('federation_asked')
    .select('result_hash')
    .where('task', '=', result.task)
    .where('node', '=', result.node)
    .executeTakeFirstOrThrow()
  return sameAnswer(first.result_hash ?? '', hash)
}

function sameAnswer(known: string, hash: string): Result<'again', 'result-differs'> {
  if (known === hash) return ok('again')
  const sentence = 'This node has already answered the task, with another answer.'
  return failed('result-differs', sentence, 'The first answer stays.')
}

function outcomeOf(text: string): NodeResult['outcome'] {
  return contentOf(text, NODE_RESULT).outcome
}

/** From our own database: it was verified when it came, or signed here. */
function contentOf<T>(text: string, kind: SignedKind<T>): T {
  const read = kind.read(JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()))
  if (!read.ok) throw new TypeError(`The database holds something that is no ${kind.noun}.`)
  return read.value
}
