/** Transactions of the border as an operator sees them: without the names of anybody. */
import type { AuditStore, StoredAuditMessage } from '#trust/audit/audit-store.ts'
import type { EvidenceStore, StoredEvidence } from '#trust/evidence/evidence-store.ts'
import { keyFigureOf } from '../key-figures/key-figure.ts'
import type { AccessOutcome } from './access-record.ts'
import { parseFacts } from './transaction-facts.ts'
import type { ListedTransaction, TransactionStore } from './transaction-store.ts'

export interface BorderTransaction {
  /** `PT:17`: node and entry of its ledger. */
  readonly id: string
  readonly sequence: number
  readonly entryHash: string
  /** ISO 8601: when it began. */
  readonly started: string
  readonly durationMs: number
  readonly side: 'A' | 'B'
  /** The other country. */
  readonly peer: string
  readonly step: string
  readonly service: string
  readonly wire: 'ihe' | 'fhir'
  /** `ITI-39`, … */
  readonly transaction: string
  readonly outcome: AccessOutcome
  readonly requestId: string | undefined
  readonly messageId: string | undefined
  /** Hex SHA-256. */
  readonly requestDigest: string | undefined
  readonly responseDigest: string | undefined
  /** False while audit message and evidences are still to be made. */
  readonly followedUp: boolean
}

export interface BorderTransactionDetail extends BorderTransaction {
  /** As the node's policy keeps them; undefined when it does not, or not any more. */
  readonly request: string | undefined
  readonly response: string | undefined
  readonly auditMessages: readonly StoredAuditMessage[]
  readonly evidences: readonly StoredEvidence[]
}

export interface TransactionReader {
  /** Newest first. */
  recentTransactions(limit: number): Promise<readonly BorderTransaction[]>
  /** @param id as in `BorderTransaction` */
  transaction(id: string): Promise<BorderTransactionDetail | undefined>
}

export function transactionReader(
  transactions: TransactionStore,
  audit: AuditStore,
  evidences: EvidenceStore,
): TransactionReader {
  return {
    async recentTransactions(limit) {
      return (await transactions.recent(limit)).flatMap((row) => transactionOf(row) ?? [])
    },
    async transaction(id) {
      const row = await transactions.get(id)
      const shown = row && transactionOf(row)
      if (!shown) return undefined
      const { sequence } = shown
      return {
        ...shown,
        request: row.request_envelope ?? undefined,
        response: row.response_envelope ?? undefined,
        auditMessages: await audit.list({ sequence }),
        evidences: await evidences.list({ sequence }),
      }
    },
  }
}

/** Undefined for notes, which are no transactions. */
function transactionOf(row: ListedTransaction): BorderTransaction | undefined {
  const facts = parseFacts(row.facts)
  if (facts.kind === 'note' || row.sequence === null || row.entry_hash === null) return undefined
  const { record, exchanged } = facts
  const figure = keyFigureOf(row.id, row.node, record, exchanged, row.entered)
  const { started, durationMs, side, step, service, wire, transaction } = figure
  return {
    id: row.id,
    sequence: row.sequence,
    entryHash: row.entry_hash,
    ...{ started, durationMs, side, step, service, wire, transaction },
    peer: side === 'A' ? figure.asking : figure.answering,
    outcome: record.outcome,
    requestId: record.requestId,
    messageId: exchanged?.messageId,
    requestDigest: exchanged?.requestDigest,
    responseDigest: row.response_digest ?? exchanged?.responseDigest,
    followedUp: row.state !== 'waiting',
  }
}
