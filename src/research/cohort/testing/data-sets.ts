/** Published data sets of the corpus (OMOP CDM as compressed CSV), put into the engines of a test. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { CDM_TABLES, type CdmTable } from '../../omop/specification/cdm.ts'
import { table } from '../../query/build-relations.ts'
import type { Cell } from '../../query/engine.ts'
import type { DataEngine } from '../../query/tables.ts'
import { fill } from '../../query/testing/engines.ts'
import type { Tables } from '../compilation.ts'

export const SECONDARY = new URL('../../../../../shared/corpus/secondary/', import.meta.url)

export function hasDataSet(name: string): boolean {
  return existsSync(new URL(`${name}/`, SECONDARY))
}

/** Loads what the folder has as `<prefix>_<table>`; other tables of the model are there and empty. */
export async function loadDataSet(engines: readonly DataEngine[], folder: string, prefix: string): Promise<Tables> {
  const files = new Map(readdirSync(new URL(`${folder}/`, SECONDARY)).map((file) => [file.toLowerCase(), file]))
  const tables = new Map<string, ReturnType<typeof table>>()
  for (const description of CDM_TABLES) {
    const file = files.get(`${description.name}.csv.gz`)
    const name = `${prefix}_${description.name}`
    const columns = description.columns.map(({ name, type }) => ({ name, type, nullable: true }))
    await fill(engines, { name, columns }, file ? rowsOf(description, `${folder}/${file}`) : [])
    tables.set(description.name, table(name))
  }
  return tables
}

function rowsOf(description: CdmTable, path: string): readonly (readonly Cell[])[] {
  const text = gunzipSync(readFileSync(new URL(path, SECONDARY))).toString('utf8')
  const [header = [], ...lines] = parseCsv(description.name === 'concept_relationship' ? withMappings(text) : text)
  const places = new Map(header.map((name, index) => [name.trim().toLowerCase(), index]))
  return lines.map((line) => description.columns.map(({ name, type }) => cellOf(line[places.get(name) ?? -1], type)))
}

/** Of the relationships between concepts the language reads one kind; there are a quarter of a million of others. */
function withMappings(csv: string): string {
  const lines = csv.split('\n')
  return lines.filter((line, index) => index === 0 || /[,"]Maps to[,"]/.test(line)).join('\n')
}

function cellOf(text: string | undefined, type: string): Cell {
  // No criterion reads a time of day.
  if (text === undefined || text === '' || text === 'NA' || type === 'datetime') return null
  if (type === 'integer') return Math.trunc(Number(text))
  if (type === 'double') return Number(text)
  return type === 'date' ? text.slice(0, 10) : text
}

/** Fields between commas, in double quotes where they hold one. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const lines: string[][] = []
  let line: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/g)) {
    line.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (line.length > 1 || line[0] !== '') lines.push(line)
    line = []
  }
  return lines
}
