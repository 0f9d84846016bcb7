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
import { makeWaitingTable, rejectedLines, type StagedFile, stageFile, WAITING } from './stage.ts'

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
  const { database, files, workFolder } = input
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
    if (own.length > 0) reports.push(...(await buildTable(input, table, own, reports.length, files.length)))
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

async function buildTable(
  { database, workFolder, progress }: BuildInput,
  table: CdmTable,
  files: readonly InspectedFile[],
  done: number,
  of: number,
): Promise<readonly SourceReport[]> {
  await makeWaitingTable(database, table)
  const staged: { readonly input: InspectedFile; readonly result: StagedFile; readonly before: number }[] = []
  let before = 0
  for (const [number, input] of files.entries()) {
    const { file, shape } = input
    progress({ step: 'read', table: table.name, file: file.name, done: done + number, of })
    const copyPath = join(workFolder, `${table.name}-${number}.csv`)
    const result = await stageFile({ database, file, shape, number, before, copyPath })
    staged.push({ input, result, before })
    before += result.rows
  }
  await markDuplicates(database, table)
  const reports: SourceReport[] = []
  for (const [number, { input, result, before: rowsBefore }] of staged.entries()) {
    const rejected = await keepRejections(database, input, result, rowsBefore, number)
    const { file, bytes, shape } = input
    reports.push({
      file: file.name,
      table: table.name,
      ...bytes,
      rows: result.rows,
      loaded: result.rows - rejected,
      rejected,
      notes: [...shape.notes],
    })
  }
  progress({ step: 'sort', table: table.name, rows: before, done: done + files.length, of })
  await keepGoodRows(database, table)
  return reports
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
  { file, shape }: InspectedFile,
  { broken, ordinalIsLine }: StagedFile,
  before: number,
  number: number,
): Promise<number> {
  const rows = await database.rows(
    `SELECT tessera_ordinal AS ordinal, tessera_fault AS fault FROM ${WAITING}
     WHERE tessera_file = ${number} AND tessera_fault IS NOT NULL`,
  )
  const ordinals = rows.map((row) => countOf(row, 'ordinal'))
  const lines = ordinalIsLine || rows.length === 0 ? undefined : await rejectedLines(file, shape.text, before, ordinals)
  const rejections = [
    ...broken.map(({ line, reason }) => ({ line, column: null, reason })),
    ...rows.map(({ fault }, at) => {
      const [reason = '', column = ''] = String(fault).split(':')
      const ordinal = ordinals[at] ?? 0
      return { line: lines?.get(ordinal) ?? ordinal, column, reason }
    }),
  ]
  await insertRejections(database, file, rejections)
  return rejections.length
}

const ROWS_PER_STATEMENT = 2000

async function insertRejections(
  database: DuckDatabase,
  file: SourceFile,
  rejections: readonly { readonly line: number; readonly column: string | null; readonly reason: string }[],
): Promise<void> {
  for (let at = 0; at < rejections.length; at += ROWS_PER_STATEMENT) {
    const values = rejections.slice(at, at + ROWS_PER_STATEMENT).map(({ line, column, reason }) => {
      const texts = [file.table.name, column, reason].map((text) => (text === null ? 'NULL' : literal(text)))
      return `(${literal(file.name)}, ${line}, ${texts.join(', ')})`
    })
    await database.run(`INSERT INTO tessera.rejection VALUES ${values.join(', ')}`)
  }
}

/** Sorted, so that a person's rows lie together and a scan of days can skip blocks. */
async function keepGoodRows(database: DuckDatabase, table: CdmTable): Promise<void> {
  const names = table.columns.map(({ name }) => quoted(name)).join(', ')
  const order = [
    ...(hasColumn(table, 'person_id') ? ['person_id'] : []),
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
