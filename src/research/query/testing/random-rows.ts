/** Tables whose rows come from a seed: NULLs everywhere, duplicates, negative numbers, old and far dates, odd text. */
import type { Cell } from '../engine.ts'
import type { TableDescription } from '../tables.ts'
import type { ValueType } from '../tree.ts'

export const PERSONS: TableDescription = {
  name: 'persons',
  columns: [
    { name: 'id', type: 'integer', nullable: true },
    { name: 'age', type: 'integer', nullable: true },
    { name: 'weight', type: 'double', nullable: true },
    { name: 'name', type: 'text', nullable: true },
    { name: 'born', type: 'date', nullable: true },
    { name: 'seen', type: 'datetime', nullable: true },
    { name: 'alive', type: 'boolean', nullable: true },
  ],
}

export const EVENTS: TableDescription = {
  name: 'events',
  columns: [
    { name: 'person', type: 'integer', nullable: true },
    { name: 'concept', type: 'integer', nullable: true },
    { name: 'value', type: 'double', nullable: true },
    { name: 'note', type: 'text', nullable: true },
    { name: 'day', type: 'date', nullable: true },
    { name: 'done', type: 'boolean', nullable: true },
  ],
  sortedBy: ['person', 'day'],
}

/** Without NULLs, as its columns say: ClickHouse takes 0 for what is missing in such columns unless it is told otherwise. */
export const FULL: TableDescription = {
  name: 'full',
  columns: EVENTS.columns.map((column) => ({ ...column, nullable: false })),
}

export const NOTHING: TableDescription = { name: 'nothing', columns: FULL.columns }

/** A small sequence of chance (mulberry32): the same numbers for the same seed, everywhere. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Few different values, so that rows meet each other; doubles are quarters, so that sums are exact. */
const VALUES: Readonly<Record<ValueType, readonly Cell[]>> = {
  integer: [-1000, -366, -7, -2, -1, 0, 1, 2, 3, 4, 5, 7, 365, 1000],
  double: [-1000.25, -2.5, -1, -0.25, 0, 0.25, 0.5, 1, 2.75, 6.5, 1e6],
  text: [
    '',
    'a',
    'A',
    'ab',
    'b',
    'z',
    'Ä',
    'é',
    'e\u0301',
    'ß',
    'ž',
    '日本',
    '😀',
    '\uffee',
    "O'Brien",
    '\\',
    '%_',
    ' a ',
    '"',
  ],
  date: [
    '1900-01-01',
    '1931-02-28',
    '1969-12-31',
    '1970-01-01',
    '2000-02-29',
    '2001-03-01',
    '2024-12-31',
    '2100-03-01',
    '2199-12-31',
  ],
  datetime: [
    '1931-02-28T23:59:59.999999',
    '1970-01-01T00:00:00',
    '2000-02-29T12:00:00.5',
    '2024-12-31T08:30:00',
    '2150-06-01T01:02:03',
  ],
  boolean: [true, false],
}

/** `absence`: the share of NULLs. */
export function randomRows(
  table: TableDescription,
  count: number,
  seed: number,
  absence = 0.15,
): readonly (readonly Cell[])[] {
  const random = chance(seed)
  const pick = (type: ValueType): Cell => {
    const values = VALUES[type]
    return values[Math.floor(random() * values.length)] ?? null
  }
  return Array.from({ length: count }, () => table.columns.map(({ type }) => (random() < absence ? null : pick(type))))
}
