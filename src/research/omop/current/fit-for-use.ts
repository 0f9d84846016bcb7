/** Whether a release may answer questions: whole, of this dataset, and with few enough rows rejected in each table. */
import { stat } from 'node:fs/promises'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { countOf } from '../release/duckdb.ts'
import { type OpenRelease, type OpenReleaseProblemCode, openRelease } from '../release/open.ts'
import type { ReleaseMetadata } from '../release/report.ts'
import { quoted } from '../specification/ddl.ts'

export type FitnessProblemCode = OpenReleaseProblemCode | 'release-of-another' | 'release-too-many-rejected'

export interface WantedRelease {
  readonly dataset: string
  readonly release: string
  /** Above this share of rejected rows (0 to 1) in any table it is not used. */
  readonly mostRejected: number
}

type Fitness = Result<ReleaseMetadata, FitnessProblemCode>

export async function fitForUse(file: string, wanted: WantedRelease): Promise<Fitness> {
  const opened = await openRelease(file, { threads: 1, memory: '512MB' })
  if (!opened.ok) return opened
  try {
    if (!(await isWhole(opened.value))) return DAMAGED
    return metadataFits(opened.value.metadata, wanted)
  } catch {
    // DuckDB stumbles over a block that is not what its checksum says.
    return DAMAGED
  } finally {
    opened.value.close()
  }
}

/** Header blocks of a DuckDB file, before the first block of data. */
const HEADERS = 3 * 4096

/** The file is as long as its header says (a copy may have been cut off), and every table has the rows that were loaded. */
async function isWhole({ path, database, metadata }: OpenRelease): Promise<boolean> {
  const [size] = await database.rows('SELECT block_size, total_blocks FROM pragma_database_size()')
  const expected = HEADERS + countOf(size, 'block_size') * countOf(size, 'total_blocks')
  if ((await stat(path)).size < expected) return false
  for (const [table, rows] of Object.entries(metadata.tables)) {
    const [counted] = await database.rows(`SELECT count(*) AS n FROM ${quoted(table)}`)
    if (countOf(counted, 'n') !== rows) return false
  }
  return true
}

function metadataFits(metadata: ReleaseMetadata, { dataset, release, mostRejected }: WantedRelease): Fitness {
  const { kind, dataset: of, release: named, persons } = metadata
  if (kind !== 'release' || persons === 0 || of !== dataset || named !== release) return OF_ANOTHER
  // Of each table: a release that has lost all its deaths is no better for its millions of visits.
  for (const [table, { rows, rejected }] of rowsByTable(metadata)) {
    if (rejected > mostRejected * rows) {
      const sentence = `Of the table ${table}, ${rejected} of ${rows} rows were rejected; ${percent(mostRejected)} are allowed.`
      return failed('release-too-many-rejected', sentence, 'Mend the files and load them as a new release.')
    }
  }
  return ok(metadata)
}

function rowsByTable({ sources }: ReleaseMetadata): ReadonlyMap<string, { rows: number; rejected: number }> {
  const tables = new Map<string, { rows: number; rejected: number }>()
  for (const { table, rows, rejected } of sources) {
    const before = tables.get(table) ?? { rows: 0, rejected: 0 }
    tables.set(table, { rows: before.rows + rows, rejected: before.rejected + rejected })
  }
  return tables
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}

const DAMAGED = failed(
  'release-damaged',
  'The file of the release is cut off or damaged.',
  'Load the dataset again under another name.',
)
const OF_ANOTHER = failed(
  'release-of-another',
  'The file holds another release, another dataset, or nobody.',
  'Load the dataset through the pages of its holder.',
)
