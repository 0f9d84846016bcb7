/** What the browser looks into. A function gives it anew for each question, because a publication puts another library in its place. */
import type { ReleaseEntry } from '#portal/terminology/browser.ts'
import type { CodeSystem } from '../code-systems/code-system.ts'
import type { Ecl } from '../ecl/index.ts'
import type { Library } from '../library/library.ts'
import type { TerminologyServer } from '../operations/server.ts'
import type { Edition } from '../snomed/edition.ts'
import { partialSystems } from './partial-systems.ts'

export interface BrowseSources {
  readonly library: Library
  /** For expansions and memberships. */
  readonly server: Pick<TerminologyServer, 'operation'>
  /** Editions of SNOMED CT with their evaluators, the served one first. */
  readonly editions?: readonly EditionSource[]
  readonly releases?: () => Promise<readonly ReleaseEntry[]>
}

export interface EditionSource {
  readonly edition: Edition
  readonly ecl: Ecl
}

export const SNOMED = 'http://snomed.info/sct'

/** A code system that was found, with the edition behind it when it is SNOMED CT. */
export interface OpenSystem {
  readonly url: string
  readonly codeSystem: CodeSystem
  readonly edition?: Edition | undefined
}

/** Systems opened last. Merging supplements into a large one costs too much to do it for each link of a page. */
const kept = new WeakMap<Library, Map<string, OpenSystem>>()
const MOST_KEPT = 64

export function openSystem(sources: BrowseSources, url: string, version?: string): OpenSystem | undefined {
  const known = kept.get(sources.library) ?? new Map<string, OpenSystem>()
  kept.set(sources.library, known)
  const key = version === undefined ? url : `${url}|${version}`
  const system = known.get(key) ?? findSystem(sources, url, version)
  if (!system) return undefined
  // The one asked for last goes to the end; the first is dropped.
  known.delete(key)
  known.set(key, system)
  for (const [oldest] of known) {
    if (known.size <= MOST_KEPT) break
    known.delete(oldest)
  }
  return system
}

function findSystem(sources: BrowseSources, url: string, version: string | undefined): OpenSystem | undefined {
  const loaded = sources.library.codeSystem(url, version)
  const codeSystem = loaded ?? (version === undefined ? partialSystems(sources.library).find(url) : undefined)
  if (!codeSystem) return undefined
  const edition =
    url === SNOMED
      ? sources.editions?.find(({ edition: { uri } }) => uri === codeSystem.identity.version)?.edition
      : undefined
  return { url, codeSystem, edition }
}
