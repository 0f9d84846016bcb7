/**
 * Every dispensation and discard that another country submitted, with what became of it: the reason why a submission counts
 * once, however often it comes and wherever this node stops. One row for each submission id of a country:
 * received (durable, nothing national happened) → handed (the national side may have it) → accepted or refused (for ever).
 */
import type { Database } from '#platform/database/database.ts'
import { isUniqueViolation } from '#platform/database/problems.ts'

export type DispensingTables = {
  received_submission: {
    country: string
    submission_id: string
    kind: 'dispensation' | 'discard'
    digest: string
    dispensation_id: string
    prescription_id: string
    patient: string
    organisation: string
    received: string
    state: JournalState
    attempts: number
    settled: string | null
    code: string | null
    sentence: string | null
    next: string | null
    status: number | null
    /** What is to be handed to the national side; gone once it is settled, as it holds clinical data. */
    work: string | null
  }
}

export type JournalState = 'received' | 'handed' | 'accepted' | 'refused'

export interface SubmissionKey {
  /** Country that submitted. */
  readonly country: string
  readonly submissionId: string
}

export interface NewSubmission extends SubmissionKey {
  readonly kind: 'dispensation' | 'discard'
  /** Of everything that the submission says: the same id with another body is told apart. */
  readonly digest: string
  readonly dispensationId: string
  readonly prescriptionId: string
  /** The identifier that the patient's documents are kept under. */
  readonly patient: string
  /** `system|value` of the pharmacy. */
  readonly organisation: string
  /** ISO 8601. */
  readonly received: string
}

/** The first answer, kept to be given again. */
export type Settlement =
  | { readonly state: 'accepted' }
  | {
      readonly state: 'refused'
      readonly status: number
      readonly code: string
      readonly sentence: string
      readonly next: string
    }

export interface JournalEntry extends NewSubmission {
  /** Undefined while it is not settled. */
  readonly settlement: Settlement | undefined
  readonly attempts: number
  /** JSON of what is to be done; undefined once it is settled. */
  readonly work: string | undefined
}

export interface DispensingJournal {
  find(key: SubmissionKey): Promise<JournalEntry | undefined>
  /** Durable when it resolves. `first` is false when the id was known: then the entry is the one that was there. */
  open(
    submission: NewSubmission,
    content: { readonly work: string } | { readonly settlement: Settlement },
  ): Promise<{ readonly entry: JournalEntry; readonly first: boolean }>
  /** Written before the national side is asked. */
  handing(key: SubmissionKey): Promise<void>
  /** The first settlement stays; whoever comes later learns what it was. */
  settle(key: SubmissionKey, settlement: Settlement, at: string): Promise<JournalEntry | undefined>
  /** The accepted dispensation of that id which this country submitted, and whether it was taken back. */
  accepted(
    country: string,
    dispensationId: string,
  ): Promise<{ readonly dispensation: JournalEntry; readonly discarded: boolean } | undefined>
  /** What this node, or another replica, began and did not end; oldest first. */
  unfinished(): Promise<readonly JournalEntry[]>
}

/** Needs `receivedSubmissionMigrations`. */
export function openDispensingJournal(database: Database): DispensingJournal {
  const kysely = database.kysely.$extendTables<DispensingTables>()

  const find = async ({ country, submissionId }: SubmissionKey): Promise<JournalEntry | undefined> => {
    const row = await kysely
      .selectFrom('received_submission')
      .selectAll()
      .where('country', '=', country)
      .where('submission_id', '=', submissionId)
      .executeTakeFirst()
    return row && entryOf(row)
  }

  return {
    find,
    async open(submission, content) {
      const row = rowOf(submission, content)
      try {
        await kysely.insertInto('received_submission').values(row).execute()
        return { entry: entryOf(row), first: true }
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        const entry = await find(submission)
        if (!entry) throw error
        return { entry, first: false }
      }
    },
    async handing({ country, submissionId }) {
      await kysely
        .updateTable('received_submission')
        .set(({ eb }) => ({ state: 'handed', attempts: eb('attempts', '+', 1) }))
        .where('country', '=', country)
        .where('submission_id', '=', submissionId)
        .where('settled', 'is', null)
        .execute()
    },
    async settle(key, settlement, at) {
      await kysely
        .updateTable('received_submission')
        .set({ ...settlementColumns(settlement), settled: at, work: null })
        .where('country', '=', key.country)
        .where('submission_id', '=', key.submissionId)
        .where('settled', 'is', null)
        .execute()
      return find(key)
    },
    async accepted(country, dispensationId) {
      const rows = await kysely
        .selectFrom('received_submission')
        .selectAll()
        .where('country', '=', country)
        .where('dispensation_id', '=', dispensationId)
        .where('state', '=', 'accepted')
        .execute()
      const dispensation = rows.find(({ kind }) => kind === 'dispensation')
      return (
        dispensation && {
          dispensation: entryOf(dispensation),
          discarded: rows.some(({ kind }) => kind === 'discard'),
        }
      )
    },
    async unfinished() {
      const rows = await kysely
        .selectFrom('received_submission')
        .selectAll()
        .where('settled', 'is', null)
        .orderBy('received')
        .execute()
      return rows.map(entryOf)
    },
  }
}

type Row = DispensingTables['received_submission']

function rowOf(
  submission: NewSubmission,
  content: { readonly work: string } | { readonly settlement: Settlement },
): Row {
  const settled = 'settlement' in content
  return {
    country: submission.country,
    submission_id: submission.submissionId,
    kind: submission.kind,
    digest: submission.digest,
    dispensation_id: submission.dispensationId,
    prescription_id: submission.prescriptionId,
    patient: submission.patient,
    organisation: submission.organisation,
    received: submission.received,
    attempts: 0,
    work: settled ? null : content.work,
    settled: settled ? submission.received : null,
    ...(settled
      ? settlementColumns(content.settlement)
      : { state: 'received' as const, code: null, sentence: null, next: null, status: null }),
  }
}

function settlementColumns(settlement: Settlement): Pick<Row, 'state' | 'code' | 'sentence' | 'next' | 'status'> {
  if (settlement.state === 'accepted')
    return { state: 'accepted', code: null, sentence: null, next: null, status: null }
  const { state, code, sentence, next, status } = settlement
  return { state, code, sentence, next, status }
}

function entryOf(row: Row): JournalEntry {
  return {
    country: row.country,
    submissionId: row.submission_id,
    kind: row.kind,
    digest: row.digest,
    dispensationId: row.dispensation_id,
    prescriptionId: row.prescription_id,
    patient: row.patient,
    organisation: row.organisation,
    received: row.received,
    attempts: row.attempts,
    work: row.work ?? undefined,
    settlement: settlementOf(row),
  }
}

function settlementOf({ state, code, sentence, next, status }: Row): Settlement | undefined {
  if (state === 'accepted') return { state }
  if (state !== 'refused') return undefined
  return { state, status: status ?? 403, code: code ?? 'ERROR_ED_GENERIC', sentence: sentence ?? '', next: next ?? '' }
}
