/** Search of CodeSystem, ValueSet, ConceptMap and NamingSystem (FHIR R5 §3.2.1): from the index where that suffices. */
import { keptConcepts } from '../code-systems/concept-table.ts'
import type { Library, LibraryEntry } from '../library/library.ts'
import { matchesVersion } from '../library/versions.ts'
import { isObject, type JsonObject, objects } from '../load/json.ts'
import type { Resource } from './fhir.ts'
import type { OperationAnswer, TerminologyType } from './server.ts'

const DEFAULT_COUNT = 50
const MOST_COUNT = 1_000

type Test = (entry: LibraryEntry) => boolean

export function searchResources(
  library: Library,
  type: TerminologyType,
  query: URLSearchParams,
  base: string,
): OperationAnswer {
  const tests = [...query].flatMap(([name, value]) => testOf(name, value) ?? [])
  const found = library.entries(type).filter((entry) => tests.every((test) => test(entry)))
  const count = bounded(query.get('_count'), DEFAULT_COUNT, MOST_COUNT)
  const offset = bounded(query.get('_offset'), 0, Number.MAX_SAFE_INTEGER)
  const page = query.get('_summary') === 'count' ? [] : found.slice(offset, offset + count)
  const shape = shapeOf(query)
  return {
    status: 200,
    resource: {
      resourceType: 'Bundle',
      type: 'searchset',
      total: found.length,
      link: linksOf(query, type, base, { offset, count, total: found.length }),
      ...(page.length > 0 && {
        entry: page.map((each) => ({
          ...(each.entry.id !== undefined && { fullUrl: `${base}/${type}/${each.entry.id}` }),
          resource: shape(each.read()),
          search: { mode: 'match' },
        })),
      }),
    },
  }
}

/** A parameter that narrows; undefined for what controls the answer or is not known (then it is ignored, as FHIR allows). */
function testOf(name: string, value: string): Test | undefined {
  const [parameter = '', modifier] = name.split(':')
  const choices = value.split(',')
  const any =
    (test: (choice: string, entry: LibraryEntry) => boolean): Test =>
    (entry) =>
      choices.some((choice) => test(choice, entry))
  switch (parameter) {
    case 'url':
      return any((choice, { entry }) => (modifier === 'below' ? entry.url.startsWith(choice) : entry.url === choice))
    case 'version':
      return any((choice, { entry }) => entry.version !== undefined && matchesVersion(choice, entry.version))
    case '_id':
      return any((choice, { entry }) => entry.id === choice)
    case 'name':
      return any((choice, { entry }) => matchesString(entry.name, choice, modifier))
    case 'title':
      return any((choice, { entry }) => matchesString(entry.title, choice, modifier))
    case 'status':
      return any((choice, { entry }) => entry.status === choice.split('|').at(-1))
    case 'content-mode':
      return any((choice, { entry }) => entry.content === choice.split('|').at(-1))
    case 'supplements':
      return any((choice, { entry }) => entry.supplements?.split('|')[0] === choice.split('|')[0])
    case 'system':
      return any((choice, { entry, read }) => entry.url === choice || includesSystem(read(), choice))
    case 'reference':
      return any((choice, { read }) => includesSystem(read(), choice))
    case 'identifier':
      return any((choice, { read }) => hasIdentifier(read(), choice))
    case 'code':
      return any((choice, { read }) => hasCode(read(), choice.split('|').at(-1) ?? ''))
    case 'publisher':
    case 'description':
      return any((choice, { read }) => matchesString(read()[parameter], choice, modifier))
    case 'date':
      return any((choice, { read }) => String(read().date ?? '').startsWith(choice.replace(/^eq/, '')))
    default:
      return undefined
  }
}

/** Strings match from their beginning, whatever the case (R5 §3.2.1.5.3). */
function matchesString(text: unknown, wanted: string, modifier: string | undefined): boolean {
  if (typeof text !== 'string') return false
  if (modifier === 'exact') return text === wanted
  const [ours, theirs] = [text.toLowerCase(), wanted.toLowerCase()]
  return modifier === 'contains' ? ours.includes(theirs) : ours.startsWith(theirs)
}

function includesSystem(resource: JsonObject, system: string): boolean {
  const compose = isObject(resource.compose) ? resource.compose : {}
  return (
    objects(compose.include).some((include) => include.system === system) ||
    objects(resource.group).some(({ source }) => typeof source === 'string' && source.split('|')[0] === system)
  )
}

function hasIdentifier(resource: JsonObject, wanted: string): boolean {
  const list = Array.isArray(resource.identifier) ? objects(resource.identifier) : objects([resource.identifier])
  const bar = wanted.indexOf('|')
  return list.some(({ system, value }) =>
    bar < 0 ? value === wanted : system === wanted.slice(0, bar) && value === wanted.slice(bar + 1),
  )
}

function hasCode(resource: JsonObject, code: string): boolean {
  const kept = keptConcepts(resource)
  return kept ? kept.locate(code) >= 0 : isAmong(resource.concept, code)
}

function isAmong(concepts: unknown, code: string): boolean {
  return objects(concepts).some((concept) => concept.code === code || isAmong(concept.concept, code))
}

function bounded(text: string | null, usual: number, most: number): number {
  const value = text === null ? usual : Number(text)
  return Number.isSafeInteger(value) && value >= 0 ? Math.min(value, most) : usual
}

const SUMMARY: ReadonlySet<string> = new Set([
  'resourceType',
  'id',
  'url',
  'identifier',
  'version',
  'name',
  'title',
  'status',
  'experimental',
  'date',
  'publisher',
  'contact',
  'useContext',
  'jurisdiction',
  'immutable',
  'caseSensitive',
  'valueSet',
  'hierarchyMeaning',
  'compositional',
  'versionNeeded',
  'content',
  'supplements',
  'count',
  'filter',
  'property',
  'kind',
  'uniqueId',
  'sourceScopeUri',
  'sourceScopeCanonical',
  'targetScopeUri',
  'targetScopeCanonical',
])

const SUBSETTED = { tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }] }

function shapeOf(query: URLSearchParams): (resource: JsonObject) => Resource {
  const elements = query.getAll('_elements').flatMap((each) => each.split(','))
  const summary = query.get('_summary')
  const wanted =
    elements.length > 0
      ? new Set(['resourceType', 'id', ...elements])
      : summary === 'true' || summary === 'text'
        ? SUMMARY
        : undefined
  return (resource) => {
    if (!wanted && summary !== 'data') return resource as Resource
    const kept = Object.entries(resource).filter(([key]) => (wanted ? wanted.has(key) : key !== 'text'))
    return { resourceType: String(resource.resourceType), ...Object.fromEntries(kept), meta: SUBSETTED }
  }
}

interface Position {
  readonly offset: number
  readonly count: number
  readonly total: number
}

function linksOf(
  query: URLSearchParams,
  type: string,
  base: string,
  { offset, count, total }: Position,
): readonly JsonObject[] {
  const link = (relation: string, at: number) => {
    const parameters = new URLSearchParams(query)
    parameters.set('_offset', String(at))
    parameters.set('_count', String(count))
    return { relation, url: `${base}/${type}?${parameters}` }
  }
  const links = [link('self', offset)]
  if (count > 0 && offset + count < total) links.push(link('next', offset + count))
  if (count > 0 && offset > 0) links.push(link('previous', Math.max(0, offset - count)))
  return links
}
