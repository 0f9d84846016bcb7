/** The text indexes of a library, made in slices so that others do not wait; questions are answered from those that are ready. */
import { setTimeout as pause } from 'node:timers/promises'
import type { LanguageTag, SystemEntry } from '#portal/terminology/browser.ts'
import type { ResourceEntry } from '../artifacts/artifact.ts'
import { conceptsOf } from '../code-systems/concept-table.ts'
import type { Library } from '../library/library.ts'
import { canonicalOf } from '../operations/fhir.ts'
import { preparePartialSystems } from './partial-systems.ts'
import { type BrowseSources, openSystem } from './sources.ts'
import { systemEntry } from './terms.ts'
import { createSupplementIndex, createTextIndex, type TextIndex } from './text-index.ts'
import { turns } from './turns.ts'

export interface Indexed {
  readonly url: string
  /** The version that answers when none is asked for, then the others. */
  readonly versions: readonly SystemEntry[]
  /** Absent for one whose codes cannot be listed; of a system with a search of its own, the words of supplements. */
  readonly index?: TextIndex | undefined
  readonly searchesItself: boolean
}

interface Making {
  readonly found: Indexed[]
  /** What was found, the large ones first; made when somebody asks. */
  sorted: readonly Indexed[]
  isComplete: boolean
  readonly whole: Promise<void>
}

const made = new WeakMap<Library, Making>()

/** How long a question waits for indexes that are being made, before it takes what is ready. */
const PATIENCE_MS = 400

/** Those that are ready: one entry for each code system, the largest first. The first call begins to make them. */
export async function indexesOf(sources: BrowseSources): Promise<readonly Indexed[]> {
  const making = made.get(sources.library) ?? begin(sources)
  if (!making.isComplete) await Promise.race([making.whole, pause(PATIENCE_MS, undefined, { ref: false })])
  // What people look for is seldom in a table of four codes.
  if (making.sorted.length < making.found.length) making.sorted = [...making.found].sort(bySize)
  return making.sorted
}

/** Whether some indexes are still on their way. */
export function isPreparing({ library }: BrowseSources): boolean {
  return made.get(library)?.isComplete === false
}

function begin(sources: BrowseSources): Making {
  const { promise: whole, resolve, reject } = Promise.withResolvers<void>()
  const making: Making = { found: [], sorted: [], isComplete: false, whole }
  made.set(sources.library, making)
  makeIndexes(sources, making).then(
    () => {
      making.isComplete = true
      resolve()
    },
    (error: unknown) => {
      // The next one to ask tries again.
      made.delete(sources.library)
      reject(error)
    },
  )
  // Who no longer waits has nothing to hear of it.
  whole.catch(() => {})
  return making
}

function bySize(a: Indexed, b: Indexed): number {
  return sizeOf(b) - sizeOf(a) || nameOf(a).localeCompare(nameOf(b), 'en')
}

async function makeIndexes(sources: BrowseSources, { found }: Making): Promise<void> {
  const turn = turns()
  const loaded = sources.library.codeSystemUrls()
  for (const url of loaded) await index(url)
  for (const url of (await preparePartialSystems(sources.library)).urls) await index(url)

  async function index(url: string): Promise<void> {
    const system = openSystem(sources, url)
    if (!system) return
    const { codeSystem, edition } = system
    const searchesItself = edition !== undefined || codeSystem.search !== undefined
    const terms = edition
      ? await createSupplementIndex(codeSystem, supplementedCodes(sources.library, url), turn)
      : // One that searches itself without an edition searches its supplements, too.
        searchesItself
        ? undefined
        : await createTextIndex(codeSystem, turn)
    const own = systemEntry(system, terms?.languages ?? [])
    found.push({ url, versions: [own, ...otherVersions(sources, url, own.version)], index: terms, searchesItself })
    await turn()
  }
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
