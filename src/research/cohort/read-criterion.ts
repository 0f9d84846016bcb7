/** Reads one criterion: an object with a single member, named by its domain. */
import { domains } from './criteria/domains.ts'
import type { Criterion, DateAdjustment, DomainName } from './definition.ts'
import { readFilters } from './read-filters.ts'
import { readGroup } from './read-group.ts'
import { fault, type ObjectReading, openObject, type Place, type Reading } from './reading.ts'

const byPlainName: ReadonlyMap<string, DomainName> = new Map(
  Object.values(domains).map(({ name }) => [name.toLowerCase(), name]),
)

export function readCriterion(reading: Reading, place: Place): Criterion | undefined {
  const wrapper = openObject(reading, place)
  if (wrapper === undefined) return undefined
  const keys = Object.keys(place.value ?? {})
  const key = keys.find((candidate) => byPlainName.has(candidate.toLowerCase()))
  const domain = key === undefined ? undefined : byPlainName.get(key.toLowerCase())
  if (key === undefined || domain === undefined) {
    fault(reading, place.path, 'no-domain', { domains: byPlainName.size })
    return undefined
  }
  const criterion = wrapper.object(key)
  wrapper.close()
  return readDomain(reading, criterion ?? openObject(reading, { ...place, value: {} }), domain)
}

function readDomain(reading: Reading, object: ObjectReading | undefined, name: DomainName): Criterion | undefined {
  if (object === undefined) return undefined
  const domain = domains[name]
  const conceptSet = object.integer('CodesetId')
  const sourceConceptSet = domain.source && object.integer(domain.source.attribute)
  const dateAdjustment = readDateAdjustment(reading, object.object('DateAdjustment'))
  const correlated = object.place('CorrelatedCriteria')
  const criterion: Criterion = {
    domain: name,
    path: object.path,
    ...(conceptSet !== undefined && domain.concept !== undefined && { conceptSet }),
    ...(sourceConceptSet !== undefined && { sourceConceptSet }),
    first: domain.withoutFirst !== true && object.flag('First'),
    ...(dateAdjustment && { dateAdjustment }),
    filters: readFilters(reading, object, domain.attributes),
    ...(correlated && { correlated: readGroup(reading, correlated) }),
  }
  object.close()
  return criterion
}

function readDateAdjustment(reading: Reading, object: ObjectReading | undefined): DateAdjustment | undefined {
  if (object === undefined) return undefined
  const adjustment = {
    // To circe-be whatever is not START_DATE is the end, an explicit NULL too.
    startWith: readDateType(reading, object, 'StartWith') ?? (object.isNull('StartWith') ? 'end' : 'start'),
    startOffset: object.integer('StartOffset') ?? 0,
    endWith: readDateType(reading, object, 'EndWith') ?? 'end',
    endOffset: object.integer('EndOffset') ?? 0,
  }
  object.close()
  return adjustment
}

function readDateType(reading: Reading, object: ObjectReading, key: string): 'start' | 'end' | undefined {
  const type = object.text(key)?.toUpperCase()
  if (type === undefined) return undefined
  if (type === 'START_DATE') return 'start'
  if (type === 'END_DATE') return 'end'
  fault(reading, `${object.path}.${key}`, 'no-date-type')
  return undefined
}
