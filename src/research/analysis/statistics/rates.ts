/** Rates per 1,000 person-years. */

/** Days of a year in person-time, as in OHDSI's incidence analyses. */
export const DAYS_OF_PERSON_YEAR = 365.25

export interface Rate {
  readonly perThousandPersonYears: number
  /** 95 % interval for a count that follows Poisson (Byar's approximation). */
  readonly low: number
  readonly high: number
}

/** Undefined without time at risk. */
export function rateOf(events: number, personDays: number): Rate | undefined {
  if (!(personDays > 0)) return undefined
  const unit = (1000 * DAYS_OF_PERSON_YEAR) / personDays
  return { perThousandPersonYears: events * unit, low: byarLow(events) * unit, high: byarHigh(events) * unit }
}

const NORMAL_95 = 1.959963984540054

function byarLow(events: number): number {
  if (events === 0) return 0
  return events * Math.max(0, 1 - 1 / (9 * events) - NORMAL_95 / (3 * Math.sqrt(events))) ** 3
}

function byarHigh(events: number): number {
  const more = events + 1
  return more * (1 - 1 / (9 * more) + NORMAL_95 / (3 * Math.sqrt(more))) ** 3
}
