/** Rows that are whole numbers throughout, column by column: long lists of persons are, and are carried as such. Pure. */
import type { Relation } from './tree.ts'

export interface NumberColumn {
  readonly name: string
  readonly values: readonly number[]
}

/** Undefined when the rows hold anything else, or leave a cell out. */
export function numberColumns({
  columns,
  rows,
}: Extract<Relation, { kind: 'rows' }>): readonly NumberColumn[] | undefined {
  const whole = rows.every((row) => row.every(({ type, value }) => type === 'integer' && value !== null))
  if (!whole) return undefined
  return columns.map(({ name }, index) => ({ name, values: rows.map((row) => Number(row[index]?.value)) }))
}
