/** Tables on their way into R and out of it. Pure. */
import type { Cell } from '../../query/engine.ts'
import type { ContentTable } from '../airlock/content.ts'
import type { RFrame } from './run-r.ts'

/** Stands for NA, both ways: no text of a person holds it. */
const NA = '\u001d'
const [FIELD, ROW] = ['\u001f', '\u001e']

/** CSV for `read.csv`, and the R class of each column by its type in DuckDB. */
export function frameOf({ name, columns, rows }: RFrame) {
  const lines = [columns.map((column) => quoted(column.name)), ...rows.map((row) => row.map(fieldOf))]
  return {
    name: /^[a-zA-Z][a-zA-Z0-9_]*$/.test(name) ? name : 'frame',
    csv: lines.map((line) => `${line.join(',')}\n`).join(''),
    classes: columns.map((column) => classOf(column.type)),
  }
}

/** Numbers of persons are beyond R's integers, which have 32 bits. */
function classOf(type: string): string {
  if (
    /^(tinyint|smallint|integer|bigint|hugeint|utinyint|usmallint|uinteger|ubigint|float|double|decimal)/.test(type)
  ) {
    return 'numeric'
  }
  if (type === 'boolean') return 'logical'
  return type === 'date' ? 'Date' : 'character'
}

function fieldOf(cell: Cell): string {
  if (cell === null) return NA
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE'
  return typeof cell === 'number' ? String(cell) : quoted(cell)
}

function quoted(text: string): string {
  return `"${text.replaceAll(NA, ' ').replaceAll('"', '""')}"`
}

/** What `output` of the prelude wrote; R is not trusted to have written it well. */
export function readOutput(written: string): ContentTable {
  const [head = '', names = '', kinds = '', ...lines] = written.split(ROW)
  const [name = '', complete] = head.split(FIELD)
  const columns = names.split(FIELD)
  const types = kinds.split(FIELD)
  const rows = lines.map((line) => {
    const fields = line.split(FIELD)
    return columns.map((_, index) => cellOf(fields[index] ?? NA, types[index]))
  })
  return { name, columns, rows, complete: complete === '1' }
}

function cellOf(field: string, type: string | undefined): Cell {
  if (field === NA) return null
  if (type === 'l') return field === 'TRUE'
  if (type !== 'n') return field
  const number = Number(field)
  return Number.isFinite(number) ? number : null
}
