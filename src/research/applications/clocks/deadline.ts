/** The last day of one clock of the rules: the only place where a deadline is computed. */
import type { Day } from '../calendar/civil-day.ts'
import { addDays } from '../calendar/civil-day.ts'
import type { Calendar } from '../calendar/holidays.ts'
import { backFrom, endOfPeriod, limitOf, nextWorkingDay, type Period } from '../calendar/period.ts'
import type { ClockRule } from '../rules/rule-set.ts'

/**
 * @param from the moment of the event, ISO 8601; it falls on a day of the body's place
 * @param extraMonths granted as an extension: period and extension are one period, so a holiday counts once
 */
export function deadlineOf(rule: ClockRule, from: string, calendar: Calendar, extraMonths = 0): Day {
  const event = calendar.dayOf(from)
  if (rule.length === 'immediately') return nextWorkingDay(addDays(event, 1), calendar)
  const period = extended(rule.length, extraMonths)
  if (rule.counting === 'limit') return 'workingDays' in period ? event : limitOf(event, period)
  return endOfPeriod(event, period, calendar)
}

/** The latest day for what must come some time before a moment, such as the evidence for an extension (Art. 68(12)). */
export function latestDayBefore(rule: ClockRule, moment: string, calendar: Calendar): Day {
  return backFrom(calendar.dayOf(moment), rule.extension?.before ?? { days: 0 })
}

/** Months that an extension may add at most; `undefined` when the rule sets no number. */
export function mostExtraMonths(rule: ClockRule): number | undefined {
  const length = rule.extension?.length
  return typeof length === 'object' && 'months' in length ? length.months : undefined
}

function extended(period: Period, extraMonths: number): Period {
  return 'months' in period ? { months: period.months + extraMonths } : period
}
