/** Clocks that belong to a body, a dataset or an environment and to no case: Art. 59, 60(3), 73(1)(e). */
import { addDays, addMonths, type Day } from '../calendar/civil-day.ts'
import type { Calendar } from '../calendar/holidays.ts'
import { endOfPeriod } from '../calendar/period.ts'
import { clockRule, type RuleSet } from '../rules/rule-set.ts'
import { deadlineOf } from './deadline.ts'

/** Art. 59(1): every two years, submitted within six months. The period begins when the body began, or ended the last one. */
export function activityReportPeriod(
  rules: RuleSet,
  begins: Day,
  calendar: Calendar,
): { readonly from: Day; readonly to: Day; readonly submitBy: Day } {
  const rule = clockRule(rules, 'activityReport')
  const years = rule.every && 'years' in rule.every ? rule.every.years : 2
  // The last day of the period is the one before the next period begins.
  const next = addMonths(begins, 12 * years)
  const to = addDays(next, -1)
  const length = rule.length === 'immediately' ? { months: 6 } : rule.length
  return { from: begins, to, submitBy: endOfPeriod(to, length, calendar) }
}

/** Art. 60(3): a holder checks its description at least once a year. */
export function descriptionReviewDue(rules: RuleSet, checkedAt: string, calendar: Calendar): Day {
  return deadlineOf(clockRule(rules, 'datasetDescriptionReview'), checkedAt, calendar)
}

/** Art. 73(1)(e): logs are kept at least until this day. */
export function logsKeptUntil(rules: RuleSet, loggedAt: string, calendar: Calendar): Day {
  return deadlineOf(clockRule(rules, 'speAccessLogs'), loggedAt, calendar)
}
