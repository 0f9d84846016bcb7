/** Reads ranges, texts, concepts and periods, and the attributes that a domain declares. */
import type { Attribute } from './criteria/domain.ts'
import type { Concept, Filter, Period, Range, RangeOperator, TextFilter } from './definition.ts'
import {
  fault,
  type ObjectReading,
  openObject,
  type Place,
  type Reading,
  unfinished,
  withoutEffect,
} from './reading.ts'

/** Reads every attribute of `attributes` that is present, in the order in which the domain declares them. */
export function readFilters(
  reading: Reading,
  object: ObjectReading,
  attributes: Readonly<Record<string, Attribute>>,
): readonly Filter[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => readFilter(reading, object, name, attribute) ?? [])
}

function readFilter(reading: Reading, object: ObjectReading, name: string, attribute: Attribute): Filter | undefined {
  switch (attribute.kind) {
    case 'concepts':
      return readConceptList(reading, object, name, attribute.excludedBy)
    case 'set': {
      const conceptSet = object.integer(name)
      return conceptSet === undefined ? undefined : { kind: 'concept-set', name, conceptSet, exclude: false }
    }
    case 'abnormal':
      return object.flag(name) ? { kind: 'abnormal', name } : undefined
    default: {
      const place = object.place(name)
      return place && readObjectFilter(reading, place, name, attribute.kind)
    }
  }
}

function readObjectFilter(
  reading: Reading,
  place: Place,
  name: string,
  kind: 'date' | 'number' | 'text' | 'selection' | 'period',
): Filter | undefined {
  switch (kind) {
    case 'date': {
      const range = readRange(reading, place, readDay)
      return range && { kind, name, range }
    }
    case 'number': {
      const range = readRange(reading, place, (_, object, key) => object.number(key))
      return range && { kind, name, range }
    }
    case 'text': {
      const text = readTextFilter(reading, place)
      return text && { kind, name, text }
    }
    case 'selection':
      return readSelection(reading, place, name)
    case 'period': {
      const period = readPeriod(reading, place)
      return period && { kind, name, period }
    }
  }
}

/** An empty list filters nothing. */
function readConceptList(
  reading: Reading,
  object: ObjectReading,
  name: string,
  excludedBy: string | undefined,
): Filter | undefined {
  const list = object.place(name)
  const concepts = object.list(name).map((place) => readConcept(reading, place))
  if (list !== undefined && concepts.length === 0) withoutEffect(reading, list.path, 'list-empty')
  const exclude = excludedBy !== undefined && object.flag(excludedBy)
  return concepts.length > 0 ? { kind: 'concepts', name, concepts, exclude } : undefined
}

function readSelection(reading: Reading, place: Place, name: string): Filter | undefined {
  const selection = openObject(reading, place)
  if (selection === undefined) return undefined
  const conceptSet = selection.integer('CodesetId')
  const exclude = selection.flag('IsExclusion')
  selection.close()
  return { kind: 'concept-set', name, exclude, ...(conceptSet !== undefined && { conceptSet }) }
}

/** Only the number of a concept matters; name and domain are kept for people. */
export function readConcept(reading: Reading, place: Place): Concept {
  const concept = openObject(reading, place)
  const id = concept?.integer('CONCEPT_ID')
  const name = concept?.text('CONCEPT_NAME')
  const domain = concept?.text('DOMAIN_ID')
  if (concept && id === undefined) fault(reading, `${concept.path}.CONCEPT_ID`, 'concept-without-number')
  return { id: id ?? 0, name: name ?? '', ...(domain !== undefined && { domain }) }
}

const operators: Readonly<Record<string, RangeOperator>> = {
  lt: '<',
  lte: '<=',
  eq: '=',
  '!eq': '<>',
  gt: '>',
  gte: '>=',
  bt: 'between',
  '!bt': 'not-between',
}

function readRange<T>(
  reading: Reading,
  place: Place,
  read: (reading: Reading, object: ObjectReading, key: string) => T | undefined,
): Range<T> | undefined {
  const range = openObject(reading, place)
  if (range === undefined) return undefined
  const op = range.text('Op')
  const operator = op === undefined ? undefined : Object.hasOwn(operators, op) ? operators[op] : undefined
  if (op !== undefined && operator === undefined) fault(reading, `${range.path}.Op`, 'comparison-unknown')
  const value = read(reading, range, 'Value')
  const extent = read(reading, range, 'Extent')
  range.close()
  const needsExtent = operator === 'between' || operator === 'not-between'
  if (operator === undefined || value === undefined || (needsExtent && extent === undefined)) {
    unfinished(reading, range.path, 'range-incomplete')
    return undefined
  }
  return { operator, value, ...(needsExtent && { extent }) }
}

/** Year, month and day between hyphens, also without leading zeros; as an ISO day. An empty text is no day. */
function readDay(reading: Reading, object: ObjectReading, key: string): string | undefined {
  const text = object.text(key)
  if (text === undefined || text.trim() === '') return undefined
  const parts = /^(\d{1,4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim())
  const [, year = '', month = '', day = ''] = parts ?? []
  const iso = `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const read = new Date(`${iso}T00:00:00Z`)
  if (parts && iso >= '0001-01-01' && !Number.isNaN(read.getTime()) && read.toISOString().startsWith(iso)) return iso
  unfinished(reading, `${object.path}.${key}`, 'no-such-day')
  return undefined
}

/** Both ends may be open. */
export function readPeriod(reading: Reading, place: Place | undefined): Period | undefined {
  const period = place && openObject(reading, place)
  if (period === undefined) return undefined
  const start = readDay(reading, period, 'StartDate')
  const end = readDay(reading, period, 'EndDate')
  period.close()
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}

function readTextFilter(reading: Reading, place: Place): TextFilter | undefined {
  const filter = openObject(reading, place)
  if (filter === undefined) return undefined
  const text = filter.text('Text')
  const op = filter.text('Op')
  filter.close()
  if (op === undefined) {
    unfinished(reading, filter.path, 'text-incomplete')
    return undefined
  }
  if (text === undefined || text === '') withoutEffect(reading, filter.path, 'text-empty')
  return { how: textComparison(op), negated: op.startsWith('!'), text: text ?? '' }
}

function textComparison(op: string): TextFilter['how'] {
  if (op.endsWith('startsWith')) return 'starts'
  if (op.endsWith('endsWith')) return 'ends'
  return op.endsWith('contains') ? 'contains' : 'equals'
}
