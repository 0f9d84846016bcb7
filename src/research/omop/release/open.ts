/** Opens a release for reading. Nobody can write to it, and queries cannot reach other files or the network. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type DuckDatabase, type DuckOptions, openDuckDatabase } from './duckdb.ts'
import { type Rejection, readRejections } from './rejections.ts'
import { ReleaseMetadata } from './report.ts'

export interface OpenRelease {
  readonly path: string
  readonly metadata: ReleaseMetadata
  readonly database: DuckDatabase
  /** The rows that were not loaded, in the order of the files. */
  rejections(most?: number): Promise<readonly Rejection[]>
  close(): void
}

export type OpenReleaseProblemCode = 'release-missing' | 'release-damaged'

export async function openRelease(
  path: string,
  options: Pick<DuckOptions, 'threads' | 'memory'> = {},
): Promise<Result<OpenRelease, OpenReleaseProblemCode>> {
  let database: DuckDatabase | undefined
  try {
    database = await openDuckDatabase(path, { ...options, readOnly: true })
    const opened = database
    await opened.run('SET enable_external_access = false')
    const [row] = await opened.rows('SELECT content FROM tessera.metadata')
    const metadata = ReleaseMetadata.parse(JSON.parse(String(row?.content)))
    return ok({
      path,
      metadata,
      database: opened,
      rejections: (most = 100_000) => readRejections(opened, most),
      close: () => opened.close(),
    })
  } catch (error) {
    database?.close()
    const missing = error instanceof Error && /does not exist|No such file/.test(error.message)
    return missing
      ? failed('release-missing', 'There is no dataset release at this place.', 'Load the dataset first.', {
          file: path,
        })
      : failed('release-damaged', 'The file is no dataset release, or it is damaged.', 'Load the dataset again.', {
          file: path,
        })
  }
}
