/**
 * The dataset releases that answer here: opened at the first question, for reading only, and closed with the node. A question keeps the
 * release that the door gave it; when another one becomes the current one, the engine of the old one is closed after what runs.
 */

import type { CurrentReleases } from '#research/omop/current/current-releases.ts'
import { CDM_TABLES } from '#research/omop/specification/cdm.ts'
import type { DatasetId, Permit } from '#research/permits/permit.ts'
import type { OptedOut, Pseudonyms } from '#research/permits/persons.ts'
import { tableFacts } from '#research/permits/table-facts.ts'
import { rows } from '#research/query/build-relations.ts'
import type { WorkspaceDataset } from '#research/workspace/run-work.ts'
import type { AnalysisMeans } from '#research/workspace/typed-query/run-permitted-analysis.ts'
import { permitPseudonyms } from './pseudonyms.ts'
import { type ReleaseEngine, releaseEngine } from './release-engine.ts'
import type { ResearchSettings } from './settings.ts'

export interface HeldDatasets {
  /** Names of the releases that may answer, the current one first. Read anew: another process may have chosen. */
  releasesOf(dataset: DatasetId): Promise<readonly string[]>
  /** Undefined: the release is not held here, or not loaded yet. @param release as the door gave it (`checkAccess`) */
  meansOf(dataset: DatasetId, release: string | undefined): AnalysisMeans | undefined
  /** The same for work in the secure processing environment. */
  workspaceOf(dataset: DatasetId, release: string | undefined): WorkspaceDataset | undefined
  close(): Promise<void>
}

export interface DatasetOptions extends Pick<AnalysisMeans, 'disclosure' | 'answers'> {
  readonly settings: Pick<ResearchSettings, 'memory' | 'threads'>
  readonly current: Pick<CurrentReleases, 'releasesOf' | 'fileOf' | 'onChoice'>
  /** From which keys for pseudonyms are derived. */
  readonly secret: Uint8Array
  /** Numbers of the persons who had opted out (EHDS Art. 71). */
  readonly optedOutOf: (dataset: string, asOf: string) => Promise<ReadonlySet<number>>
  readonly mostSeconds?: number
}

/** A question that takes longer is ended. */
const MOST_SECONDS = 600

interface OpenedRelease {
  readonly release: string
  readonly engine: ReleaseEngine
  readonly pseudonyms: (permit: Permit) => Promise<Pseudonyms>
}

export function openDatasets(options: DatasetOptions): HeldDatasets {
  const { current, disclosure, answers, mostSeconds = MOST_SECONDS } = options
  const facts = tableFacts(CDM_TABLES)
  const opened = new Map<string, readonly OpenedRelease[]>()
  const currently = new Map<string, string | undefined>()
  const engines = new Set<ReleaseEngine>()

  const openedOf = (dataset: DatasetId, release: string, file: string): OpenedRelease => {
    const others = opened.get(dataset) ?? []
    const known = others.find((one) => one.release === release)
    if (known) return known
    const fresh = openRelease(options, { dataset, release, file })
    // A permit may name an earlier release: that one is open while it is asked.
    if (release !== currently.get(dataset)) fresh.engine.rest()
    engines.add(fresh.engine)
    opened.set(dataset, [...others, fresh])
    return fresh
  }
  const turnTo = (dataset: string, release: string | undefined): void => {
    if (currently.has(dataset) && currently.get(dataset) === release) return
    currently.set(dataset, release)
    for (const { engine } of opened.get(dataset) ?? []) engine.rest()
    // Whoever holds one of them keeps it; who comes now opens anew.
    opened.delete(dataset)
  }
  current.onChoice(turnTo)

  const optedOut = async (dataset: string, asOf: string): Promise<OptedOut> => {
    const out = [...(await options.optedOutOf(dataset, asOf))]
    const cells = out.map((person) => [{ type: 'integer', value: person } as const])
    return { asOf, relation: rows([{ name: 'person_id', type: 'integer' }], cells) }
  }
  const workspaceOf = (dataset: DatasetId, release: string | undefined): WorkspaceDataset | undefined => {
    const file = release === undefined ? undefined : current.fileOf(dataset, release)
    if (release === undefined || file === undefined) return undefined
    const { engine, pseudonyms } = openedOf(dataset, release, file)
    const door = { facts, optedOut: (asOf: string) => optedOut(dataset, asOf), pseudonyms }
    return { file, tables: CDM_TABLES, door, means: { engine, dataset: door, disclosure, answers, mostSeconds } }
  }
  return {
    async releasesOf(dataset) {
      const releases = await current.releasesOf(dataset)
      turnTo(dataset, releases[0])
      return releases
    },
    workspaceOf,
    meansOf: (dataset, release) => workspaceOf(dataset, release)?.means,
    async close() {
      await Promise.all([...engines].map((engine) => engine.close()))
    },
  }
}

function openRelease(
  { settings: { memory, threads }, secret }: DatasetOptions,
  { dataset, release, file }: { readonly dataset: string; readonly release: string; readonly file: string },
): OpenedRelease {
  const engine = releaseEngine(async () => {
    // DuckDB is loaded when somebody asks: most nodes are never asked, and start sooner.
    const { openDuckdb } = await import('#research/query/engines/duckdb.ts')
    return openDuckdb({ file, tables: CDM_TABLES, memory, threads })
  })
  // Of persons of this release; a person has the same pseudonym in the next one, since its number stays.
  return { release, engine, pseudonyms: permitPseudonyms({ secret, dataset, engine }) }
}
