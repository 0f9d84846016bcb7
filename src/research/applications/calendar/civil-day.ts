/** Days of the calendar as ISO text (`2029-03-31`), without hours and zones: what deadlines are counted in. */

/** ISO 8601 day. */
export type Day = string

const DAY_MS = 86_400_000

/** True for a day that exists: `2029-02-30` does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

export function addDays(day: Day, days: number): Day {
  return dayAt(timeOf(day) + days * DAY_MS)
}

/** The same date some months later or earlier, or the last day of that month when it has no such date. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const index = year * 12 + (month - 1) + months
  const targetYear = Math.floor(index / 12)
  const targetMonth = index - targetYear * 12 + 1
  return dayOf(targetYear, targetMonth, Math.min(date, lengthOfMonth(targetYear, targetMonth)))
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((timeOf(to) - timeOf(from)) / DAY_MS)
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(day: Day): number {
  return new Date(timeOf(day)).getUTCDay()
}

export function dayOf(year: number, month: number, date: number): Day {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The day on which a moment falls where the body sits: 23:30 UTC is tomorrow in Athens. */
export function localDay(moment: string, timeZone: string): Day {
  let format = formats.get(timeZone)
  if (!format) {
    // Written as ISO by the Swedish locale.
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(new Date(moment))
}

function lengthOfMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function timeOf(day: Day): number {
  return Date.parse(`${day}T00:00:00Z`)
}

function dayAt(time: number): Day {
  return new Date(time).toISOString().slice(0, 10)
}
