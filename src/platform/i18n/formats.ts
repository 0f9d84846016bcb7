/**
 * Dates, numbers and ages as a reader writes them. Source values keep their precision: a date of 2019-07 stays a
 * month, `5.50` keeps its zero, and a time stays in the zone in which it was written. The conventions are asked of
 * Intl once per language; formatting itself is string work, because a summary has thousands of values.
 */
export interface Formats {
  readonly language: string
  /** A FHIR date, dateTime or instant (`2019`, `2019-07`, `2019-07-03T10:00:00+02:00`) in the reader's order; anything else comes back unchanged. */
  date(iso: string): string
  /** A decimal in the reader's separators, with exactly the digits given. */
  number(value: number | string): string
  /** The language's own name for a language, e.g. `portugais` for `pt` in French; undefined when Intl knows none. */
  languageName(tag: string): string | undefined
  /** Name of an ISO 3166-1 alpha-2 country, e.g. `Portugal`; undefined when Intl knows none. */
  countryName(code: string): string | undefined
  /** `a, b et c`. */
  list(items: readonly string[]): string
}

export interface Age {
  readonly unit: 'years' | 'months' | 'days'
  readonly count: number
}

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?$/

/** Languages whose usual numeric separator is set by the house, not by Intl: one look for medical pages (03.11.2026). */
const SEPARATOR: Readonly<Record<string, string>> = { fr: '.' }

/** Whether a string is a FHIR date, partial date, dateTime or instant. */
export function isFhirDate(text: string): boolean {
  const first = text.charCodeAt(0)
  return first >= 48 && first <= 57 && text.length >= 4 && DATE.test(text)
}

interface DatePattern {
  /** Order of the parts, e.g. day, month, year. */
  readonly order: readonly ('day' | 'month' | 'year')[]
  readonly separator: string
  /** Names instead of numbers, for English, whose readers disagree on the order of numbers. */
  readonly months?: readonly string[]
}

function datePattern(language: string): DatePattern {
  const base = language.split('-')[0] ?? language
  if (base === 'en') {
    const format = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' })
    const months = Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2020, month, 1)).slice(0, 3))
    return { order: ['day', 'month', 'year'], separator: ' ', months }
  }
  const parts = new Intl.DateTimeFormat(language, {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: 'UTC',
  }).formatToParts(Date.UTC(2026, 10, 3))
  const order = parts.flatMap(({ type }) => (type === 'day' || type === 'month' || type === 'year' ? [type] : []))
  const literal = parts.find(({ type }) => type === 'literal')?.value.replace(/[^./-]/gu, '') || '.'
  return { order, separator: SEPARATOR[base] ?? literal.charAt(0) }
}

function dateFormatter(pattern: DatePattern): (iso: string) => string {
  const known = new Map<string, string>()
  const { order, separator, months } = pattern
  const format = (iso: string): string => {
    const match = DATE.exec(iso)
    if (!match) return iso
    const [, year = '', month, day, time] = match
    if (!month) return year
    const parts = { day, month: months?.[Number(month) - 1] ?? month, year }
    let text = ''
    for (const part of order) {
      const value = parts[part]
      if (value) text += text ? separator + value : value
    }
    return time ? `${text} ${time}` : text
  }
  return (iso) => {
    const cached = known.get(iso)
    if (cached !== undefined) return cached
    const text = format(iso)
    if (known.size > 5000) known.clear()
    known.set(iso, text)
    return text
  }
}

function numberFormatter(language: string): (value: number | string) => string {
  const parts = new Intl.NumberFormat(language, { useGrouping: true }).formatToParts(1234567.5)
  const decimal = parts.find(({ type }) => type === 'decimal')?.value ?? '.'
  // A narrow space, never a point or a comma: 150.000 and 150,000 are read as 150 by somebody (ISO 80000-1, 7.3.1).
  const group = '\u202f'
  return (value) => {
    const text = typeof value === 'number' ? String(value) : value
    const point = text.indexOf('.')
    const whole = point < 0 ? text : text.slice(0, point)
    const grouped = whole.length > 4 && /^-?\d{5,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole
    return point < 0 ? grouped : grouped + decimal + text.slice(point + 1)
  }
}

/** Formats for one language (BCP-47). Opening costs a millisecond; keep it. */
export function openFormats(language: string): Formats {
  const languages = new Intl.DisplayNames([language, 'en'], { type: 'language', fallback: 'none' })
  const regions = new Intl.DisplayNames([language, 'en'], { type: 'region', fallback: 'none' })
  const list = new Intl.ListFormat(language, { type: 'conjunction' })
  const named = (names: Intl.DisplayNames): ((code: string) => string | undefined) => {
    const known = new Map<string, string | undefined>()
    return (code) => {
      if (known.has(code)) return known.get(code)
      let name: string | undefined
      try {
        name = names.of(code)
      } catch {
        // Not a code that Intl can parse: there is no name for it.
      }
      if (known.size < 1000) known.set(code, name)
      return name
    }
  }
  const languageOf = named(languages)
  const regionOf = named(regions)
  return {
    language,
    date: dateFormatter(datePattern(language)),
    number: numberFormatter(language),
    languageName: (tag) => (tag === 'und' ? undefined : languageOf(tag.replace('_', '-'))),
    countryName: (code) => (/^[A-Za-z]{2}$/.test(code) ? regionOf(code.toUpperCase()) : undefined),
    list: (items) => list.format(items),
  }
}

/**
 * Age at `now` of a person born on a FHIR date: years from two years on, months from one month on, else days.
 * A partial date of birth gives years only, and undefined when that could be wrong by more than a year.
 */
export function ageAt(birthDate: string, now: Date): Age | undefined {
  const match = DATE.exec(birthDate)
  if (!match) return undefined
  const year = Number(match[1])
  const month = match[2] ? Number(match[2]) : undefined
  const day = match[3] ? Number(match[3]) : undefined
  if (month === undefined || day === undefined) return undefined
  const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day)
  const years = now.getFullYear() - year - (before ? 1 : 0)
  if (years < 0) return undefined
  if (years >= 2) return { unit: 'years', count: years }
  const months = (now.getFullYear() - year) * 12 + now.getMonth() + 1 - month - (now.getDate() < day ? 1 : 0)
  if (months >= 1) return { unit: 'months', count: months }
  const days = Math.floor((now.getTime() - new Date(year, month - 1, day).getTime()) / 86_400_000)
  return days < 0 ? undefined : { unit: 'days', count: days }
}
