/**
 * Files → the tables of an open DuckDB database: stage each file, find duplicate keys, keep the rejections, write the good
 * rows sorted by person and day.
 */
import { join } from 'node:path'
import { ok, type Result } from '#platform/result/result.ts'
import { CDM_TABLES, type CdmTable, hasColumn, startColumn } from '../specification/cdm.ts'
import { createCdm, literal, quoted } from '../specification/ddl.ts'
import { countOf, type DuckDatabase } from './duckdb.ts'
import { REJECTIONS_TABLE } from './rejections.ts'
import type { LoadProgress, SourceReport } from './report.ts'
import { faultText } from './row-checks.ts'
import { inspectBytes, type SourceBytes, type SourceBytesProblemCode } from './source-bytes.ts'
import type { SourceFile } from './source-files.ts'
import { type ShapeProblemCode, type SourceShape, shapeOf } from './source-shape.ts'
import { makeWaitingTable, type StagedFile, type StageInput, stageFile, stageLines, WAITING } from './stage.ts'

export type BuildProblemCode = ShapeProblemCode | SourceBytesProblemCode

export interface BuildInput {
  readonly database: DuckDatabase
  readonly files: readonly SourceFile[]
  /** A folder on the disk of the release for what is needed while loading. */
  readonly workFolder: string
  readonly progress: (progress: LoadProgress) => void
}

interface InspectedFile {
  readonly file: SourceFile
  readonly bytes: SourceBytes
  readonly shape: SourceShape
}

export async function buildTables(input: BuildInput): Promise<Result<readonly SourceReport[], BuildProblemCode>> {
  const { database, workFolder } = input
  const inspected = await inspectAll(input)
  if (!inspected.ok) return inspected
  await database.run(`ATTACH ${literal(join(workFolder, 'staging.duckdb'))} AS staging`)
  await database.run('CREATE SCHEMA tessera')
  await database.run(REJECTIONS_TABLE)
  for (const statement of createCdm()) await database.run(statement)
  const reports: SourceReport[] = []
  // Persons are known before the rows that speak of them: PERSON is the first table of the specification.
  for (const table of CDM_TABLES) {
    const own = inspected.value.filter(({ file }) => file.table === table)
    if (own.length > 0) reports.push(...(await buildTable(input, table, own, reports.length)))
  }
  await database.run('DETACH staging')
  return ok(reports)
}

/** Before anything is written, each file is seen to be whole and to have a header. */
async function inspectAll(input: BuildInput): Promise<Result<readonly InspectedFile[], BuildProblemCode>> {
  const { database, files, progress } = input
  const inspected: InspectedFile[] = []
  for (const [done, file] of files.entries()) {
    progress({ step: 'inspect', table: file.table.name, file: file.name, done, of: files.length })
    const bytes = await inspectBytes(file)
    if (!bytes.ok) return bytes
    const shape = await shapeOf(file, database)
    if (!shape.ok) return shape
    inspected.push({ file, bytes: bytes.value, shape: shape.value })
  }
  return ok(inspected)
}

/** A file of a table on its way. */
interface Staged {
  readonly inspected: InspectedFile
  readonly input: StageInput
  readonly result: StagedFile
}

async function buildTable(
  build: BuildInput,
  table: CdmTable,
  files: readonly InspectedFile[],
  done: number,
): Promise<readonly SourceReport[]> {
  const { database, progress } = build
  const of = build.files.length
  await makeWaitingTable(database, table)
  const read = await stageAll(build, table, files, done)
  await markDuplicates(database, table)
  const staged = await withLines(database, table, read)
  const reports: SourceReport[] = []
  for (const { inspected, input, result } of staged) {
    const rejected = await keepRejections(database, input, result)
    reports.push({
      file: inspected.file.name,
      table: table.name,
      ...inspected.bytes,
      rows: result.rows,
      loaded: result.rows - rejected,
      rejected,
      notes: [...inspected.shape.notes],
    })
  }
  progress({ step: 'sort', table: table.name, rows: rowsOf(staged), done: done + files.length, of })
  await keepGoodRows(database, table)
  return reports
}

function rowsOf(staged: readonly Staged[]): number {
  return staged.reduce((sum, { result }) => sum + result.rows, 0)
}

async function stageAll(
  { database, workFolder, progress, files: { length: of } }: BuildInput,
  table: CdmTable,
  files: readonly InspectedFile[],
  done: number,
): Promise<readonly Staged[]> {
  const staged: Staged[] = []
  for (const [number, inspected] of files.entries()) {
    const { file, shape } = inspected
    progress({ step: 'read', table: table.name, file: file.name, done: done + number, of })
    const copyPath = join(workFolder, `${table.name}-${number}.csv`)
    const reread = () => progress({ step: 'read-lines', table: table.name, file: file.name, done: done + number, of })
    const input: StageInput = { database, file, shape, number, before: rowsOf(staged), copyPath, reread }
    staged.push({ inspected, input, result: await stageFile(input) })
  }
  return staged
}

/** Files with a row that is rejected are read again line by line, so that the report can name its line. */
async function withLines(
  database: DuckDatabase,
  table: CdmTable,
  staged: readonly Staged[],
): Promise<readonly Staged[]> {
  const rows = await database.rows(
    `SELECT DISTINCT tessera_file AS file FROM ${WAITING} WHERE tessera_fault IS NOT NULL`,
  )
  const faulty = new Set(rows.map((row) => countOf(row, 'file')))
  const again: Staged[] = []
  for (const one of staged) {
    const { input, result } = one
    const { text } = input.shape
    if (!text || result.linesKnown || !faulty.has(input.number)) again.push(one)
    else again.push({ ...one, result: await stageLines(input, text) })
  }
  if (again.some(({ result }, at) => result !== staged[at]?.result)) {
    await database.run(
      `UPDATE ${WAITING} SET tessera_fault = NULL WHERE starts_with(tessera_fault, ${literal(faultText('duplicate-key', ''))})`,
    )
    await markDuplicates(database, table)
  }
  return again
}

/** Of rows with one key the first stands; later ones are rejected. */
async function markDuplicates(database: DuckDatabase, table: CdmTable): Promise<void> {
  if (table.primaryKey === undefined) return
  const key = quoted(table.primaryKey)
  const [counts] = await database.rows(
    `SELECT count(*) AS n, count(DISTINCT ${key}) AS d FROM ${WAITING} WHERE tessera_fault IS NULL`,
  )
  if (countOf(counts, 'n') === countOf(counts, 'd')) return
  await database.run(
    `UPDATE ${WAITING} SET tessera_fault = ${literal(faultText('duplicate-key', table.primaryKey))}
     WHERE rowid IN (SELECT id FROM (
       SELECT rowid AS id, row_number() OVER (PARTITION BY ${key} ORDER BY tessera_file, tessera_ordinal) AS nth
       FROM ${WAITING} WHERE tessera_fault IS NULL) WHERE nth > 1)`,
  )
}

/** @returns how many rows of the file were rejected */
async function keepRejections(
  database: DuckDatabase,
  { file, number }: StageInput,
  { broken }: StagedFile,
): Promise<number> {
  const faulty = `FROM ${WAITING} WHERE tessera_file = ${number} AND tessera_fault IS NOT NULL`
  await database.run(
    `INSERT INTO tessera.rejection SELECT ${literal(file.name)}, tessera_ordinal, ${literal(file.table.name)},
       split_part(tessera_fault, ':', 2), split_part(tessera_fault, ':', 1) ${faulty}`,
  )
  await insertBroken(database, file, broken)
  const [rejected] = await database.rows(`SELECT count(*) AS n ${faulty}`)
  return countOf(rejected, 'n') + broken.length
}

const ROWS_PER_STATEMENT = 2000

async function insertBroken(database: DuckDatabase, file: SourceFile, broken: StagedFile['broken']): Promise<void> {
  for (let at = 0; at < broken.length; at += ROWS_PER_STATEMENT) {
    const values = broken
      .slice(at, at + ROWS_PER_STATEMENT)
      .map(
        ({ line, reason }) => `(${literal(file.name)}, ${line}, ${literal(file.table.name)}, NULL, ${literal(reason)})`,
      )
    await database.run(`INSERT INTO tessera.rejection VALUES ${values.join(', ')}`)
  }
}

/**
 * Sorted, so that a person's rows lie together and a scan of days can skip blocks. Rows that only relate two things lie by
 * the first of them: in a whole vocabulary the descendants of one concept are a few blocks among hundreds.
 */
async function keepGoodRows(database: DuckDatabase, table: CdmTable): Promise<void> {
  const names = table.columns.map(({ name }) => quoted(name)).join(', ')
  const ofPersons = hasColumn(table, 'person_id')
  const relates = !ofPersons && table.primaryKey === undefined
  const order = [
    ...(ofPersons ? ['person_id'] : []),
    ...(relates ? table.columns.slice(0, 2).map(({ name }) => name) : []),
    startColumn(table),
    table.primaryKey,
    'tessera_file',
    'tessera_ordinal',
  ].filter((name) => name !== undefined)
  await database.run(
    `INSERT INTO ${quoted(table.name)} SELECT ${names} FROM ${WAITING} WHERE tessera_fault IS NULL
     ORDER BY ${order.map(quoted).join(', ')}`,
  )
}
