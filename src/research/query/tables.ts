/** Tables as the engines are told of them, and what fills them: for loaders and tests, on any of the three engines. */
import type { Result } from '#platform/result/result.ts'
import type { Cell, QueryEngine } from './engine.ts'
import type { ValueType } from './tree.ts'

export interface TableColumn {
  readonly name: string
  readonly type: ValueType
  readonly nullable: boolean
}

export interface TableDescription {
  readonly name: string
  readonly columns: readonly TableColumn[]
  /** Names of columns; ClickHouse keeps the rows in their order. */
  readonly sortedBy?: readonly string[]
}

export type LoadProblemCode = 'table-not-made' | 'rows-not-inserted'

/** Makes and fills tables that the engine then knows. */
export interface TableLoader {
  createTable(table: TableDescription): Promise<Result<void, LoadProblemCode>>
  /** Cells in the order of the columns, dates as ISO days, datetimes as ISO text without zone. */
  insertRows(table: string, rows: readonly (readonly Cell[])[]): Promise<Result<void, LoadProblemCode>>
}

export type DataEngine = QueryEngine & TableLoader
