/** Evidences in the database, for as long as somebody may dispute a message. */
import type { Kysely, Transaction } from 'kysely'
import type { Database, NoTables } from '#platform/database/database.ts'
import type { EvidenceFacts, EvidenceKind } from './evidence.ts'
import type { EvidenceTables } from './migrations.ts'

export interface StoredEvidence {
  readonly id: string
  readonly node: string
  readonly sequence: number
  readonly entryHash: string
  readonly kind: EvidenceKind
  readonly part: 'request' | 'response'
  readonly messageId: string | undefined
  readonly digest: string | undefined
  readonly eventTime: string
  readonly xml: string
}

export interface EvidenceFilter {
  readonly sequence?: number
  readonly messageId?: string
  /** Only entries of the ledger after this one: the next page. */
  readonly after?: number
  readonly limit?: number
}

export interface EvidenceStore {
  /** In the caller's transaction. What is there already stays as it is. */
  add(transaction: Transaction<NoTables>, evidences: readonly { facts: EvidenceFacts; xml: string }[]): Promise<void>
  /** Oldest first. */
  list(filter: EvidenceFilter): Promise<readonly StoredEvidence[]>
  /** Entry of the ledger from which on evidences have been made. */
  firstEntry(): Promise<number | undefined>
}

const LONGEST_LIST = 1000

/** Needs `evidenceMigrations`. @param node whose evidences, e.g. `PT` */
export function openEvidenceStore(database: Database, node: string): EvidenceStore {
  const kysely: Kysely<EvidenceTables> = database.kysely.$extendTables<EvidenceTables>()
  return {
    async add(transaction, evidences) {
      if (evidences.length === 0) return
      await transaction
        .$extendTables<EvidenceTables>()
        .insertInto('border_evidence')
        .values(evidences.map(({ facts, xml }) => rowOf(facts, xml)))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    },
    async firstEntry() {
      const first = await kysely
        .selectFrom('border_evidence')
        .select(({ fn }) => fn.min('sequence').as('sequence'))
        .where('node', '=', node)
        .executeTakeFirst()
      return first?.sequence ?? undefined
    },
    async list({ sequence, messageId, after, limit }) {
      let query = kysely.selectFrom('border_evidence').selectAll().where('node', '=', node)
      if (sequence !== undefined) query = query.where('sequence', '=', sequence)
      if (messageId !== undefined) query = query.where('message_id', '=', messageId)
      if (after !== undefined) query = query.where('sequence', '>', after)
      const most = Math.min(Math.max(limit ?? 100, 1), LONGEST_LIST)
      const rows = await query.orderBy('sequence').orderBy('id').limit(most).execute()
      return rows.map(storedOf)
    },
  }
}

function rowOf(
  { id, kind, ledger, message, eventTime }: EvidenceFacts,
  xml: string,
): EvidenceTables['border_evidence'] {
  return {
    id,
    node: ledger.node,
    sequence: ledger.sequence,
    entry_hash: ledger.hash,
    kind,
    part: message.part,
    // PostgreSQL stores no NUL.
    message_id: message.id?.toWellFormed().replaceAll('\0', '') ?? null,
    digest: message.digest ?? null,
    event_time: eventTime,
    xml,
  }
}

function storedOf(row: EvidenceTables['border_evidence']): StoredEvidence {
  return {
    id: row.id,
    node: row.node,
    sequence: row.sequence,
    entryHash: row.entry_hash,
    kind: row.kind as EvidenceKind,
    part: row.part as 'request' | 'response',
    messageId: row.message_id ?? undefined,
    digest: row.digest ?? undefined,
    eventTime: row.event_time,
    xml: row.xml,
  }
}
