/**
 * Makes `data/omop/cdm-5.4.json` and `data/omop/quality-checks.json` from the CSV files that OHDSI publishes
 * (CommonDataModel and DataQualityDashboard, Apache-2.0):
 *
 *     node src/research/omop/specification/generate.ts FOLDER
 *
 * FOLDER holds OMOP_CDMv5.4_{Field,Table}_Level.csv and DQD_OMOP_CDMv5.4_{Field,Table,Concept}_Level.csv(.gz).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { tableOf } from '../release/records.ts'
import { qualityChecks } from './generate-quality.ts'

type Line = Readonly<Record<string, string>>

const TYPES: Readonly<Record<string, string>> = {
  integer: 'integer',
  float: 'double',
  date: 'date',
  datetime: 'datetime',
}

/** The schemas of the specification, by what they hold. */
const PARTS: Readonly<Record<string, string>> = { CDM: 'clinical', VOCAB: 'vocabulary', RESULTS: 'results' }

const stated = (value: string | undefined): string | undefined =>
  value === undefined || value === 'NA' || value === '' ? undefined : value

function columnOf(line: Line): object {
  const type = (line.cdmDatatype ?? '').toLowerCase()
  const length = /^varchar\((\d+)\)$/.exec(type)?.[1]
  const target = stated(line.fkTableName)
  return {
    name: (line.cdmFieldName ?? '').replaceAll('"', '').toLowerCase(),
    type: TYPES[type] ?? 'text',
    nullable: line.isRequired !== 'Yes',
    ...(length === undefined ? {} : { length: Number(length) }),
    ...(target === undefined
      ? {}
      : { references: { table: target.toLowerCase(), column: (line.fkFieldName ?? '').toLowerCase() } }),
    ...(stated(line.fkDomain) === undefined ? {} : { domain: line.fkDomain }),
    ...(stated(line.fkClass) === undefined ? {} : { conceptClass: line.fkClass }),
  }
}

function specificationOf(tables: readonly Line[], fields: readonly Line[]): object {
  return {
    version: '5.4',
    source: 'OHDSI CommonDataModel, inst/csv/OMOP_CDMv5.4_Field_Level.csv and OMOP_CDMv5.4_Table_Level.csv, Apache-2.0',
    tables: tables.map((table) => {
      const name = table.cdmTableName ?? ''
      const own = fields.filter(({ cdmTableName }) => cdmTableName === name)
      const key = own.find(({ isPrimaryKey }) => isPrimaryKey === 'Yes')?.cdmFieldName
      return {
        name: name.toLowerCase(),
        part: PARTS[table.schema ?? ''],
        ...(key === undefined ? {} : { primaryKey: key.toLowerCase() }),
        columns: own.map(columnOf),
      }
    }),
  }
}

function main(folder: string): void {
  const lines = (name: string): readonly Line[] => {
    const file = join(folder, name)
    return tableOf(existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`)))
  }
  const write = (name: string, content: object): void => {
    const text = JSON.stringify(content, null, 1)
      // One line for each innermost object: a table of thousands of lines cannot be read in a review.
      .replace(/\{\s+("[^{}[\]]+?)\s+\}/g, (_whole, inner: string) => `{ ${inner.replace(/\s*\n\s+/g, ' ')} }`)
    writeFileSync(join(import.meta.dirname, '../../../../data/omop', name), `${text}\n`)
  }
  const tables = lines('OMOP_CDMv5.4_Table_Level.csv')
  write('cdm-5.4.json', specificationOf(tables, lines('OMOP_CDMv5.4_Field_Level.csv')))
  write(
    'quality-checks.json',
    qualityChecks({
      tables: lines('DQD_OMOP_CDMv5.4_Table_Level.csv'),
      fields: lines('DQD_OMOP_CDMv5.4_Field_Level.csv'),
      concepts: lines('DQD_OMOP_CDMv5.4_Concept_Level.csv'),
    }),
  )
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Name the folder that holds the CSV files of the specification.')
  process.exitCode = 2
} else {
  main(folder)
}
