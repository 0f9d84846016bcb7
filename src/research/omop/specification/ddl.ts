/** OMOP CDM 5.4 as tables of DuckDB. Keys are not declared: rows are checked when they are loaded, once. */
import { CDM_TABLES, type CdmColumn, type CdmTable } from './cdm.ts'

export const DUCKDB_TYPES: Readonly<Record<CdmColumn['type'], string>> = {
  integer: 'BIGINT',
  double: 'DOUBLE',
  text: 'VARCHAR',
  date: 'DATE',
  datetime: 'TIMESTAMP',
}

/** A name as DuckDB reads it: CDM 5.4 has columns such as `offset` that are words of SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text as DuckDB reads it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

export function createTable(table: CdmTable): string {
  const columns = table.columns.map(
    ({ name, type, nullable }) => `${quoted(name)} ${DUCKDB_TYPES[type]}${nullable ? '' : ' NOT NULL'}`,
  )
  return `CREATE TABLE ${quoted(table.name)} (${columns.join(', ')})`
}

/** Statements that make every table of the model, empty. */
export function createCdm(): readonly string[] {
  return CDM_TABLES.map(createTable)
}
