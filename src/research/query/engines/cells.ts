/** Cells between engines and the tree: the same value whatever database it comes from. */
import type { Cell } from '../engine.ts'
import type { ValueType } from '../tree.ts'

/** What a database wrote as text. */
export function cellOfText(value: string | null, type: ValueType): Cell {
  if (value === null) return null
  switch (type) {
    case 'integer':
    case 'double':
      return Number(value)
    case 'boolean':
      return value === 't' || value === 'true'
    case 'datetime':
      return datetimeOf(value)
    case 'text':
    case 'date':
      return value
  }
}

/** `2020-02-29 10:20:30.500000` → `2020-02-29T10:20:30.5`. */
export function datetimeOf(value: string): string {
  const [whole = '', fraction = ''] = value.replace(' ', 'T').split('.')
  const digits = fraction.replace(/0+$/, '')
  return digits === '' ? whole : `${whole}.${digits}`
}
