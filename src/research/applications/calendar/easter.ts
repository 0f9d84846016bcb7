/** The Sundays of Easter, West and East, as days of the Gregorian calendar. */
import { addDays, type Day, dayOf } from './civil-day.ts'

/** Gregorian Easter by the anonymous algorithm that J. Meeus gives in Astronomical Algorithms, chapter 8. */
export function easter(year: number): Day {
  const a = year % 19
  const century = Math.floor(year / 100)
  const c = year % 100
  const leapCenturies = Math.floor(century / 4)
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3)
  const moon = (19 * a + century - leapCenturies - correction + 15) % 30
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(c / 4) - moon - (c % 4)) % 7
  const late = Math.floor((a + 11 * moon + 22 * toSunday) / 451)
  const sum = moon + toSunday - 7 * late + 114
  return dayOf(year, Math.floor(sum / 31), (sum % 31) + 1)
}

/** Julian Easter, shifted to the Gregorian calendar by the days the Julian one is behind in that century. */
export function orthodoxEaster(year: number): Day {
  const a = year % 19
  const moon = (19 * a + 15) % 30
  const toSunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
  const sum = moon + toSunday + 114
  const julian = dayOf(year, Math.floor(sum / 31), (sum % 31) + 1)
  const behind = Math.floor(year / 100) - Math.floor(year / 400) - 2
  return addDays(julian, behind)
}
