/**
 * Do ledger, outbox, audit messages and evidences of a node tell the same? Checks, for every transaction, that its facts
 * are those the ledger names, that each message and evidence is signed and unchanged, and that they name their entry.
 */
import type { Database } from '#platform/database/database.ts'
import { fromBase64 } from '#trust/audit/audit-message.ts'
import { type AuditStore, openAuditStore, type StoredAuditMessage } from '#trust/audit/audit-store.ts'
import { verifyAuditMessage } from '#trust/audit/sign-audit-message.ts'
import { evidencePolicy } from '#trust/evidence/evidence-policy.ts'
import { type EvidenceStore, openEvidenceStore, type StoredEvidence } from '#trust/evidence/evidence-store.ts'
import { verifyEvidence } from '#trust/evidence/verify-evidence.ts'
import type { Ledger, LedgerEntry } from '#trust/ledger/ledger.ts'
import { consequencesOf } from './consequences.ts'
import { factsDigestOf } from './record-access.ts'
import { digestOfText } from './transaction-facts.ts'
import { openTransactionStore, type TransactionRow, type TransactionStore } from './transaction-store.ts'

export interface TrailProblem {
  /** Of the transaction, audit message or evidence. */
  readonly id: string
  /** `transaction-missing`, `facts-altered`, `entry-differs`, `…-missing`, or why the signature does not count. */
  readonly code: string
}

export interface TrailVerdict {
  readonly transactions: number
  readonly auditMessages: number
  readonly evidences: number
  /** Not followed up yet: no problem, unless the node has long been running. */
  readonly waiting: number
  /** Hex SHA-256 of the certificates that signed. */
  readonly signers: readonly string[]
  readonly problems: readonly TrailProblem[]
}

interface Trail {
  readonly node: string
  /** From this entry on there must be messages and evidences: before, they were not switched on. */
  readonly since: { readonly audit: number; readonly evidence: number }
  readonly transactions: TransactionStore
  readonly audit: AuditStore
  readonly evidences: EvidenceStore
}

interface Count {
  transactions: number
  auditMessages: number
  evidences: number
  waiting: number
  readonly signers: Set<string>
  readonly problems: TrailProblem[]
}

const PAGE = 500

/**
 * Reads everything, newest first. The chain of the ledger itself: `ledger.verify()`.
 * @param own hex SHA-256 of the certificates that this node has signed with; undefined: any
 */
export async function verifyTrail(
  database: Database,
  ledger: Ledger,
  node: string,
  own?: readonly string[],
): Promise<TrailVerdict> {
  const [audit, evidences] = [openAuditStore(database, node), openEvidenceStore(database, node)]
  const since = {
    audit: (await audit.firstEntry()) ?? Number.POSITIVE_INFINITY,
    evidence: (await evidences.firstEntry()) ?? Number.POSITIVE_INFINITY,
  }
  const trail: Trail = { node, since, transactions: openTransactionStore(database, node), audit, evidences }
  const count: Count = { transactions: 0, auditMessages: 0, evidences: 0, waiting: 0, signers: new Set(), problems: [] }
  for (let before: number | undefined; ; ) {
    const page = await ledger.list({ limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const entry of page) await checkEntry(trail, entry, count)
    before = page.at(-1)?.sequence
    if (page.length < PAGE) break
  }
  const signers = [...count.signers].sort()
  const strangers = own === undefined ? [] : signers.filter((signer) => !own.includes(signer))
  const unknown = strangers.map((signer) => ({ id: signer, code: 'signer-unknown' }))
  return { ...count, signers, problems: [...count.problems, ...unknown] }
}

async function checkEntry(trail: Trail, entry: LedgerEntry, count: Count): Promise<void> {
  const digest = factsDigestOf(entry.event)
  if (digest === undefined) return
  const id = `${trail.node}:${entry.sequence}`
  const row = await trail.transactions.get(id)
  if (!row) {
    count.problems.push({ id, code: 'transaction-missing' })
    return
  }
  count.transactions += 1
  if (row.state === 'waiting') count.waiting += 1
  if (digestOfText(row.facts) !== digest) count.problems.push({ id, code: 'facts-altered' })
  if (row.entry_hash !== entry.hash) count.problems.push({ id, code: 'entry-differs' })
  const messages = await trail.audit.list({ sequence: entry.sequence })
  for (const message of messages) checkMessage(message, row, count)
  const evidences = await trail.evidences.list({ sequence: entry.sequence })
  for (const evidence of evidences) checkEvidence(evidence, row, count)
  const found = new Set([...messages, ...evidences].map((one) => one.id))
  if (row.state !== 'waiting') count.problems.push(...missing(trail, entry.sequence, row, found))
}

/** What follows from a transaction is known from its facts: taken away, it is missed. */
function missing(
  { since }: Trail,
  sequence: number,
  row: TransactionRow,
  found: ReadonlySet<string>,
): readonly TrailProblem[] {
  const wanted = {
    ...(sequence >= since.audit ? { site: '' } : {}),
    ...(sequence >= since.evidence ? { policy: evidencePolicy() } : {}),
    figures: false,
  }
  const due = consequencesOf({ ...row, state: 'waiting' }, wanted)
  // The evidence of an answer that has just come is being made.
  const evidences = row.state === 'answered' ? [] : due.evidences.map(({ facts }) => facts.id)
  return [
    ...due.messages.filter(({ id }) => !found.has(id)).map(({ id }) => ({ id, code: 'audit-message-missing' })),
    ...evidences.filter((id) => !found.has(id)).map((id) => ({ id, code: 'evidence-missing' })),
  ]
}

function checkMessage({ id, xml }: StoredAuditMessage, row: TransactionRow, count: Count): void {
  count.auditMessages += 1
  const verified = verifyAuditMessage(Buffer.from(xml, 'utf8'))
  if (!verified.ok) {
    count.problems.push({ id, code: verified.problem.code })
    return
  }
  count.signers.add(verified.value.signer.fingerprint)
  const { objects } = verified.value.message
  const [, hash] = objects.find(({ idType }) => idType.code === 'LedgerEntry')?.details ?? []
  if (fromBase64(hash?.value ?? '') !== row.entry_hash) count.problems.push({ id, code: 'entry-differs' })
}

function checkEvidence({ id, xml }: StoredEvidence, row: TransactionRow, count: Count): void {
  count.evidences += 1
  const verified = verifyEvidence(Buffer.from(xml, 'utf8'))
  if (!verified.ok) {
    count.problems.push({ id, code: verified.problem.code })
    return
  }
  count.signers.add(verified.value.signer.fingerprint)
  if (verified.value.ledger?.hash !== row.entry_hash) count.problems.push({ id, code: 'entry-differs' })
}
