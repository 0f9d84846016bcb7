/** What the language of cohorts names - events, attributes, limits, days, times - in the reader's. */
import type { Messages } from '#platform/i18n/messages.ts'
import type { DomainName, Limit, Period } from '../definition.ts'
import type { Part } from '../walk.ts'

/** Events of a domain in general: drug exposures. */
export function eventsName(domain: DomainName, messages: Messages): string {
  return messages.text(`research.meaning.event.${domain}.many`)
}

export function attributeName(attribute: string, messages: Messages): string {
  return messages.text(`research.meaning.attribute.${attribute}`)
}

export function limitName(limit: Limit, messages: Messages): string {
  return messages.text(`research.meaning.limit.${limit}`)
}

export function partName(part: Part, messages: Messages): string {
  if (part.kind === 'rule') return messages.text('research.meaning.part.rule', { name: part.name })
  return messages.text(`research.meaning.part.${part.kind}`)
}

export function daysWords(days: number, messages: Messages): string {
  return messages.text('research.meaning.days', { count: days })
}

/** 30 days before, the same day, 30 days after: negative days are before. */
export function distanceWords(days: number, messages: Messages): string {
  if (days === 0) return messages.text('research.meaning.same-day')
  if (days < 0) return messages.text('research.meaning.days-before', { count: -days })
  return messages.text('research.meaning.days-after', { count: days })
}

export type Moment = 'event-start' | 'event-end' | 'own-start' | 'own-end' | 'exposure-end'

/** A day before, on or after the moment. */
export function momentWords(days: number, moment: Moment, messages: Messages, name = ''): string {
  if (days === 0) return messages.text(`research.meaning.moment.${moment}.same-day`, { name })
  return messages.text(`research.meaning.moment.${moment}`, { days: distanceWords(days, messages), name })
}

/** Undefined when both ends are open. */
export function spanWords({ start, end }: Period, messages: Messages): string | undefined {
  const { date } = messages.formats
  if (start !== undefined && end !== undefined)
    return messages.text('research.meaning.span.both', { start: date(start), end: date(end) })
  if (start !== undefined) return messages.text('research.meaning.span.from', { start: date(start) })
  return end === undefined ? undefined : messages.text('research.meaning.span.to', { end: date(end) })
}
