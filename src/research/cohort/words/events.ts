/** Events, how often they must occur, and in which windows. */
import type { Messages, Phrase } from '#platform/i18n/messages.ts'
import type { Window, WindowBound } from '../definition.ts'
import type { EventsParameters, OccursParameters } from '../description/statement.ts'
import { distanceWords } from './names.ts'

/** A drug exposure of “Metformin”. */
export function eventWords({ domain, first, concepts }: EventsParameters, messages: Messages): Phrase {
  const event = first
    ? messages.phrase(`research.meaning.event.${domain}.first`)
    : messages.phrase(`research.meaning.event.${domain}.one`)
  return ofConcepts(event, concepts, messages)
}

/** At least 2 drug exposures of “Metformin”, starting between ... */
export function occursWords(occurs: OccursParameters, messages: Messages): Phrase {
  const { domain, first, concepts, type, count, distinct, windows, restrictVisit, ignoreObservationPeriod } = occurs
  const events = messages.text(`research.meaning.event.${domain}.number`, { count })
  const often = messages.phrase(`research.meaning.times.${type}`, { events })
  const { text, language } = ofConcepts(often, concepts, messages)
  const clauses = [
    text,
    ...(first ? [messages.text('research.meaning.only-first')] : []),
    ...(distinct === undefined ? [] : [messages.text(`research.meaning.counted.${distinct}`)]),
    ...windows.map((window) => windowWords(window, messages)),
    ...(restrictVisit ? [messages.text('research.meaning.same-visit')] : []),
    ...(ignoreObservationPeriod ? [messages.text('research.meaning.outside-observation')] : []),
  ]
  return { text: clauses.join(', '), language }
}

function ofConcepts(events: Phrase, concepts: EventsParameters['concepts'], messages: Messages): Phrase {
  if (concepts === 'none') return events
  if (concepts === 'any') return messages.phrase('research.meaning.of-any', { events: events.text })
  return messages.phrase('research.meaning.of-set', { events: events.text, name: concepts.set })
}

function windowWords({ start, end, around, event }: Window, messages: Messages): string {
  const anchor = messages.text(`research.meaning.anchor.${around}`)
  const [from, to] = [start, end].map((bound) => boundWords(bound, messages))
  const shape = windowShape(start, end)
  return messages.text(`research.meaning.window.${event}.${shape}`, { anchor, from: from ?? '', to: to ?? '' })
}

function windowShape(start: WindowBound, end: WindowBound) {
  const isOpenBefore = start.kind === 'open' && start.side === 'before'
  const isOpenAfter = end.kind === 'open' && end.side === 'after'
  if (isOpenBefore && isOpenAfter) return 'any'
  if (isOpenBefore && end.kind === 'days') return 'latest'
  if (isOpenAfter && start.kind === 'days') return 'earliest'
  const isOneDay = start.kind === 'days' && end.kind === 'days' && start.days === 0 && end.days === 0
  return isOneDay ? 'same-day' : 'between'
}

function boundWords(bound: WindowBound, messages: Messages): string {
  if (bound.kind === 'days') return distanceWords(bound.days, messages)
  return bound.side === 'before'
    ? messages.text('research.meaning.observation-begin')
    : messages.text('research.meaning.observation-end')
}
