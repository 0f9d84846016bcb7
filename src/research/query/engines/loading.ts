/** What the three loaders share: statements that make tables, and how failures are told. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SqlDialect } from '../print/dialect.ts'
import type { LoadProblemCode, TableDescription } from '../tables.ts'
import type { Explained } from './run-program.ts'

export function printCreateTable(table: TableDescription, dialect: SqlDialect, after = ''): string {
  const columns = table.columns.map(
    ({ name, type, nullable }) => `${dialect.identifier(name)} ${dialect.columnType(type, nullable)}`,
  )
  return `CREATE TABLE ${dialect.identifier(table.name)} (${columns.join(', ')})${after}`
}

/** Runs `work`; what it throws becomes a problem without values of rows. */
export async function loading(
  code: LoadProblemCode,
  table: string,
  explain: (error: unknown) => Explained,
  work: () => Promise<void>,
): Promise<Result<void, LoadProblemCode>> {
  try {
    await work()
    return ok(undefined)
  } catch (error) {
    const sentence =
      code === 'table-not-made' ? `The table "${table}" could not be made` : `Rows could not be put into "${table}"`
    return failed(
      code,
      `${sentence} (${explain(error).detail}).`,
      'Check that the engine may write, that the table is new, and that each cell has the type of its column.',
    )
  }
}

/** The table of this name among those the engine knows. */
export function knownTable(tables: ReadonlyMap<string, TableDescription>, name: string): TableDescription {
  const table = tables.get(name)
  if (!table) throw new Error(`there is no table ${name}`)
  return table
}

export function tablesByName(tables: readonly TableDescription[] = []): Map<string, TableDescription> {
  return new Map(tables.map((table) => [table.name, table]))
}
