/** The dataset releases held here: opened at the first question, for reading only, and closed with the node. */
import { existsSync } from 'node:fs'
import { failed, type Result } from '#platform/result/result.ts'
import { CDM_TABLES } from '#research/omop/specification/cdm.ts'
import type { DatasetId } from '#research/permits/permit.ts'
import type { OptedOut } from '#research/permits/persons.ts'
import { tableFacts } from '#research/permits/table-facts.ts'
import { rows } from '#research/query/build-relations.ts'
import type { QueryEngine } from '#research/query/engine.ts'
import type { WorkspaceDataset } from '#research/workspace/run-work.ts'
import type { AnalysisMeans } from '#research/workspace/typed-query/run-permitted-analysis.ts'
import { permitPseudonyms } from './pseudonyms.ts'
import type { DatasetSettings, ResearchSettings } from './settings.ts'

export interface HeldDatasets {
  /** Undefined: not held here, or not loaded yet. */
  meansOf(dataset: DatasetId): AnalysisMeans | undefined
  /** The same for work in the secure processing environment. */
  workspaceOf(dataset: DatasetId): WorkspaceDataset | undefined
  releaseOf(dataset: DatasetId): string | undefined
  settingsOf(dataset: DatasetId): DatasetSettings | undefined
  close(): Promise<void>
}

export interface DatasetOptions extends Pick<AnalysisMeans, 'disclosure' | 'answers'> {
  readonly settings: Pick<ResearchSettings, 'datasets' | 'memory' | 'threads'>
  /** From which keys for pseudonyms are derived. */
  readonly secret: Uint8Array
  /** Numbers of the persons who had opted out (EHDS Art. 71). */
  readonly optedOutOf: (dataset: string, asOf: string) => Promise<ReadonlySet<number>>
  readonly mostSeconds?: number
}

/** A question that takes longer is ended. */
const MOST_SECONDS = 600

export function openDatasets(options: DatasetOptions): HeldDatasets {
  const { settings, secret, disclosure, answers, mostSeconds = MOST_SECONDS } = options
  const facts = tableFacts(CDM_TABLES)
  const held = new Map(
    settings.datasets.map((one) => {
      const engine = lazyEngine(one.file, settings)
      const pseudonyms = permitPseudonyms({ secret, dataset: one.id, engine })
      return [one.id, { ...one, engine, pseudonyms }]
    }),
  )
  const optedOut = async (dataset: string, asOf: string): Promise<OptedOut> => {
    const out = [...(await options.optedOutOf(dataset, asOf))]
    const cells = out.map((person) => [{ type: 'integer', value: person } as const])
    return { asOf, relation: rows([{ name: 'person_id', type: 'integer' }], cells) }
  }
  const workspaceOf = (dataset: DatasetId): WorkspaceDataset | undefined => {
    const one = held.get(dataset)
    if (!one || !existsSync(one.file)) return undefined
    const { engine, file, pseudonyms } = one
    const door = { facts, optedOut: (asOf: string) => optedOut(dataset, asOf), pseudonyms }
    return { file, tables: CDM_TABLES, door, means: { engine, dataset: door, disclosure, answers, mostSeconds } }
  }
  return {
    workspaceOf,
    meansOf: (dataset) => workspaceOf(dataset)?.means,
    releaseOf: (dataset) => held.get(dataset)?.release,
    settingsOf: (dataset) => held.get(dataset),
    async close() {
      await Promise.all([...held.values()].map(({ engine }) => engine.close()))
    },
  }
}

/** DuckDB is loaded when somebody asks: most nodes are never asked, and start sooner. */
function lazyEngine(file: string, { memory, threads }: Pick<ResearchSettings, 'memory' | 'threads'>): QueryEngine {
  let opening: Promise<Result<QueryEngine, 'engine-unavailable'>> | undefined
  const open = async (): Promise<Result<QueryEngine, 'engine-unavailable'>> => {
    const { openDuckdb } = await import('#research/query/engines/duckdb.ts')
    return openDuckdb({ file, tables: CDM_TABLES, memory, threads })
  }
  return {
    dialect: 'duckdb',
    async run(program, run) {
      opening ??= open()
      const engine = await opening
      if (engine.ok) return engine.value.run(program, run)
      opening = undefined
      return failed('query-failed', engine.problem.sentence, engine.problem.next)
    },
    async close() {
      const engine = await opening
      if (engine?.ok) await engine.value.close()
    },
  }
}
