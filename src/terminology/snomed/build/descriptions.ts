/** The Description and TextDefinition files. Rows stay in reading order; `order` groups them by concept. */
import type { Problem } from '#platform/result/result.ts'
import { type ByteBlocks, byteBlocks, enlarged } from '#terminology/flat/growing.ts'
import { type PairTable, pairTable } from '#terminology/flat/pair-hash.ts'
import { groupRows } from '#terminology/flat/rows.ts'
import { type TextPoolBuilder, textPoolBuilder } from '#terminology/flat/text-pool.ts'
import { textField } from '../rf2/fields.ts'
import { formatPair } from '../sctid.ts'
import { bad, type Pair, type Row, type RowContext, type SharedColumns, sctidField } from './columns.ts'
import type { Concepts } from './concepts.ts'

export interface DescriptionRows {
  add(row: Row, context: RowContext): Problem | undefined
  readonly size: number
  /** Position of the row with this id, -1 when there is none. */
  find(high: number, low: number): number
  order(): Descriptions
}

/** Positions are final: grouped by concept, ordinals ascending. */
export interface Descriptions {
  readonly count: number
  /** Row in reading order per position, and back. */
  readonly rows: Uint32Array
  readonly positions: Uint32Array
  /** n+1 offsets per concept. */
  readonly starts: Uint32Array
  readonly ids: Uint32Array
  readonly concepts: Uint32Array
  readonly stamps: Uint32Array
  /** type | language << 8 | case significance << 16, numbers in the tables below. */
  readonly kinds: Uint32Array
  readonly types: PairTable
  readonly cases: PairTable
  readonly languages: TextPoolBuilder
  idOfRow(row: number): Pair
  /** Bytes of the term by reading order. */
  term(row: number): { readonly block: Uint8Array; readonly start: number; readonly length: number }
}

/** A description of no concept: kept only when gaps are allowed, and left out by `order`. */
const NO_CONCEPT = 0xffffffff

export function descriptionRows(
  shared: SharedColumns,
  concepts: Concepts,
  options: { readonly partial: boolean },
): DescriptionRows {
  const table = pairTable(1 << 14)
  const types = pairTable(8)
  const cases = pairTable(8)
  const languages = textPoolBuilder()
  const blocks: ByteBlocks = byteBlocks()
  let owners = new Uint32Array(1 << 14)
  let stamps = new Uint32Array(1 << 14)
  let kinds = new Uint32Array(1 << 14)
  let places = new Uint32Array(1 << 14)
  let lengths = new Uint32Array(1 << 14)
  const id: Pair = { high: 0, low: 0 }
  const pair: Pair = { high: 0, low: 0 }

  const put = (position: number, row: Row, concept: number, kind: number): void => {
    if (position >= owners.length) {
      owners = enlarged(owners)
      stamps = enlarged(stamps)
      kinds = enlarged(kinds)
      places = enlarged(places)
      lengths = enlarged(lengths)
    }
    owners[position] = concept
    stamps[position] = shared.stamp
    kinds[position] = kind
    places[position] = blocks.append(row.bytes, row.starts[7] as number, row.ends[7] as number)
    lengths[position] = (row.ends[7] as number) - (row.starts[7] as number)
  }

  return {
    get size() {
      return table.size
    },
    find: table.find,
    add(row, context) {
      const wrong =
        sctidField(row, context, 0, 'id', id) ??
        shared.read(row, context) ??
        sctidField(row, context, 4, 'conceptId', pair)
      if (wrong) return wrong
      const concept = concepts.ordinalOf(pair.high, pair.low)
      if (concept < 0) {
        if (!options.partial)
          return bad(row, context, 4, 'conceptId', 'is no concept of the Concept files', 'rf2-dangling')
        context.notices.add('rf2-dangling', 'A row refers to a concept that the Concept files lack.', {
          file: context.file,
          line: row.line,
        })
      }
      const language = textField(row, 5)
      if (!/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language)) {
        return bad(row, context, 5, 'languageCode', 'is no language code')
      }
      const termLength = (row.ends[7] as number) - (row.starts[7] as number)
      if (termLength === 0) return bad(row, context, 7, 'term', 'is empty')
      const typeWrong = sctidField(row, context, 6, 'typeId', pair)
      if (typeWrong) return typeWrong
      const type = types.enter(pair.high, pair.low)
      const caseWrong = sctidField(row, context, 8, 'caseSignificanceId', pair)
      if (caseWrong) return caseWrong
      const kind = type | (languages.numberOfText(language) << 8) | (cases.enter(pair.high, pair.low) << 16)
      if (types.size > 255 || cases.size > 255 || languages.size > 255) {
        return bad(row, context, 6, 'typeId', 'is one of more types, languages or cases than any release has')
      }
      const before = table.size
      const position = table.enter(id.high, id.low)
      if (position < before && shared.dateAt(stamps[position] as number) > shared.date) return undefined
      put(position, row, concept < 0 ? NO_CONCEPT : concept, kind)
      return undefined
    },
    order() {
      let kept = 0
      for (let row = 0; row < table.size; row += 1) if (owners[row] !== NO_CONCEPT) kept += 1
      const held = new Uint32Array(kept)
      const keys = new Uint32Array(kept)
      for (let row = 0, at = 0; row < table.size; row += 1) {
        if (owners[row] === NO_CONCEPT) continue
        held[at] = row
        keys[at] = owners[row] as number
        at += 1
      }
      const grouped = groupRows(keys, concepts.count)
      const rows = grouped.entries.map((at) => held[at] as number)
      const positions = new Uint32Array(table.size).fill(NO_CONCEPT)
      const ids = new Uint32Array(kept * 2)
      for (let position = 0; position < kept; position += 1) {
        const row = rows[position] as number
        positions[row] = position
        ids[position * 2] = table.pairs[row * 2] as number
        ids[position * 2 + 1] = table.pairs[row * 2 + 1] as number
      }
      return {
        count: kept,
        rows,
        positions,
        starts: grouped.starts,
        ids,
        concepts: rows.map((row) => owners[row] as number),
        stamps: rows.map((row) => stamps[row] as number),
        kinds: rows.map((row) => kinds[row] as number),
        types,
        cases,
        languages,
        idOfRow: (row) => ({ high: table.pairs[row * 2] as number, low: table.pairs[row * 2 + 1] as number }),
        term: (row) => {
          const place = places[row] as number
          return { block: blocks.block(place), start: blocks.within(place), length: lengths[row] as number }
        },
      }
    },
  }
}

export function pairTexts(table: PairTable): readonly string[] {
  return Array.from({ length: table.size }, (_, position) =>
    formatPair(table.pairs[position * 2] as number, table.pairs[position * 2 + 1] as number),
  )
}
