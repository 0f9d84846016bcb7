/**
 * The recorder of a running node. `record` writes the entry of the ledger and the transaction's facts in one database
 * transaction and returns; audit messages, evidences and key figures are made, signed and sent afterwards.
 */
import { gathered } from '#platform/background/gathered.ts'
import type { Database } from '#platform/database/database.ts'
import type { Metrics } from '#platform/health/metrics.ts'
import type { Log } from '#platform/log/log.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import { openAuditStore } from '#trust/audit/audit-store.ts'
import { backgroundSigning } from '#trust/background-signing/signing.ts'
import { evidencePolicy } from '#trust/evidence/evidence-policy.ts'
import { openEvidenceStore } from '#trust/evidence/evidence-store.ts'
import type { Ledger } from '#trust/ledger/ledger.ts'
import type { RepositoryAddress } from '#wire/syslog/connection.ts'
import type { SyslogProfile } from '#wire/syslog/message.ts'
import { type SenderState, startSyslogSender } from '#wire/syslog/sender.ts'
import { openSpool, type Spool } from '#wire/syslog/spool.ts'
import { figureMetrics } from '../key-figures/figure-metrics.ts'
import { keyFigureOf } from '../key-figures/key-figure.ts'
import { openKeyFigureStore } from '../key-figures/key-figure-store.ts'
import { envelopeKeeper, type KeptEnvelopes } from './envelope-keeper.ts'
import { startFollowUp } from './follow-up.ts'
import { sealedAccessEvent } from './record-access.ts'
import type { BorderRecorder, ExchangedEnvelopes } from './recorder.ts'
import { boundedText, factsOfAccess, factsText, type NotedFacts } from './transaction-facts.ts'
import { type Answer, type NewTransaction, openTransactionStore } from './transaction-store.ts'
import { type TransactionReader, transactionReader } from './transactions.ts'

export interface BorderRecorderOptions {
  readonly ledger: Ledger
  /** The database of the ledger. */
  readonly database: Database
  /** ISO 3166-1 alpha-2, as the ledger's chain is named. */
  readonly node: string
  readonly signer: SealSigner
  readonly log: Log
  readonly metrics?: Metrics
  /** Absent: no audit messages. */
  readonly audit?: AuditTrailOptions
  /** Default `signed`. */
  readonly evidence?: 'off' | 'signed'
  /** Default true. */
  readonly keyFigures?: boolean
  /** What the operator may see of the messages themselves. */
  readonly envelopes?: KeptEnvelopes
  readonly now?: () => Date
  /** How long what a dead process had begun is left alone; default 30 s. */
  readonly leaseMs?: number
}

export interface AuditTrailOptions {
  /** AuditSourceID: the country's subdivision, e.g. `DK-84`. */
  readonly site: string
  /** This machine's name, in the header of syslog. */
  readonly host: string
  readonly profile: SyslogProfile
  /** Absent: messages are kept in the database only. */
  readonly repository?: RepositoryAddress & { readonly spool: { readonly folder: string; readonly maxBytes?: number } }
}

export interface OpenBorderRecorder extends BorderRecorder, TransactionReader {
  readonly answered: NonNullable<BorderRecorder['answered']>
  /** An event of the audit trail that is no access: a sign-in, an assertion, a list fetched. Durable when it resolves. */
  note(facts: NotedFacts): Promise<void>
  state(): RecorderState
  /** For the node's health: rejects while audit messages cannot be made or kept. */
  ready(): Promise<void>
  /** True when all has been made (and, with a repository, has arrived); false when the time is over first. */
  settled(withinMs: number): Promise<boolean>
  close(): Promise<void>
}

export interface RecorderState {
  /** Failures in making what follows from transactions, since the last success. */
  readonly failures: number
  readonly repository: SenderState | undefined
}

/** Answers have gone already: so long they wait for others, to share one flush to the disk. */
const GATHER_ANSWERS_MS = 20

/** Needs the migrations of ledger, recorder, audit, evidence and key figures. Goes on with what an earlier process has left. */
export async function borderRecorder(options: BorderRecorderOptions): Promise<OpenBorderRecorder> {
  const { ledger, database, node, log, metrics, audit, now = () => new Date() } = options
  const transactions = openTransactionStore(database, node)
  const auditStore = openAuditStore(database, node)
  const evidenceStore = openEvidenceStore(database, node)
  const figures = options.keyFigures === false ? undefined : openKeyFigureStore(database, node)
  const signing = backgroundSigning(options.signer)
  const shipping = audit?.repository && (await startShipping(audit.repository, log))
  const count = metrics && figureMetrics(metrics)
  const followUp = startFollowUp({
    ...{ database, node, transactions, signing, log, now },
    ...(audit ? { audit: { ...audit, messages: auditStore, ...shipping?.parts } } : {}),
    ...(options.evidence === 'off' ? {} : { evidence: { store: evidenceStore, policy: evidencePolicy() } }),
    ...(figures ? { figures } : {}),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  })
  const notes = outboxNotes(database, { node, now })
  const envelopes = envelopeKeeper(options.envelopes, now)
  const answers = gathered<Answer>(async (batch) => {
    if (await transactions.answered(batch)) followUp.wake()
  }, GATHER_ANSWERS_MS)
  let lastAnswers: Promise<void> = Promise.resolve()
  const failures = (): number => followUp.failures()
  return {
    async record(record, exchanged) {
      const { text, digest } = factsText(factsOfAccess(record, exchanged))
      const entered = now().toISOString()
      const kept = { ...envelopes.of(record.outcome, exchanged), ...digestsOf(exchanged) }
      await ledger.append(sealedAccessEvent(record, digest), (transaction, { sequence, hash }) =>
        transactions.add(transaction, { sequence, entryHash: hash, entered, facts: text, ...kept }),
      )
      followUp.wake()
      count?.(keyFigureOf('', node, record, exchanged, entered))
    },
    async answered({ messageId, responseDigest, response }) {
      try {
        const shown = envelopes.answer(messageId, response)
        const more = { responseDigest, ...(shown === undefined ? {} : { response: shown }) }
        lastAnswers = answers({ messageId: boundedText(messageId), ...more })
        await lastAnswers
      } catch (error) {
        log.failure('answer-not-recorded', error)
      }
    },
    async note(facts) {
      await notes.note(facts)
      followUp.wake()
    },
    ...transactionReader(transactions, auditStore, evidenceStore),
    state: () => ({ failures: failures(), repository: shipping?.sender.state() }),
    async ready() {
      if (failures() > 2) throw new Error('What follows from transactions is not made.')
    },
    async settled(withinMs) {
      const end = performance.now() + withinMs
      if (!(await followUp.settled(withinMs))) return false
      return shipping ? shipping.sender.settled(end - performance.now()) : true
    },
    async close() {
      // A failure was told where it came from.
      await lastAnswers.catch(() => undefined)
      await followUp.close()
      await signing.close()
      await shipping?.sender.close()
    },
  }
}

/** Notes of a command beside the running node: the node, or its next start, makes the audit messages. */
export function outboxNotes(
  database: Database,
  { node, now }: Pick<BorderRecorderOptions, 'node'> & { readonly now: () => Date },
): Pick<OpenBorderRecorder, 'note'> {
  const transactions = openTransactionStore(database, node)
  return { note: (note) => transactions.addNote(now().toISOString(), factsText({ kind: 'note', note }).text) }
}

async function startShipping(repository: NonNullable<AuditTrailOptions['repository']>, log: Log) {
  const spool: Spool = await openSpool(repository.spool)
  const sender = startSyslogSender({ repository, spool, log })
  return { sender, parts: { spool, spooled: sender.wake } }
}

function digestsOf(exchanged: ExchangedEnvelopes | undefined): Pick<NewTransaction, 'messageId' | 'responseDigest'> {
  return {
    ...(exchanged?.messageId === undefined ? {} : { messageId: boundedText(exchanged.messageId) }),
    ...(exchanged?.responseDigest === undefined ? {} : { responseDigest: exchanged.responseDigest }),
  }
}
