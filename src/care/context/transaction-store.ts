/**
 * The outbox of the recorder: every transaction is written with its entry of the ledger, worked on later by whoever claims
 * it, and then kept for the operator. What a dead process had claimed comes free after a while.
 */
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { type Database, inUnflushedTransaction, type NoTables } from '#platform/database/database.ts'
import type { TransactionTables } from './recorder-migrations.ts'

export type TransactionRow = TransactionTables['border_transaction']

export type ListedTransaction = Omit<TransactionRow, 'request_envelope' | 'response_envelope' | 'envelopes_until'>

export interface NewTransaction {
  readonly sequence?: number
  readonly entryHash?: string
  readonly entered: string
  readonly facts: string
  readonly messageId?: string
  readonly responseDigest?: string
  readonly envelopes?: { readonly request?: string; readonly response?: string; readonly until: string }
}

export interface Answer {
  readonly messageId: string
  readonly responseDigest?: string
  /** As the operator may see it. */
  readonly response?: string
}

export interface TransactionStore {
  /** In the transaction of the ledger's entry. */
  add(transaction: Transaction<NoTables>, one: NewTransaction): Promise<void>
  addNote(entered: string, facts: string): Promise<void>
  /** Answers to messages that were recorded before they were answered. True when there is more to make of them now. */
  answered(answers: readonly Answer[]): Promise<boolean>
  /** Oldest first; nobody else gets them until then. */
  claim(limit: number, now: string, until: string): Promise<readonly TransactionRow[]>
  /** In the transaction that stores what was made. */
  finish(transaction: Transaction<NoTables>, ids: readonly string[], state: 'unanswered' | 'done'): Promise<void>
  /** Gives back what could not be done now. */
  release(ids: readonly string[], until: string): Promise<void>
  /** How many wait. */
  waiting(): Promise<number>
  /** Newest first, without the messages themselves. */
  recent(limit: number): Promise<readonly ListedTransaction[]>
  get(id: string): Promise<TransactionRow | undefined>
  /** Takes away messages that were kept for the operator long enough. */
  forgetEnvelopes(now: string): Promise<void>
}

const LONGEST_LIST = 500
/** Messages are long and are looked at one by one. */
const LISTED = [
  ...(['id', 'node', 'sequence', 'entry_hash', 'entered', 'facts'] as const),
  ...(['message_id', 'response_digest', 'state', 'claimed_until'] as const),
]

/** Needs `recorderMigrations`. @param node whose transactions, e.g. `PT` */
export function openTransactionStore(database: Database, node: string): TransactionStore {
  const kysely = database.kysely.$extendTables<TransactionTables>()
  const within = (transaction: Transaction<NoTables>) => transaction.$extendTables<TransactionTables>()
  const waiting = ['waiting', 'answered'] as const
  return {
    async add(transaction, one) {
      await within(transaction).insertInto('border_transaction').values(rowOf(node, one)).execute()
    },
    async addNote(entered, facts) {
      await kysely.insertInto('border_transaction').values(rowOf(node, { entered, facts })).execute()
    },
    answered: (answers) =>
      inUnflushedTransaction(database, kysely, async (transaction) => {
        let changed = false
        for (const answer of answers) if (await answerOne(transaction, node, answer)) changed = true
        return changed
      }),
    claim: (limit, now, until) =>
      inUnflushedTransaction(database, kysely, async (transaction) => {
        const query = transaction
          .selectFrom('border_transaction')
          .selectAll()
          .where('node', '=', node)
          .where('state', 'in', waiting)
          .where('claimed_until', '<', now)
          .orderBy('entered')
          .orderBy('sequence')
          .limit(limit)
        const rows = await (database.dialect === 'postgres' ? query.forUpdate().skipLocked() : query).execute()
        if (rows.length === 0) return []
        const ids = rows.map(({ id }) => id)
        await transaction
          .updateTable('border_transaction')
          .set({ claimed_until: until })
          .where('id', 'in', ids)
          .execute()
        return rows
      }),
    async finish(transaction, ids, state) {
      if (ids.length === 0) return
      await within(transaction)
        .updateTable('border_transaction')
        .set(({ eb }) => ({
          // The answer may have come while the rest was made.
          state:
            state === 'done'
              ? state
              : eb
                  .case()
                  .when('response_digest', 'is', null)
                  .then(state)
                  .else('answered' as const)
                  .end(),
          claimed_until: '',
        }))
        .where('id', 'in', ids)
        .execute()
    },
    async release(ids, until) {
      if (ids.length === 0) return
      await kysely.updateTable('border_transaction').set({ claimed_until: until }).where('id', 'in', ids).execute()
    },
    async waiting() {
      const counted = await kysely
        .selectFrom('border_transaction')
        .select(({ fn }) => fn.countAll<number>().as('number'))
        .where('node', '=', node)
        .where('state', 'in', waiting)
        .executeTakeFirstOrThrow()
      return Number(counted.number)
    },
    recent: (limit) =>
      kysely
        .selectFrom('border_transaction')
        .select(LISTED)
        .where('node', '=', node)
        .where('sequence', 'is not', null)
        .orderBy('sequence', 'desc')
        .limit(Math.min(Math.max(limit, 1), LONGEST_LIST))
        .execute(),
    get: (id) =>
      kysely
        .selectFrom('border_transaction')
        .selectAll()
        .where('id', '=', id)
        .where('node', '=', node)
        .executeTakeFirst(),
    async forgetEnvelopes(now) {
      await kysely
        .updateTable('border_transaction')
        .set({ request_envelope: null, response_envelope: null, envelopes_until: null })
        .where('envelopes_until', '<', now)
        .execute()
    },
  }
}

function rowOf(node: string, one: NewTransaction): TransactionRow {
  const { sequence, envelopes } = one
  return {
    id: `${node}:${sequence ?? `note:${randomUUID()}`}`,
    node,
    sequence: sequence ?? null,
    entry_hash: one.entryHash ?? null,
    entered: one.entered,
    facts: one.facts,
    message_id: one.messageId === undefined ? null : storable(one.messageId),
    response_digest: one.responseDigest ?? null,
    request_envelope: envelopes?.request === undefined ? null : storable(envelopes.request),
    response_envelope: envelopes?.response === undefined ? null : storable(envelopes.response),
    envelopes_until: envelopes?.until ?? null,
    state: 'waiting',
    claimed_until: '',
  }
}

/** PostgreSQL stores no NUL, and neither database half a surrogate pair. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}

async function answerOne(
  transaction: Transaction<TransactionTables>,
  node: string,
  { messageId, responseDigest, response }: Answer,
): Promise<boolean> {
  const unanswered = transaction
    .selectFrom('border_transaction')
    .select('id')
    .where('node', '=', node)
    .where('message_id', '=', storable(messageId))
    .where('response_digest', 'is', null)
    .orderBy('sequence', 'desc')
    .limit(1)
  const changed = await transaction
    .updateTable('border_transaction')
    .set(({ eb }) => ({
      response_digest: responseDigest ?? null,
      response_envelope: response === undefined ? null : storable(response),
      state: eb
        .case()
        .when('state', '=', 'unanswered')
        .then('answered' as const)
        .else(eb.ref('state'))
        .end(),
    }))
    // One answer is to one message, even when a stranger gives the same id to two.
    .where('id', '=', unanswered)
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}
