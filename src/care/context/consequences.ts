/** What is to be made of one transaction of the outbox. Pure. */
import type { AuditFacts } from '#trust/audit/audit-facts.ts'
import type { AuditOutcomeIndicator } from '#trust/audit/audit-message.ts'
import type { StoredAuditMessage } from '#trust/audit/audit-store.ts'
import { writeAuditMessage } from '#trust/audit/write-audit-message.ts'
import type { EvidenceFacts } from '#trust/evidence/evidence.ts'
import type { EvidencePolicy } from '#trust/evidence/evidence-policy.ts'
import { writeEvidence } from '#trust/evidence/write-evidence.ts'
import type { Severity } from '#wire/syslog/message.ts'
import { type KeyFigure, keyFigureOf } from '../key-figures/key-figure.ts'
import type { AccessRecord } from './access-record.ts'
import { auditFactsOf, isUnreachable } from './audit-facts-of.ts'
import { canBeMade, evidencesOf, type LedgerPlace } from './evidence-facts-of.ts'
import { type ExchangedDigests, parseFacts } from './transaction-facts.ts'
import type { TransactionRow } from './transaction-store.ts'

/** Which consequences this node wants. */
export interface Wanted {
  /** AuditSourceID; absent when no audit messages are wanted. */
  readonly site?: string
  /** Absent when no evidences are wanted. */
  readonly policy?: EvidencePolicy
  readonly figures: boolean
}

export interface Consequences {
  readonly id: string
  /** XML not signed yet. */
  readonly messages: readonly (StoredAuditMessage & { readonly severity: Severity })[]
  readonly evidences: readonly { readonly facts: EvidenceFacts; readonly xml: string }[]
  readonly figure: KeyFigure | undefined
  /** `unanswered`: an evidence about the answer is due, and the answer is not known yet. */
  readonly state: 'unanswered' | 'done'
}

/** RFC 5424: informational, notice, warning, error. */
const SEVERITY: Readonly<Record<AuditOutcomeIndicator, Severity>> = { '0': 6, '4': 5, '8': 4, '12': 3 }

/** Throws when the row is none of ours. */
export function consequencesOf(row: TransactionRow, wanted: Wanted): Consequences {
  const facts = parseFacts(row.facts)
  if (facts.kind === 'note') {
    const messages = wanted.site === undefined ? [] : [messageOf(row, { ...facts.note, site: wanted.site })]
    return { id: row.id, messages, evidences: [], figure: undefined, state: 'done' }
  }
  const { record } = facts
  const exchanged = withAnswer(facts.exchanged, row.response_digest)
  const place = placeOf(row)
  const due = wanted.policy && place ? evidencesOf(record, exchanged, place, wanted.policy) : []
  const evidences = due.filter(canBeMade).map((one) => ({ facts: one, xml: writeEvidence(one) }))
  const state = evidences.length < due.length ? 'unanswered' : 'done'
  // Everything else was made before the answer was known.
  if (row.state === 'answered') return { id: row.id, messages: [], evidences, figure: undefined, state }
  return {
    id: row.id,
    messages: wanted.site === undefined ? [] : messagesOf(row, record, exchanged, wanted.site, place),
    evidences,
    figure: wanted.figures ? keyFigureOf(row.id, row.node, record, facts.exchanged, row.entered) : undefined,
    state,
  }
}

function messagesOf(
  row: TransactionRow,
  record: AccessRecord,
  exchanged: ExchangedDigests | undefined,
  site: string,
  ledger: LedgerPlace | undefined,
) {
  const facts = { ...auditFactsOf(record, exchanged, site), ...(ledger ? { ledger } : {}) }
  const lost = record.side === 'B' && isUnreachable(record.outcome)
  const { purpose: _, ...failure } = facts
  return [
    messageOf(row, facts),
    ...(lost ? [messageOf(row, { ...failure, event: 'communication-failure' })] : []),
    ...(record.step === 'retrieve' && record.transformed
      ? [messageOf(row, transformation(facts, record.document))]
      : []),
  ]
}

/** EHDSI-94: what this node itself did with the document. Its language and codes change, its identifier does not. */
function transformation(facts: AuditFacts, document: string): AuditFacts {
  const { side, serviceConsumer, serviceProvider } = facts
  const own = side === 'A' ? serviceProvider : serviceConsumer
  return {
    ...facts,
    event: 'transformation',
    input: document,
    output: document,
    ...(own ? { serviceConsumer: own } : {}),
  }
}

function messageOf(row: TransactionRow, facts: AuditFacts): Consequences['messages'][number] {
  return {
    id: `${row.id}:${facts.event}`,
    sequence: row.sequence ?? undefined,
    event: facts.event,
    recorded: facts.recorded,
    outcome: facts.outcome,
    xml: writeAuditMessage(facts),
    severity: SEVERITY[facts.outcome],
  }
}

function withAnswer(exchanged: ExchangedDigests | undefined, digest: string | null): ExchangedDigests | undefined {
  return exchanged && digest !== null ? { ...exchanged, responseDigest: digest } : exchanged
}

function placeOf({ node, sequence, entry_hash: hash }: TransactionRow): LedgerPlace | undefined {
  return sequence === null || hash === null ? undefined : { node, sequence, hash }
}
