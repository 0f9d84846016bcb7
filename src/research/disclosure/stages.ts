/**
 * The order of disclosure control, in types: exact → suppressed → complemented → perturbed → released. Each step takes what the
 * step before gives and nothing else; another order does not compile, and what was not made here is refused when it runs.
 * (Rounding first would show a hidden 60 as 100.)
 */
import { ok, type Result } from '#platform/result/result.ts'
import { complementOf } from './complementary.ts'
import { type ExactGrid, gridOf } from './grid.ts'
import { type CellKeyOf, countNoise, roundTo, significant, sumNoise } from './noise.ts'
import type { KeyOf, PersonKeys } from './persons.ts'
import { type HiddenReason, marginsOf, type PrimaryMeans, primaryOf } from './primary.ts'
import type { DisclosureProblemCode } from './problems.ts'
import { MODEL_RULES, TABLE_LIMITS } from './read-rules.ts'
import type { DisclosureRules } from './rules.ts'
import type {
  ExactTable,
  ReleasedCell,
  ReleasedMeasure,
  ReleasedTable,
  ReleaseEvidence,
  TableDimension,
} from './table.ts'

declare const stage: unique symbol
type At<Name extends StageName, Content> = Content & { readonly [stage]: Name }
type StageName = 'exact' | 'suppressed' | 'complemented' | 'perturbed' | 'released'

interface Hidden {
  readonly grid: ExactGrid
  readonly rules: DisclosureRules
  readonly hidden: ReadonlyMap<number, HiddenReason>
}

interface Audited extends Hidden {
  /** Width of the narrowest interval that can be worked out for a hidden entry; null: nothing is hidden. */
  readonly narrowest: number | null
}

export type Exact = At<'exact', { readonly grid: ExactGrid }>
export type Suppressed = At<'suppressed', Hidden>
export type Complemented = At<'complemented', Audited>
export type Perturbed = At<'perturbed', Audited & { readonly cells: readonly ReleasedCell[] }>
export type Released = At<'released', ReleasedTable>

/** What was really made here: a cast gets past the compiler, and not past this. */
const made = new WeakMap<object, StageName>()

function sealed<Name extends StageName, Content extends object>(name: Name, content: Content): At<Name, Content> {
  const frozen = Object.freeze(content)
  made.set(frozen, name)
  return frozen as At<Name, Content>
}

function demand(value: object, name: StageName): void {
  if (made.get(value) !== name) throw new TypeError(`Disclosure control takes a table that is ${name}.`)
}

export function exact(table: ExactTable, keyOf: KeyOf): Result<Exact, DisclosureProblemCode> {
  const grid = gridOf(table, keyOf)
  return grid.ok ? ok(sealed('exact', { grid: grid.value })) : grid
}

/** Primary suppression. */
export function suppress(table: Exact, means: PrimaryMeans): Result<Suppressed, DisclosureProblemCode> {
  demand(table, 'exact')
  const hidden = primaryOf(table.grid, means)
  if (!hidden.ok) return hidden
  return ok(sealed('suppressed', { grid: table.grid, rules: means.rules, hidden: hidden.value }))
}

/** Complementary suppression and the audit of every hidden entry. */
export function complement(table: Suppressed): Result<Complemented, DisclosureProblemCode> {
  demand(table, 'suppressed')
  const { grid, rules, hidden } = table
  const sizes = grid.entries.map(({ persons }) => persons.length)
  const cost = (index: number) => {
    const entry = grid.entries[index]
    if (!entry || index === grid.everybody) return Number.POSITIVE_INFINITY
    return marginsOf(entry) * 1e9 + entry.persons.length
  }
  const primary = new Set(hidden.keys())
  const added = complementOf(
    { sizes, equations: grid.equations },
    primary,
    cost,
    rules.frequencyFloor,
    TABLE_LIMITS.hiddenTogether,
  )
  if (!added.ok) return added
  const all = new Map([...hidden, ...added.value.added.map((index) => [index, 'complementary'] as const)])
  return ok(sealed('complemented', { grid, rules, hidden: all, narrowest: added.value.narrowest }))
}

/** Changes what is shown: a count by the persons behind it; a sum by up to the largest contribution. */
export type Perturb = (persons: PersonKeys) => {
  readonly count: number
  readonly sumShift: (measure: string, largest: number) => number
}

/** Noise bound to the persons of a cell, or rounding. */
export function usualPerturbation(rules: DisclosureRules, cellKey: CellKeyOf): Perturb {
  const { perturbation } = rules
  return (persons) => {
    const key = cellKey(persons)
    const count =
      perturbation.kind === 'round'
        ? roundTo(persons.length, perturbation.base)
        : persons.length + countNoise(key, perturbation.spread)
    return { count, sumShift: (measure, largest) => sumNoise(key, measure, largest) }
  }
}

export function perturb(table: Complemented, change: Perturb): Perturbed {
  demand(table, 'complemented')
  const cells = table.grid.entries.map(({ key, persons, measures }, index): ReleasedCell => {
    if (table.hidden.has(index)) return { key, persons: null }
    // A zero that is shown is structural: noise would make persons of nobody.
    if (persons.length === 0) return { key, persons: 0 }
    const { count } = change(persons)
    if (measures.size === 0) return { key, persons: count }
    const told = [...measures].map(([name, { persons: who, magnitude }]): [string, ReleasedMeasure] => {
      const changed = change(who)
      const digits = MODEL_RULES.significantDigits
      const mean = (magnitude.sum + changed.sumShift(name, magnitude.largest)) / magnitude.contributors
      return [
        name,
        { persons: changed.count, mean: significant(mean, digits), sum: significant(mean * changed.count, digits) },
      ]
    })
    return { key, persons: count, measures: Object.fromEntries(told) }
  })
  const { grid, rules, hidden, narrowest } = table
  return sealed('perturbed', { grid, rules, hidden, narrowest, cells })
}

/** The last step. @param evidence made from what goes in and what comes out */
export function release(
  table: Perturbed,
  evidence: (table: Perturbed, released: readonly ReleasedCell[]) => ReleaseEvidence,
): Released {
  demand(table, 'perturbed')
  const { dimensions, cells } = withoutUnshown(table.grid.dimensions, table.cells)
  return sealed('released', { dimensions, cells, evidence: evidence(table, cells) })
}

/** Levels found in the data of which nothing is shown. */
function withoutUnshown(dimensions: readonly TableDimension[], cells: readonly ReleasedCell[]) {
  const shown = dimensions.map(({ levels, discovered }, d) => {
    const told = new Set(cells.filter(({ persons }) => persons !== null).map(({ key }) => key[d]))
    return discovered ? levels.filter((level) => told.has(level)) : levels
  })
  return {
    dimensions: dimensions.map((dimension, d) => ({ ...dimension, levels: shown[d] ?? [] })),
    cells: cells.filter(({ key }) => key.every((level, d) => level === null || shown[d]?.includes(level))),
  }
}
