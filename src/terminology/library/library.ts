/** What is loaded: code systems in their versions, value sets, concept maps, supplements; found by canonical URL. */
import type { ResourceEntry } from '../artifacts/artifact.ts'
import type { CodeSystem, CodeSystemFamily, CodeSystemVersion } from '../code-systems/code-system.ts'
import { conceptElements } from '../code-systems/concept-table.ts'
import { createFhirCodeSystem } from '../code-systems/fhir-code-system.ts'
import { type JsonObject, objects } from '../load/json.ts'
import { canonicalOf, canonicalText } from '../operations/fhir.ts'
import { memoryStore, type ResourceStore } from './resource-store.ts'
import { compareVersions, matchesVersion, pickVersion } from './versions.ts'

export interface Library {
  /** Usable versions (content complete or fragment), the oldest first. */
  codeSystemVersions(url: string): readonly CodeSystemVersion[]
  /**
   * A version by exact name, by wildcard (`1.0.x`), or the newest. `supplements` are merged in beside those of the library
   * (resources, as given by `supplement`).
   */
  codeSystem(url: string, version?: string, supplements?: readonly JsonObject[]): CodeSystem | undefined
  codeSystemUrls(): readonly string[]
  /** A supplement by `url` or `url|version`. */
  supplement(canonical: string): JsonObject | undefined
  /** A code system of which only these concepts are known (elements as in ValueSet.compose). */
  fragment(url: string, concepts: readonly JsonObject[], supplements: readonly JsonObject[]): CodeSystem
  /** What supplements know of a code system that nobody loaded: for looking up a code, never to expand from. */
  fragmentOfSupplements(url: string, supplements?: readonly JsonObject[]): CodeSystem | undefined
  valueSet(url: string, version?: string): JsonObject | undefined
  conceptMap(url: string, version?: string): JsonObject | undefined
  /** Concept maps with a group of these systems (either may be left open). */
  conceptMapsOf(source: string | undefined, target: string | undefined): readonly JsonObject[]
  /** For search and read: every resource of a type, what has precedence first. */
  entries(type: ResourceEntry['resourceType']): readonly LibraryEntry[]
  /** For instance level requests. */
  byId(type: ResourceEntry['resourceType'], id: string): LibraryEntry | undefined
  /** The same content for clients of one release of FHIR: where no version is stated, that of FHIR's own resources is theirs. */
  inRelease(release: FhirRelease): Library
  /** True when a resource is content of the server, not of a request. */
  isServed(resource: JsonObject): boolean
}

export type FhirRelease = 'R4' | 'R5'

export interface LibraryEntry {
  readonly entry: ResourceEntry
  read(): JsonObject
}

export interface LibraryContent {
  /** First wins. */
  readonly stores: readonly ResourceStore[]
  readonly families?: readonly CodeSystemFamily[]
}

/** The library of a server. */
export function createLibrary(content: LibraryContent): Library {
  const base: Base = { index: indexOf(content.stores), opened: new Map(), served: new WeakSet() }
  const releases = new Map<FhirRelease | undefined, Library>()
  const inRelease = (release?: FhirRelease): Library => {
    const known = releases.get(release)
    if (known) return known
    const made: Library = layer(content, undefined, base, inRelease, release)
    releases.set(release, made)
    return made
  }
  return inRelease()
}

/** Resources of a request above a library: they are asked first, and nothing of them stays. */
export function withResources(library: Library, resources: readonly JsonObject[]): Library {
  if (resources.length === 0) return library
  const content = { stores: [memoryStore(resources)] }
  const base: Base = { index: indexOf(content.stores), opened: new Map(), served: new WeakSet() }
  return layer(content, library, base, (release) => withResources(library.inRelease(release), resources))
}

interface Indexed {
  readonly store: ResourceStore
  readonly entry: ResourceEntry
}

const FHIR = 'http://hl7.org/fhir/'

const USABLE: ReadonlySet<string | undefined> = new Set(['complete', 'fragment'])

/** What the views of one library share. */
interface Base {
  readonly index: ReadonlyMap<string, readonly Indexed[]>
  readonly opened: Map<string, CodeSystem>
  readonly served: WeakSet<JsonObject>
}

/** The versions of FHIR's own code systems and value sets. */
const RELEASE_VERSION: Readonly<Record<FhirRelease, string>> = { R4: '4.0.1', R5: '5.0.0' }

function layer(
  { stores, families = [] }: LibraryContent,
  below: Library | undefined,
  { index, opened, served }: Base,
  inRelease: Library['inRelease'],
  release?: FhirRelease,
): Library {
  const familiesByUrl = Map.groupBy(families, ({ url }) => url)
  const releaseVersion = release && RELEASE_VERSION[release]
  const read = ({ store, entry }: Indexed): JsonObject => {
    const resource = store.read(entry)
    if (!below) served.add(resource)
    return resource
  }
  const entriesOf = (type: ResourceEntry['resourceType'], url: string) => index.get(`${type} ${url}`) ?? []
  const definitions = (url: string) => entriesOf('CodeSystem', url).filter(({ entry }) => USABLE.has(entry.content))
  const standing = supplementsBySystem(stores)

  const versions = (url: string): readonly CodeSystemVersion[] => {
    const own: CodeSystemVersion[] = [
      ...definitions(url).map(({ entry }) => ({
        version: entry.version,
        content: entry.content === 'fragment' ? ('fragment' as const) : ('complete' as const),
      })),
      ...(familiesByUrl.get(url) ?? []).flatMap((family) => family.versions()),
    ]
    const seen = new Set(own.map(({ version }) => version))
    const further = below?.codeSystemVersions(url).filter(({ version }) => !seen.has(version)) ?? []
    return [...own, ...further].sort((left, right) => compareVersions(left.version, right.version))
  }

  const choose = (url: string, requested: string | undefined): CodeSystemVersion | undefined => {
    const list = versions(url)
    if (requested === undefined) {
      // What the request brings is what it means.
      if (below) {
        const own = definitions(url).map(({ entry }) => entry.version)
        if (own.length > 0)
          return pickVersion(
            list.filter(({ version }) => own.includes(version)),
            undefined,
          )
      }
      const ofRelease = url.startsWith(FHIR) ? list.find(({ version }) => version === releaseVersion) : undefined
      if (ofRelease) return ofRelease
      // A complete code system goes before a fragment; the default of its source before the newest.
      const preferred = list.filter(({ isDefault }) => isDefault)
      const complete = list.filter(({ content }) => content === 'complete')
      return pickVersion(preferred.length > 0 ? preferred : complete.length > 0 ? complete : list, undefined)
    }
    const matchers = (familiesByUrl.get(url) ?? []).flatMap(({ matches }) => (matches ? [matches] : []))
    return pickVersion(
      list,
      requested,
      (wanted, listed) => matchesVersion(wanted, listed) || matchers.some((matches) => matches(wanted, listed)),
    )
  }

  const open = (url: string, version: string | undefined, more: readonly JsonObject[]): CodeSystem | undefined => {
    const definition = definitions(url).find(({ entry }) => entry.version === version)
    const supplements = [
      ...(standing.get(url) ?? []).filter(({ entry }) => fits(entry, url, version)).map(read),
      ...more,
    ]
    if (definition) {
      if (more.length > 0) return createFhirCodeSystem(read(definition), supplements)
      return keep(opened, canonicalText(url, version), () => createFhirCodeSystem(read(definition), supplements))
    }
    for (const family of familiesByUrl.get(url) ?? []) {
      const found = family.versions().some((each) => each.version === version)
        ? openOf(family, url, version, supplements, more)
        : undefined
      if (found) return found
    }
    return below?.codeSystem(url, version, supplements)
  }

  const entriesByType = Map.groupBy(
    stores.flatMap((store) => store.entries.map((entry) => ({ entry, read: () => read({ store, entry }) }))),
    ({ entry }) => entry.resourceType,
  )
  /** Merging supplements into a system costs too much to do it for each request. */
  const openOf = (
    family: CodeSystemFamily,
    url: string,
    version: string | undefined,
    supplements: readonly JsonObject[],
    more: readonly JsonObject[],
  ): CodeSystem | undefined => {
    if (supplements.length === 0 || more.length > 0) return family.open(version, supplements)
    return keep(opened, canonicalText(url, version), () => family.open(version, supplements))
  }

  return {
    codeSystemVersions: versions,
    codeSystem(url, requested, supplements = []) {
      if (below && definitions(url).length === 0 && !familiesByUrl.has(url)) {
        const own = (standing.get(url) ?? []).filter(({ entry }) => fits(entry, url, requested)).map(read)
        return below.codeSystem(url, requested, own.length > 0 ? [...own, ...supplements] : supplements)
      }
      const chosen = choose(url, requested)
      return chosen && open(url, chosen.version, supplements)
    },
    codeSystemUrls() {
      const urls = new Set(below?.codeSystemUrls())
      for (const family of families) urls.add(family.url)
      for (const store of stores) {
        for (const { resourceType, content, url } of store.entries) {
          if (resourceType === 'CodeSystem' && USABLE.has(content)) urls.add(url)
        }
      }
      return [...urls]
    },
    supplement(canonical) {
      const { url, version } = canonicalOf(canonical)
      const list = entriesOf('CodeSystem', url).filter(({ entry }) => entry.content === 'supplement')
      const found = pickVersion(
        list.map((item) => ({ item, version: item.entry.version })),
        version,
      )
      return found ? read(found.item) : below?.supplement(canonical)
    },
    fragment(url, concepts, supplements) {
      const own = (standing.get(url) ?? []).filter(({ entry }) => fits(entry, url, undefined)).map(read)
      if (below) return below.fragment(url, concepts, [...own, ...supplements])
      const resource = { resourceType: 'CodeSystem', url, content: 'fragment', concept: concepts }
      return createFhirCodeSystem(resource, [...own, ...supplements])
    },
    fragmentOfSupplements(url, supplements = []) {
      const own = (standing.get(url) ?? []).filter(({ entry }) => fits(entry, url, undefined)).map(read)
      if (below) return below.fragmentOfSupplements(url, [...own, ...supplements])
      const all = [...own, ...supplements]
      if (all.length === 0 || versions(url).length > 0) return undefined
      const make = () => createFhirCodeSystem(fragmentOf(url, all), all)
      return supplements.length > 0 ? make() : keep(opened, `fragment ${url}`, make)
    },
    valueSet(url, requested) {
      const list = entriesOf('ValueSet', url)
      const ofRelease = requested === undefined && url.startsWith(FHIR) ? releaseVersion : undefined
      const found = (ofRelease && list.find(({ entry }) => entry.version === ofRelease)) || find(list, requested)
      if (found) return read(found)
      for (const family of families) {
        const implicit = url.startsWith(family.url) ? family.implicitValueSet?.(url) : undefined
        if (implicit) return implicit as JsonObject
      }
      return below?.valueSet(url, requested)
    },
    conceptMap(url, requested) {
      const found = find(entriesOf('ConceptMap', url), requested)
      if (found) return read(found)
      for (const family of families) {
        const implicit = url.startsWith(family.url) ? family.implicitConceptMap?.(url) : undefined
        if (implicit) return implicit as JsonObject
      }
      return below?.conceptMap(url, requested)
    },
    conceptMapsOf: conceptMapFinder(stores, read, below),
    entries: (type) => {
      const own = entriesByType.get(type) ?? []
      const further = below?.entries(type) ?? []
      return own.length === 0 ? further : further.length === 0 ? own : [...own, ...further]
    },
    byId: (type, id) => entriesByType.get(type)?.find(({ entry }) => entry.id === id) ?? below?.byId(type, id),
    inRelease,
    isServed: (resource) => served.has(resource) || (below?.isServed(resource) ?? false),
  }
}

/** The codes that supplements speak of, with an English word as display where one of them has it. */
function fragmentOf(url: string, supplements: readonly JsonObject[]): JsonObject {
  const concepts = new Map<string, JsonObject>()
  for (const supplement of supplements) {
    for (const { code, display, designation } of conceptElements(supplement)) {
      if (typeof code !== 'string') continue
      const known = concepts.get(code)
      if (known?.display !== undefined) continue
      const english = display ?? objects(designation).find(({ language }) => language === 'en')?.value
      concepts.set(code, { code, ...(english !== undefined && { display: english }) })
    }
  }
  const [first] = supplements
  return {
    resourceType: 'CodeSystem',
    url,
    ...(typeof first?.title === 'string' && { title: first.title }),
    status: 'active',
    language: 'en',
    content: 'fragment',
    concept: [...concepts.values()],
  }
}

function indexOf(stores: readonly ResourceStore[]): ReadonlyMap<string, readonly Indexed[]> {
  const index = new Map<string, Indexed[]>()
  for (const store of stores) {
    for (const entry of store.entries) {
      const key = `${entry.resourceType} ${entry.url}`
      const list = index.get(key)
      if (!list) index.set(key, [{ store, entry }])
      else if (!list.some((other) => other.entry.version === entry.version && other.entry.content === entry.content)) {
        list.push({ store, entry })
      }
    }
  }
  return index
}

/** Supplements that the operator serves apply by themselves; of a request only what is there for its words in a language. */
function supplementsBySystem(stores: readonly ResourceStore[]): ReadonlyMap<string, readonly Indexed[]> {
  const found = new Map<string, Indexed[]>()
  for (const store of stores) {
    for (const entry of store.entries) {
      if (entry.content !== 'supplement' || entry.supplements === undefined) continue
      // Resources of a request have no place in a file.
      if (entry.length === 0 && !isLanguagePack(store.read(entry))) continue
      const { url } = canonicalOf(entry.supplements)
      const list = found.get(url)
      if (list) list.push({ store, entry })
      else found.set(url, [{ store, entry }])
    }
  }
  return found
}

function isLanguagePack({ extension }: JsonObject): boolean {
  const type = 'http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type'
  return objects(extension).some(({ url, valueCode }) => url === type && valueCode === 'lang-pack')
}

function fits(entry: ResourceEntry, url: string, version: string | undefined): boolean {
  const target = canonicalOf(entry.supplements ?? '')
  if (target.url !== url) return false
  return target.version === undefined || version === undefined || matchesVersion(target.version, version)
}

function find(list: readonly Indexed[], requested: string | undefined): Indexed | undefined {
  return pickVersion(
    list.map((item) => ({ item, version: item.entry.version })),
    requested,
  )?.item
}

const MOST_OPEN = 200

function keep<T extends CodeSystem | undefined>(
  cache: Map<string, CodeSystem>,
  key: string,
  make: () => T,
): T | CodeSystem {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  if (made !== undefined) cache.set(key, made)
  if (cache.size > MOST_OPEN) {
    const [oldest] = cache.keys()
    if (oldest !== undefined) cache.delete(oldest)
  }
  return made
}

function conceptMapFinder(
  stores: readonly ResourceStore[],
  read: (indexed: Indexed) => JsonObject,
  below: Library | undefined,
): Library['conceptMapsOf'] {
  let known:
    | readonly { readonly indexed: Indexed; readonly pairs: readonly (readonly [string, string])[] }[]
    | undefined
  return (source, target) => {
    known ??= stores.flatMap((store) =>
      store.entries
        .filter(({ resourceType }) => resourceType === 'ConceptMap')
        .map((entry) => ({ indexed: { store, entry }, pairs: systemPairs(read({ store, entry })) })),
    )
    const own = known
      .filter(({ pairs }) =>
        pairs.some(
          ([from, to]) => (source === undefined || from === source) && (target === undefined || to === target),
        ),
      )
      .map(({ indexed }) => read(indexed))
    return [...own, ...(below?.conceptMapsOf(source, target) ?? [])]
  }
}

function systemPairs(map: JsonObject): readonly (readonly [string, string])[] {
  const system = (value: unknown) => (typeof value === 'string' ? canonicalOf(value).url : '')
  return objects(map.group).map(({ source, target }) => [system(source), system(target)] as const)
}
