/** Days are whole numbers since 1970-01-01 while a life is generated; ISO text when it is written. */

export type Day = number

const MILLISECONDS = 86_400_000

export function dayOf(iso: string): Day {
  return Math.floor(Date.parse(`${iso}T00:00:00Z`) / MILLISECONDS)
}

const written = new Map<Day, string>()

export function isoOf(day: Day): string {
  let iso = written.get(day)
  if (iso === undefined) {
    iso = new Date(day * MILLISECONDS).toISOString().slice(0, 10)
    written.set(day, iso)
  }
  return iso
}

/** Mean days of a year of the Gregorian calendar. */
export const YEAR = 365.2425
