/** Rows of the outbox: how one is made, what an answer changes in it, and what is told of it. Pure. */
import type { CareProblemCode } from '../context/care-context.ts'
import type { OutboxEntry } from './dispensing.ts'
import type { OutboxTables } from './migrations.ts'
import type { NewSubmission } from './outbox.ts'
import { type Answer, answered, begun, isSettled, pauseAfter, type Standing } from './submission-state.ts'

type Row = OutboxTables['dispensing_submission']

/** The row while an attempt holds it; undefined when it is settled, waits for a person, or is held by another. */
export function held(row: Row, lease: string, now: Date, leaseMs: number): Partial<Row> | undefined {
  const isFree = row.lease_until === null || row.lease_until <= now.toISOString()
  const before = standingOf(row)
  if (!isFree || isSettled(before) || before.needsPerson) return undefined
  const { state, attempts, open } = begun(before)
  return {
    state,
    attempts,
    open_attempts: open,
    lease,
    lease_until: later(now, leaseMs),
    last_tried_at: now.toISOString(),
  }
}

function standingOf(row: Row): Standing {
  return {
    state: row.state,
    attempts: row.attempts,
    open: row.open_attempts,
    needsPerson: row.needs_person === 1,
  }
}

/** The row after an answer. */
export function learned(
  row: Row,
  lease: string,
  answer: Answer,
  now: Date,
  code: CareProblemCode | undefined,
  pauseMs?: number,
): Partial<Row> {
  const before = standingOf(row)
  const after = answered(before, answer)
  const isOver = isSettled(after) && after.state !== before.state
  return {
    state: after.state,
    open_attempts: after.open,
    needs_person: after.needsPerson ? 1 : 0,
    code: after.state === 'accepted' ? null : isSettled(before) ? row.code : (code ?? row.code),
    next_try_at: later(now, pauseAfter(row.attempts, pauseMs)),
    ...(row.lease === lease ? { lease: null, lease_until: null } : {}),
    ...(isOver ? settled(now) : {}),
  }
}

/** The ledger follows; what was sent stays until it has it. */
export function settled(now: Date): Partial<Row> {
  return { settled_at: now.toISOString(), recorded: 0 }
}

/** A discard sends the dispensation once more, so the document of one that counts stays for a while. */
export function isKept({ kind, state, discarded_at }: Row): boolean {
  return kind === 'dispensation' && state === 'accepted' && discarded_at === null
}

export function rowOf(submission: NewSubmission, node: string, sealed: string, leaseMs: number): Row {
  const { submissionId, confirmation, kind, dispensationId, country, wire, prescriptionId, confirmedAt } = submission
  return {
    node,
    submission_id: submissionId,
    confirmation,
    kind,
    dispensation_id: dispensationId,
    country,
    wire,
    prescription_id: prescriptionId,
    prescription_number: submission.prescriptionNumber ?? null,
    state: 'sending',
    code: null,
    attempts: 0,
    open_attempts: 0,
    needs_person: 0,
    confirmed_at: confirmedAt.toISOString(),
    last_tried_at: null,
    // Who confirmed sends at once; only if he is cut off is it taken up by others.
    next_try_at: later(confirmedAt, leaseMs),
    settled_at: null,
    discarded_at: null,
    professional: submission.professional,
    organisation: submission.organisation,
    lease: null,
    lease_until: null,
    recorded: 0,
    sealed,
    revision: 0,
  }
}

export function entryOf(row: Row): OutboxEntry {
  return {
    submissionId: row.submission_id,
    kind: row.kind,
    dispensationId: row.dispensation_id,
    country: row.country,
    prescriptionId: row.prescription_id,
    ...(row.prescription_number === null ? {} : { prescriptionNumber: row.prescription_number }),
    state: row.state,
    ...(row.code === null ? {} : { code: row.code as CareProblemCode }),
    attempts: row.attempts,
    confirmedAt: row.confirmed_at,
    ...(row.last_tried_at === null ? {} : { lastTriedAt: row.last_tried_at }),
    ...(row.settled_at === null ? {} : { settledAt: row.settled_at }),
    professional: row.professional,
    organisation: row.organisation,
    ...(row.discarded_at === null ? {} : { discardedAt: row.discarded_at }),
    ...(row.needs_person === 1 ? { needsPerson: true as const } : {}),
  }
}

export function later(moment: Date, milliseconds: number): string {
  return new Date(moment.getTime() + milliseconds).toISOString()
}
