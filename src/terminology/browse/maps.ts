/** Concept maps: which are loaded, their rows, and what they say of one concept in either direction. */
import type {
  ForeignReference,
  LanguageTag,
  MapEntry,
  Mapping,
  MapRelationship,
  MapRow,
  MapView,
  Slice,
  Term,
  Window,
} from '#portal/terminology/browser.ts'
import type { LibraryEntry } from '../library/library.ts'
import { type JsonObject, objects, text } from '../load/json.ts'
import { canonicalOf } from '../operations/fhir.ts'
import type { FoundConcept } from './concept.ts'
import { editionMappings } from './snomed-concept.ts'
import { type BrowseSources, openSystem } from './sources.ts'
import { referenceOf, systemName } from './terms.ts'

/** More targets of one code than a reader takes in. */
const MOST_MAPPINGS = 60

export function listMaps(sources: BrowseSources): readonly MapEntry[] {
  return sources.library
    .entries('ConceptMap')
    .filter(firstOfItsName)
    .map((entry) => mapEntry(entry))
    .sort((a, b) => a.name.text.localeCompare(b.name.text, 'en'))
}

/** Of several layers with the same resource the first has precedence. */
export function firstOfItsName({ entry }: LibraryEntry, index: number, all: readonly LibraryEntry[]): boolean {
  return all.findIndex((other) => other.entry.url === entry.url && other.entry.version === entry.version) === index
}

const entries = new WeakMap<LibraryEntry['entry'], MapEntry>()

function mapEntry({ entry, read }: LibraryEntry): MapEntry {
  const known = entries.get(entry)
  if (known) return known
  const made = entryOf(read())
  entries.set(entry, made)
  return made
}

function entryOf(resource: JsonObject): MapEntry {
  const groups = objects(resource.group)
  const ends = (end: 'source' | 'target'): string | undefined =>
    [...new Set(groups.flatMap((group) => text(group[end]) ?? []))].join(', ') || undefined
  return {
    url: text(resource.url) ?? '',
    version: text(resource.version),
    name: nameOf(resource),
    from: ends('source'),
    to: ends('target'),
    mappings: groups.reduce(
      (sum, group) => sum + objects(group.element).reduce((of, one) => of + Math.max(1, objects(one.target).length), 0),
      0,
    ),
  }
}

export function nameOf(resource: JsonObject): Term {
  const said = text(resource.title) ?? text(resource.name)
  return said === undefined
    ? { text: text(resource.url) ?? '' }
    : { text: said, language: text(resource.language) ?? 'en' }
}

/** What a map says and its rows, one page of them. */
export function mapView(
  sources: BrowseSources,
  resource: JsonObject,
  { offset, count, languages }: Window & { readonly languages: readonly LanguageTag[] },
): { readonly map: MapView; readonly rows: Slice<MapRow> } {
  const entry = entryOf(resource)
  const description = text(resource.description)
  const rows: MapRow[] = []
  let at = 0
  for (const group of objects(resource.group)) {
    for (const element of objects(group.element)) {
      const targets = objects(element.target)
      for (const target of targets.length > 0 ? targets : [undefined]) {
        if (at >= offset && rows.length < count) rows.push(rowOf(sources, group, element, target, languages))
        at += 1
      }
    }
  }
  return {
    map: {
      ...entry,
      ...(description === undefined
        ? {}
        : { description: { text: description, language: text(resource.language) ?? 'en' } }),
      publisher: text(resource.publisher),
      status: text(resource.status),
    },
    rows: { items: rows, total: at, more: at > offset + count },
  }
}

function rowOf(
  sources: BrowseSources,
  group: JsonObject,
  element: JsonObject,
  target: JsonObject | undefined,
  languages: readonly LanguageTag[],
): MapRow {
  const source = foreignReference(sources, text(group.source), element, languages)
  return target === undefined
    ? { source, comment: commentOf(element) }
    : {
        source,
        target: foreignReference(sources, text(group.target), target, languages),
        relationship: relationshipOf(target),
        comment: commentOf(target),
      }
}

function foreignReference(
  sources: BrowseSources,
  canonical: string | undefined,
  { code: stated, display }: JsonObject,
  languages: readonly LanguageTag[],
): ForeignReference {
  const code = text(stated) ?? ''
  const { url } = canonicalOf(canonical ?? '')
  const system = url === '' ? undefined : openSystem(sources, url)
  const concept = system?.codeSystem.locate(code).concept
  if (system && concept !== undefined) {
    return { ...referenceOf(system, concept, languages), systemName: systemName(system.codeSystem).text, loaded: true }
  }
  const said = text(display)
  return {
    system: url,
    code,
    ...(said === undefined ? {} : { term: { text: said } }),
    systemName: system ? systemName(system.codeSystem).text : url,
    active: true,
    loaded: false,
  }
}

const RELATIONSHIPS: ReadonlySet<string> = new Set([
  'equivalent',
  'source-is-narrower-than-target',
  'source-is-broader-than-target',
  'related-to',
  'not-related-to',
])

function isRelationship(value: string | undefined): value is MapRelationship {
  return value !== undefined && RELATIONSHIPS.has(value)
}

function relationshipOf(target: JsonObject): MapRelationship | undefined {
  const said = text(target.relationship)
  return isRelationship(said) ? said : undefined
}

function commentOf({ comment }: JsonObject): Term | undefined {
  const said = text(comment)
  return said === undefined ? undefined : { text: said, language: 'en' }
}

export function mappingsFrom(
  sources: BrowseSources,
  found: FoundConcept,
  languages: readonly LanguageTag[],
): readonly Mapping[] {
  const { system, concept } = found
  const code = system.codeSystem.codeOf(concept)
  const own = sources.library.conceptMapsOf(system.url, undefined).flatMap((map) =>
    groupsOf(map, 'source', system.url).flatMap((group) =>
      objects(group.element)
        .filter((element) => element.code === code)
        .flatMap((element) =>
          objects(element.target).map((target) =>
            mapping(sources, map, text(group.target), target, relationshipOf(target), languages),
          ),
        ),
    ),
  )
  return [...own, ...editionMappings(system, concept, languages)].slice(0, MOST_MAPPINGS)
}

/** The other way round: what is narrower than its target is broader seen from there. */
export function mappingsTo(
  sources: BrowseSources,
  found: FoundConcept,
  languages: readonly LanguageTag[],
): readonly Mapping[] {
  const { system, concept } = found
  const code = system.codeSystem.codeOf(concept)
  return sources.library
    .conceptMapsOf(undefined, system.url)
    .flatMap((map) =>
      groupsOf(map, 'target', system.url).flatMap((group) =>
        objects(group.element).flatMap((element) =>
          objects(element.target)
            .filter((target) => target.code === code)
            .map((target) =>
              mapping(
                sources,
                map,
                text(group.source),
                { ...element, comment: target.comment },
                inverse(relationshipOf(target)),
                languages,
              ),
            ),
        ),
      ),
    )
    .slice(0, MOST_MAPPINGS)
}

function inverse(relationship: MapRelationship | undefined): MapRelationship | undefined {
  if (relationship === 'source-is-narrower-than-target') return 'source-is-broader-than-target'
  if (relationship === 'source-is-broader-than-target') return 'source-is-narrower-than-target'
  return relationship
}

function groupsOf(map: JsonObject, end: 'source' | 'target', url: string): readonly JsonObject[] {
  return objects(map.group).filter((group) => canonicalOf(text(group[end]) ?? '').url === url)
}

function mapping(
  sources: BrowseSources,
  map: JsonObject,
  system: string | undefined,
  coded: JsonObject,
  relationship: MapRelationship | undefined,
  languages: readonly LanguageTag[],
): Mapping {
  return {
    map: { url: text(map.url) ?? '', version: text(map.version), name: nameOf(map) },
    other: foreignReference(sources, system, coded, languages),
    relationship,
    comment: commentOf(coded),
  }
}
