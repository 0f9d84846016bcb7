/**
 * The rules that a row must keep to be loaded, as SQL over the text or the typed columns of a source: each value has its
 * type, needed values are there, the person is known, dates do not run backwards. The first broken rule names the row.
 */
import { type CdmColumn, type CdmTable, datePairs, hasColumn } from '../specification/cdm.ts'
import { DUCKDB_TYPES, quoted } from '../specification/ddl.ts'
import { absentValue } from './source-shape.ts'

export type RowFault =
  | 'wrong-type'
  | 'missing-value'
  | 'out-of-range'
  | 'unknown-person'
  | 'dates-backwards'
  | 'duplicate-key'

/** `fault:column`, as it is kept while loading. */
export function faultText(fault: RowFault, column: string): string {
  return `${fault}:${column}`
}

/** Values that no calendar has. The day of a month is checked with its month. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  'person.year_of_birth': [1800, 2200],
  'person.month_of_birth': [1, 12],
  'person.day_of_birth': [1, 31],
}

/** The columns of a file as SQL: `sources` gives the expression of those that it has. */
export type SourceExpressions = ReadonlyMap<CdmColumn, string>

/** The value of a column in its own type; NULL when the source has none, or none of this type. */
export function typedValue(table: CdmTable, column: CdmColumn, sources: SourceExpressions): string {
  const source = sources.get(column)
  if (source === undefined) return absentExpression(table, column)
  const text = textOf(source, column)
  switch (column.type) {
    // In vocabularies an empty text is a text: some vocabularies have no reference to cite.
    case 'text':
      return table.part === 'vocabulary' && !column.nullable ? `coalesce(${text}, '')` : text
    case 'date':
      return finite(`coalesce(try_cast(${text} AS DATE), ${compactDay(text)}::DATE)`)
    case 'datetime':
      return finite(`coalesce(try_cast(${text} AS TIMESTAMP), ${compactDay(text)})`)
    case 'double':
      return finite(`try_cast(${text} AS DOUBLE)`)
    case 'integer':
      // The cast rounds; 1.5 is no integer.
      return `CASE WHEN try_cast(${text} AS DOUBLE) = try_cast(${text} AS BIGINT)::DOUBLE THEN try_cast(${text} AS BIGINT) END`
  }
}

/** `\N` is how several databases export NULL. */
function textOf(source: string, column: CdmColumn): string {
  const text = `${source}::VARCHAR`
  return `nullif(nullif(${column.type === 'text' ? text : `trim(${text})`}, ''), '\\N')`
}

/** Athena writes days as 20210203. */
function compactDay(text: string): string {
  return `CASE WHEN regexp_full_match(${text}, '\\d{8}') THEN try_strptime(${text}, '%Y%m%d') END`
}

function finite(expression: string): string {
  return `CASE WHEN isfinite(${expression}) THEN ${expression} END`
}

function absentExpression(table: CdmTable, column: CdmColumn): string {
  const instead = absentValue(table, column)
  return instead === 'row-number' ? 'tessera_number' : `CAST(${instead ?? 'NULL'} AS ${DUCKDB_TYPES[column.type]})`
}

/**
 * The first fault of a row, or NULL. Reads the typed columns by their names (relation `t`), and the source's own text for
 * what has lost its value on the way.
 */
export function faultExpression(table: CdmTable, sources: SourceExpressions): string {
  const cases: string[] = []
  const add = (condition: string, fault: RowFault, column: string) =>
    cases.push(`WHEN ${condition} THEN '${faultText(fault, column)}'`)
  for (const column of table.columns) {
    const name = `t.${quoted(column.name)}`
    const source = sources.get(column)
    if (source !== undefined && column.type !== 'text') {
      add(`${name} IS NULL AND ${textOf(source, column)} IS NOT NULL`, 'wrong-type', column.name)
    }
    if (!column.nullable) add(`${name} IS NULL`, 'missing-value', column.name)
    const range = RANGES[`${table.name}.${column.name}`]
    if (range) add(`${name} NOT BETWEEN ${range[0]} AND ${range[1]}`, 'out-of-range', column.name)
  }
  if (table.name !== 'person' && table.part === 'clinical' && hasColumn(table, 'person_id')) {
    add('t.person_id NOT IN (SELECT person_id FROM person)', 'unknown-person', 'person_id')
  }
  for (const { start, end } of datePairs(table)) {
    add(`t.${quoted(end)} < t.${quoted(start)}`, 'dates-backwards', end)
  }
  return cases.length === 0 ? 'NULL' : `CASE ${cases.join(' ')} END`
}
