/**
 * What became of the measures that an audit of a secure processing environment demanded: a body takes corrective action on
 * what audits find (EHDS Art. 73(3)), and follows it until it is done. Pure. Records are added and never changed; how
 * measures stand is derived from them. Who records is who records audits (`AUDIT_RECORDERS`).
 */
import { type Day, daysBetween, isDay } from '../calendar/civil-day.ts'
import type { EnvironmentAudit } from './environment-audit.ts'

export const FOLLOW_UP_OUTCOMES = ['carried-out', 'extended'] as const
export type FollowUpOutcome = (typeof FOLLOW_UP_OUTCOMES)[number]

export interface NewFollowUp {
  /** The measures were carried out; or they were not, and have another last day. */
  readonly outcome: FollowUpOutcome
  /** On which they were carried out, or their new last day; where the body sits. */
  readonly day: Day
  /** What was done and how that was checked; or why there is more time. */
  readonly words: string
  /** Number of the record that this one corrects: that one no longer counts. */
  readonly replaces?: number
}

/** A record as it stands. */
export interface FollowUp extends NewFollowUp {
  /** Counts from 1 at each audit, through all corrections of the audit. */
  readonly number: number
  /** Number of the record of the audit whose measures it speaks of. */
  readonly audit: number
  /** ISO 8601. */
  readonly recordedAt: string
  /** `system|value`. */
  readonly recordedBy: string
  /** Number of the record that corrects this one. */
  readonly replacedBy?: number
  /** The audit was corrected since and demands something else: this was said of other measures, and does not count. */
  readonly outdated?: true
}

export interface FollowedAudit {
  readonly audit: EnvironmentAudit
  /** In the order of their numbers. */
  readonly followUps: readonly FollowUp[]
}

export type MeasuresState =
  | { readonly kind: 'none' }
  /** `until`: the last day that counts; it ends with its last hour, where the body sits. */
  | { readonly kind: 'open' | 'overdue'; readonly until: Day; readonly daysLeft: number }
  | { readonly kind: 'carried-out'; readonly on: Day; readonly until: Day; readonly inTime: boolean }

/** How the measures of an audit stand on a day, by the records that there are. @param day where the body sits */
export function measuresOn({ audit, followUps }: FollowedAudit, day: Day): MeasuresState {
  const counting = followUps.filter(counts)
  const until = lastDayOf(audit, counting)
  if (until === undefined) return { kind: 'none' }
  const done = counting.find(({ outcome }) => outcome === 'carried-out')
  if (done && done.day <= day) return { kind: 'carried-out', on: done.day, until, inTime: done.day <= until }
  return { kind: until < day ? 'overdue' : 'open', until, daysLeft: daysBetween(day, until) }
}

/** Neither corrected, nor said of measures that are no longer demanded. */
export function counts({ replacedBy, outdated }: FollowUp): boolean {
  return replacedBy === undefined && outdated === undefined
}

/** Every extension is to a later day than the one before it, so the latest counts, whatever was corrected when. */
function lastDayOf({ measures }: EnvironmentAudit, counting: readonly FollowUp[]): Day | undefined {
  if (!measures) return undefined
  const extended = counting.filter(({ outcome }) => outcome === 'extended').map(({ day }) => day)
  return [measures.until, ...extended].sort().at(-1)
}

/** Those whose measures are overdue on a day, longest first. */
export function overdueOn(followed: readonly FollowedAudit[], day: Day): readonly FollowedAudit[] {
  return followed
    .map((one) => ({ one, state: measuresOn(one, day) }))
    .flatMap(({ one, state }) => (state.kind === 'overdue' ? [{ one, until: state.until }] : []))
    .sort((a, b) => (a.until === b.until ? a.one.audit.number - b.one.audit.number : a.until < b.until ? -1 : 1))
    .map(({ one }) => one)
}

/** For the activity report (Art. 59(1)): of how many audits the measures were carried out, or were not when they should have been. */
export interface MeasuresNumbers {
  /** In the period. */
  readonly carriedOut: number
  /** Of these, after their last day. */
  readonly late: number
  /** On the last day of the period, or today when it has not come yet. */
  readonly overdue: number
}

/** By the records that there are when the report is made. @param today where the body sits */
export function measuresNumbers(
  followed: readonly FollowedAudit[],
  { from, to }: { readonly from: Day; readonly to: Day },
  today: Day,
): MeasuresNumbers {
  const last = to < today ? to : today
  const states = followed.map((one) => measuresOn(one, last))
  const done = states.flatMap((state) => (state.kind === 'carried-out' && state.on >= from ? [state] : []))
  return {
    carriedOut: done.length,
    late: done.filter(({ inTime }) => !inTime).length,
    overdue: states.filter(({ kind }) => kind === 'overdue').length,
  }
}

/** What was written, field by field; absent fields count as empty. */
export type FollowUpInput = { readonly [Field in FollowUpField]?: string | undefined }
export const FOLLOW_UP_FIELDS = ['outcome', 'day', 'words'] as const
export type FollowUpField = (typeof FOLLOW_UP_FIELDS)[number]

export interface FollowUpFault {
  readonly field: FollowUpField
  readonly fault: 'missing' | 'too-long' | 'no-day' | 'in-future' | 'before-audit' | 'not-later'
}

/** Characters. */
export const LONGEST_FOLLOW_UP: Readonly<Record<FollowUpField, number>> = { outcome: 20, day: 10, words: 10_000 }

export interface FollowUpContext {
  /** What it is about, with all that was recorded before. */
  readonly followed: FollowedAudit
  /** Number of the record that is corrected. */
  readonly replaces?: number
  /** Where the body sits. */
  readonly today: Day
}

/** The record, or everything that is wrong with it. */
export function readFollowUp(
  input: FollowUpInput,
  context: FollowUpContext,
): NewFollowUp | { readonly faults: readonly FollowUpFault[] } {
  const text = (field: FollowUpField): string => (input[field] ?? '').trim()
  const [day, words] = [text('day'), text('words')]
  const outcome = FOLLOW_UP_OUTCOMES.find((one) => one === text('outcome'))
  const found: Readonly<Record<FollowUpField, FollowUpFault['fault'] | undefined>> = {
    outcome: outcome ? undefined : 'missing',
    day: dayFault(day, outcome, context),
    words: words === '' ? 'missing' : words.length > LONGEST_FOLLOW_UP.words ? 'too-long' : undefined,
  }
  const faults = FOLLOW_UP_FIELDS.flatMap((field): readonly FollowUpFault[] => {
    const fault = found[field]
    return fault ? [{ field, fault }] : []
  })
  if (faults.length > 0 || !outcome) return { faults }
  const { replaces } = context
  return { outcome, day, words, ...(replaces === undefined ? {} : { replaces }) }
}

function dayFault(
  day: string,
  outcome: FollowUpOutcome | undefined,
  { followed, replaces, today }: FollowUpContext,
): FollowUpFault['fault'] | undefined {
  if (day === '') return 'missing'
  if (!isDay(day)) return 'no-day'
  if (outcome === 'carried-out') {
    if (day > today) return 'in-future'
    return day < followed.audit.audited ? 'before-audit' : undefined
  }
  if (outcome === undefined) return undefined
  const others = followed.followUps.filter((one) => counts(one) && one.number !== replaces)
  const before = lastDayOf(followed.audit, others) ?? followed.audit.audited
  // Who takes a record back that was made by mistake leaves the last day as it was without it.
  return day > before || (replaces !== undefined && day === before) ? undefined : 'not-later'
}
