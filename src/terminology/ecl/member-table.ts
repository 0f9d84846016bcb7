/** Rows of reference sets as a table: what `^ [mapTarget, mapPriority] …` asks for beyond a set of concepts. */
import { evaluate } from './evaluate.ts'
import { COMPONENT_COLUMN, columnOf, matchingRows } from './evaluate-members.ts'
import type { Evaluation } from './evaluation.ts'
import type { Constraint } from './syntax.ts'

export interface MemberTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Whether there are more rows than were asked for. */
  readonly more: boolean
}

/** Empty, without columns, when the constraint is no member-of. */
export function memberTable(evaluation: Evaluation, constraint: Constraint, limit: number): MemberTable {
  if (constraint.kind !== 'memberOf') return { columns: [], rows: [], more: false }
  const { fields } = constraint
  let columns = fields === 'component' ? [COMPONENT_COLUMN] : fields === 'all' ? undefined : [...fields]
  const rows: (readonly string[])[] = []
  for (const row of matchingRows(evaluation, constraint, undefined, evaluate)) {
    columns ??= [COMPONENT_COLUMN, ...[...row.fields.keys()].filter((name) => name !== COMPONENT_COLUMN)]
    if (rows.length === limit) return { columns, rows, more: true }
    rows.push(columns.map((column) => columnOf(row, column) ?? ''))
  }
  return { columns: columns ?? [], rows, more: false }
}
