/** Small tables written into the query itself, with the columns and types of OMOP CDM 5.4. */
import { CDM_TABLES } from '../../omop/specification/cdm.ts'
import { rows } from '../../query/build-relations.ts'
import type { Literal, Relation, ValueType } from '../../query/tree.ts'
import type { Tables } from '../compilation.ts'

export type Row = Readonly<Record<string, unknown>>
export type TableRows = ReadonlyMap<string, readonly Row[]>

interface Column {
  readonly name: string
  readonly type: ValueType
}

/** Of OMOP CDM 6, which places of residence need. */
const LOCATION_HISTORY: readonly Column[] = [
  { name: 'location_history_id', type: 'integer' },
  { name: 'location_id', type: 'integer' },
  { name: 'domain_id', type: 'text' },
  { name: 'entity_id', type: 'integer' },
  { name: 'start_date', type: 'date' },
  { name: 'end_date', type: 'date' },
]

/** Columns of other versions of the data model that the language can name. */
const MORE: Readonly<Record<string, readonly Column[]>> = {
  location: [{ name: 'region_concept_id', type: 'integer' }],
  drug_exposure: [
    { name: 'effective_drug_dose', type: 'double' },
    { name: 'dose_unit_concept_id', type: 'integer' },
  ],
}

/** Of every table, by its name. */
export const COLUMNS: ReadonlyMap<string, readonly Column[]> = new Map([
  ...CDM_TABLES.map(({ name, columns }) => {
    const plain: readonly Column[] = columns
      .filter(({ type }) => type !== 'datetime')
      .map(({ name, type }) => ({ name, type }))
    return [name, [...plain, ...(MORE[name] ?? [])]] as const
  }),
  ['location_history', LOCATION_HISTORY],
])

/** Every table of the data model; those that are not given are empty. */
export function tablesOf(given: TableRows): Tables {
  return new Map([...COLUMNS].map(([name, columns]) => [name, relationOf(columns, given.get(name) ?? [])]))
}

/** Columns that a row does not have are NULL. */
export function relationOf(columns: readonly Column[], given: readonly Row[]): Relation {
  return rows(
    columns.map(({ name, type }) => ({ name, type })),
    given.map((row) => columns.map(({ name, type }) => literalOf(row[name], type))),
  )
}

function literalOf(value: unknown, type: ValueType): Literal {
  if (value === undefined || value === null) return { type, value: null }
  if (type === 'integer' || type === 'double') return { type, value: Number(value) }
  if (type === 'boolean') return { type, value: value === true }
  return { type, value: String(value) }
}
