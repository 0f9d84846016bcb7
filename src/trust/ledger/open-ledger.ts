/** The ledger in the database. Appends made at the same time share one transaction, and each waits until it is durable. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEvent } from 'fhir/r4'
import type { Transaction } from 'kysely'
import { type Database, inTransaction } from '#platform/database/database.ts'
import type { Seal } from '../keys/seal.ts'
import { canonicalJson } from './canonical-json.ts'
import { type Head, hashOf, indexOf, NO_HASH, sealedText } from './chain.ts'
import type { BesideEntry, Ledger, LedgerEntry } from './ledger.ts'
import type { LedgerTables } from './migrations.ts'
import { ledgerError } from './problems.ts'
import { type Chain, list } from './read.ts'
import { verifyLedger } from './verify.ts'
import type { Witness } from './witness.ts'

export interface LedgerOptions {
  /** Whose chain, e.g. `PT`. Replicas of one node share it. */
  readonly node: string
  readonly signer: Seal
  readonly witness?: Witness
  readonly now?: () => Date
}

/** The ledger of a running node. */
export interface OpenedLedger extends Ledger {
  /**
   * Resolves when an entry could be stored now. Found out by writing (a full disk can still be read), at most every few
   * seconds however often it is asked; rejects as `append` would.
   */
  ready(): Promise<void>
}

const LARGEST_BATCH = 250
/** However slow the disk is, no event waits longer for others to join it. */
const LONGEST_GATHERING_MS = 10
/** Milliseconds that a successful probe is believed, so that asking for the node's health is no burden on its disk. */
const PROBE_BELIEVED_MS = 3000
/** Characters of one event: far above any real one, far below what would hurt. */
const LONGEST_EVENT = 262_144

interface Waiting {
  readonly event: AuditEvent
  readonly text: string
  readonly beside: BesideEntry | undefined
  readonly resolve: (entry: LedgerEntry) => void
  readonly reject: (error: unknown) => void
}

/** Needs `ledgerMigrations`. Rejects with a `ProblemError` when the ledger found there was not sealed by this node. */
export async function openLedger(database: Database, options: LedgerOptions): Promise<OpenedLedger> {
  const kysely = database.kysely.$extendTables<LedgerTables>()
  const chain: Chain = { kysely, dialect: database.dialect, now: () => new Date(), ...options }
  await beginChain(chain)
  let known = (await options.witness?.read()) ?? { sequence: 0, hash: NO_HASH }

  const inTurn = oneAfterAnother()
  const remember = async (head: Head): Promise<void> => {
    known = head
    await options.witness?.write(head)
  }
  const store = (batch: readonly Waiting[]): Promise<readonly LedgerEntry[]> =>
    inTurn(async () => {
      const { entries, head } = await inTransaction(kysely, (transaction) => extend(transaction, chain, known, batch))
      await remember(head)
      return entries
    })
  const probe = (): Promise<void> =>
    inTurn(async () => remember(await inTransaction(kysely, (transaction) => touch(transaction, chain, known))))

  return {
    append: inBatches(store),
    ready: believed(probe, PROBE_BELIEVED_MS),
    list: (filter) => list(chain, filter),
    verify: (progress) => verifyLedger(chain, known, progress),
  }
}

/** Writers of one witness file must not meet. */
function oneAfterAnother(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

/** Asks once for all who ask at the same time, and believes a success for a while. */
function believed(probe: () => Promise<void>, forMs: number): () => Promise<void> {
  let running: Promise<void> | undefined
  let until = 0
  return () => {
    if (performance.now() < until) return Promise.resolve()
    running ??= probe()
      .then(() => {
        until = performance.now() + forMs
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
}

/**
 * Gathers events and writes them together. A node alone with its disk writes at once; when events come faster than the
 * disk takes them, each batch waits for about as long as the last one took, so that more of them share one flush.
 */
function inBatches(store: (batch: readonly Waiting[]) => Promise<readonly LedgerEntry[]>): Ledger['append'] {
  const waiting: Waiting[] = []
  let writing = false
  const pace = { tookMs: 0, endedAt: Number.NEGATIVE_INFINITY }

  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const entries = await store(batch)
      for (const [index, { resolve, reject }] of batch.entries()) {
        const entry = entries[index]
        if (entry) resolve(entry)
        else reject(new Error('The ledger stored fewer entries than given.'))
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const began = performance.now()
      if (began - pace.endedAt < pace.tookMs) await sleep(Math.min(pace.tookMs, LONGEST_GATHERING_MS))
      const begins = performance.now()
      await settle(waiting.splice(0, LARGEST_BATCH))
      pace.endedAt = performance.now()
      pace.tookMs = pace.endedAt - begins
    }
    writing = false
  }
  return (event, beside) =>
    new Promise((resolve, reject) => {
      const text = fitText(event)
      waiting.push({ event, text, beside, resolve, reject })
      // A microtask later, so that all appends of this turn travel together.
      if (!writing) {
        writing = true
        queueMicrotask(() => void drain())
      }
    })
}

/** The canonical text of an event that both databases can store. */
function fitText(event: AuditEvent): string {
  let text: string
  try {
    text = canonicalJson(event)
  } catch (error) {
    throw ledgerError('ledger-entry-unfit', error)
  }
  const { professional, patient } = indexOf(event)
  const keys = `${professional ?? ''}${patient ?? ''}`
  // PostgreSQL stores no NUL, and neither database half a surrogate pair.
  const storable = keys.isWellFormed() && !keys.includes('\0') && text.isWellFormed()
  if (!storable || text.length > LONGEST_EVENT) throw ledgerError('ledger-entry-unfit')
  return text
}

/** Creates the sealed head of an empty chain; does nothing when the chain exists. */
async function beginChain(chain: Chain): Promise<void> {
  const head: Head = { sequence: 0, hash: NO_HASH }
  await chain.kysely
    .insertInto('ledger_head')
    .values({ node: chain.node, ...head, ...sealed(chain, head) })
    .onConflict((conflict) => conflict.column('node').doNothing())
    .execute()
}

/** Inside a transaction: takes the head, adds the entries after it, and puts the new head in its place. */
async function extend(
  transaction: Transaction<LedgerTables>,
  chain: Chain,
  known: Head,
  batch: readonly Waiting[],
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly head: Head }> {
  let last = await takeHead(transaction, chain, known)
  const recorded = chain.now().toISOString()
  const entries: LedgerEntry[] = []
  const rows: LedgerTables['ledger_entry'][] = []
  for (const { event, text } of batch) {
    const link = { node: chain.node, sequence: last.sequence + 1, recorded, previousHash: last.hash, event: text }
    last = { sequence: link.sequence, hash: hashOf(link) }
    entries.push({ sequence: link.sequence, recorded, previousHash: link.previousHash, hash: last.hash, event })
    const { previousHash, ...columns } = link
    rows.push({ ...columns, previous_hash: previousHash, hash: last.hash, ...indexOf(event) })
  }
  await transaction.insertInto('ledger_entry').values(rows).execute()
  await transaction
    .updateTable('ledger_head')
    .set({ ...last, ...sealed(chain, last) })
    .where('node', '=', chain.node)
    .execute()
  for (const [index, { beside }] of batch.entries()) {
    const entry = entries[index]
    if (beside && entry) await beside(transaction.$omitTables<keyof LedgerTables>(), entry)
  }
  return { entries, head: last }
}

/** Inside a transaction: checks the head as an append would, and writes a row that means nothing. */
async function touch(transaction: Transaction<LedgerTables>, chain: Chain, known: Head): Promise<Head> {
  const { sequence, hash } = await takeHead(transaction, chain, known)
  const written = chain.now().toISOString()
  await transaction
    .insertInto('ledger_probe')
    .values({ node: chain.node, written })
    .onConflict((conflict) => conflict.column('node').doUpdateSet({ written }))
    .execute()
  return { sequence, hash }
}

/**
 * Locks the head until the end of the transaction and trusts it only when this node has just written it or its seal is
 * right: else the next append would seal what somebody else has put there.
 */
async function takeHead(transaction: Transaction<LedgerTables>, chain: Chain, known: Head): Promise<Head> {
  const query = transaction.selectFrom('ledger_head').selectAll().where('node', '=', chain.node)
  // SQLite: the transaction holds the only write lock already.
  const head = await (chain.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
  if (!head || head.sequence < known.sequence) throw ledgerError('ledger-rolled-back')
  if (head.sequence === known.sequence && head.hash === known.hash && known.sequence > 0) return head
  const text = sealedText(chain.node, head, head.sealed_at)
  if (!chain.signer.verify(text, head.signature, head.key_id)) throw ledgerError('ledger-head-forged')
  return head
}

function sealed(chain: Chain, head: Head) {
  const sealedAt = chain.now().toISOString()
  const signature = chain.signer.sign(sealedText(chain.node, head, sealedAt))
  return { sealed_at: sealedAt, key_id: chain.signer.keyId, signature }
}
