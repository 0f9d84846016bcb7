/** From when to when a permit holds: whole days where the body sits. */

import { addDays } from '#research/applications/calendar/civil-day.ts'
import type { Calendar } from '#research/applications/calendar/holidays.ts'

const HOUR_MS = 3_600_000

/** The moment at which a day begins there, ISO 8601. */
export function beginningOf(day: string, calendar: Pick<Calendar, 'dayOf'>): string {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Europe lies between one hour behind and three hours before UTC; summer time moves it by whole hours.
  for (let hours = -14; hours <= 14; hours += 1) {
    const moment = new Date(midnight + hours * HOUR_MS).toISOString()
    if (calendar.dayOf(moment) === day) return moment
  }
  return new Date(midnight).toISOString()
}

/** The moment after the last one of a day. */
export function endOf(day: string, calendar: Pick<Calendar, 'dayOf'>): string {
  return beginningOf(addDays(day, 1), calendar)
}

/** The day before the same day so many months later, as a proposal: 24 months from 1 June end on 31 May. */
export function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  const same = new Date(Date.UTC(year, month - 1 + months, Math.min(date, last)))
  return addDays(same.toISOString().slice(0, 10), -1)
}
