/** What the attributes of a criterion join and demand. */
import {
  and,
  atLeast,
  atMost,
  coalesce,
  column,
  countRows,
  date,
  daysBetween,
  divide,
  equals,
  integer,
  isNotNull,
  isNull,
  isOneOf,
  lessThan,
  moreThan,
  named,
  or,
  subtract,
  text,
  yearOf,
} from '../../query/build.ts'
import { antiJoin, crossJoin, innerJoin, leftJoin, select, semiJoin, source } from '../../query/build-relations.ts'
import type { Expression, Join, Relation } from '../../query/tree.ts'
import type { Compilation } from '../compilation.ts'
import { conceptSetTable } from '../concept-sets.ts'
import type { Filter } from '../definition.ts'
import type { Attribute, ConceptPlace, NumberSource } from './domain.ts'
import { coversPeriod, inDates, inNumbers, isConcept, matchesText } from './ranges.ts'

/** What is filtered: rows whose alias is known to `column`. */
export interface Subject {
  readonly column: (name: string) => Expression
  readonly personId: Expression
  readonly start: Expression
  readonly end: Expression
}

export interface Filtering {
  readonly joins: readonly Join[]
  readonly conditions: readonly Expression[]
}

/** SNOMED CT "low" and "high" as values of a measurement (circe-be, MeasurementSqlBuilder). */
const abnormalConcepts = [4155142, 4155143]

/** Compiles all filters of a criterion or demographic. */
export function filtering(
  compilation: Compilation,
  filters: readonly Filter[],
  attributes: Readonly<Record<string, Attribute>>,
  subject: Subject,
): Filtering {
  const places = new Set<ConceptPlace['of']>()
  const setJoins: Join[] = []
  const conditions = filters.flatMap((filter) => {
    const attribute = attributes[filter.name]
    if (attribute === undefined) return []
    const place = placeOf(attribute)
    if (place) places.add(place)
    if (filter.kind === 'concept-set' && 'place' in attribute) {
      const concept = conceptColumn(attribute.place, subject)
      return conceptSetConditions(compilation, filter, concept, setJoins)
    }
    return conditionsOf(filter, attribute, subject, filters)
  })
  return { joins: [...placeJoins(compilation, places, subject), ...setJoins], conditions }
}

function placeOf(attribute: Attribute): ConceptPlace['of'] | undefined {
  if (attribute.kind === 'number') return attribute.source.kind === 'age' ? 'person' : undefined
  return 'place' in attribute ? attribute.place.of : undefined
}

function conditionsOf(
  filter: Filter,
  attribute: Attribute,
  subject: Subject,
  all: readonly Filter[],
): readonly Expression[] {
  if (filter.kind === 'date' && attribute.kind === 'date')
    return [inDates(attribute.on === 'start' ? subject.start : subject.end, filter.range)]
  if (filter.kind === 'number' && attribute.kind === 'number') {
    const other = all.find(({ name }) => name === attribute.rangeOf)
    const range = other?.kind === 'number' ? other.range : filter.range
    return [inNumbers(numberOf(attribute.source, subject), range, attribute.whole)]
  }
  if (filter.kind === 'text' && attribute.kind === 'text')
    return [matchesText(subject.column(attribute.column), filter.text)]
  if (filter.kind === 'concepts' && attribute.kind === 'concepts')
    return [isConcept(conceptColumn(attribute.place, subject), filter.concepts, filter.exclude)]
  if (filter.kind === 'period') return coversPeriod(subject.start, subject.end, filter.period)
  if (filter.kind === 'abnormal' && attribute.kind === 'abnormal') return [isAbnormal(attribute, subject)]
  return []
}

function numberOf(source: NumberSource, subject: Subject): Expression {
  switch (source.kind) {
    case 'column':
      return subject.column(source.column)
    case 'length':
      return daysBetween(subject.start, subject.end)
    case 'age':
      // Whole years by the year of birth alone: day and month of birth are rarely known.
      return subtract(yearOf(source.at === 'start' ? subject.start : subject.end), column('p', 'year_of_birth'))
    case 'ratio':
      return divide(subject.column(source.of), subject.column(source.to))
  }
}

function isAbnormal(attribute: Extract<Attribute, { kind: 'abnormal' }>, subject: Subject): Expression {
  const value = subject.column(attribute.value)
  return or(
    lessThan(value, subject.column(attribute.low)),
    moreThan(value, subject.column(attribute.high)),
    isOneOf(subject.column(attribute.as), abnormalConcepts),
  )
}

const aliases: Readonly<Record<Exclude<ConceptPlace['of'], 'event'>, string>> = {
  person: 'p',
  visit: 'v',
  'care-site': 'cs',
  provider: 'pr',
  'care-site-location': 'lo',
}

function conceptColumn(place: ConceptPlace, subject: Subject): Expression {
  return place.of === 'event' ? subject.column(place.column) : column(aliases[place.of], place.column)
}

function conceptSetConditions(
  compilation: Compilation,
  filter: Extract<Filter, { kind: 'concept-set' }>,
  concept: Expression,
  joins: Join[],
): readonly Expression[] {
  if (filter.conceptSet === undefined) return [filter.exclude ? isNull(concept) : isNotNull(concept)]
  const alias = `s${joins.length + 1}`
  const on = compilation.conceptSets.contains(alias, concept, filter.conceptSet)
  if (!filter.exclude) {
    joins.push(semiJoin(conceptSetTable, alias, on))
    return []
  }
  // As SQL's NOT IN: a concept that is not given is outside of no set but the empty one.
  const size = `${alias}n`
  joins.push(
    antiJoin(conceptSetTable, alias, on),
    crossJoin(sizeOf(compilation.conceptSets.numbers(filter.conceptSet)), size),
  )
  return [or(isNotNull(concept), equals(column(size, 'concepts'), integer(0)))]
}

/** One row: how many concepts the sets hold. */
function sizeOf(sets: readonly number[]): Relation {
  return select({
    from: source(conceptSetTable, 'z'),
    where: isOneOf(column('z', 'set_id'), sets),
    columns: [named('concepts', countRows())],
  })
}

/** The rows that an event points to. A missing provider leaves the event; a missing visit or care site does not. */
function placeJoins(
  { table }: Compilation,
  places: ReadonlySet<ConceptPlace['of']>,
  subject: Subject,
): readonly Join[] {
  const joins: Join[] = []
  if (places.has('person'))
    joins.push(innerJoin(table('person'), 'p', equals(subject.personId, column('p', 'person_id'))))
  if (places.has('visit'))
    joins.push(
      innerJoin(
        table('visit_occurrence'),
        'v',
        equals(subject.column('visit_occurrence_id'), column('v', 'visit_occurrence_id')),
        equals(subject.personId, column('v', 'person_id')),
      ),
    )
  if (places.has('care-site') || places.has('care-site-location'))
    joins.push(
      innerJoin(table('care_site'), 'cs', equals(subject.column('care_site_id'), column('cs', 'care_site_id'))),
    )
  if (places.has('provider'))
    joins.push(leftJoin(table('provider'), 'pr', equals(subject.column('provider_id'), column('pr', 'provider_id'))))
  if (places.has('care-site-location')) joins.push(...locationJoins(table, subject))
  return joins
}

/** Where the care site lay during the whole of the event. */
function locationJoins(table: Compilation['table'], subject: Subject): readonly Join[] {
  return [
    innerJoin(
      table('location_history'),
      'lh',
      equals(subject.column('care_site_id'), column('lh', 'entity_id')),
      and(
        equals(column('lh', 'domain_id'), text('CARE_SITE')),
        atLeast(subject.start, column('lh', 'start_date')),
        atMost(subject.end, coalesce(column('lh', 'end_date'), date('2099-12-31'))),
      ),
    ),
    innerJoin(table('location'), 'lo', equals(column('lh', 'location_id'), column('lo', 'location_id'))),
  ]
}
