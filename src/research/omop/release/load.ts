/**
 * A dataset release: one DuckDB file with the tables of OMOP CDM 5.4, written once from the files of a folder, then only
 * read. It is made beside its place and moved there when it is whole: a load that fails, or is killed, leaves no release.
 */
import { existsSync, readFileSync } from 'node:fs'
import { chmod, link, mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { CDM_TABLES } from '../specification/cdm.ts'
import { literal, quoted } from '../specification/ddl.ts'
import { type BuildProblemCode, buildTables } from './build.ts'
import { countOf, type DuckDatabase, openDuckDatabase } from './duckdb.ts'
import { countRejections, readRejections } from './rejections.ts'
import type { LoadProgress, LoadReport, ReleaseMetadata, SourceReport } from './report.ts'
import { findSourceFiles, type SourceFolder, type SourceProblemCode } from './source-files.ts'

export interface LoadOptions {
  /** Folders with one file or folder of files for each table. */
  readonly sources: readonly string[]
  /** The file of the release; must not exist yet. */
  readonly target: string
  readonly dataset: string
  readonly release: string
  /** An imported vocabulary (`vocabulary/`): its tables become those of the release, unless the sources have their own. */
  readonly vocabulary?: string
  /** Above this share of rejected rows (0 to 1) there is no release. Default 1: the report decides. */
  readonly mostRejected?: number
  readonly threads?: number
  /** As DuckDB writes it, e.g. `2GB`. */
  readonly memory?: string
  readonly now?: () => Date
  /** Stops the load; nothing stays. */
  readonly signal?: AbortSignal
}

export type LoadProblemCode =
  | SourceProblemCode
  | BuildProblemCode
  | 'release-exists'
  | 'release-not-written'
  | 'release-stopped'
  | 'release-without-persons'
  | 'too-many-rejected'
  | 'vocabulary-unreadable'

/** Rejections that the report itself repeats. */
const REPORTED = 1000

const PROGRAM = readProgramVersion()

/** Loads a dataset. Every row of every file is in the release or on its list of rejections. */
export async function loadRelease(
  options: LoadOptions,
  progress: (progress: LoadProgress) => void = () => {},
): Promise<Result<LoadReport, LoadProblemCode>> {
  return writeRelease(options, 'release', progress)
}

/** @param kind `vocabulary`: only vocabulary tables are read, and nobody has to be in it */
export async function writeRelease(
  options: LoadOptions,
  kind: ReleaseMetadata['kind'],
  progress: (progress: LoadProgress) => void,
): Promise<Result<LoadReport, LoadProblemCode>> {
  const target = resolve(options.target)
  if (existsSync(target)) return releaseExists(target)
  const found = await findSourceFiles(options.sources)
  if (!found.ok) return found
  const folder = onlyNeeded(found.value, kind)
  let work: string | undefined
  try {
    await mkdir(dirname(target), { recursive: true })
    await removeAbandoned(target)
    work = await mkdtemp(`${target}.${process.pid}.part-`)
    const written = await writeInto(work, folder, options, kind, progress)
    if (!written.ok) return written
    return (await moveInto(join(work, 'release.duckdb'), target)) ? written : releaseExists(target)
  } catch (error) {
    if (options.signal?.aborted) {
      return failed('release-stopped', 'The load was stopped.', 'Start it again; nothing of it was kept.')
    }
    return failed(
      'release-not-written',
      `The release cannot be written: ${wordsOf(error)}`,
      'Check the folder and the free space on its disk, then load again.',
      { file: target },
    )
  } finally {
    if (work !== undefined) await rm(work, { recursive: true, force: true })
  }
}

/** The first line of an error of DuckDB or of the file system; their texts may quote a row, so that nothing else is told. */
function wordsOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  const kind = error instanceof Error ? /^[A-Za-z ]+ Error/.exec(error.message)?.[0] : undefined
  return `${kind ?? 'unexpected error'}.`
}

function releaseExists(target: string): Result<never, 'release-exists'> {
  return failed(
    'release-exists',
    `There is a release at ${target} already, and a release is never changed.`,
    'Give the new release a name of its own.',
    { file: target },
  )
}

function onlyNeeded(folder: SourceFolder, kind: ReleaseMetadata['kind']): SourceFolder {
  if (kind === 'release') return folder
  const needed = folder.files.filter(({ table }) => table.part === 'vocabulary')
  const others = folder.files.filter(({ table }) => table.part !== 'vocabulary').map(({ name }) => name)
  return { files: needed, ignored: [...folder.ignored, ...others] }
}

async function writeInto(
  work: string,
  { files, ignored }: SourceFolder,
  options: LoadOptions,
  kind: ReleaseMetadata['kind'],
  progress: (progress: LoadProgress) => void,
): Promise<Result<LoadReport, LoadProblemCode>> {
  const { threads, memory, signal } = options
  const database = await openDuckDatabase(join(work, 'release.duckdb'), {
    ...(threads === undefined ? {} : { threads }),
    ...(memory === undefined ? {} : { memory }),
  })
  const stop = () => database.interrupt()
  signal?.addEventListener('abort', stop)
  try {
    const watched = (step: LoadProgress) => {
      signal?.throwIfAborted()
      progress(step)
    }
    const built = await buildTables({ database, files, workFolder: work, progress: watched })
    if (!built.ok) return built
    if (options.vocabulary !== undefined && !files.some(({ table }) => table.name === 'concept')) {
      const copied = await copyVocabulary(database, options.vocabulary)
      if (!copied.ok) return copied
    }
    watched({ step: 'finish', done: files.length, of: files.length })
    const metadata = await describe(database, options, kind, built.value, ignored)
    const refusal = refusalOf(metadata, options)
    if (refusal) return refusal
    await database.run('CREATE TABLE tessera.metadata (content VARCHAR NOT NULL)')
    await database.run('INSERT INTO tessera.metadata VALUES ($1)', [JSON.stringify(metadata)])
    const report = await reportOf(database, metadata)
    await database.run('CHECKPOINT')
    signal?.throwIfAborted()
    return ok(report)
  } finally {
    signal?.removeEventListener('abort', stop)
    database.close()
  }
}

function refusalOf(
  metadata: ReleaseMetadata,
  { mostRejected = 1 }: LoadOptions,
): Result<never, LoadProblemCode> | undefined {
  const rows = sumOf(metadata.sources, 'rows')
  const rejected = sumOf(metadata.sources, 'rejected')
  if (rejected > mostRejected * rows) {
    return failed(
      'too-many-rejected',
      `${rejected} of ${rows} rows cannot be loaded, more than was allowed.`,
      'Mend the files, or allow more and read the report of the release.',
    )
  }
  if (metadata.kind === 'vocabulary' || metadata.persons > 0) return undefined
  return failed(
    'release-without-persons',
    rejected > 0 ? `No person could be loaded; ${rejected} rows were refused.` : 'The source holds no person.',
    'Add the file PERSON with the columns of OMOP CDM 5.4.',
  )
}

async function copyVocabulary(database: DuckDatabase, path: string): Promise<Result<void, 'vocabulary-unreadable'>> {
  try {
    await database.run(`ATTACH ${literal(resolve(path))} AS vocabulary (READ_ONLY)`)
    for (const { name, part } of CDM_TABLES) {
      if (part === 'vocabulary')
        await database.run(`INSERT INTO ${quoted(name)} SELECT * FROM vocabulary.${quoted(name)}`)
    }
    await database.run('DETACH vocabulary')
    return ok(undefined)
  } catch {
    return failed(
      'vocabulary-unreadable',
      'The vocabulary cannot be read.',
      'Import the vocabulary again and name the file that was made.',
      { file: path },
    )
  }
}

async function describe(
  database: DuckDatabase,
  { dataset, release, now = () => new Date() }: LoadOptions,
  kind: ReleaseMetadata['kind'],
  sources: readonly SourceReport[],
  ignored: readonly string[],
): Promise<ReleaseMetadata> {
  const tables: Record<string, number> = {}
  for (const { name } of CDM_TABLES) {
    const [row] = await database.rows(`SELECT count(*) AS n FROM ${quoted(name)}`)
    if (countOf(row, 'n') > 0) tables[name] = countOf(row, 'n')
  }
  const [period] = await database.rows(
    'SELECT min(observation_period_start_date) AS first, max(observation_period_end_date) AS last FROM observation_period',
  )
  const [vocabulary] = await database.rows(
    `SELECT max(vocabulary_version) AS version FROM vocabulary WHERE vocabulary_id = 'None'`,
  )
  return {
    format: 1,
    kind,
    dataset,
    release,
    created: now().toISOString(),
    cdmVersion: '5.4',
    program: PROGRAM,
    ...(typeof vocabulary?.version === 'string' ? { vocabularyVersion: vocabulary.version } : {}),
    sources: [...sources],
    ignored: [...ignored],
    tables,
    persons: tables.person ?? 0,
    ...(typeof period?.first === 'string' ? { observedFrom: period.first } : {}),
    ...(typeof period?.last === 'string' ? { observedTo: period.last } : {}),
  }
}

async function reportOf(database: DuckDatabase, metadata: ReleaseMetadata): Promise<LoadReport> {
  return {
    metadata,
    loaded: sumOf(metadata.sources, 'loaded'),
    rejected: sumOf(metadata.sources, 'rejected'),
    rejectionCounts: await countRejections(database),
    rejections: await readRejections(database, REPORTED),
  }
}

function sumOf(sources: readonly SourceReport[], of: 'rows' | 'loaded' | 'rejected'): number {
  return sources.reduce((sum, source) => sum + source[of], 0)
}

/** Makes the file safe on the disk and gives it its name, unless another load was first. */
async function moveInto(from: string, target: string): Promise<boolean> {
  // Records of patients, and never changed again.
  await chmod(from, 0o400)
  await flush(from)
  try {
    await link(from, target)
  } catch (error) {
    if (existsSync(target)) return false
    throw error
  }
  await flush(dirname(target))
  return true
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** What loads of this release left behind whose process is no more. */
async function removeAbandoned(target: string): Promise<void> {
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(`${basename(target)}.`)) continue
    const pid = /^\.(\d+)\.part-/.exec(name.slice(basename(target).length))?.[1]
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(dirname(target), name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM'
  }
}

function readProgramVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'))
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '0'
  return `tessera ${String(version)}`
}
