/** The moment at which somebody said something, from the day on which it was received where the body sits. */
import { isDay } from '#research/applications/calendar/civil-day.ts'
import { calendarOf } from '#research/applications/procedure.ts'
import type { FieldError } from '../ui/components.ts'
import { type BodyVisit, todayOf } from './body-visit.ts'

const QUARTER_MS = 15 * 60_000
/** No zone is further ahead of UTC. */
const FURTHEST_MS = 14 * 3_600_000

/** Now, unless an earlier day is given: then its first moment, so that what was said on that day counts on all of it. */
export function momentSaid(visit: BodyVisit, text: string): { readonly at: string } | { readonly error: FieldError } {
  const { words, options, now } = visit
  const [day, today] = [text.trim(), todayOf(visit)]
  const wrong = (fault: string) => ({ error: { field: 'received', message: words(`access-body.fault.${fault}`) } })
  if (day === '' || day === today) return { at: now.toISOString() }
  if (!isDay(day)) return wrong('no-day')
  if (day > today) return wrong('in-future')
  const calendar = calendarOf(options.procedures, options.country)
  let time = Date.parse(`${day}T00:00:00Z`) - FURTHEST_MS
  while (calendar.dayOf(new Date(time).toISOString()) < day) time += QUARTER_MS
  return { at: new Date(time).toISOString() }
}
