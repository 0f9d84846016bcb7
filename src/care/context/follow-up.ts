/**
 * What follows from a transaction, made after it: audit messages, evidences, key figures. A batch is claimed, made, signed,
 * spooled, and then stored and marked done in one transaction; wherever the process dies, the batch is made again. Nothing
 * is lost, and what is made twice has the same name and the same content.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bell, createBell } from '#platform/background/bell.ts'
import { type Database, inUnflushedTransaction } from '#platform/database/database.ts'
import type { Log } from '#platform/log/log.ts'
import type { AuditStore } from '#trust/audit/audit-store.ts'
import type { BackgroundSigning } from '#trust/background-signing/signing.ts'
import type { EvidencePolicy } from '#trust/evidence/evidence-policy.ts'
import type { EvidenceStore } from '#trust/evidence/evidence-store.ts'
import { priorityOf, type SyslogProfile, writeSyslogMessage } from '#wire/syslog/message.ts'
import type { Spool } from '#wire/syslog/spool.ts'
import type { KeyFigureStore } from '../key-figures/key-figure-store.ts'
import { type Consequences, consequencesOf } from './consequences.ts'
import type { TransactionRow, TransactionStore } from './transaction-store.ts'

export interface FollowUpParts {
  readonly database: Database
  readonly node: string
  readonly transactions: TransactionStore
  readonly signing: BackgroundSigning
  readonly log: Log
  readonly now: () => Date
  readonly audit?: {
    readonly site: string
    readonly host: string
    readonly profile: SyslogProfile
    readonly messages: AuditStore
    /** Absent when there is no repository: the messages are kept here only. */
    readonly spool?: Spool
    readonly spooled?: () => void
  }
  readonly evidence?: { readonly store: EvidenceStore; readonly policy: EvidencePolicy }
  readonly figures?: KeyFigureStore
  /** How long what a dead process had begun is left alone; default 30 s. */
  readonly leaseMs?: number
}

export interface FollowUp {
  wake(): void
  /** Failures since something was last done; 0 when all is well. */
  failures(): number
  /** True when nothing waits any more, false when the time is over first. */
  settled(withinMs: number): Promise<boolean>
  /** Lets the batch under way end. */
  close(): Promise<void>
}

const BATCH = 64
/** So long, what happens at the same time is gathered into one batch. */
const GATHER_MS = 40
const IDLE_MS = 20_000
const FORGET_EVERY_MS = 60_000
const LONGEST_PAUSE_MS = 60_000
const NEARLY_FULL = 0.8

/** Begins at once with what an earlier process has left. */
export function startFollowUp(parts: FollowUpParts): FollowUp {
  const bell = createBell()
  let closed = false
  let failures = 0
  let forgetAt = 0

  const turn = async (): Promise<void> => {
    try {
      const worked = await workOnBatch(parts)
      failures = 0
      if (worked === BATCH) return
      if (performance.now() >= forgetAt) {
        await parts.transactions.forgetEnvelopes(parts.now().toISOString())
        forgetAt = performance.now() + FORGET_EVERY_MS
      }
      await bell.wait(IDLE_MS)
      if (!closed) await sleep(GATHER_MS)
    } catch (error) {
      failures += 1
      parts.log.failure('transactions-not-followed-up', error, { attempt: failures })
      await pause(bell, failures)
    }
  }
  const running = (async () => {
    while (!closed) await turn()
  })()
  return {
    wake: bell.ring,
    failures: () => failures,
    async settled(withinMs) {
      for (const end = performance.now() + withinMs; performance.now() < end; await sleep(20)) {
        if ((await parts.transactions.waiting()) === 0) return true
        bell.ring()
      }
      return (await parts.transactions.waiting()) === 0
    },
    async close() {
      closed = true
      bell.ring()
      await running
    },
  }
}

function pause(bell: Bell, failures: number): Promise<void> {
  return bell.wait(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(failures, 10)))
}

/** @returns how many transactions were claimed */
async function workOnBatch(parts: FollowUpParts): Promise<number> {
  const now = parts.now()
  const until = new Date(now.getTime() + (parts.leaseMs ?? 30_000)).toISOString()
  const rows = await parts.transactions.claim(BATCH, now.toISOString(), until)
  if (rows.length === 0) return 0
  try {
    await makeAll(parts, rows)
  } catch (error) {
    await parts.transactions.release(
      rows.map(({ id }) => id),
      '',
    )
    throw error
  }
  return rows.length
}

/** Together; when one of them cannot be signed, one by one, so that it does not hold up the others. */
async function makeAll(parts: FollowUpParts, rows: readonly TransactionRow[]): Promise<void> {
  try {
    await make(parts, rows)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    for (const row of rows) {
      try {
        await make(parts, [row])
      } catch (one) {
        if (!(one instanceof TypeError)) throw one
        unreadable(parts, row, one)
      }
    }
  }
}

async function make(parts: FollowUpParts, rows: readonly TransactionRow[]): Promise<void> {
  const all = rows.map((row) => readable(parts, row)).filter((one) => one !== undefined)
  const messages = all.flatMap((one) => one.messages)
  const evidences = all.flatMap((one) => one.evidences)
  const signed = await parts.signing.sign([...messages, ...evidences].map(({ xml }) => xml))
  const auditXml = signed.slice(0, messages.length)
  await spool(parts, messages, auditXml)
  await inUnflushedTransaction(parts.database, parts.database.kysely, async (transaction) => {
    const stored = messages.map(({ severity: _, ...message }, index) => ({ ...message, xml: auditXml[index] ?? '' }))
    await parts.audit?.messages.add(transaction, stored)
    const proofs = evidences.map(({ facts }, index) => ({ facts, xml: signed[messages.length + index] ?? '' }))
    await parts.evidence?.store.add(transaction, proofs)
    await parts.figures?.add(
      transaction,
      all.flatMap(({ figure }) => figure ?? []),
    )
    for (const state of ['unanswered', 'done'] as const) {
      const ids = all.filter((one) => one.state === state).map(({ id }) => id)
      await parts.transactions.finish(transaction, ids, state)
    }
  })
}

/** A row that cannot be read is left where it is, loudly, and does not hold up the others. */
function readable(parts: FollowUpParts, row: TransactionRow): Consequences | undefined {
  try {
    return consequencesOf(row, {
      ...(parts.audit ? { site: parts.audit.site } : {}),
      ...(parts.evidence ? { policy: parts.evidence.policy } : {}),
      figures: parts.figures !== undefined,
    })
  } catch (error) {
    unreadable(parts, row, error)
    return undefined
  }
}

/** Tried again when nobody has a claim on it any more. */
function unreadable({ log }: FollowUpParts, { sequence }: TransactionRow, error: unknown): void {
  log.failure('transaction-unreadable', error, sequence === null ? {} : { sequence })
}

async function spool(
  { audit, log, now }: FollowUpParts,
  messages: Consequences['messages'],
  signed: readonly string[],
): Promise<void> {
  if (!audit?.spool || messages.length === 0) return
  const timestamp = now()
  const put = await audit.spool.put(
    messages.map(({ severity }, index) =>
      writeSyslogMessage({
        priority: priorityOf(audit.profile, severity),
        timestamp,
        host: audit.host,
        xml: signed[index] ?? '',
      }),
    ),
  )
  const { bytes, maxBytes, files } = audit.spool.state()
  if (!put.ok) {
    log.error('audit-spool-refuses', { code: put.problem.code, bytes, count: files })
    throw Object.assign(new Error(put.problem.sentence), { code: put.problem.code })
  }
  if (bytes > maxBytes * NEARLY_FULL) log.error('audit-spool-nearly-full', { bytes, count: files })
  audit.spooled?.()
}
