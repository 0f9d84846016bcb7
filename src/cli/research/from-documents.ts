/** Clinical documents → a folder of OMOP files, with the numbers of persons and rows that the node's database keeps. */
import { mkdir, mkdtemp, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem, failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { convertDocuments } from '#research/omop/from-fhir/convert.ts'
import { openSurrogateKeys, surrogateMigrations } from '#research/omop/from-fhir/surrogate-keys.ts'
import { openRelease } from '#research/omop/release/open.ts'
import { type TableRows, writeTables } from '#research/omop/write-tables.ts'
import { openTerminology } from '#terminology/index.ts'
import type { FromDocumentsOptions } from '../commands/research-documents.ts'
import { tryWriting, writeWhole } from '../output.ts'
import { EXIT } from '../program.ts'
import { tesseraHome } from '../project.ts'
import { researchConfiguration, tell } from './configuration.ts'
import { type ConversionReport, reportOf, reportWords } from './conversion-report.ts'
import { type Reading, readDocuments } from './source-documents.ts'

export async function fromDocuments(paths: readonly string[], options: FromDocumentsOptions): Promise<number> {
  const target = await emptyFolder(options.out)
  if (!target.ok) return tell(target.problem)
  const read = await researchConfiguration(options)
  if (!read.ok) return tell(read.problem)
  const vocabulary = options.vocabulary ?? read.value.settings.vocabulary
  if (vocabulary === undefined) {
    console.error('Name a vocabulary with --vocabulary: the configuration of the node names none.')
    return EXIT.usage
  }
  try {
    const { database: url } = read.value.configuration
    const converted = await conversion(paths, { dataset: options.dataset, vocabulary, url })
    if (!converted.ok) return tell(converted.problem)
    return await deliver(converted.value, target.value, options)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return tell(error.problem)
  }
}

/** Where the files will be; its last part need not exist. */
async function emptyFolder(out: string): Promise<Result<string>> {
  const found = await stat(out).catch(() => undefined)
  if (found === undefined) return ok(resolve(out))
  const names = found.isDirectory() ? await readdir(out) : [out]
  if (names.length === 0) return ok(await realpath(out))
  return failed('output-not-empty', `${out} is there, and not empty.`, 'Name another folder.')
}

interface Delivery {
  readonly tables: TableRows
  readonly report: ConversionReport
}

interface Means {
  readonly dataset: string
  readonly vocabulary: string
  /** Of the node's database. */
  readonly url: string
}

async function conversion(paths: readonly string[], { dataset, vocabulary, url }: Means): Promise<Result<Delivery>> {
  const opened = await openRelease(vocabulary)
  if (!opened.ok) {
    const next = 'Make one with `tessera research vocabulary`.'
    return failed('vocabulary-unreadable', 'The vocabulary cannot be opened.', next, { file: vocabulary })
  }
  try {
    const terminology = await openTerminology({ cache: join(tesseraHome(), 'cache'), home: tesseraHome() })
    const reading: Reading = { problems: [], leftAlone: 0, notCarried: 0 }
    const database = await openDatabase(url)
    try {
      await migrate(database, surrogateMigrations)
      const { tables, account } = await convertDocuments({
        documents: readDocuments(paths, terminology, reading),
        vocabulary: opened.value.database,
        keys: openSurrogateKeys(database, dataset),
        terminology,
      })
      return ok({ tables, report: reportOf(dataset, reading, tables, account) })
    } finally {
      await database.close()
    }
  } finally {
    opened.value.close()
  }
}

/** The files first, then the account of them. */
async function deliver(
  { tables, report }: Delivery,
  target: string,
  { out, report: file, json }: FromDocumentsOptions,
): Promise<number> {
  const empty = (tables.get('person') ?? []).length === 0
  const problems: Problem[] = [...report.unread]
  if (empty) problems.push(NOBODY)
  const unwritten = empty ? undefined : await tryWriting(() => writeFolder(target, tables), out)
  if (unwritten) problems.push(unwritten)
  const whole = `${JSON.stringify(report, null, 2)}\n`
  if (file !== undefined) {
    const unreported = await tryWriting(() => writeWhole(file, Buffer.from(whole), 0o600), file)
    if (unreported) problems.push(unreported)
  }
  if (json) process.stdout.write(whole)
  else for (const line of reportWords(report)) console.log(line)
  for (const problem of problems) console.error(describeProblem(problem))
  return problems.length > 0 ? EXIT.failed : EXIT.fine
}

const NOBODY: Problem = {
  code: 'no-person',
  sentence: 'No document has a patient with a year of birth: nothing was written.',
  next: 'Look at the reasons above.',
}

/** All files or none. */
async function writeFolder(target: string, tables: TableRows): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  const beside = await mkdtemp(`${target}.part-`)
  try {
    await writeTables(beside, tables)
    await rename(beside, target)
  } catch (error) {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined)
    throw error
  }
}
