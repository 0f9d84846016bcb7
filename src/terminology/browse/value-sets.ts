/** Value sets: which are loaded, what belongs to them, who is in them. Expansions and checks are the server's own operations. */

import { failed, ok, type Result } from '#platform/result/result.ts'
import type {
  Clause,
  Hit,
  LanguageTag,
  Slice,
  Term,
  ValueSetEntry,
  ValueSetView,
  Window,
} from '#portal/terminology/browser.ts'
import { foldText } from '../flat/fold.ts'
import type { LibraryEntry } from '../library/library.ts'
import { isObject, type JsonObject, objects, text } from '../load/json.ts'
import type { Resource } from '../operations/fhir.ts'
import { canonicalOf, type Parameters } from '../operations/fhir.ts'
import { nameOf } from './maps.ts'
import { type BrowseSources, openSystem } from './sources.ts'
import { referenceOf, systemName } from './terms.ts'

export function listValueSets(
  { library }: BrowseSources,
  { text: wanted, offset, count }: Window & { readonly text: string },
): Slice<ValueSetEntry> {
  const words = foldText(wanted).split(' ').filter(Boolean)
  const named = distinctEntries(library.entries('ValueSet')).filter(({ entry }) => {
    const said = foldText(`${entry.title ?? ''} ${entry.name ?? ''} ${entry.url}`)
    return words.every((word) => said.includes(word))
  })
  const items = named.slice(offset, offset + count).map(({ entry, read }) => ({
    ...entryOf(read()),
    version: entry.version,
  }))
  return { items, total: named.length, more: named.length > offset + count }
}

const sorted = new WeakMap<readonly LibraryEntry[], readonly LibraryEntry[]>()

function distinctEntries(all: readonly LibraryEntry[]): readonly LibraryEntry[] {
  const known = sorted.get(all)
  if (known) return known
  const byName = new Map<string, LibraryEntry>()
  for (const one of all) {
    const key = `${one.entry.url}|${one.entry.version ?? ''}`
    if (!byName.has(key)) byName.set(key, one)
  }
  const called = ({ entry }: LibraryEntry): string => entry.title ?? entry.name ?? entry.url
  const made = [...byName.values()].sort((a, b) => called(a).localeCompare(called(b), 'en'))
  sorted.set(all, made)
  return made
}

export function entryOf(resource: JsonObject): ValueSetEntry {
  const includes = objects(isObject(resource.compose) ? resource.compose.include : undefined)
  return {
    url: text(resource.url) ?? '',
    version: text(resource.version),
    name: nameOf(resource),
    systems: [...new Set(includes.flatMap(({ system }) => text(system) ?? []))],
  }
}

/** Languages are counted elsewhere (coverage); the number of members comes with the first page of the expansion. */
export function valueSetView(sources: BrowseSources, resource: JsonObject): ValueSetView {
  const compose = isObject(resource.compose) ? resource.compose : {}
  const description = text(resource.description)
  return {
    ...entryOf(resource),
    ...(description === undefined
      ? {}
      : { description: { text: description, language: text(resource.language) ?? 'en' } }),
    publisher: text(resource.publisher),
    status: text(resource.status),
    include: objects(compose.include).map((include) => clauseOf(sources, include)),
    exclude: objects(compose.exclude).map((exclude) => clauseOf(sources, exclude)),
    coverage: [],
  }
}

function clauseOf(sources: BrowseSources, include: JsonObject): Clause {
  const url = text(include.system)
  const concepts = objects(include.concept)
  return {
    ...(url === undefined ? {} : { system: { url, version: text(include.version), name: nameOfSystem(sources, url) } }),
    ...(concepts.length > 0 ? { codes: concepts.length } : {}),
    filters: objects(include.filter).map(({ property, op, value }) => ({
      property: text(property) ?? '',
      operator: text(op) ?? '',
      value: text(value) ?? '',
    })),
    valueSets: (Array.isArray(include.valueSet) ? include.valueSet : []).flatMap((canonical) => {
      const wanted = text(canonical)
      if (wanted === undefined) return []
      const { url: address, version } = canonicalOf(wanted)
      const found = sources.library.valueSet(address, version)
      return [{ url: address, name: found ? nameOf(found) : { text: wanted }, loaded: found !== undefined }]
    }),
  }
}

export function nameOfSystem(sources: BrowseSources, url: string): Term {
  const system = openSystem(sources, url)
  return system ? systemName(system.codeSystem) : { text: url }
}

export interface ExpandQuestion extends Window {
  readonly url: string
  readonly version?: string | undefined
  readonly text: string
  readonly inactive?: boolean
  readonly languages: readonly LanguageTag[]
}

/** `$expand`, one page of it, with the terms chosen here: the answer must say in which language each of them is. */
export async function expand(
  sources: BrowseSources,
  question: ExpandQuestion,
): Promise<Result<Slice<Hit>, 'not-expandable'>> {
  const { url, version, text: filter, offset, count, languages } = question
  const answer = await sources.server.operation({
    resourceType: 'ValueSet',
    operation: 'expand',
    fhirVersion: 'R5',
    parameters: parameters([
      ['url', 'valueUri', url],
      ['valueSetVersion', 'valueString', version],
      ['filter', 'valueString', filter || undefined],
      ['offset', 'valueInteger', offset],
      ['count', 'valueInteger', count],
      ['activeOnly', 'valueBoolean', question.inactive === false ? true : undefined],
      ['excludeNested', 'valueBoolean', true],
      ['displayLanguage', 'valueCode', languages[0]],
    ]),
  })
  const { resource } = answer
  if (resource.resourceType !== 'ValueSet' || !isObject(resource.expansion)) {
    return failed('not-expandable', outcomeText(resource), 'Load what the value set needs.')
  }
  const { total, contains } = resource.expansion
  const items = objects(contains).flatMap((entry) => hitOf(sources, entry, languages))
  const known = typeof total === 'number' ? total : undefined
  return ok({
    items,
    total: known,
    more: known === undefined ? items.length === count : known > offset + items.length && items.length > 0,
  })
}

function hitOf(sources: BrowseSources, entry: JsonObject, languages: readonly LanguageTag[]): readonly Hit[] {
  const url = text(entry.system)
  const code = text(entry.code)
  if (url === undefined || code === undefined) return []
  const system = openSystem(sources, url, text(entry.version)) ?? openSystem(sources, url)
  const concept = system?.codeSystem.locate(code).concept
  if (system && concept !== undefined) {
    return [{ ...referenceOf(system, concept, languages), systemName: systemName(system.codeSystem) }]
  }
  const display = text(entry.display)
  return [
    {
      system: url,
      code,
      active: entry.inactive !== true,
      ...(display === undefined ? {} : { term: { text: display } }),
      systemName: nameOfSystem(sources, url),
    },
  ]
}

type Value = readonly [name: string, type: string, value: unknown]

function parameters(values: readonly Value[]): Parameters {
  return {
    resourceType: 'Parameters',
    parameter: values.flatMap(([name, type, value]) => (value === undefined ? [] : [{ name, [type]: value }])),
  }
}

/** What an OperationOutcome says, without its codes. */
function outcomeText(resource: Resource): string {
  const [first] = objects(resource.issue)
  const details = isObject(first?.details) ? text(first.details.text) : undefined
  return details ?? text(first?.diagnostics) ?? 'The value set could not be expanded.'
}

/** Value sets that may hold codes of a system: by their own includes, or because they import others. */
const candidates = new WeakMap<object, ReadonlyMap<string, readonly LibraryEntry[]>>()
const IMPORTS = ''

async function candidatesFor(sources: BrowseSources, system: string): Promise<readonly LibraryEntry[]> {
  const { library } = sources
  let index = candidates.get(library)
  if (!index) {
    const made = new Map<string, LibraryEntry[]>()
    const put = (key: string, entry: LibraryEntry): void => {
      const list = made.get(key)
      if (list) list.push(entry)
      else made.set(key, [entry])
    }
    for (const [position, entry] of library.entries('ValueSet').filter(firstOfUrl()).entries()) {
      const resource = entry.read()
      const includes = objects(isObject(resource.compose) ? resource.compose.include : undefined)
      const systems = new Set(includes.map((include) => text(include.system) ?? IMPORTS))
      if (includes.length === 0) {
        const listed = isObject(resource.expansion) ? objects(resource.expansion.contains) : []
        for (const one of listed) systems.add(text(one.system) ?? IMPORTS)
      }
      for (const one of systems) put(one, entry)
      if (position % 50 === 49) await new Promise((resolve) => setImmediate(resolve))
    }
    index = made
    candidates.set(library, index)
  }
  return [...(index.get(system) ?? []), ...(index.get(IMPORTS) ?? [])]
}

function firstOfUrl(): (entry: LibraryEntry) => boolean {
  const seen = new Set<string>()
  return ({ entry: { url } }) => {
    if (seen.has(url)) return false
    seen.add(url)
    return true
  }
}

/** The loaded value sets that hold a code, by their names. */
export async function membershipsOf(
  sources: BrowseSources,
  system: string,
  code: string,
): Promise<readonly ValueSetEntry[]> {
  const found: ValueSetEntry[] = []
  for (const entry of await candidatesFor(sources, system)) {
    if (await holds(sources, entry, system, code)) found.push(entryOf(entry.read()))
  }
  return found.sort((a, b) => a.name.text.localeCompare(b.name.text, 'en'))
}

async function holds(
  sources: BrowseSources,
  { entry, read }: LibraryEntry,
  system: string,
  code: string,
): Promise<boolean> {
  const listed = listedCodes(read(), system)
  if (listed !== undefined) return listed.has(code)
  const { resource } = await sources.server.operation({
    resourceType: 'ValueSet',
    operation: 'validate-code',
    fhirVersion: 'R5',
    parameters: parameters([
      ['url', 'valueUri', entry.url],
      ['valueSetVersion', 'valueString', entry.version],
      ['system', 'valueUri', system],
      ['code', 'valueCode', code],
    ]),
  })
  return objects(resource.parameter).some(({ name, valueBoolean }) => name === 'result' && valueBoolean === true)
}

/** The codes of a plain list; undefined when more than reading the definition is needed. */
function listedCodes(resource: JsonObject, system: string): ReadonlySet<string> | undefined {
  const compose = isObject(resource.compose) ? resource.compose : undefined
  if (!compose || objects(compose.exclude).length > 0) return undefined
  const codes = new Set<string>()
  for (const include of objects(compose.include)) {
    if (include.valueSet !== undefined || include.filter !== undefined) return undefined
    if (include.system !== system) continue
    const concepts = objects(include.concept)
    if (concepts.length === 0) return undefined
    for (const { code } of concepts) if (typeof code === 'string') codes.add(code)
  }
  return codes
}
