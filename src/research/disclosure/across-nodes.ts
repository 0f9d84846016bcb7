/**
 * Several nodes answer one question. Each has applied its rules before anything left it; the sum of what was released needs no
 * further check. But a total that holds hidden cells too (a secure sum) can give them away: total minus the shown ones. This is the
 * complementary check over { cells of the nodes, total }, on what a coordinator has.
 */
import type { GridKey, ReleasedTable } from './table.ts'

export interface CellAcrossNodes {
  readonly key: GridKey
  /** Sum of what the nodes show. */
  readonly shown: number
  readonly showing: readonly string[]
  readonly hiding: readonly string[]
}

/** Cells of the nodes side by side, in the order of the first. The tables have the same dimensions. */
export function sideBySide(tables: ReadonlyMap<string, ReleasedTable>): readonly CellAcrossNodes[] {
  const cells = new Map<string, { key: GridKey; shown: number; showing: string[]; hiding: string[] }>()
  for (const [node, table] of tables) {
    for (const { key, persons } of table.cells) {
      const name = JSON.stringify(key)
      const cell = cells.get(name) ?? { key, shown: 0, showing: [], hiding: [] }
      cells.set(name, cell)
      if (persons === null) cell.hiding.push(node)
      else {
        cell.shown += persons
        cell.showing.push(node)
      }
    }
  }
  return [...cells.values()]
}

export interface TotalFinding {
  readonly key: GridKey
  /** May the total be told beside the cells of the nodes? Otherwise either of them stays untold. */
  readonly tellable: boolean
  /** Width of the interval that the total would leave for a hidden cell; null: nothing is hidden. */
  readonly width: number | null
  readonly hiding: readonly string[]
}

/**
 * Evidence for each cell: one hidden node is always given away by the total; several are safe when together they have `floor`
 * persons or more, since each may then have none or all of them.
 * @param totals by secure sum, hidden cells included; by JSON of the key
 */
export function checkTotals(
  cells: readonly CellAcrossNodes[],
  totals: ReadonlyMap<string, number>,
  floor: number,
): readonly TotalFinding[] {
  return cells.map(({ key, shown, hiding }) => {
    const total = totals.get(JSON.stringify(key))
    if (hiding.length === 0) return { key, tellable: true, width: null, hiding }
    if (total === undefined) return { key, tellable: false, width: 0, hiding }
    // Each hidden cell may have none or all of what is left, unless it is the only one.
    const width = hiding.length === 1 ? 0 : Math.max(0, total - shown)
    return { key, tellable: width >= floor, width, hiding }
  })
}
