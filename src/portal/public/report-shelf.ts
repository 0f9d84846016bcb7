/** Activity reports that were made lately: making one reads every event of every case, and anybody may ask for any period. */
import { calendarOf } from '#research/applications/procedure.ts'
import {
  type ActivityReport,
  activityReport,
  NOTHING_OUTSIDE,
  type ReportPeriod,
} from '#research/applications/register/activity-report.ts'
import { labelsIssued } from '#research/catalogue/label/issued.ts'
import type { PublicPageOptions } from './public-options.ts'

export interface ReportShelf {
  /** At most a minute old. Reports are made one after another. */
  reportFor(period: ReportPeriod): Promise<ActivityReport>
}

const FRESH_MS = 60_000
const MOST_KEPT = 50

interface Kept {
  readonly at: number
  readonly report: Promise<ActivityReport>
}

export function openReportShelf(
  options: Pick<PublicPageOptions, 'procedures' | 'catalogue' | 'register' | 'outside' | 'now'>,
): ReportShelf {
  const { procedures, catalogue, register, outside, now = () => new Date() } = options
  const kept = new Map<string, Kept>()
  let last: Promise<unknown> = Promise.resolve()

  async function make(period: ReportPeriod): Promise<ActivityReport> {
    const { country } = procedures.body
    const numbers = (await outside?.(period)) ?? { ...NOTHING_OUTSIDE, labels: await labelsIssued(catalogue, period) }
    const calendar = calendarOf(procedures, country)
    return activityReport(register.allEvents(), { country, calendar, period, outside: numbers })
  }

  return {
    reportFor(period) {
      const key = `${period.from} ${period.to}`
      const at = now().getTime()
      const known = kept.get(key)
      if (known && at - known.at < FRESH_MS) return known.report
      const report = last.then(() => make(period))
      last = report.catch(() => kept.delete(key))
      kept.delete(key)
      kept.set(key, { at, report })
      const [oldest] = kept.keys()
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
      return report
    },
  }
}
