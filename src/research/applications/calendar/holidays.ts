/**
 * Public holidays of the place where action is to be taken (Reg. 1182/71 Art. 2(1)), computed for any year from
 * `data/research/holidays/<country>.json`. Days that a government moves for one year only are in the data as well.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { addDays, type Day, dayOf, isDay, localDay, weekday } from './civil-day.ts'
import { easter, orthodoxEaster } from './easter.ts'

const DayText = z.string().refine(isDay, 'A day like 2029-03-31 is needed.')

const HolidayFile = z.object({
  country: z.string().regex(/^[A-Z]{2}$/),
  timeZone: z.string().refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone), 'An unknown time zone.'),
  source: z.string().min(1),
  fixed: z.array(z.object({ month: z.int().min(1).max(12), day: z.int().min(1).max(31), name: z.string() })),
  /** Days before (negative) or after Easter Sunday. */
  easter: z.array(z.object({ offset: z.int(), name: z.string() })),
  reckoning: z.enum(['western', 'orthodox']),
  /** Of one year only. */
  added: z.array(z.object({ on: DayText, name: z.string() })).default([]),
  removed: z.array(DayText).default([]),
})

type HolidayFile = z.infer<typeof HolidayFile>

/** The calendar of one Member State, or of the Union's institutions (`EU`). */
export interface Calendar {
  readonly country: string
  readonly timeZone: string
  isHoliday(day: Day): boolean
  /** Neither Saturday, Sunday nor public holiday (Reg. 1182/71 Art. 2(2)). */
  isWorkingDay(day: Day): boolean
  /** The day on which a moment falls there. */
  dayOf(moment: string): Day
  /** In order. */
  holidaysOf(year: number): readonly { readonly on: Day; readonly name: string }[]
}

export type HolidayProblemCode = 'holidays-unreadable'

/** Country → calendar. */
export type Calendars = ReadonlyMap<string, Calendar>

/** Reads every calendar of a folder. */
export async function readCalendars(folder: string): Promise<Result<Calendars, HolidayProblemCode>> {
  const calendars = new Map<string, Calendar>()
  let names: readonly string[]
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
  } catch {
    return unreadable('The folder of public holidays is missing.', folder)
  }
  for (const name of names) {
    const file = join(folder, name)
    let json: unknown
    try {
      json = JSON.parse(await readFile(file, 'utf8'))
    } catch {
      return unreadable('The file of public holidays is not JSON.', file)
    }
    const calendar = readCalendar(json, file)
    if (!calendar.ok) return calendar
    calendars.set(calendar.value.country, calendar.value)
  }
  return ok(calendars)
}

/** Of a place whose holidays are not in the data: Saturdays and Sundays only, in the time of Brussels. */
const PLAIN: Calendar = calendarOf({
  country: 'EU',
  timeZone: 'Europe/Brussels',
  source: 'none',
  reckoning: 'western',
  fixed: [],
  easter: [],
  added: [],
  removed: [],
})

/** The calendar of a country, or one without holidays: its deadlines are then never later than the law's. */
export function calendarFor(calendars: Calendars, country: string): Calendar {
  return calendars.get(country) ?? PLAIN
}

export function readCalendar(json: unknown, file = 'holidays'): Result<Calendar, HolidayProblemCode> {
  const parsed = HolidayFile.safeParse(json)
  if (parsed.success) return ok(calendarOf(parsed.data))
  const [issue] = parsed.error.issues
  return unreadable('The file of public holidays is not as expected.', file, issue?.path.join('.'))
}

function calendarOf(file: HolidayFile): Calendar {
  const years = new Map<number, ReadonlyMap<Day, string>>()
  const ofYear = (year: number): ReadonlyMap<Day, string> => {
    let days = years.get(year)
    if (!days) {
      days = computeYear(file, year)
      years.set(year, days)
    }
    return days
  }
  const isHoliday = (day: Day): boolean => ofYear(Number(day.slice(0, 4))).has(day)
  return {
    country: file.country,
    timeZone: file.timeZone,
    isHoliday,
    isWorkingDay: (day) => weekday(day) !== 0 && weekday(day) !== 6 && !isHoliday(day),
    dayOf: (moment) => localDay(moment, file.timeZone),
    holidaysOf: (year) => [...ofYear(year)].map(([on, name]) => ({ on, name })).sort((a, b) => (a.on < b.on ? -1 : 1)),
  }
}

function computeYear(file: HolidayFile, year: number): ReadonlyMap<Day, string> {
  const sunday = file.reckoning === 'orthodox' ? orthodoxEaster(year) : easter(year)
  const days = new Map<Day, string>()
  for (const { month, day, name } of file.fixed) {
    const on = dayOf(year, month, day)
    if (isDay(on)) days.set(on, name)
  }
  for (const { offset, name } of file.easter) days.set(addDays(sunday, offset), name)
  for (const day of file.removed) days.delete(day)
  for (const { on, name } of file.added) if (on.startsWith(`${year}-`)) days.set(on, name)
  return days
}

function unreadable(sentence: string, file: string, path?: string): Result<never, HolidayProblemCode> {
  const place = { file, ...(path ? { path } : {}) }
  return failed('holidays-unreadable', sentence, 'Correct the file in data/research/holidays.', place)
}
