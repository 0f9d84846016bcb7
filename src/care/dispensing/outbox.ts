/**
 * The outbox: every dispensation and discard from the moment the pharmacist confirms, in the node's database, with the very
 * bytes that are sent. At most one attempt holds an entry at a time, across all replicas; a lease that a crash left behind
 * ends by itself.
 */
import { randomUUID } from 'node:crypto'
import { type Database, inTransaction } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'
import { seal, unseal } from '#trust/people/seal.ts'
import type { VerifiedCaller, Wire } from '../border/border-service.ts'
import type { CareProblemCode } from '../context/care-context.ts'
import type { OutboxEntry } from './dispensing.ts'
import type { OutboxTables } from './migrations.ts'
import { entryOf, held, isKept, learned, rowOf, settled } from './outbox-rows.ts'
import type { Answer } from './submission-state.ts'

/** What is sent and in whose name; encrypted at rest. */
export interface Waiting {
  readonly caller: VerifiedCaller
  readonly emergencyReasonGiven: boolean
  readonly patient: string
  readonly format: 'cda' | 'fhir'
  /** Base64. */
  readonly document: string
}

export interface NewSubmission
  extends Pick<
    OutboxEntry,
    | 'kind'
    | 'submissionId'
    | 'dispensationId'
    | 'country'
    | 'prescriptionId'
    | 'prescriptionNumber'
    | 'professional'
    | 'organisation'
  > {
  readonly confirmation: string
  readonly wire: Wire
  readonly confirmedAt: Date
  readonly waiting: Waiting
}

/** An entry that one attempt holds. */
export interface Held {
  readonly entry: OutboxEntry
  readonly wire: Wire
  readonly lease: string
  readonly waiting: Waiting
}

export interface Outbox {
  /** Durable when it resolves. A wish that is there already is answered with its entry. */
  put(submission: NewSubmission): Promise<{ readonly entry: OutboxEntry; readonly isNew: boolean }>
  byConfirmation(organisation: string, confirmation: string): Promise<OutboxEntry | undefined>
  entry(submissionId: string): Promise<OutboxEntry | undefined>
  ofDispensation(dispensationId: string): Promise<readonly OutboxEntry[]>
  ofOrganisation(organisation: string): Promise<readonly OutboxEntry[]>
  /** Submissions of an organisation about one prescription that are accepted, or may be. */
  ofPrescription(organisation: string, country: string, prescriptionId: string): Promise<readonly OutboxEntry[]>
  /** What was sent, while it is kept. */
  waiting(submissionId: string): Promise<{ readonly waiting: Waiting; readonly wire: Wire } | undefined>
  /** Takes the entry for one attempt, which counts from now on; undefined when it is settled or held by another. */
  hold(submissionId: string, now: Date): Promise<Held | undefined>
  /** What an attempt learned. Counts even when its lease has ended meanwhile: a late answer is an answer. */
  learn(held: Pick<Held, 'entry' | 'lease'>, answer: Answer, now: Date, code?: CareProblemCode): Promise<OutboxEntry>
  /** Ids of entries whose time has come. */
  due(now: Date): Promise<readonly string[]>
  /** Settled entries that the ledger does not have yet. */
  unrecorded(): Promise<readonly string[]>
  recorded(submissionId: string): Promise<void>
  /** Of all organisations: what is not known yet, oldest first. */
  unsettled(): Promise<readonly OutboxEntry[]>
  /** A person found out at country A. */
  settleByHand(submissionId: string, state: 'accepted' | 'refused', now: Date): Promise<OutboxEntry | undefined>
  /** Forgets the documents of what was settled before. */
  forget(settledBefore: Date): Promise<number>
}

export interface OutboxOptions {
  /** Country of this node. */
  readonly node: string
  /** From which the key of what waits is derived; the same for all replicas. */
  readonly secret: string
  /** Longer than any attempt can last; default 2 minutes. */
  readonly leaseMs?: number
  /** Before an attempt that told nothing is repeated for the first time; doubles up to an hour. Default half a minute. */
  readonly pauseMs?: number
}

type Row = OutboxTables['dispensing_submission']
const PURPOSE = 'dispensing-outbox'
const UNSETTLED: readonly Row['state'][] = ['sending', 'unknown']
const MOST_DUE = 100
const MOST_SHOWN = 500

/** Needs `dispensingMigrations`. */
export function openOutbox(database: Database, options: OutboxOptions): Outbox {
  const { node, secret, leaseMs = 120_000, pauseMs } = options
  const kysely = database.kysely.$extendTables<OutboxTables>()
  const rows = () => kysely.selectFrom('dispensing_submission').selectAll().where('node', '=', node)
  const unsealed = (sealed: string): Waiting => {
    const waiting = unseal(secret, PURPOSE, sealed)
    if (waiting === undefined) throw new Error('The outbox cannot be read with this key.')
    // Written by `put` below and authenticated by the seal.
    return waiting as Waiting
  }
  const one = async (submissionId: string): Promise<Row> =>
    rows().where('submission_id', '=', submissionId).executeTakeFirstOrThrow()

  async function byConfirmation(organisation: string, confirmation: string): Promise<OutboxEntry | undefined> {
    const row = await rows()
      .where('organisation', '=', organisation)
      .where('confirmation', '=', confirmation)
      .executeTakeFirst()
    return row && entryOf(row)
  }

  /** Changes one row by what it says at that moment, again when another writer was faster; undefined when it shall not change. */
  async function change(submissionId: string, next: (row: Row) => Partial<Row> | undefined): Promise<Row | undefined> {
    for (;;) {
      const changed = await inTransaction(kysely, async (transaction) => {
        const row = await transaction
          .selectFrom('dispensing_submission')
          .selectAll()
          .where('node', '=', node)
          .where('submission_id', '=', submissionId)
          .executeTakeFirstOrThrow()
        const wanted = next(row)
        if (!wanted) return 'stays' as const
        const set = { ...wanted, revision: row.revision + 1 }
        const { numUpdatedRows } = await transaction
          .updateTable('dispensing_submission')
          .set(set)
          .where('node', '=', node)
          .where('submission_id', '=', submissionId)
          .where('revision', '=', row.revision)
          .executeTakeFirst()
        if (numUpdatedRows !== 1n) return undefined
        const after = { ...row, ...set }
        if (row.kind === 'discard' && after.state === 'accepted') {
          await transaction
            .updateTable('dispensing_submission')
            .set({ discarded_at: after.settled_at })
            .where('node', '=', node)
            .where('kind', '=', 'dispensation')
            .where('dispensation_id', '=', row.dispensation_id)
            .execute()
        }
        return after
      })
      if (changed) return changed === 'stays' ? undefined : changed
    }
  }

  return {
    byConfirmation,
    async put(submission) {
      const row = rowOf(submission, node, seal(secret, PURPOSE, submission.waiting), leaseMs)
      try {
        await kysely.insertInto('dispensing_submission').values(row).execute()
        return { entry: entryOf(row), isNew: true }
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        const entry = await byConfirmation(submission.organisation, submission.confirmation)
        if (!entry) throw error
        return { entry, isNew: false }
      }
    },
    async entry(submissionId) {
      const row = await rows().where('submission_id', '=', submissionId).executeTakeFirst()
      return row && entryOf(row)
    },
    async ofDispensation(dispensationId) {
      return (await rows().where('dispensation_id', '=', dispensationId).execute()).map(entryOf)
    },
    async ofOrganisation(organisation) {
      const found = await rows().where('organisation', '=', organisation).orderBy('confirmed_at', 'desc').execute()
      return found.map(entryOf)
    },
    async ofPrescription(organisation, country, prescriptionId) {
      const found = await rows()
        .where('organisation', '=', organisation)
        .where('country', '=', country)
        .where('prescription_id', '=', prescriptionId)
        .where('kind', '=', 'dispensation')
        .where('state', '!=', 'refused')
        .where('discarded_at', 'is', null)
        .execute()
      return found.map(entryOf)
    },
    async waiting(submissionId) {
      const { sealed, wire } = await one(submissionId)
      return sealed === null ? undefined : { waiting: unsealed(sealed), wire }
    },
    async hold(submissionId, now) {
      const lease = randomUUID()
      const row = await change(submissionId, (before) => held(before, lease, now, leaseMs))
      if (!row || row.sealed === null) return undefined
      return { entry: entryOf(row), wire: row.wire, lease, waiting: unsealed(row.sealed) }
    },
    async learn({ entry, lease }, answer, now, code) {
      const changed = await change(entry.submissionId, (row) => learned(row, lease, answer, now, code, pauseMs))
      return changed ? entryOf(changed) : entry
    },
    async due(now) {
      const found = await rows()
        .where('state', 'in', UNSETTLED)
        .where('needs_person', '=', 0)
        .where('next_try_at', '<=', now.toISOString())
        .where((expression) =>
          expression.or([expression('lease_until', 'is', null), expression('lease_until', '<=', now.toISOString())]),
        )
        .orderBy('next_try_at')
        .limit(MOST_DUE)
        .execute()
      return found.map(({ submission_id: id }) => id)
    },
    async unrecorded() {
      const found = await rows().where('recorded', '=', 0).where('settled_at', 'is not', null).limit(MOST_DUE).execute()
      return found.map(({ submission_id: id }) => id)
    },
    async recorded(submissionId) {
      await change(submissionId, (row) => ({ recorded: 1, ...(isKept(row) ? {} : { sealed: null }) }))
    },
    async unsettled() {
      const found = await rows().where('state', 'in', UNSETTLED).orderBy('confirmed_at').limit(MOST_SHOWN).execute()
      return found.map(entryOf)
    },
    async settleByHand(submissionId, state, now) {
      const row = await change(submissionId, (before) =>
        before.needs_person === 0 ? undefined : { ...settled(now), state, open_attempts: 0, needs_person: 0 },
      )
      return row && entryOf(row)
    },
    async forget(settledBefore) {
      const { numUpdatedRows } = await kysely
        .updateTable('dispensing_submission')
        .set({ sealed: null })
        .where('node', '=', node)
        .where('recorded', '=', 1)
        .where('settled_at', '<', settledBefore.toISOString())
        .where('sealed', 'is not', null)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },
  }
}
