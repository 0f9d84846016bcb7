/**
 * Reference sets: every row of every type, with its further columns. Rows of one layout (the same further columns) share a
 * table; a member is `4 + 3 + k` words: UUID, reference set, component, stamp, further columns.
 *
 * A component word is an ordinal; with bit 30 a description; with bit 31 a number in the table of identifiers that are
 * neither (relationships, components of other editions); all bits: empty. A column of kind `s` is a number in the pool of
 * texts, of kind `i` a signed number.
 */
import type { Problem } from '#platform/result/result.ts'
import { enlarged } from '#terminology/flat/growing.ts'
import { type PairTable, pairTable } from '#terminology/flat/pair-hash.ts'
import { type TextPoolBuilder, textPoolBuilder } from '#terminology/flat/text-pool.ts'
import { OWL_AXIOM_REFSET } from '../concepts.ts'
import { integerField, uuidField } from '../rf2/fields.ts'
import type { RowVisitor } from '../rf2/rows.ts'
import { bad, cutOff, type Pair, type Row, type RowContext, type SharedColumns, sctidField } from './columns.ts'
import type { Concepts } from './concepts.ts'
import type { DescriptionRows } from './descriptions.ts'
import { pairOf } from './relationships.ts'

export const DESCRIPTION = 0x40000000
export const FOREIGN = 0x80000000
export const EMPTY = 0xffffffff
/** An empty column of kind `i`: below every number that nine digits can write. */
export const EMPTY_INTEGER = 0x80000000
export const MEMBER_REFSET = 4
export const MEMBER_COMPONENT = 5
export const MEMBER_STAMP = 6
export const MEMBER_FIXED = 7

export interface MemberTable {
  /** Names of the further columns, and their kinds (c, i, s). */
  readonly columns: readonly string[]
  readonly kinds: string
  readonly stride: number
  count: number
  words: Uint32Array
}

export interface MemberRows {
  /** What visits the rows of a file with these further columns. */
  begin(columns: readonly string[], kinds: string, context: RowContext): RowVisitor
  readonly tables: readonly MemberTable[]
  readonly foreign: PairTable
  readonly texts: TextPoolBuilder
}

export function memberRows(
  shared: SharedColumns,
  concepts: Concepts,
  descriptions: DescriptionRows,
  options: { readonly merged: boolean },
): MemberRows {
  const tables = new Map<string, Filling>()
  const foreign = pairTable(64)
  const texts = textPoolBuilder()
  const pair: Pair = { high: 0, low: 0 }
  const uuid = new Uint32Array(4)
  const axioms = pairOf(OWL_AXIOM_REFSET)

  const component = (bytes: Uint8Array, end: number): number => {
    // The partition, two digits before the check digit, says what it should be; the tables say what it is.
    const partition = (bytes[end - 2] as number) - 48
    if (partition !== 1) {
      const concept = concepts.ordinalOf(pair.high, pair.low)
      if (concept >= 0) return concept
    }
    const description = descriptions.find(pair.high, pair.low)
    if (description >= 0) return (DESCRIPTION | description) >>> 0
    const concept = concepts.ordinalOf(pair.high, pair.low)
    if (concept >= 0) return concept
    return (FOREIGN | foreign.enter(pair.high, pair.low)) >>> 0
  }
  const further = (row: Row, context: RowContext, column: number, name: string, kind: string): number | Problem => {
    const start = row.starts[column] as number
    const end = row.ends[column] as number
    const last = row.unterminated && column === row.count - 1
    if (kind === 's') {
      if (last && !isDateColumn(name)) return cutOff(row, context)
      return texts.numberOf(row.bytes, start, end)
    }
    if (start === end) return last ? cutOff(row, context) : kind === 'i' ? EMPTY_INTEGER : EMPTY
    if (kind === 'i') {
      const value = last ? undefined : integerField(row, column)
      if (value === undefined)
        return last ? cutOff(row, context) : bad(row, context, column, name, 'is no whole number')
      return value >>> 0
    }
    const wrong = sctidField(row, context, column, name, pair)
    return wrong ?? component(row.bytes, end)
  }
  const visitor =
    (table: Filling, context: RowContext): RowVisitor =>
    (row) => {
      if (!uuidField(row, 0, uuid)) return bad(row, context, 0, 'id', 'is no UUID', 'rf2-uuid')
      const wrong = shared.read(row, context) ?? sctidField(row, context, 4, 'refsetId', pair)
      if (wrong) return wrong
      const isAxiom = pair.high === axioms.high && pair.low === axioms.low
      const refset = component(row.bytes, row.ends[4] as number)
      const componentWrong = sctidField(row, context, 5, 'referencedComponentId', pair)
      if (componentWrong) return componentWrong
      const referenced = component(row.bytes, row.ends[5] as number)
      if (isAxiom && row.bytes[(row.ends[6] as number) - 1] !== 41) {
        return bad(row, context, 6, 'owlExpression', 'does not end with a bracket: it was cut off', 'rf2-axiom')
      }
      const position = table.ids === undefined ? table.count : table.ids.place(table, uuid)
      const at = position * table.stride
      if (position < table.count && shared.dateAt(table.words[at + MEMBER_STAMP] as number) > shared.date)
        return undefined
      while (at + table.stride > table.words.length) table.words = enlarged(table.words)
      for (let column = 0; column < table.columns.length; column += 1) {
        const name = table.columns[column] as string
        const value = further(row, context, MEMBER_COLUMNS + column, name, table.kinds[column] as string)
        if (typeof value === 'object') return value
        table.words[at + MEMBER_FIXED + column] = value
      }
      for (let word = 0; word < 4; word += 1) table.words[at + word] = uuid[word] as number
      table.words[at + MEMBER_REFSET] = refset
      table.words[at + MEMBER_COMPONENT] = referenced
      table.words[at + MEMBER_STAMP] = shared.stamp
      if (position === table.count) table.count += 1
      return undefined
    }
  return {
    begin(columns, kinds, context) {
      const key = `${kinds} ${columns.join(' ')}`
      const stride = MEMBER_FIXED + columns.length
      const table: Filling = tables.get(key) ?? {
        columns,
        kinds,
        stride,
        count: 0,
        words: new Uint32Array(stride * 256),
        ...(options.merged && { ids: memberIds() }),
      }
      tables.set(key, table)
      return visitor(table, context)
    },
    get tables() {
      return [...tables.values()]
    },
    foreign,
    texts,
  }
}

const MEMBER_COLUMNS = 6

/** A last column that checks itself even where the line may be cut off: eight digits of a date. */
function isDateColumn(name: string): boolean {
  return /EffectiveTime$/.test(name)
}

interface Filling extends MemberTable {
  /** Only where several rows of one member may come: a row takes the place of an older one. */
  readonly ids?: ReturnType<typeof memberIds>
}

/** Positions by UUID; the UUIDs themselves are in the table. */
function memberIds() {
  let slots = new Uint32Array(1 << 10)
  const slotOf = (words: Uint32Array, at: number): number =>
    Math.imul((words[at] as number) ^ Math.imul(words[at + 3] as number, 0x9e3779b1), 0x85ebca6b) >>> 4
  return {
    /** The place of the row with this UUID, or the one after the last, which is then taken. */
    place(table: MemberTable, uuid: Uint32Array): number {
      if (table.count * 2 >= slots.length) {
        slots = new Uint32Array(slots.length * 4)
        for (let position = 0; position < table.count; position += 1) {
          let slot = slotOf(table.words, position * table.stride) & (slots.length - 1)
          while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
          slots[slot] = position + 1
        }
      }
      let slot = slotOf(uuid, 0) & (slots.length - 1)
      for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
        const position = (slots[slot] as number) - 1
        const at = position * table.stride
        if (uuid.every((word, index) => table.words[at + index] === word)) return position
      }
      slots[slot] = table.count + 1
      return table.count
    },
  }
}
