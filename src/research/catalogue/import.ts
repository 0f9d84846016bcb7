/**
 * A document from somebody else → datasets, each with its release, its record in release 8, what was changed for that and
 * what is still missing. One door for the editor's import, the command and the harvester.
 */
import { ok, type Result } from '#platform/result/result.ts'
import { judge, statedAccess, type Verdict } from './gate/gate.ts'
import type { Release } from './gate/shapes.ts'
import { withCurrentAddresses } from './gate/vocabularies.ts'
import type { NodeId, Store } from './rdf/graph.ts'
import type { RdfProblemCode } from './rdf/problems.ts'
import { type ReadOptions, readRdf } from './rdf/read.ts'
import { type DatasetPart, splitCatalogue } from './record/split.ts'
import { type Change, convertToRelease8 } from './releases/convert.ts'
import { recogniseRelease } from './releases/recognise.ts'

export interface ImportedDataset {
  readonly dataset: NodeId
  /** The release that the source follows; nothing when it is no HealthDCAT-AP. */
  readonly sourceRelease: Release | undefined
  /** The description in release 8, as far as it goes. */
  readonly graph: Store
  readonly changes: readonly Change[]
  /** What release 8 says of it. */
  readonly verdict: Verdict
}

export interface ImportedCatalogue {
  readonly catalogs: readonly NodeId[]
  readonly datasets: readonly ImportedDataset[]
  /** Statements that no dataset and no catalogue leads to: kept by nobody, so that the sender must be told. */
  readonly unattached: Store
}

export async function importCatalogue(
  input: Uint8Array | string,
  options: ReadOptions = {},
): Promise<Result<ImportedCatalogue, RdfProblemCode>> {
  const read = await readRdf(input, options)
  if (!read.ok) return read
  const { catalogs, datasets, unattached } = splitCatalogue(read.value)
  const imported: ImportedDataset[] = []
  for (const part of datasets) imported.push(await importDataset(part))
  return ok({ catalogs, datasets: imported, unattached })
}

/** The description of one dataset, whatever its release. */
export async function importDataset({ dataset, graph }: DatasetPart): Promise<ImportedDataset> {
  const current = withCurrentAddresses(graph)
  const { release } = recogniseRelease(current.graph, dataset)
  const converted = release === 'r5' ? convertToRelease8(current.graph, dataset) : { graph: current.graph, changes: [] }
  const renewed = current.changed > 0 ? [{ kind: 'addresses' as const, count: current.changed }] : []
  const access = statedAccess(converted.graph, dataset)
  return {
    dataset,
    sourceRelease: release,
    graph: converted.graph,
    changes: [...renewed, ...converted.changes],
    verdict: await judge(converted.graph, dataset, { release: 'r8', access }),
  }
}
