/** Which files of a folder hold which table: `PERSON.csv`, `person.csv.gz`, `person.parquet`, or a folder `person/` of such parts. */
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { type CdmTable, cdmTable } from '../specification/cdm.ts'

export interface SourceFile {
  readonly path: string
  /** Relative to the folder: what reports call it. */
  readonly name: string
  readonly table: CdmTable
  readonly format: 'text' | 'parquet'
  readonly zipped: boolean
}

export interface SourceFolder {
  readonly files: readonly SourceFile[]
  /** Names of files that are no table of the model; they are told in the report. */
  readonly ignored: readonly string[]
}

export type SourceProblemCode = 'source-missing' | 'source-empty'

const FILE_NAME = /^(?<name>.+?)(?<ending>\.(?:csv|tsv|txt|parquet))(?<zipped>\.gz)?$/i

/** @param folders their files are taken together: of two rows with one key the first folder's stands */
export async function findSourceFiles(folders: readonly string[]): Promise<Result<SourceFolder, SourceProblemCode>> {
  const files: SourceFile[] = []
  const ignored: string[] = []
  for (const folder of folders) {
    let names: readonly string[]
    try {
      names = await filesUnder(folder)
    } catch {
      return failed(
        'source-missing',
        `The folder ${folder} cannot be read.`,
        'Name a folder with one CSV or Parquet file for each OMOP table.',
        { file: folder },
      )
    }
    for (const name of names) {
      const file = sourceFile(folder, name)
      if (file) files.push(file)
      else ignored.push(name)
    }
  }
  if (files.length > 0) return ok({ files, ignored })
  return failed(
    'source-empty',
    'No file of the folder is named like an OMOP table.',
    'Name the files after the tables of OMOP CDM 5.4, for example PERSON.csv or condition_occurrence.parquet.',
    { file: folders[0] ?? '' },
  )
}

async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = await Promise.all(
    entries.map(async (entry) => {
      if (entry.isFile() || entry.isSymbolicLink()) return [entry.name]
      if (!entry.isDirectory()) return []
      const parts = await readdir(join(folder, entry.name), { withFileTypes: true })
      return parts.filter((part) => part.isFile()).map((part) => relative(folder, join(folder, entry.name, part.name)))
    }),
  )
  return names.flat().sort()
}

function sourceFile(folder: string, name: string): SourceFile | undefined {
  const parts = name.split('/')
  const groups = FILE_NAME.exec(parts.at(-1) ?? '')?.groups
  if (!groups?.name || !groups.ending) return undefined
  const table = cdmTable(parts.length > 1 ? (parts[0] ?? '') : groups.name)
  if (!table) return undefined
  const format = groups.ending.toLowerCase() === '.parquet' ? 'parquet' : 'text'
  if (format === 'parquet' && groups.zipped) return undefined
  return { path: join(folder, name), name, table, format, zipped: groups.zipped !== undefined }
}
