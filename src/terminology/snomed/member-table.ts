/** The members of reference sets: by set, by component, by what they point at. */
import type { FlatFile } from '#terminology/flat/container.ts'
import { formatPair, parsePair } from '#terminology/flat/pair-hash.ts'

import { readTextPool } from '#terminology/flat/text-pool.ts'
import type { MemberRow } from '../ecl/substrate.ts'
import { ACTIVE } from './build/columns.ts'
import {
  DESCRIPTION,
  EMPTY,
  EMPTY_INTEGER,
  FOREIGN,
  MEMBER_COMPONENT,
  MEMBER_FIXED,
  MEMBER_STAMP,
} from './build/members.ts'
import type { EditionSummary, MemberLayout } from './format.ts'
import { formatUuid } from './rf2/fields.ts'

/** One reference set in one layout. A reference set that has two layouts has two segments. */
interface Segment {
  readonly layout: MemberLayout
  readonly stride: number
  readonly words: Uint32Array
  readonly refset: number
  readonly from: number
  readonly to: number
  /** Row numbers sorted by the word of a column. */
  by(column: string): Uint32Array | undefined
}

export interface MemberTable {
  /** Component words (an ordinal when it is a concept of this edition) of all reference sets that have members, sorted. */
  readonly refsets: readonly number[]
  /** The component word of an SCTID: ordinal, or number of an identifier that is no concept here; undefined when unknown. */
  wordOf(sctid: string): number | undefined
  sctidOfWord(word: number): string
  rows(refset: number): Iterable<MemberRow>
  /** Active rows of one component. */
  rowsOf(refset: number, component: number): Iterable<MemberRow>
  /** Ordinals of active members, sorted, each once. */
  concepts(refset: number): Uint32Array
  /** Active rows whose column has this text or component. Every reference set with `column`, or one. */
  rowsWith(column: 'mapTarget' | 'targetComponentId', value: string, refset?: number): Iterable<MemberRow & InRefset>
  /** Active association rows to this concept. */
  associationsTo(target: number): Iterable<{ readonly referenceSet: number; readonly source: number }>
  columnsOf(refset: number): readonly string[]
}

export interface InRefset {
  readonly refset: number
}

interface Host {
  ordinalOf(sctid: string): number
  sctidOf(concept: number): string
  descriptionId(position: number): string
}

export function readMembers(flat: FlatFile, summary: EditionSummary, host: Host): MemberTable {
  const foreign = flat.words('member.foreign')
  const texts = readTextPool(flat, 'text')
  const segments = summary.members.flatMap((layout, index) => segmentsOf(flat, layout, `member.${index}`))
  const byRefset = new Map<number, Segment[]>()
  for (const segment of segments) byRefset.set(segment.refset, [...(byRefset.get(segment.refset) ?? []), segment])
  const segmentsFor = (refset: number): readonly Segment[] => byRefset.get(refset) ?? []

  const sctidOfWord = (word: number): string => {
    if (word === EMPTY) return ''
    if (word >= FOREIGN) {
      const at = (word & ~FOREIGN) * 2
      return formatPair(foreign[at] as number, foreign[at + 1] as number)
    }
    return word >= DESCRIPTION ? host.descriptionId(word & ~DESCRIPTION) : host.sctidOf(word)
  }
  const wordOf = (sctid: string): number | undefined => {
    const ordinal = host.ordinalOf(sctid)
    if (ordinal >= 0) return ordinal
    const pair = { high: 0, low: 0 }
    if (!parsePair(sctid, pair)) return undefined
    for (let at = 0; at < foreign.length; at += 2) {
      if (foreign[at] === pair.high && foreign[at + 1] === pair.low) return (FOREIGN | (at >>> 1)) >>> 0
    }
    return undefined
  }
  const fieldOf = (kind: string | undefined, word: number): string =>
    kind === 's'
      ? texts.text(word)
      : kind === 'i'
        ? word === EMPTY_INTEGER
          ? ''
          : String(word | 0)
        : sctidOfWord(word)
  const rowAt = ({ words, stride, layout, refset }: Segment, row: number): MemberRow & InRefset => {
    const at = row * stride
    const stamp = words[at + MEMBER_STAMP] as number
    const component = words[at + MEMBER_COMPONENT] as number
    const fields = new Map<string, string>()
    layout.columns.forEach((column, index) => {
      fields.set(column, fieldOf(layout.kinds[index], words[at + MEMBER_FIXED + index] as number))
    })
    return {
      id: formatUuid(words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number),
      active: stamp >= ACTIVE,
      module: summary.modules[(stamp >>> 16) & 0x3fff] ?? '',
      effectiveTime: summary.dates[stamp & 0xffff] ?? 0,
      referencedComponentId: sctidOfWord(component),
      referencedConcept: component < DESCRIPTION ? component : -1,
      fields,
      refset,
    }
  }
  const isActive = ({ words, stride }: Segment, row: number): boolean =>
    (words[row * stride + MEMBER_STAMP] as number) >= ACTIVE

  /** Rows of the index of a column that hold this word. */
  function* rowsBy(segment: Segment, column: string, word: number): Generator<number> {
    const order = segment.by(column)
    if (!order) return
    const offset = MEMBER_FIXED + segment.layout.columns.indexOf(column)
    const valueAt = (at: number): number => segment.words[(order[at] as number) * segment.stride + offset] as number
    let low = segment.from
    let high = segment.to
    while (low < high) {
      const middle = (low + high) >>> 1
      if (valueAt(middle) < word) low = middle + 1
      else high = middle
    }
    for (let at = low; at < segment.to && valueAt(at) === word; at += 1) {
      const row = order[at] as number
      if (isActive(segment, row)) yield row
    }
  }

  return {
    refsets: [...byRefset.keys()].sort((a, b) => a - b),
    wordOf,
    sctidOfWord,
    columnsOf: (refset) => [...new Set(segmentsFor(refset).flatMap(({ layout }) => layout.columns))],
    *rows(refset) {
      for (const segment of segmentsFor(refset)) {
        for (let row = segment.from; row < segment.to; row += 1) yield rowAt(segment, row)
      }
    },
    *rowsOf(refset, component) {
      for (const segment of segmentsFor(refset)) {
        for (
          let row = firstOf(segment, component);
          row < segment.to && componentAt(segment, row) === component;
          row += 1
        ) {
          if (isActive(segment, row)) yield rowAt(segment, row)
        }
      }
    },
    concepts(refset) {
      const found = segmentsFor(refset)
      const lists = found.map((segment) => conceptsIn(segment, isActive))
      const only = lists[0]
      if (lists.length <= 1) return only ?? new Uint32Array(0)
      return Uint32Array.from([...new Set(lists.flatMap((list) => [...list]))].sort((a, b) => a - b))
    },
    *rowsWith(column, value, refset) {
      const word = column === 'mapTarget' ? texts.numberOf(value) : (wordOf(value) ?? -1)
      if (word < 0) return
      for (const segment of refset === undefined ? segments : segmentsFor(refset)) {
        for (const row of rowsBy(segment, column, word)) yield rowAt(segment, row)
      }
    },
    *associationsTo(target) {
      for (const segment of segments) {
        for (const row of rowsBy(segment, 'targetComponentId', target)) {
          const source = componentAt(segment, row)
          if (source < DESCRIPTION && segment.refset < DESCRIPTION) yield { referenceSet: segment.refset, source }
        }
      }
    },
  }
}

function segmentsOf(flat: FlatFile, layout: MemberLayout, section: string): readonly Segment[] {
  const words = flat.words(section)
  const sets = flat.words(`${section}.refsets`)
  const stride = MEMBER_FIXED + layout.columns.length
  const indexes = new Map(layout.indexed.map((column) => [column, flat.words(`${section}.by.${column}`)]))
  return Array.from({ length: sets.length / 3 }, (_, index) => ({
    layout,
    stride,
    words,
    refset: sets[index * 3] as number,
    from: sets[index * 3 + 1] as number,
    to: sets[index * 3 + 2] as number,
    by: (column: string) => indexes.get(column),
  }))
}

function componentAt({ words, stride }: Segment, row: number): number {
  return words[row * stride + MEMBER_COMPONENT] as number
}

function firstOf(segment: Segment, component: number): number {
  let low = segment.from
  let high = segment.to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (componentAt(segment, middle) < component) low = middle + 1
    else high = middle
  }
  return low
}

/** Rows are sorted by component, so concepts come sorted and before everything else. */
function conceptsIn(segment: Segment, isActive: (segment: Segment, row: number) => boolean): Uint32Array {
  const end = firstOf(segment, DESCRIPTION)
  const found = new Uint32Array(end - segment.from)
  let length = 0
  for (let row = segment.from; row < end; row += 1) {
    if (!isActive(segment, row)) continue
    const concept = componentAt(segment, row)
    if (length === 0 || found[length - 1] !== concept) found[length++] = concept
  }
  return found.subarray(0, length)
}
