/** An exact table with all its margins: an entry for every combination of levels and "all". */
import { ok, type Result } from '#platform/result/result.ts'
import { type Magnitude, magnitudeOf } from './dominance.ts'
import { distinct, type KeyOf, type PersonKeys } from './persons.ts'
import { type DisclosureProblemCode, tableInvalid } from './problems.ts'
import { TABLE_LIMITS } from './read-rules.ts'
import type { ExactCell, ExactTable, GridKey, TableDimension, TableMeasure } from './table.ts'

export interface GridMeasure {
  /** Those who have a value. */
  readonly persons: PersonKeys
  readonly magnitude: Magnitude
}

export interface GridEntry {
  readonly key: GridKey
  readonly persons: PersonKeys
  readonly measures: ReadonlyMap<string, GridMeasure>
}

/** `whole` is the sum of `parts`, which anybody can see from the shape of the table. Indexes of entries. */
export interface Equation {
  readonly whole: number
  readonly parts: readonly number[]
}

export interface ExactGrid {
  readonly dimensions: readonly TableDimension[]
  readonly entries: readonly GridEntry[]
  readonly equations: readonly Equation[]
  /** Index of the entry of everybody. */
  readonly everybody: number
}

/** Persons of an entry as they come in: one part from each cell below it, with the values of each measure. */
type Gathered = { readonly keys: Float64Array; readonly values: ExactCell['values'] }[]

/** Margins are unions of persons. @param keyOf of the dataset */
export function gridOf(table: ExactTable, keyOf: KeyOf): Result<ExactGrid, DisclosureProblemCode> {
  const { dimensions, measures = [], cells } = table
  const wrong = wrongShape(table)
  if (wrong !== undefined) return tableInvalid(wrong)
  const shape = shapeOf(dimensions)
  const gathered: Gathered[] = Array.from({ length: shape.size }, () => [])
  for (const cell of cells) {
    const part = { keys: keyOf(cell.persons), values: cell.values }
    for (const index of shape.above(cell.key)) gathered[index]?.push(part)
  }
  const entries = gathered.map((parts, index) => entryOf(shape.keyOf(index), parts, measures))
  const equations = shape.equations()
  const overlapping = equations.find(
    ({ whole, parts }) =>
      entries[whole]?.persons.length !== parts.reduce((sum, part) => sum + (entries[part]?.persons.length ?? 0), 0),
  )
  if (overlapping) return tableInvalid('a person stands in two levels of a dimension that is not overlapping')
  return ok({ dimensions, entries, equations, everybody: shape.size - 1 })
}

function wrongShape({ dimensions, measures = [], cells }: ExactTable): string | undefined {
  const entries = dimensions.reduce((product, { levels }) => product * (levels.length + 1), 1)
  if (entries > TABLE_LIMITS.entries) return `more than ${TABLE_LIMITS.entries} entries with its margins`
  if (dimensions.some(({ levels }) => new Set(levels).size !== levels.length)) return 'a level is there twice'
  const seen = new Set<string>()
  for (const { key, persons, values } of cells) {
    if (key.length !== dimensions.length) return 'a key has another length than the dimensions'
    if (dimensions.some(({ levels }, index) => !levels.includes(key[index] ?? ''))) return 'a key has an unknown level'
    const name = JSON.stringify(key)
    if (seen.has(name)) return 'a cell is there twice'
    seen.add(name)
    if (measures.some((measure) => values?.[measure.name]?.length !== persons.length)) {
      return 'a measure has not one value for each person'
    }
  }
  return undefined
}

/** Entries are numbered like digits: the last dimension runs fastest, and the last digit of each means "all". */
function shapeOf(dimensions: readonly TableDimension[]) {
  const strides: number[] = []
  let size = 1
  for (const { levels } of [...dimensions].reverse()) {
    strides.unshift(size)
    size *= levels.length + 1
  }
  const digit = (index: number, d: number) =>
    Math.floor(index / (strides[d] ?? 1)) % ((dimensions[d]?.levels.length ?? 0) + 1)
  const all = (d: number) => dimensions[d]?.levels.length ?? 0
  /** Whether a margin over a dimension is the sum of its levels: also of an overlapping one, where another sets them apart. */
  const isSum = (index: number, d: number): boolean => {
    const { overlapping, apartWithin } = dimensions[d] ?? {}
    if (!overlapping) return true
    const within = dimensions.findIndex(({ name }) => name === apartWithin)
    return within >= 0 && digit(index, within) !== all(within)
  }
  return {
    size,
    keyOf: (index: number): GridKey => dimensions.map(({ levels }, d) => levels[digit(index, d)] ?? null),
    /** The entry of a cell and those of all its margins. */
    above: (key: readonly string[]): readonly number[] =>
      dimensions.reduce<readonly number[]>(
        (indexes, { levels }, d) => {
          const stride = strides[d] ?? 1
          const level = levels.indexOf(key[d] ?? '')
          return indexes.flatMap((index) => [index + level * stride, index + levels.length * stride])
        },
        [0],
      ),
    equations: (): readonly Equation[] =>
      Array.from({ length: size }, (_, whole) => whole).flatMap((whole) =>
        dimensions.flatMap(({ levels }, d) => {
          if (digit(whole, d) !== all(d) || !isSum(whole, d)) return []
          const stride = strides[d] ?? 1
          return [{ whole, parts: levels.map((_, level) => whole + (level - levels.length) * stride) }]
        }),
      ),
  }
}

function entryOf(key: GridKey, parts: Gathered, measures: readonly TableMeasure[]): GridEntry {
  const persons = distinct(joined(parts.map(({ keys }) => keys)))
  return {
    key,
    persons,
    measures: new Map(measures.map((measure) => [measure.name, measured(measure, parts, persons)])),
  }
}

function joined(lists: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const list of lists) {
    whole.set(list, at)
    at += list.length
  }
  return whole
}

function measured({ name, acrossCells }: TableMeasure, parts: Gathered, persons: PersonKeys): GridMeasure {
  const contributions = new Map<number, number>()
  for (const { keys, values } of parts) {
    const own = values?.[name] ?? []
    for (let index = 0; index < keys.length; index += 1) {
      const [key, value] = [keys[index] ?? 0, own[index] ?? Number.NaN]
      if (Number.isNaN(value)) continue
      const before = contributions.get(key)
      if (before === undefined) contributions.set(key, value)
      else if (acrossCells === 'add') contributions.set(key, before + value)
    }
  }
  const everybodyHas = contributions.size === persons.length
  return {
    persons: everybodyHas ? persons : distinct(Float64Array.from(contributions.keys())),
    magnitude: magnitudeOf([...contributions.values()]),
  }
}
