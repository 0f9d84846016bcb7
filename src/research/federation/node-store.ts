/** What a node has received and answered. An answer is written once, before it is told, and never made again. */
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type Database, inTransaction, type NoTables } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import type { NodeTables } from './migrations.ts'

export interface ReceivedTask {
  readonly id: string
  readonly jws: string
  /** Counts from 1. */
  readonly attempt: number
}

export interface NodeStore {
  /**
   * `known`: it is here already. `replayed`: its id or its nonce came before with another content.
   * @param nonce for what cannot be read, its hash
   */
  receive(task: {
    readonly id: string
    readonly coordinator: string
    readonly nonce: string
    readonly hash: string
    readonly jws: string
    readonly now: Date
  }): Promise<'new' | 'known' | 'replayed'>
  /** One open task that nobody works at, held for us for so long; work that died is taken up again. */
  claim(now: Date, holdMs: number): Promise<ReceivedTask | undefined>
  /** False: somebody else works at it by now. */
  hold(task: string, now: Date, holdMs: number): Promise<boolean>
  /** Leaves it for later, with so many attempts counted. */
  release(task: string, until: Date, attempts: number): Promise<void>
  /** Inside a transaction of this database, beside its entry in the ledger. An answer that is there already stays. */
  finish(transaction: Transaction<NoTables>, task: string, result: string): Promise<void>
  /** Answers that the coordinator does not have yet. */
  untold(): Promise<readonly { readonly task: string; readonly result: string }[]>
  told(task: string, code?: string): Promise<void>
}

/**
 * Needs `nodeMigrations`.
 * @param node id of this node
 * @param coordinator absent: there is one only. With several, each has a store of its own: an answer goes to who asked.
 */
export function openNodeStore(database: Database, node: string, coordinator?: string): NodeStore {
  const kysely = database.kysely.$extendTables<NodeTables>()
  const holder = randomUUID()
  const rowOf = (task: string) =>
    kysely.selectFrom('federation_received').selectAll().where('node', '=', node).where('task', '=', task)
  const update = (task: string) =>
    kysely.updateTable('federation_received').where('node', '=', node).where('task', '=', task)

  return {
    async receive({ id, now, ...same }) {
      const known = await rowOf(id).executeTakeFirst()
      if (known) return known.hash === same.hash ? 'known' : 'replayed'
      const untouched = { attempts: 0, holder: null, held_until: null, result: null, code: null }
      const from = { ...same, coordinator: coordinator ?? same.coordinator }
      const row = { node, task: id, ...from, received: now.toISOString(), state: 'open' as const, ...untouched }
      try {
        await kysely.insertInto('federation_received').values(row).execute()
        return 'new'
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        // Another replica was faster, or the nonce was used by another task.
        const now = await rowOf(id).executeTakeFirst()
        return now?.hash === same.hash ? 'known' : 'replayed'
      }
    },
    claim: (now, holdMs) =>
      inTransaction(kysely, async (transaction) => {
        const free = transaction
          .selectFrom('federation_received')
          .select(['task', 'jws', 'attempts'])
          .where('node', '=', node)
          .where('state', '=', 'open')
          .where((one) => one.or([one('held_until', 'is', null), one('held_until', '<=', now.toISOString())]))
          .orderBy('received')
          .orderBy('task')
          .limit(1)
        const own = coordinator === undefined ? free : free.where('coordinator', '=', coordinator)
        const found = await (database.dialect === 'postgres' ? own.forUpdate().skipLocked() : own).executeTakeFirst()
        if (!found) return undefined
        const attempt = found.attempts + 1
        await transaction
          .updateTable('federation_received')
          .set({ attempts: attempt, holder, held_until: new Date(now.getTime() + holdMs).toISOString() })
          .where('node', '=', node)
          .where('task', '=', found.task)
          .execute()
        return { id: found.task, jws: found.jws, attempt }
      }),
    async hold(task, now, holdMs) {
      const held = await update(task)
        .set({ held_until: new Date(now.getTime() + holdMs).toISOString() })
        .where('holder', '=', holder)
        .where('state', '=', 'open')
        .executeTakeFirst()
      return held.numUpdatedRows === 1n
    },
    async release(task, until, attempts) {
      await update(task).set({ held_until: until.toISOString(), attempts }).where('holder', '=', holder).execute()
    },
    async finish(transaction, task, result) {
      await transaction
        .$extendTables<NodeTables>()
        .updateTable('federation_received')
        .set({ state: 'done', result })
        .where('node', '=', node)
        .where('task', '=', task)
        .where('state', '=', 'open')
        .execute()
    },
    async untold() {
      const done = kysely
        .selectFrom('federation_received')
        .select(['task', 'result'])
        .where('node', '=', node)
        .where('state', '=', 'done')
      const own = coordinator === undefined ? done : done.where('coordinator', '=', coordinator)
      const rows = await own.orderBy('received').limit(100).execute()
      return rows.flatMap(({ task, result }) => (result === null ? [] : [{ task, result }]))
    },
    async told(task, code) {
      const state = code === undefined ? 'told' : 'unwanted'
      await update(task)
        .set({ state, code: code ?? null })
        .where('state', '=', 'done')
        .execute()
    },
  }
}
