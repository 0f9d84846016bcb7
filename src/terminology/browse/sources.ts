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

export function openSystem(sources: BrowseSources, url: string, version?: string): OpenSystem | undefined {
  const loaded = sources.library.codeSystem(url, version)
  const codeSystem = loaded ?? (version === undefined ? partialSystems(sources.library).find(url) : undefined)
  if (!codeSystem) return undefined
  const edition =
    url === SNOMED
      ? sources.editions?.find(({ edition: { uri } }) => uri === codeSystem.identity.version)?.edition
      : undefined
  return { url, codeSystem, edition }
}
