/** Times of FHIR → days and times of OMOP. A time without a day of its own (`2019`, `2019-03`) is its first day, or its last. */
import { type Node, node, text } from '#documents/fhir/node.ts'

export interface Day {
  /** ISO 8601 day. */
  readonly date: string
  /** Local time as written, without zone; absent when the source names none. */
  readonly datetime?: string
  /** False when year or month was all that was said. */
  readonly exact: boolean
}

const TIME = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(:\d\d)?.*)?)?)?$/

/** @param edge which day of an inexact time; undefined when it is no time of a calendar */
export function dayOf(value: unknown, edge: 'first' | 'last' = 'first'): Day | undefined {
  const parts = TIME.exec(text(value) ?? '')
  if (!parts) return undefined
  const [, year = '', month, day, clock, seconds = ':00'] = parts
  const wantedMonth = month ?? (edge === 'first' ? '01' : '12')
  const lastDay = new Date(Date.UTC(Number(year), Number(wantedMonth), 0)).getUTCDate()
  const wantedDay = day ?? (edge === 'first' ? '01' : String(lastDay))
  const monthNumber = Number(wantedMonth)
  if (monthNumber < 1 || monthNumber > 12 || Number(wantedDay) < 1 || Number(wantedDay) > lastDay) return undefined
  const date = `${year}-${wantedMonth}-${wantedDay}`
  return { date, exact: day !== undefined, ...(clock === undefined ? {} : { datetime: `${date} ${clock}${seconds}` }) }
}

export interface Span {
  readonly start?: Day
  readonly end?: Day
}

/** `effectiveDateTime`, `onsetPeriod`, `performedInstant`, …: whatever kind of time an element has. */
export function spanOf(resource: Node, element: string): Span {
  const period = node(resource[`${element}Period`])
  if (period) return spanOfPeriod(period)
  const start =
    dayOf(resource[`${element}DateTime`]) ?? dayOf(resource[`${element}Instant`]) ?? dayOf(resource[`${element}Date`])
  return start === undefined ? {} : { start }
}

export function spanOfPeriod(period: Node | undefined): Span {
  const start = dayOf(period?.start)
  const end = dayOf(period?.end, 'last')
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }
}
