/** Are two answers of engines the same? */
import type { Cell, Rows } from '../engine.ts'

/** Engines add doubles in different orders: so many digits of a number must agree. */
const DIGITS = 9

/** Cells as text: doubles to nine digits; rows sorted unless their order is part of the answer. */
export function comparable(rows: Rows, ordered = false): readonly string[] {
  const lines = rows.rows.map((row) => JSON.stringify(row.map(comparableCell)))
  return ordered ? lines : [...lines].sort()
}

function comparableCell(cell: Cell): Cell {
  if (typeof cell !== 'number') return cell
  // Adding 0 makes 0 of -0.
  return Number.isSafeInteger(cell) ? cell + 0 : Number(cell.toPrecision(DIGITS))
}
