/** What a view must know about a table of the data: whom its rows are about, and which of its days counts. */
import type { ValueType } from '../query/tree.ts'

/** A table as `data/omop/cdm-5.4.json` describes it. */
export interface DescribedTable {
  readonly name: string
  readonly part: 'clinical' | 'vocabulary' | 'results'
  readonly primaryKey?: string
  readonly columns: readonly {
    readonly name: string
    readonly type: ValueType
    readonly nullable: boolean
    readonly references?: { readonly table: string; readonly column: string }
  }[]
}

export interface TableFacts {
  readonly name: string
  /**
   * `person`: each row is of one person. `vocabulary`: concepts, nobody's data. `system`: places and staff of care.
   * `unbound`: rows about persons that do not say which, so that no scope can be put on them.
   */
  readonly about: 'person' | 'vocabulary' | 'system' | 'unbound'
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** Numbers its rows, in a table of persons. */
  readonly key?: string
  /**
   * Absent: nothing of it happens on a day. An `event` is inside when it starts inside; a `span` (what was observed, who
   * paid) when it overlaps, and is cut to the period.
   */
  readonly time?: { readonly kind: 'event' | 'span'; readonly start: string; readonly end?: string }
}

export interface ColumnFacts {
  readonly type: ValueType
  readonly nullable: boolean
  /** Names a row of this table of persons: the key itself, or a reference to it. */
  readonly rowOf?: string
  /** Tells who the person is, outside the data (EHDS Art. 66(3)). */
  readonly identifies?: true
}

export type Facts = ReadonlyMap<string, TableFacts>

export const PERSON = 'person_id'
const SYSTEM: ReadonlySet<string> = new Set(['location', 'care_site', 'provider', 'cdm_source', 'metadata'])
const SPANS: ReadonlySet<string> = new Set(['observation_period', 'payer_plan_period'])
/** OMOP CDM 5.4: identifiers of the source system, kept for tracing back. */
const IDENTIFYING: ReadonlySet<string> = new Set(['person_source_value', 'specimen_source_id'])

/** OMOP CDM 5.4: the first date a row must have is when it starts, and its end is named after it. */
export function tableFacts(tables: readonly DescribedTable[]): Facts {
  const keys = new Map(tables.filter(isOfPersons).map(({ name, primaryKey }) => [name, primaryKey]))
  return new Map(tables.map((table) => [table.name, factsOf(table, keys)]))
}

function isOfPersons({ name, columns }: DescribedTable): boolean {
  return name !== 'person' && columns.some((column) => column.name === PERSON)
}

function factsOf(table: DescribedTable, keys: ReadonlyMap<string, string | undefined>): TableFacts {
  const { name, columns, primaryKey } = table
  const ofPerson = columns.some((column) => column.name === PERSON)
  const about = ofPerson
    ? 'person'
    : table.part === 'vocabulary'
      ? 'vocabulary'
      : SYSTEM.has(name)
        ? 'system'
        : 'unbound'
  const rowOf = (column: DescribedTable['columns'][number]): string | undefined => {
    if (keys.has(name) && column.name === primaryKey) return name
    const target = column.references?.table
    return target !== undefined && column.references?.column === keys.get(target) ? target : undefined
  }
  const described = columns.map((column) => {
    const row = rowOf(column)
    const facts: ColumnFacts = {
      type: column.type,
      nullable: column.nullable,
      ...(row === undefined ? {} : { rowOf: row }),
      ...(IDENTIFYING.has(column.name) ? { identifies: true } : {}),
    }
    return [column.name, facts] as const
  })
  const key = keys.get(name)
  const same = { name, about, columns: new Map(described), ...(key === undefined ? {} : { key }) } as const
  const start = columns.find(({ type, nullable }) => type === 'date' && !nullable)?.name
  if (!ofPerson || start === undefined) return same
  const stem = start.replace(/_start_date$|_date$/, '')
  const end = columns.find((column) => column.name === `${stem}_end_date`)?.name
  const kind = SPANS.has(name) ? 'span' : 'event'
  const time = { kind, start, ...(end === undefined ? {} : { end }) } as const
  return { ...same, time }
}
