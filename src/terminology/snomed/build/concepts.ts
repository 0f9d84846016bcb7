/** The Concept files: which concepts there are, then their order, which everything else refers to. */
import type { Problem } from '#platform/result/result.ts'
import { enlarged } from '#terminology/flat/growing.ts'
import { findPair, hashPairs, pairTable } from '#terminology/flat/pair-hash.ts'
import { DEFINED, PRIMITIVE } from '../concepts.ts'
import { textField } from '../rf2/fields.ts'
import { problem } from '../rf2/rows.ts'
import { bad, FLAG, type Pair, type Row, type RowContext, type SharedColumns, sctidField } from './columns.ts'

export interface ConceptRows {
  add(row: Row, context: RowContext): Problem | undefined
  readonly size: number
  /** Sorts by SCTID: from here on a concept is its ordinal. */
  order(): Concepts
}

export interface Concepts {
  readonly count: number
  /** high, low per ordinal, ascending. */
  readonly ids: Uint32Array
  readonly slots: Uint32Array
  readonly stamps: Uint32Array
  ordinalOf(high: number, low: number): number
}

export function conceptRows(shared: SharedColumns, merged: boolean): ConceptRows {
  const table = pairTable(1 << 14)
  let stamps = new Uint32Array(1 << 14)
  const pair: Pair = { high: 0, low: 0 }
  return {
    get size() {
      return table.size
    },
    add(row, context) {
      const wrong = sctidField(row, context, 0, 'id', pair) ?? shared.read(row, context)
      if (wrong) return wrong
      const status = textField(row, 4)
      if (status !== PRIMITIVE && status !== DEFINED) {
        return bad(row, context, 4, 'definitionStatusId', `is neither ${PRIMITIVE} nor ${DEFINED}`)
      }
      const before = table.size
      const position = table.enter(pair.high, pair.low)
      if (position < before) {
        if (!merged) return problem(context.file, row.line, 'rf2-twice', 'The same concept is here twice.', 1)
        if (shared.dateAt(stamps[position] as number) > shared.date) return undefined
      }
      if (position >= stamps.length) stamps = enlarged(stamps)
      stamps[position] = (shared.stamp | (status === DEFINED ? FLAG : 0)) >>> 0
      return undefined
    },
    order() {
      const count = table.size
      // Native sorting of 64-bit words, of which the high half is the upper: no BigInt is made.
      const words = new BigUint64Array(count)
      const halves = new Uint32Array(words.buffer)
      for (let position = 0; position < count; position += 1) {
        halves[position * 2] = table.pairs[position * 2 + 1] as number
        halves[position * 2 + 1] = table.pairs[position * 2] as number
      }
      words.sort()
      const ids = new Uint32Array(count * 2)
      const sorted = new Uint32Array(count)
      for (let ordinal = 0; ordinal < count; ordinal += 1) {
        const high = halves[ordinal * 2 + 1] as number
        const low = halves[ordinal * 2] as number
        ids[ordinal * 2] = high
        ids[ordinal * 2 + 1] = low
        sorted[ordinal] = stamps[table.find(high, low)] as number
      }
      const slots = hashPairs(ids)
      return { count, ids, slots, stamps: sorted, ordinalOf: (high, low) => findPair(slots, ids, high, low) }
    },
  }
}
