/**
 * Vocabularies from files as Athena gives them (CONCEPT, CONCEPT_ANCESTOR, CONCEPT_RELATIONSHIP, …; cut by tabs) → one
 * DuckDB file, made like a release: checked, with every rejected row, beside and then moved.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Result } from '#platform/result/result.ts'
import { type LoadOptions, type LoadProblemCode, writeRelease } from '../release/load.ts'
import type { LoadProgress, LoadReport } from '../release/report.ts'
import { writeLocalVocabulary } from './local-vocabulary.ts'

export interface VocabularyOptions
  extends Pick<LoadOptions, 'sources' | 'target' | 'threads' | 'memory' | 'now' | 'signal'> {
  /** Name of this version, e.g. `v5.0 29-AUG-26`. */
  readonly version: string
  /** The vocabulary that ships goes in as well; of two concepts with one identifier that of `sources` stands. */
  readonly withLocal: boolean
}

export async function importVocabulary(
  options: VocabularyOptions,
  progress: (progress: LoadProgress) => void = () => {},
): Promise<Result<LoadReport, LoadProblemCode>> {
  const { version, withLocal, sources, ...rest } = options
  const local = withLocal ? await mkdtemp(join(tmpdir(), 'tessera-vocabulary-')) : undefined
  try {
    if (local !== undefined) await writeLocalVocabulary(local)
    const folders = local === undefined ? sources : [...sources, local]
    return await writeRelease(
      { ...rest, sources: folders, dataset: 'vocabulary', release: version },
      'vocabulary',
      progress,
    )
  } finally {
    if (local !== undefined) await rm(local, { recursive: true, force: true })
  }
}
