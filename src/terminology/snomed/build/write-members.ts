/** Member rows in their final order, with the ways back. */
import { groupRows, orderOf } from '#terminology/flat/rows.ts'
import type { FlatWriter } from '#terminology/flat/write.ts'
import type { MemberLayout } from '../format.ts'
import type { Descriptions } from './descriptions.ts'
import {
  DESCRIPTION,
  EMPTY,
  FOREIGN,
  MEMBER_COMPONENT,
  MEMBER_FIXED,
  MEMBER_REFSET,
  type MemberRows,
  type MemberTable,
} from './members.ts'

/** Columns that are asked backwards: what maps to this code, what was replaced by this concept. */
const INDEXED: ReadonlySet<string> = new Set(['mapTarget', 'targetComponentId'])

export function writeMembers(
  writer: FlatWriter,
  members: MemberRows,
  descriptions: Descriptions,
): readonly MemberLayout[] {
  const final = (word: number): number => {
    if (word >= FOREIGN || word < DESCRIPTION) return word
    const row = word & ~DESCRIPTION
    const position = descriptions.positions[row] as number
    // A description whose concept is missing was left out: its identifier stays.
    if (position !== EMPTY) return (DESCRIPTION | position) >>> 0
    const { high, low } = descriptions.idOfRow(row)
    return (FOREIGN | members.foreign.enter(high, low)) >>> 0
  }
  const layouts = members.tables
    .filter(({ count }) => count > 0)
    .map((table, index) => writeTable(writer, table, `member.${index}`, final))
  writer.add('member.foreign', members.foreign.pairs.slice(0, members.foreign.size * 2))
  members.texts.write(writer, 'text')
  return layouts
}

function writeTable(
  writer: FlatWriter,
  table: MemberTable,
  section: string,
  final: (word: number) => number,
): MemberLayout {
  const { stride, count, kinds, columns } = table
  for (let row = 0; row < count; row += 1) {
    const at = row * stride
    table.words[at + MEMBER_COMPONENT] = final(table.words[at + MEMBER_COMPONENT] as number)
    for (let column = 0; column < kinds.length; column += 1) {
      const word = at + MEMBER_FIXED + column
      if (kinds[column] === 'c') table.words[word] = final(table.words[word] as number)
    }
  }
  const refsets = [...new Set(column(table.words, table, MEMBER_REFSET))].sort((a, b) => a - b)
  const numbers = new Map(refsets.map((refset, number) => [refset, number]))
  const byRefset = (order: Uint32Array, words: Uint32Array) => {
    const keys = order.map((row) => numbers.get(words[row * stride + MEMBER_REFSET] as number) as number)
    const { starts, entries } = groupRows(keys, refsets.length)
    return { starts, order: entries.map((at) => order[at] as number) }
  }
  const { starts, order } = byRefset(orderOf(column(table.words, table, MEMBER_COMPONENT)), table.words)
  const rows = new Uint32Array(count * stride)
  for (let at = 0; at < count; at += 1) {
    const from = (order[at] as number) * stride
    const to = at * stride
    for (let word = 0; word < stride; word += 1) rows[to + word] = table.words[from + word] as number
  }
  table.words = new Uint32Array(0)
  writer.add(section, rows)
  writer.add(
    `${section}.refsets`,
    Uint32Array.from(
      refsets.flatMap((refset, number) => [refset, starts[number] as number, starts[number + 1] as number]),
    ),
  )
  const indexed = columns.filter((name) => INDEXED.has(name))
  for (const name of indexed) {
    const values = column(rows, table, MEMBER_FIXED + columns.indexOf(name))
    writer.add(`${section}.by.${name}`, byRefset(orderOf(values), rows).order)
  }
  return { columns, kinds, rows: count, indexed }
}

function column(words: Uint32Array, { count, stride }: MemberTable, offset: number): Uint32Array {
  const values = new Uint32Array(count)
  for (let row = 0; row < count; row += 1) values[row] = words[row * stride + offset] as number
  return values
}
