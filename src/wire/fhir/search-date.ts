/** Dates in searches: a prefix and an instant or a period of a day, a month, a year (FHIR R4 §3.1.1.4.8). */

export type DatePrefix = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sa' | 'eb'

export interface DateCriterion {
  readonly prefix: DatePrefix
  /** Milliseconds since 1970: first of the period, and first after it. */
  readonly from: number
  readonly to: number
}

const CRITERION = /^(eq|ne|gt|ge|lt|le|sa|eb)?(\d{4}.*)$/
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/

/** `ge2025-01-01` → its prefix and period; undefined when it is not a date. */
export function readDateCriterion(value: string): DateCriterion | undefined {
  const [, prefix, date = ''] = CRITERION.exec(value) ?? []
  const period = periodOf(date)
  return period ? { prefix: (prefix ?? 'eq') as DatePrefix, ...period } : undefined
}

/** The period that a FHIR date or dateTime covers; dates without a zone are taken as UTC. */
export function periodOf(date: string): { readonly from: number; readonly to: number } | undefined {
  const parts = DATE.exec(date)
  if (parts) {
    const [, year, month, day] = parts.map((part) => (part === undefined ? undefined : Number(part)))
    if (year === undefined) return undefined
    const from = Date.UTC(year, (month ?? 1) - 1, day ?? 1)
    // 31 February would silently become 3 March.
    if (new Date(from).toISOString().slice(0, date.length) !== date) return undefined
    if (day !== undefined) return { from, to: Date.UTC(year, (month ?? 1) - 1, day + 1) }
    if (month !== undefined) return { from, to: Date.UTC(year, month, 1) }
    return { from, to: Date.UTC(year + 1, 0, 1) }
  }
  const zoned = INSTANT.exec(date)
  if (!zoned) return undefined
  const from = Date.parse(zoned[3] === undefined ? `${date}Z` : date)
  const length = zoned[1] === undefined ? 60_000 : zoned[2] === undefined ? 1000 : 1
  return Number.isNaN(from) ? undefined : { from, to: from + length }
}

/** True when the date of a resource satisfies the criterion. A resource without a readable date satisfies none. */
export function dateMatches({ prefix, from, to }: DateCriterion, date: string): boolean {
  const period = periodOf(date)
  if (!period) return false
  switch (prefix) {
    case 'eq':
      return period.from >= from && period.to <= to
    case 'ne':
      return !(period.from >= from && period.to <= to)
    case 'gt':
      return period.to > to
    case 'ge':
      return period.to > from
    case 'lt':
      return period.from < from
    case 'le':
      return period.from < to
    case 'sa':
      return period.from >= to
    case 'eb':
      return period.to <= from
  }
}
