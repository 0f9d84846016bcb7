/** What was sent from one section of a form, read into answers: what cannot be kept is named, what is kept is kept. */

import { isDay } from '#research/applications/calendar/civil-day.ts'
import {
  type Answer,
  type Answers,
  type DatasetChoice,
  type Person,
  PersonSchema,
} from '#research/applications/rules/application.ts'
import type { Field } from '#research/applications/rules/rule-set.ts'

/** Why what stands in a field cannot even be kept as a draft. */
export type Fault = 'no-number' | 'no-period' | 'person-incomplete' | 'too-long'

export interface ReadSection {
  readonly answers: Answers
  /** By field. */
  readonly faults: ReadonlyMap<string, Fault>
}

type Read = { readonly answer: Answer } | { readonly fault: Fault } | undefined

const LONGEST_TEXT = 20_000

/** @param before the answers so far */
export function readSection(fields: readonly Field[], sent: URLSearchParams, before: Answers): ReadSection {
  const answers: Record<string, Answer> = {}
  const faults = new Map<string, Fault>()
  for (const field of fields) {
    const read = readField(field, sent, before[field.id])
    if (read && 'answer' in read) answers[field.id] = read.answer
    if (read && 'fault' in read) faults.set(field.id, read.fault)
  }
  return { answers, faults }
}

function readField({ id, type }: Field, sent: URLSearchParams, before: Answer | undefined): Read {
  const text = (sent.get(id) ?? '').trim().replaceAll('\r\n', '\n')
  switch (type) {
    case 'text':
    case 'long-text':
    case 'choice':
    case 'country':
      return text.length > LONGEST_TEXT ? { fault: 'too-long' } : { answer: text }
    case 'boolean':
      return { answer: sent.get(id) === 'yes' }
    case 'choices':
    case 'attestations':
      return { answer: sent.getAll(id).slice(0, 200) }
    case 'number':
      if (text === '') return { answer: '' }
      return /^\d{1,6}$/.test(text) ? { answer: Number(text) } : { fault: 'no-number' }
    case 'period':
      return readPeriod(sent, id)
    case 'persons':
      return readPersons(sent)
    case 'datasets':
      return { answer: [...keptDatasets(sent, before)] }
  }
}

function readPeriod(sent: URLSearchParams, id: string): Read {
  const from = (sent.get(`${id}-from`) ?? '').trim()
  const to = (sent.get(`${id}-to`) ?? '').trim()
  if (from === '' && to === '') return { answer: '' }
  return isDay(from) && isDay(to) ? { answer: { from, to } } : { fault: 'no-period' }
}

/** Rows of `person-name`, `person-identifier`, `person-role`; a row with nothing in it is none. */
export function personRows(
  sent: URLSearchParams,
): readonly { readonly name: string; readonly identifier: string; readonly role: string }[] {
  const column = (name: string): readonly string[] => sent.getAll(`person-${name}`).map((one) => one.trim())
  const [names, identifiers, roles] = [column('name'), column('identifier'), column('role')]
  return names.map((name, index) => ({
    name,
    identifier: identifiers[index] ?? '',
    role: roles[index] ?? 'authorised',
  }))
}

function readPersons(sent: URLSearchParams): Read {
  const persons: Person[] = []
  for (const row of personRows(sent)) {
    if (row.name === '' && row.identifier === '') continue
    const read = PersonSchema.safeParse(row)
    if (!read.success) return { fault: 'person-incomplete' }
    persons.push(read.data)
  }
  return { answer: persons }
}

/** The datasets that are named and were not taken out. New ones are added from the catalogue, never from a form. */
function keptDatasets(sent: URLSearchParams, before: Answer | undefined): readonly DatasetChoice[] {
  const kept = new Set(sent.getAll('kept-dataset'))
  return datasetsOf(before).filter(({ dataset }) => kept.has(dataset))
}

export function datasetsOf(answer: Answer | undefined): readonly DatasetChoice[] {
  return Array.isArray(answer) ? answer.filter((one) => typeof one === 'object' && 'dataset' in one) : []
}
