/** The audit messages of this node, kept as they were signed, whether or not a repository has them too. */
import type { Transaction } from 'kysely'
import type { Database, NoTables } from '#platform/database/database.ts'
import type { AuditTables } from './migrations.ts'

export interface StoredAuditMessage {
  readonly id: string
  readonly sequence: number | undefined
  readonly event: string
  /** ISO 8601. */
  readonly recorded: string
  readonly outcome: string
  readonly xml: string
}

export interface AuditFilter {
  readonly sequence?: number
  readonly event?: string
  /** ISO 8601: only messages since then. */
  readonly since?: string
  /** The last message of the page before. */
  readonly before?: { readonly recorded: string; readonly id: string }
  readonly limit?: number
}

export interface AuditStore {
  /** In the caller's transaction. What is there already stays as it is. */
  add(transaction: Transaction<NoTables>, messages: readonly StoredAuditMessage[]): Promise<void>
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly StoredAuditMessage[]>
  get(id: string): Promise<StoredAuditMessage | undefined>
  /** Entry of the ledger from which on messages have been made. */
  firstEntry(): Promise<number | undefined>
}

const LONGEST_LIST = 1000

/** Needs `auditMigrations`. @param node whose messages, e.g. `PT` */
export function openAuditStore(database: Database, node: string): AuditStore {
  const kysely = database.kysely.$extendTables<AuditTables>()
  return {
    async add(transaction, messages) {
      if (messages.length === 0) return
      await transaction
        .$extendTables<AuditTables>()
        .insertInto('audit_message')
        .values(messages.map(({ sequence, ...message }) => ({ ...message, node, sequence: sequence ?? null })))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    },
    async list({ sequence, event, since, before, limit }) {
      let query = kysely.selectFrom('audit_message').selectAll().where('node', '=', node)
      if (sequence !== undefined) query = query.where('sequence', '=', sequence)
      if (event !== undefined) query = query.where('event', '=', event)
      if (since !== undefined) query = query.where('recorded', '>=', since)
      if (before !== undefined) {
        query = query.where(({ eb, and, or }) =>
          or([
            eb('recorded', '<', before.recorded),
            and([eb('recorded', '=', before.recorded), eb('id', '<', before.id)]),
          ]),
        )
      }
      const most = Math.min(Math.max(limit ?? 100, 1), LONGEST_LIST)
      const rows = await query.orderBy('recorded', 'desc').orderBy('id', 'desc').limit(most).execute()
      return rows.map(storedOf)
    },
    async firstEntry() {
      const first = await kysely
        .selectFrom('audit_message')
        .select(({ fn }) => fn.min('sequence').as('sequence'))
        .where('node', '=', node)
        .executeTakeFirst()
      return first?.sequence ?? undefined
    },
    async get(id) {
      const row = await kysely
        .selectFrom('audit_message')
        .selectAll()
        .where('id', '=', id)
        .where('node', '=', node)
        .executeTakeFirst()
      return row && storedOf(row)
    },
  }
}

function storedOf({ node: _, sequence, ...row }: AuditTables['audit_message']): StoredAuditMessage {
  return { ...row, sequence: sequence ?? undefined }
}
