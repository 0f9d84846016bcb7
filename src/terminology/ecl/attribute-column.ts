/** All attributes of one type, laid side by side in order of the source, so that a refinement is one pass over numbers. */
import type { ConcreteValue, EclSubstrate } from './substrate.ts'

export interface AttributeColumn {
  /** Ascending; one entry for each attribute. */
  readonly sources: Uint32Array
  /** Ordinal of the target; {@link CONCRETE} for a concrete value. */
  readonly targets: Uint32Array
  /** The concrete value at this entry, where there is one. */
  readonly values: ReadonlyMap<number, ConcreteValue>
}

export const CONCRETE = 0xffffffff

export function buildColumn(substrate: EclSubstrate, type: number): AttributeColumn {
  const sources: number[] = []
  const targets: number[] = []
  const values = new Map<number, ConcreteValue>()
  for (const source of substrate.withAttribute(type)) {
    for (const row of substrate.attributesOf(source)) {
      if (row.type !== type) continue
      if (typeof row.target !== 'number') values.set(sources.length, row.target)
      sources.push(source)
      targets.push(typeof row.target === 'number' ? row.target : CONCRETE)
    }
  }
  return { sources: Uint32Array.from(sources), targets: Uint32Array.from(targets), values }
}

export interface ColumnCache {
  column(type: number): AttributeColumn
}

/** Keeps the columns used last, up to so many rows in all (8 bytes each). */
export function createColumnCache(substrate: EclSubstrate, maximumRows: number): ColumnCache {
  const columns = new Map<number, AttributeColumn>()
  let rows = 0
  return {
    column(type) {
      const kept = columns.get(type)
      if (kept !== undefined) {
        columns.delete(type)
        columns.set(type, kept)
        return kept
      }
      const column = buildColumn(substrate, type)
      rows += column.sources.length
      columns.set(type, column)
      for (const [key, { sources }] of columns) {
        if (rows <= maximumRows || key === type) break
        columns.delete(key)
        rows -= sources.length
      }
      return column
    },
  }
}
