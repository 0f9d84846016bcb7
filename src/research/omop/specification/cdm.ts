/**
 * OMOP CDM 5.4 as data: tables, columns, types and keys, generated from the specification that OHDSI publishes
 * (`generate.ts` → `data/omop/cdm-5.4.json`).
 */
import { readFileSync } from 'node:fs'
import * as z from 'zod'

const FILE = new URL('../../../../data/omop/cdm-5.4.json', import.meta.url)

const Column = z.strictObject({
  name: z.string(),
  /** As in `query/tree.ts`: identifiers are 64 bits, so that surrogate keys and pseudonyms fit. */
  type: z.enum(['integer', 'double', 'text', 'date', 'datetime']),
  nullable: z.boolean(),
  /** Characters that the specification foresees for a text; longer ones are kept. */
  length: z.int().optional(),
  references: z.strictObject({ table: z.string(), column: z.string() }).optional(),
  /** The domain or class that a concept must have. */
  domain: z.string().optional(),
  conceptClass: z.string().optional(),
})

const Table = z.strictObject({
  name: z.string(),
  part: z.enum(['clinical', 'vocabulary', 'results']),
  primaryKey: z.string().optional(),
  columns: z.array(Column),
})

const Specification = z.strictObject({ version: z.literal('5.4'), source: z.string(), tables: z.array(Table) })

export type CdmColumn = Readonly<z.infer<typeof Column>>
export type CdmTable = Omit<Readonly<z.infer<typeof Table>>, 'columns'> & { readonly columns: readonly CdmColumn[] }

const specification = Specification.parse(JSON.parse(readFileSync(FILE, 'utf8')))

/** Every table of CDM 5.4, in the order of the specification. Names are lower case. */
export const CDM_TABLES: readonly CdmTable[] = specification.tables

const byName = new Map(CDM_TABLES.map((table) => [table.name, table]))

/** @param name in any case */
export function cdmTable(name: string): CdmTable | undefined {
  return byName.get(name.toLowerCase())
}

/** A table that must exist; a name that the program itself writes. */
export function knownTable(name: string): CdmTable {
  const table = byName.get(name)
  if (!table) throw new Error(`${name} is no table of OMOP CDM 5.4.`)
  return table
}

export function hasColumn(table: CdmTable, column: string): boolean {
  return table.columns.some(({ name }) => name === column)
}

/** Tables whose rows belong to one person. */
export const PERSON_TABLES: readonly CdmTable[] = CDM_TABLES.filter(
  (table) => table.part === 'clinical' && hasColumn(table, 'person_id'),
)

/** Pairs of columns that must not run backwards: `x_start_date` and `x_end_date`, `procedure_date` and its end. */
export function datePairs(table: CdmTable): readonly { readonly start: string; readonly end: string }[] {
  return table.columns.flatMap(({ name, type }) => {
    if (type !== 'date') return []
    const ends = [name.replace(/_start_date$/, '_end_date'), name.replace(/_date$/, '_end_date')]
    const end = ends.find((other) => other !== name && hasColumn(table, other))
    return end === undefined || name.includes('_end_') ? [] : [{ start: name, end }]
  })
}

/** The day on which the event of a row began: what rows of a person are sorted by. */
export function startColumn(table: CdmTable): string | undefined {
  return table.columns.find(({ type, nullable }) => type === 'date' && !nullable)?.name
}
