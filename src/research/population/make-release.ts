/** A generated population as a dataset release: what a node of the demonstration holds, or a test asks. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '#platform/result/result.ts'
import { type LoadOptions, type LoadProblemCode, loadRelease } from '../omop/release/load.ts'
import type { LoadProgress, LoadReport } from '../omop/release/report.ts'
import { type PopulationOptions, type PopulationProblemCode, writePopulationInTurns } from './write-population.ts'

export interface PopulationReleaseOptions
  extends Omit<PopulationOptions, 'folder'>,
    Pick<LoadOptions, 'target' | 'dataset' | 'release' | 'threads' | 'memory' | 'now' | 'signal'> {}

/** Generates the people and loads them. The same options give the same tables; the files in between are removed. */
export async function makePopulationRelease(
  options: PopulationReleaseOptions,
  progress: (progress: LoadProgress) => void = () => {},
): Promise<Result<LoadReport, PopulationProblemCode | LoadProblemCode>> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-population-'))
  try {
    const written = await writePopulationInTurns({ ...options, folder })
    return written.ok ? await loadRelease({ ...options, sources: [folder] }, progress) : written
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
