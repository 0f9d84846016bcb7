/** The Relationship and RelationshipConcreteValues files: active inferred rows, the newest of each id. */
import type { Problem } from '#platform/result/result.ts'
import { enlarged, type GrowingWords, growingWords } from '#terminology/flat/growing.ts'
import { type PairTable, pairTable } from '#terminology/flat/pair-hash.ts'
import { type TextPoolBuilder, textPoolBuilder } from '#terminology/flat/text-pool.ts'
import { INFERRED, IS_A } from '../concepts.ts'
import { integerField } from '../rf2/fields.ts'
import { bad, type Pair, type Row, type RowContext, type SharedColumns, sctidField } from './columns.ts'
import type { Concepts } from './concepts.ts'

/** Bit of a target word: a number in the pool of concrete values, not an ordinal. */
export const CONCRETE = 0x80000000
export const MAX_GROUP = 0xffff

export interface RelationshipRows {
  add(row: Row, context: RowContext): Problem | undefined
  addConcrete(row: Row, context: RowContext): Problem | undefined
  /** Rows that did not come from a file: what an axiom says. */
  addParent(source: number, target: number): void
  addAttribute(source: number, group: number, type: number, target: number): void
  readonly values: TextPoolBuilder
  /** After the last row of the files: tells rows that a newer one took back. */
  settle(): void
  /** Pairs source, target. */
  readonly parents: GrowingWords
  /** Quadruples source, type, group, target word. */
  readonly attributes: GrowingWords
}

const QUADRUPLE = 4

export function relationshipRows(
  shared: SharedColumns,
  concepts: Concepts,
  options: { readonly partial: boolean; readonly merged: boolean },
): RelationshipRows {
  const parents = growingWords(1 << 14)
  const attributes = growingWords(1 << 14)
  const values = textPoolBuilder()
  const newest = options.merged ? newestRows() : undefined
  const pair: Pair = { high: 0, low: 0 }
  const id: Pair = { high: 0, low: 0 }
  const isA = ordinal(concepts, IS_A)

  const concept = (row: Row, context: RowContext, column: number, name: string, strict = true): number | Problem => {
    const wrong = sctidField(row, context, column, name, pair)
    if (wrong) return wrong
    const found = concepts.ordinalOf(pair.high, pair.low)
    if (found >= 0) return found
    if (strict && !options.partial) {
      return bad(row, context, column, name, 'is no concept of the Concept files', 'rf2-dangling')
    }
    context.notices.add('rf2-dangling', 'A row refers to a concept that the Concept files lack.', {
      file: context.file,
      line: row.line,
    })
    return -1
  }
  const put = (source: number, type: number, group: number, target: number): void => {
    if (type === isA) {
      parents.push(source)
      parents.push(target)
      return
    }
    attributes.push(source)
    attributes.push(type)
    attributes.push(group)
    attributes.push(target)
  }
  const add = (row: Row, context: RowContext, target: () => number | Problem, strict = true): Problem | undefined => {
    const wrong = sctidField(row, context, 0, 'id', id) ?? shared.read(row, context)
    if (wrong) return wrong
    const group = integerField(row, 6)
    if (group === undefined || group < 0 || group > MAX_GROUP) {
      return bad(row, context, 6, 'relationshipGroup', 'is no number of a group')
    }
    const kindWrong = sctidField(row, context, 8, 'characteristicTypeId', pair)
    if (kindWrong) return kindWrong
    const inferred = pair.high === INFERRED_PAIR.high && pair.low === INFERRED_PAIR.low
    const modifierWrong = sctidField(row, context, 9, 'modifierId', pair)
    if (modifierWrong) return modifierWrong
    const active = shared.stamp >>> 31 === 1
    if (active && !inferred) {
      context.notices.add(
        'rf2-not-inferred',
        'A relationship is not inferred (stated or additional) and is left out.',
        {
          file: context.file,
          line: row.line,
        },
      )
    }
    const used = active && inferred
    if (!newest && !used) return undefined
    const source = used ? concept(row, context, 4, 'sourceId', strict) : 0
    if (typeof source === 'object') return source
    const type = used ? concept(row, context, 7, 'typeId', strict) : 0
    if (typeof type === 'object') return type
    const end = used ? target() : 0
    if (typeof end === 'object') return end
    if (source < 0 || type < 0 || end < 0) return undefined
    if (newest) newest.put(id, shared.date, used, source, type, group, end)
    else put(source, type, group, end)
    return undefined
  }
  return {
    values,
    parents,
    attributes,
    add: (row, context) => add(row, context, () => concept(row, context, 5, 'destinationId')),
    addConcrete(row, context) {
      const value = (): number | Problem => {
        const start = row.starts[5] as number
        const end = row.ends[5] as number
        const text = Buffer.from(row.bytes.buffer, row.bytes.byteOffset + start, end - start).toString('utf8')
        if (!/^(?:#[+-]?\d+(?:\.\d+)?|"[\s\S]*"|true|false)$/.test(text)) {
          return bad(row, context, 5, 'value', 'is no concrete value (#number, "text", true or false)')
        }
        return (CONCRETE | values.numberOf(row.bytes, start, end)) >>> 0
      }
      // A number about a concept that is not there adds nothing; a concept file that was cut off shows in the others.
      return add(row, context, value, false)
    },
    addParent: (source, target) => put(source, isA, 0, target),
    addAttribute: (source, group, type, target) => put(source, type, group, target),
    settle: () => newest?.each(put),
  }
}

function ordinal(concepts: Concepts, sctid: string): number {
  const { high, low } = pairOf(sctid)
  return concepts.ordinalOf(high, low)
}

export function pairOf(sctid: string): Pair {
  const cut = Math.max(0, sctid.length - 9)
  return { high: Number(sctid.slice(0, cut)), low: Number(sctid.slice(cut)) }
}

const INFERRED_PAIR = pairOf(INFERRED)

/** The newest row of each id; an equally new one that is read later takes its place. */
function newestRows() {
  const table: PairTable = pairTable(1 << 14)
  let dates = new Uint32Array(1 << 14)
  let rows = new Uint32Array(QUADRUPLE << 14)
  return {
    put(id: Pair, date: number, used: boolean, source: number, type: number, group: number, target: number): void {
      const before = table.size
      const position = table.enter(id.high, id.low)
      if (position < before && (dates[position] as number) >>> 1 > date) return
      if (position >= dates.length) dates = enlarged(dates)
      if ((position + 1) * QUADRUPLE > rows.length) rows = enlarged(rows)
      dates[position] = (date << 1) | (used ? 1 : 0)
      rows.set([source, type, group, target], position * QUADRUPLE)
    },
    each(visit: (source: number, type: number, group: number, target: number) => void): void {
      for (let position = 0; position < table.size; position += 1) {
        if (((dates[position] as number) & 1) === 0) continue
        const at = position * QUADRUPLE
        visit(rows[at] as number, rows[at + 1] as number, rows[at + 2] as number, rows[at + 3] as number)
      }
    },
  }
}
