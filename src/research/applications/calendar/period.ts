/**
 * How the Union counts time: Regulation (EEC, Euratom) No 1182/71, Art. 2 and 3. One function for periods that run
 * forward from an event, one for those counted back from a date.
 */
import { addDays, addMonths, type Day, weekday } from './civil-day.ts'
import type { Calendar } from './holidays.ts'

/** Exactly one unit; the months of an extension add to those of its period. */
export type Period =
  | { readonly days: number }
  | { readonly weeks: number }
  | { readonly months: number }
  | { readonly years: number }
  | { readonly workingDays: number }

export type WorkingDays = Pick<Calendar, 'isWorkingDay'>

/**
 * The last day of a period that runs from an event; it ends with the last hour of that day.
 * Art. 3(1): the day of the event is not counted. Art. 3(2)(c): weeks, months and years end on the same day of the week
 * or the same date, or the last day of the month that lacks it. Art. 3(4): a last day that is no working day moves to the
 * next one. Art. 3(5): two days or more include at least two working days.
 */
export function endOfPeriod(event: Day, period: Period, calendar: WorkingDays): Day {
  if ('workingDays' in period) return addWorkingDays(event, period.workingDays, calendar)
  const last = nominalEnd(event, period)
  // A period of one day has no first day beside its last (Art. 3(5) speaks of two days or more).
  if (last <= addDays(event, 1)) return nextWorkingDay(last, calendar)
  return latest(nextWorkingDay(last, calendar), addWorkingDays(event, 2, calendar))
}

/**
 * The latest day for an act that must be done some time before a date. Art. 3(4), second subparagraph: a period counted
 * back does not move when it meets a holiday.
 */
export function backFrom(date: Day, period: { readonly months: number } | { readonly days: number }): Day {
  return 'months' in period ? addMonths(date, -period.months) : addDays(date, -period.days)
}

/** Where a limit lies that nobody may exceed, such as ten years of a permit: it is not lengthened by a holiday. */
export function limitOf(event: Day, period: Exclude<Period, { readonly workingDays: number }>): Day {
  return nominalEnd(event, period)
}

/** The day itself, or the first working day after it. */
export function nextWorkingDay(day: Day, calendar: WorkingDays): Day {
  let next = day
  while (!calendar.isWorkingDay(next)) next = addDays(next, 1)
  return next
}

function nominalEnd(event: Day, period: Exclude<Period, { readonly workingDays: number }>): Day {
  if ('days' in period) return addDays(event, period.days)
  if ('weeks' in period) return addDays(event, 7 * period.weeks)
  if ('months' in period) return addMonths(event, period.months)
  return addMonths(event, 12 * period.years)
}

/** Art. 3(3): only working days count when the period is expressed in them. */
function addWorkingDays(event: Day, days: number, calendar: WorkingDays): Day {
  let day = event
  for (let left = days; left > 0; ) {
    day = addDays(day, 1)
    if (calendar.isWorkingDay(day)) left -= 1
  }
  return day
}

function latest(a: Day, b: Day): Day {
  return a > b ? a : b
}

/** Every day is a working day but Saturday and Sunday: for tests and for places without a calendar of their own. */
export const WEEKDAYS: WorkingDays = { isWorkingDay: (day) => weekday(day) !== 0 && weekday(day) !== 6 }
