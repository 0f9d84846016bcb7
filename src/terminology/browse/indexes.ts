/** The text indexes of a library, made when somebody first asks, in small pieces so that others do not wait. */
import { setImmediate } from 'node:timers/promises'
import type { LanguageTag, SystemEntry } from '#portal/terminology/browser.ts'
import type { ResourceEntry } from '../artifacts/artifact.ts'
import { conceptsOf } from '../code-systems/concept-table.ts'
import type { Library } from '../library/library.ts'
import { canonicalOf } from '../operations/fhir.ts'
import { partialSystems } from './partial-systems.ts'
import { type BrowseSources, openSystem } from './sources.ts'
import { systemEntry } from './terms.ts'
import { createSupplementIndex, createTextIndex, type TextIndex } from './text-index.ts'

export interface Indexed {
  readonly url: string
  /** The version that answers when none is asked for, then the others. */
  readonly versions: readonly SystemEntry[]
  /** Absent for one whose codes cannot be listed; of a system with a search of its own, the words of supplements. */
  readonly index?: TextIndex | undefined
  readonly searchesItself: boolean
}

const made = new WeakMap<Library, Promise<readonly Indexed[]>>()

/** One entry for each code system, the largest first. */
export function indexesOf(sources: BrowseSources): Promise<readonly Indexed[]> {
  const known = made.get(sources.library)
  if (known) return known
  const making = makeIndexes(sources)
  made.set(sources.library, making)
  return making
}

async function makeIndexes(sources: BrowseSources): Promise<readonly Indexed[]> {
  const found: Indexed[] = []
  for (const url of [...sources.library.codeSystemUrls(), ...partialSystems(sources.library).urls]) {
    const system = openSystem(sources, url)
    if (!system) continue
    const { codeSystem, edition } = system
    const searchesItself = edition !== undefined || codeSystem.search !== undefined
    const index = edition
      ? createSupplementIndex(codeSystem, supplementedCodes(sources.library, url))
      : // One that searches itself without an edition searches its supplements, too.
        searchesItself
        ? undefined
        : createTextIndex(codeSystem)
    const own = systemEntry(system, index?.languages ?? [])
    found.push({ url, versions: [own, ...otherVersions(sources, url, own.version)], index, searchesItself })
    await setImmediate()
  }
  // The large ones first: what people look for is seldom in a table of four codes.
  return found.sort((a, b) => sizeOf(b) - sizeOf(a) || nameOf(a).localeCompare(nameOf(b), 'en'))
}

function* supplementedCodes(library: Library, url: string): Generator<string> {
  for (const { entry, read } of library.entries('CodeSystem')) {
    if (entry.content !== 'supplement' || canonicalOf(entry.supplements ?? '').url !== url) continue
    const table = conceptsOf(read())
    for (let ordinal = 0; ordinal < table.size; ordinal += 1) yield table.code(ordinal)
  }
}

function sizeOf({ versions }: Indexed): number {
  return versions[0]?.concepts ?? 0
}

function nameOf({ versions, url }: Indexed): string {
  return versions[0]?.name.text ?? url
}

/** Told by the index of the library where it can: nothing is parsed only to be listed. */
function otherVersions(sources: BrowseSources, url: string, own: string | undefined): readonly SystemEntry[] {
  const listed = new Map(
    listings(sources.library)
      .get(url)
      ?.map((entry) => [entry.version, entry]),
  )
  return sources.library
    .codeSystemVersions(url)
    .filter(({ version }) => version !== own)
    .flatMap(({ version }) => {
      const entry = listed.get(version)
      if (entry) return [listedEntry(entry)]
      const system = openSystem(sources, url, version)
      return system ? [systemEntry(system, [])] : []
    })
    .reverse()
}

const listed = new WeakMap<Library, ReadonlyMap<string, readonly ResourceEntry[]>>()

function listings(library: Library): ReadonlyMap<string, readonly ResourceEntry[]> {
  const known = listed.get(library)
  if (known) return known
  const made = Map.groupBy(
    library.entries('CodeSystem').map(({ entry }) => entry),
    ({ url }) => url,
  )
  listed.set(library, made)
  return made
}

function listedEntry({ url, version, title, name, concepts, content }: ResourceEntry): SystemEntry {
  const text = title ?? name
  return {
    url,
    version,
    name: text === undefined ? { text: url } : { text, language: 'en' },
    concepts,
    languages: [],
    complete: content !== 'fragment',
    expressions: false,
  }
}

export function languagesOf(indexes: readonly Indexed[], sources: BrowseSources): readonly LanguageTag[] {
  const own = indexes.flatMap(({ index }) => index?.languages ?? [])
  const editions = (sources.editions ?? []).flatMap(({ edition }) => edition.summary.languages)
  return [...new Set([...own, ...editions])]
}
