/** Boards and reminders over the clocks of many cases: pure, for pages and for the nightly run. */
import type { Procedure } from '../procedure.ts'
import { type Clock, type Standing, standingOf } from './clocks.ts'

export interface CaseClock extends Clock {
  readonly caseId: string
  readonly title: string
}

export type BoardRow = Standing & Pick<CaseClock, 'caseId' | 'title'>

/** What is overdue, longest first. */
export function overdueBoard(
  clocks: readonly CaseClock[],
  procedure: Pick<Procedure, 'calendars'>,
  now: string,
): readonly BoardRow[] {
  return clocks
    .map((clock): BoardRow => ({ ...standingOf(clock, procedure, now), caseId: clock.caseId, title: clock.title }))
    .filter(({ standing }) => standing === 'overdue')
    .sort((a, b) => (a.daysLeft ?? 0) - (b.daysLeft ?? 0))
}

export interface Reminder extends BoardRow {
  /** Days before the end at which it is sent: one of `REMINDER_DAYS`; 0 on the last day; -1 the day after. */
  readonly step: number
}

/** Days before the last day on which a reminder is due. */
export const REMINDER_DAYS: readonly number[] = [28, 14, 7, 1, 0, -1]

/** Reminders of today. Asked once a day, each step of each clock comes exactly once. */
export function remindersOf(
  clocks: readonly CaseClock[],
  procedure: Pick<Procedure, 'calendars'>,
  now: string,
): readonly Reminder[] {
  return clocks.flatMap((clock) => {
    const row: BoardRow = { ...standingOf(clock, procedure, now), caseId: clock.caseId, title: clock.title }
    const { daysLeft } = row
    return daysLeft !== undefined && REMINDER_DAYS.includes(daysLeft) ? [{ ...row, step: daysLeft }] : []
  })
}
