/** Reads groups of criteria with their windows, counts and demographics. */
import { demographicAttributes } from './criteria/demographics.ts'
import { canCount } from './criteria/domain.ts'
import { domains } from './criteria/domains.ts'
import type {
  CorrelatedCriterion,
  CountColumn,
  Demographic,
  Group,
  Occurrence,
  Window,
  WindowBound,
} from './definition.ts'
import { readCriterion } from './read-criterion.ts'
import { readFilters } from './read-filters.ts'
import {
  fault,
  type ObjectReading,
  openObject,
  type Place,
  type Reading,
  unfinished,
  withoutEffect,
} from './reading.ts'

const nothing = { type: 'all', count: 0, criteria: [], demographics: [], groups: [] } as const

export function readGroup(reading: Reading, place: Place): Group {
  const object = openObject(reading, place)
  if (object === undefined) return { ...nothing, path: place.path }
  const type = object.text('Type')
  const count = object.integer('Count')
  const group = {
    criteria: object.list('CriteriaList').flatMap((item) => readCorrelated(reading, item) ?? []),
    demographics: object.list('DemographicCriteriaList').flatMap((item) => readDemographic(reading, item) ?? []),
    groups: object.list('Groups').map((item) => readGroup(reading, item)),
    path: object.path,
  }
  object.close()
  return { type: readType(reading, object, type, count, group), count: count ?? 0, ...group }
}

function readType(
  reading: Reading,
  object: ObjectReading,
  type: string | undefined,
  count: number | undefined,
  group: Omit<Group, 'type' | 'count'>,
): Group['type'] {
  const plain = type?.toUpperCase()
  if (plain === 'ALL') return 'all'
  if (plain === 'ANY') return 'any'
  if (plain?.startsWith('AT_')) {
    if (count === undefined) unfinished(reading, object.path, 'group-count-missing')
    return plain.endsWith('LEAST') ? 'at-least' : 'at-most'
  }
  // An empty group lets everything through, whatever its type.
  if (group.criteria.length + group.demographics.length + group.groups.length > 0)
    fault(reading, `${object.path}.Type`, 'group-type-unknown')
  return 'all'
}

function readDemographic(reading: Reading, place: Place): Demographic | undefined {
  const object = openObject(reading, place)
  if (object === undefined) return undefined
  const filters = readFilters(reading, object, demographicAttributes)
  object.close()
  if (filters.length === 0) withoutEffect(reading, object.path, 'demographic-empty')
  return { filters, path: object.path }
}

function readCorrelated(reading: Reading, place: Place): CorrelatedCriterion | undefined {
  const object = openObject(reading, place)
  if (object === undefined) return undefined
  const wrapped = object.place('Criteria')
  if (wrapped === undefined) unfinished(reading, `${object.path}.Criteria`, 'criterion-missing')
  const criterion = wrapped && readCriterion(reading, wrapped)
  const endWindow = object.object('EndWindow')
  const read = {
    startWindow: readWindow(object.object('StartWindow'), 'event-start', `${object.path}.StartWindow`, reading),
    ...(endWindow && { endWindow: readWindow(endWindow, 'event-end', endWindow.path, reading) }),
    occurrence: readOccurrence(reading, object),
    restrictVisit: object.flag('RestrictVisit'),
    ignoreObservationPeriod: object.flag('IgnoreObservationPeriod'),
    path: object.path,
  }
  object.close()
  if (criterion && read.occurrence.distinct && !canCount(domains[criterion.domain], read.occurrence.distinct))
    unfinished(reading, `${object.path}.Occurrence.CountColumn`, 'cannot-be-counted-by', {
      domain: criterion.domain,
      column: read.occurrence.distinct,
    })
  return criterion && { criterion, ...read }
}

/** `usual`: the date of the event that is meant when the window does not say. */
function readWindow(object: ObjectReading | undefined, usual: Window['event'], path: string, reading: Reading): Window {
  if (object === undefined) {
    unfinished(reading, path, 'window-missing')
    return { start: openTo('before'), end: openTo('after'), around: 'index-start', event: usual }
  }
  const saysEvent = object.place('UseEventEnd') !== undefined
  const window = {
    start: readBound(object.object('Start'), 'before'),
    end: readBound(object.object('End'), 'after'),
    around: object.flag('UseIndexEnd') ? ('index-end' as const) : ('index-start' as const),
    event: saysEvent ? (object.flag('UseEventEnd') ? ('event-end' as const) : ('event-start' as const)) : usual,
  }
  object.close()
  return window
}

/** `usual`: the side of a bound that is missing altogether. */
function readBound(object: ObjectReading | undefined, usual: 'before' | 'after'): WindowBound {
  if (object === undefined) return openTo(usual)
  const days = object.integer('Days')
  const coefficient = object.integer('Coeff') ?? 0
  object.close()
  if (days === undefined) return openTo(coefficient === -1 ? 'before' : 'after')
  return { kind: 'days', days: coefficient * days + 0 }
}

function openTo(side: 'before' | 'after'): WindowBound {
  return { kind: 'open', side }
}

const countColumns: ReadonlySet<string> = new Set<CountColumn>([
  'DAYS_SUPPLY',
  'DOMAIN_CONCEPT',
  'DOMAIN_SOURCE_CONCEPT',
  'DURATION',
  'END_DATE',
  'ERA_OCCURRENCES',
  'GAP_DAYS',
  'QUANTITY',
  'RANGE_HIGH',
  'RANGE_LOW',
  'REFILLS',
  'START_DATE',
  'UNIT',
  'VALUE_AS_NUMBER',
  'VISIT_ID',
  'VISIT_DETAIL_ID',
])

function isCountColumn(name: string): name is CountColumn {
  return countColumns.has(name)
}

const occurrenceTypes = ['exactly', 'at-most', 'at-least'] as const

function readOccurrence(reading: Reading, parent: ObjectReading): Occurrence {
  const object = parent.object('Occurrence')
  if (object === undefined) {
    unfinished(reading, `${parent.path}.Occurrence`, 'occurrence-missing')
    return { type: 'at-least', count: 1 }
  }
  const type = occurrenceTypes[object.integer('Type') ?? 0]
  if (type === undefined) fault(reading, `${object.path}.Type`, 'occurrence-type-unknown')
  const count = object.integer('Count') ?? 0
  const isDistinct = object.flag('IsDistinct')
  const column = object.text('CountColumn')?.toUpperCase()
  object.close()
  if (column !== undefined && !isCountColumn(column))
    fault(reading, `${object.path}.CountColumn`, 'count-column-unknown')
  if (!isDistinct) return { type: type ?? 'at-least', count }
  const distinct = column !== undefined && isCountColumn(column) ? column : 'DOMAIN_CONCEPT'
  return { type: type ?? 'at-least', count, distinct }
}
