/**
 * The events of a criterion worked out person by person in plain loops, without the relational tree: what the compiler is
 * compared with. Days are numbers.
 */
import { demographicAttributes } from '../criteria/demographics.ts'
import type { Attribute, ConceptPlace, Domain, NumberSource } from '../criteria/domain.ts'
import { domains } from '../criteria/domains.ts'
import type { ConceptSet, CountColumn, Criterion, Demographic, Filter, Range } from '../definition.ts'
import type { Row } from './tables.ts'

type Maybe = number | null

export interface NaiveEvent {
  readonly person: number
  readonly id: number
  readonly start: number
  readonly end: Maybe
  readonly visit: Maybe
  readonly sort: number
  /** Text of the value that distinct occurrences are counted by. */
  readonly counted: string | null
}

export interface NaiveData {
  readonly rows: (table: string) => readonly Row[]
  readonly ofPerson: (table: string, column: string, person: number) => readonly Row[]
  readonly sets: ReadonlyMap<number, ReadonlySet<number>>
}

export function naiveData(tables: ReadonlyMap<string, readonly Row[]>, conceptSets: readonly ConceptSet[]): NaiveData {
  const rows = (table: string) => tables.get(table) ?? []
  return {
    rows,
    ofPerson: (table, column, person) => rows(table).filter((row) => row[column] === person),
    sets: new Map(conceptSets.map((set) => [set.id, conceptsOf(set, rows)])),
  }
}

function conceptsOf(set: ConceptSet, rows: NaiveData['rows']): ReadonlySet<number> {
  const reached = (excluded: boolean) => {
    const found = new Set<number>()
    for (const item of set.items.filter((one) => one.excluded === excluded)) {
      const own = rows('concept').filter((row) => row.concept_id === item.concept.id)
      const below = rows('concept_ancestor')
        .filter((row) => item.descendants && row.ancestor_concept_id === item.concept.id)
        .flatMap((row) => rows('concept').filter(({ concept_id }) => concept_id === row.descendant_concept_id))
        .filter((row) => row.invalid_reason === null)
      const ids = new Set([...own, ...below].map((row) => Number(row.concept_id)))
      const mapped = rows('concept_relationship').filter(
        (row) =>
          item.mapped &&
          row.relationship_id === 'Maps to' &&
          row.invalid_reason === null &&
          ids.has(Number(row.concept_id_2)),
      )
      for (const id of [...ids, ...mapped.map((row) => Number(row.concept_id_1))]) found.add(id)
    }
    return found
  }
  const without = reached(true)
  return new Set([...reached(false)].filter((id) => !without.has(id)))
}

/** Events of one person, before the criterion's own group. */
export function naiveEvents(
  data: NaiveData,
  criterion: Criterion,
  person: number,
  counted?: CountColumn,
): readonly NaiveEvent[] {
  const wanted = wantedRows(data, criterion, person)
  return (criterion.first ? wanted.slice(0, 1) : wanted).flatMap((row) =>
    eventOf(data, criterion, person, row, counted),
  )
}

/** Rows with the wanted concepts, in the order of time. */
function wantedRows(data: NaiveData, criterion: Criterion, person: number): readonly Row[] {
  const domain = domains[criterion.domain]
  const place = (row: Row) => [Number(dayOf(row[domain.start])), Number(row[domain.id])] as const
  return data
    .ofPerson(domain.table, domain.person, person)
    .map((row) => withLookUp(data, domain, row))
    .filter((row) => domain.only === undefined || row[domain.only.column] === domain.only.text)
    .filter((row) => inSet(data, criterion.conceptSet, row[domain.concept ?? '']))
    .filter((row) => inSet(data, criterion.sourceConceptSet, row[domain.source?.column ?? '']))
    .sort((one, other) => place(one)[0] - place(other)[0] || place(one)[1] - place(other)[1])
}

/** None where a filter or the adjusted dates rule the row out. */
function eventOf(
  data: NaiveData,
  criterion: Criterion,
  person: number,
  row: Row,
  counted: CountColumn | undefined,
): readonly NaiveEvent[] {
  const { filters } = criterion
  const domain = domains[criterion.domain]
  const own = datesOf(criterion, domain, row)
  const adjusted = criterion.dateAdjustment !== undefined && domain.dateAdjustment !== 'never'
  if (adjusted && !(own.end !== null && own.end >= own.start)) return []
  const subject = { row, person, ...own }
  if (!filters.every((one) => passes(data, one, domain.attributes, subject, filters))) return []
  const period = filters.find((one) => one.kind === 'period')?.period
  const start = dayOf(period?.start) ?? own.start
  const end = dayOf(period?.end) ?? own.end
  const visit = domain.hasVisit ? numberOf(row.visit_occurrence_id) : null
  const value = counted && countedValue(domain, counted, row, { start, end, visit })
  return [{ person, id: Number(row[domain.id]), start, end, visit, sort: own.start, counted: textOf(value) }]
}

function withLookUp(data: NaiveData, domain: Domain, row: Row): Row {
  const { lookUp } = domain
  if (lookUp === undefined) return row
  const found = data.rows(lookUp.table).find((other) => other[lookUp.by] === row[lookUp.by])
  return { ...row, [lookUp.column]: found?.[lookUp.column] ?? null }
}

function inSet(data: NaiveData, set: number | undefined, concept: unknown): boolean {
  return set === undefined || (typeof concept === 'number' && data.sets.get(set)?.has(concept) === true)
}

function datesOf(criterion: Criterion, domain: Domain, row: Row) {
  const start = Number(dayOf(row[domain.start]))
  const { column = '', daysColumn = '', days, otherwise } = domain.end
  const supply = numberOf(row[daysColumn])
  const end =
    dayOf(row[column]) ??
    (supply === null ? null : start + supply) ??
    (days === undefined ? null : start + days) ??
    dayOf(otherwise)
  const adjust = domain.dateAdjustment === 'never' ? undefined : criterion.dateAdjustment
  if (adjust === undefined) return { start, end }
  const free = domain.dateAdjustment === 'free'
  const from = free && adjust.startWith === 'end' ? end : start
  const to = free && adjust.endWith === 'start' ? start : end
  return {
    start: from === null ? Number.NaN : from + adjust.startOffset,
    end: to === null ? null : to + adjust.endOffset,
  }
}

function countedValue(
  domain: Domain,
  counted: CountColumn,
  row: Row,
  event: Pick<NaiveEvent, 'start' | 'end' | 'visit'>,
) {
  if (counted === 'START_DATE') return event.start
  if (counted === 'END_DATE') return event.end
  if (counted === 'VISIT_ID') return event.visit
  const source = domain.counts[counted]
  if (source?.kind === 'one') return 1
  if (source?.kind === 'length') return event.end === null ? null : event.end - event.start
  return source && (row[source.column] ?? source.nullAs)
}

interface Subject {
  readonly row: Row
  readonly person: number
  readonly start: number
  readonly end: Maybe
}

export function satisfiesDemographic(data: NaiveData, demographic: Demographic, event: Omit<Subject, 'row'>): boolean {
  const subject = { ...event, row: {} }
  return demographic.filters.every((one) => passes(data, one, demographicAttributes, subject, demographic.filters))
}

function passes(
  data: NaiveData,
  filter: Filter,
  attributes: Readonly<Record<string, Attribute>>,
  subject: Subject,
  all: readonly Filter[],
): boolean {
  const attribute = attributes[filter.name]
  if (attribute === undefined) return true
  switch (filter.kind) {
    case 'date':
      return (
        attribute.kind === 'date' && inRange(attribute.on === 'start' ? subject.start : subject.end, days(filter.range))
      )
    case 'number': {
      if (attribute.kind !== 'number') return true
      const other = all.find(({ name }) => name === attribute.rangeOf)
      return inRange(numberIn(data, attribute.source, subject), other?.kind === 'number' ? other.range : filter.range)
    }
    case 'text':
      return attribute.kind === 'text' && matchesText(subject.row[attribute.column], filter.text)
    case 'concepts': {
      const [concept = null, found] = 'place' in attribute ? conceptAt(data, attribute.place, subject) : [null, false]
      return found && concept !== null && filter.concepts.some(({ id }) => id === concept) !== filter.exclude
    }
    case 'concept-set': {
      const [concept = null, found] = 'place' in attribute ? conceptAt(data, attribute.place, subject) : [null, false]
      if (!found) return false
      if (filter.conceptSet === undefined) return (concept === null) === filter.exclude
      const set = data.sets.get(filter.conceptSet)
      if (filter.exclude && (set?.size ?? 0) === 0) return true
      return concept !== null && (set?.has(concept) ?? false) !== filter.exclude
    }
    case 'abnormal':
      return attribute.kind === 'abnormal' && isAbnormal(attribute, subject.row)
    case 'period':
      return [filter.period.start, filter.period.end].every((day) => {
        const within = dayOf(day)
        return within === null || (subject.start <= within && subject.end !== null && subject.end >= within)
      })
  }
}

function days({ operator, value, extent = value }: Range<string>): Range<number> {
  return { operator, value: Number(dayOf(value)), extent: Number(dayOf(extent)) }
}

function inRange(value: Maybe, { operator, value: from, extent = from }: Range<number>): boolean {
  if (value === null || Number.isNaN(value)) return false
  const compared = { '<': value < from, '<=': value <= from, '=': value === from, '<>': value !== from }
  const others = { '>': value > from, '>=': value >= from }
  const inside = value >= from && value <= extent
  return { ...compared, ...others, between: inside, 'not-between': !inside }[operator]
}

function numberIn(data: NaiveData, source: NumberSource, subject: Subject): Maybe {
  switch (source.kind) {
    case 'column':
      return numberOf(subject.row[source.column])
    case 'length':
      return subject.end === null ? null : subject.end - subject.start
    case 'age': {
      const [person] = data.ofPerson('person', 'person_id', subject.person)
      const at = source.at === 'start' ? subject.start : subject.end
      return at === null ? null : new Date(at * 86_400_000).getUTCFullYear() - Number(person?.year_of_birth)
    }
    case 'ratio': {
      const [of, to] = [numberOf(subject.row[source.of]), numberOf(subject.row[source.to])]
      return of === null || to === null || to === 0 ? null : of / to
    }
  }
}

function isAbnormal(attribute: Extract<Attribute, { kind: 'abnormal' }>, row: Row): boolean {
  const [value, low, high] = [attribute.value, attribute.low, attribute.high].map((name) => numberOf(row[name]))
  const beyond = (one: Maybe | undefined, other: Maybe | undefined) =>
    typeof one === 'number' && typeof other === 'number' && one < other
  return beyond(value, low) || beyond(high, value) || [4155142, 4155143].includes(Number(row[attribute.as]))
}

function matchesText(
  text: unknown,
  { how, negated, text: sought }: Extract<Filter, { kind: 'text' }>['text'],
): boolean {
  if (typeof text !== 'string') return false
  const matches = {
    starts: text.startsWith(sought),
    ends: text.endsWith(sought),
    contains: text.includes(sought),
    equals: text === sought,
  }
  return matches[how] !== negated
}

/** The concept, and whether the row that it stands on is there: without its visit or care site an event falls out. */
function conceptAt(data: NaiveData, place: ConceptPlace, { row, person, start, end }: Subject) {
  const on = (table: string, column: string, more: (other: Row) => boolean = () => true) => {
    const found = data.rows(table).find((other) => row[column] !== null && other[column] === row[column] && more(other))
    return [numberOf(found?.[place.column]), found !== undefined] as const
  }
  switch (place.of) {
    case 'event':
      return [numberOf(row[place.column]), true] as const
    case 'person':
      return [numberOf(data.ofPerson('person', 'person_id', person)[0]?.[place.column]), true] as const
    case 'provider':
      return [on('provider', 'provider_id')[0], true] as const
    case 'visit':
      return on('visit_occurrence', 'visit_occurrence_id', (visit) => visit.person_id === person)
    case 'care-site':
      return on('care_site', 'care_site_id')
    case 'care-site-location': {
      const [stay] = data
        .rows('location_history')
        .filter(
          (one) => one.domain_id === 'CARE_SITE' && row.care_site_id !== null && one.entity_id === row.care_site_id,
        )
        .filter((one) => Number(dayOf(one.start_date)) <= start && end !== null && end <= (dayOf(one.end_date) ?? end))
      const location = stay && data.rows('location').find(({ location_id }) => location_id === stay.location_id)
      return [numberOf(location?.[place.column]), location !== undefined] as const
    }
  }
}

/** Days since 1970. */
export function dayOf(iso: unknown): Maybe {
  return typeof iso === 'string' ? Date.parse(`${iso}T00:00:00Z`) / 86_400_000 : null
}

function numberOf(value: unknown): Maybe {
  return typeof value === 'number' ? value : null
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value)
}
