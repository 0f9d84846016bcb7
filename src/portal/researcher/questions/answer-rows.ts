/** Released totals as rows that a page can show: in the order of their levels, the number of everybody apart. Pure. */

import { type Rate, rateOf } from '#research/analysis/statistics/rates.ts'
import { kaplanMeier, type SurvivalStep } from '#research/analysis/statistics/survival.ts'
import type { TotalCell, TotalTable } from '#research/federation/merge.ts'

export interface AnswerRow {
  /** One level of each dimension. */
  readonly levels: readonly string[]
  /** Of the nodes that show it. */
  readonly persons: number
  /** Nodes that hide it. */
  readonly hiddenIn: readonly string[]
  readonly sums: Readonly<Record<string, number>>
}

export interface AnswerRows {
  readonly dimensions: readonly string[]
  readonly rows: readonly AnswerRow[]
  /** All levels together; undefined where it was not told. */
  readonly everybody: AnswerRow | undefined
}

export function rowsOf({ dimensions, cells }: TotalTable): AnswerRows {
  const order = dimensions.map(({ levels }) => new Map(levels.map((level, index) => [level, index])))
  const rank = ({ levels }: AnswerRow, at: number): number => order[at]?.get(levels[at] ?? '') ?? 0
  const rows = cells
    .flatMap((cell) => (isFull(cell.key) ? [rowOf(cell, cell.key)] : []))
    .sort((a, b) => {
      for (const at of dimensions.keys()) {
        const difference = rank(a, at) - rank(b, at)
        if (difference !== 0) return difference
      }
      return 0
    })
  const all = cells.find(({ key }) => key.every((level) => level === null))
  return { dimensions: dimensions.map(({ name }) => name), rows, everybody: all && rowOf(all, []) }
}

/** By the first dimension alone, whatever the levels of the others are. */
export function byFirst({ name, dimensions, cells }: TotalTable): AnswerRows {
  const margins = cells
    .filter(({ key }) => key.slice(1).every((level) => level === null))
    .map((cell) => ({ ...cell, key: cell.key.slice(0, 1) }))
  return rowsOf({ name, dimensions: dimensions.slice(0, 1), cells: margins })
}

function isFull(key: TotalCell['key']): key is readonly string[] {
  return key.every((level) => level !== null)
}

function rowOf({ persons, hiddenIn, sums }: TotalCell, levels: readonly string[]): AnswerRow {
  return { levels, persons, hiddenIn, sums }
}

/** Nothing of it is shown by any node. */
export function isHidden({ persons, hiddenIn }: Pick<AnswerRow, 'persons' | 'hiddenIn'>): boolean {
  return persons === 0 && hiddenIn.length > 0
}

export interface RateRow extends AnswerRow {
  /** Undefined: entries or time are hidden. */
  readonly rate: Rate | undefined
}

/** Entries over person-time of the same group. */
export function ratesOf(entries: AnswerRows, time: AnswerRows): readonly RateRow[] {
  const days = new Map(time.rows.map((row) => [JSON.stringify(row.levels), row]))
  return entries.rows.map((row) => {
    const under = days.get(JSON.stringify(row.levels))
    const told = row.hiddenIn.length === 0 && under !== undefined && under.hiddenIn.length === 0
    return { ...row, rate: told ? rateOf(row.sums.entries ?? row.persons, under.sums.personDays ?? 0) : undefined }
  })
}

export interface Curve {
  /** Levels of the dimensions that the curve is for. */
  readonly group: readonly string[]
  readonly steps: readonly (SurvivalStep & { readonly from: number; readonly to: number })[]
  /** Some who left are hidden, so that the curve knows less than the nodes. */
  readonly partial: boolean
}

/**
 * The dimensions, then `step`, then `outcome`. Where few leave, nodes join steps: `0–60` is the days from 0 to the end of the
 * step that begins with day 60.
 * @param length days of a step
 */
export function curvesOf({ rows }: AnswerRows, length: number): readonly Curve[] {
  const groups = new Map<string, AnswerRow[]>()
  for (const row of rows) {
    const key = JSON.stringify(row.levels.slice(0, -2))
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map((members) => {
    const steps = new Map<string, { from: number; to: number; events: number; censored: number }>()
    for (const { levels, persons } of members) {
      const [step = '', outcome] = levels.slice(-2)
      const [first = '0', last = first] = step.split('–')
      const held = steps.get(step) ?? { from: Number(first), to: Number(last) + length, events: 0, censored: 0 }
      if (outcome === 'event') held.events += persons
      else held.censored += persons
      steps.set(step, held)
    }
    const ordered = [...steps.values()].sort((a, b) => a.to - b.to || a.from - b.from)
    const curve = kaplanMeier(ordered.map(({ events, censored }, step) => ({ step, events, censored })))
    return {
      group: members[0]?.levels.slice(0, -2) ?? [],
      steps: curve.map((step) => ({ ...step, from: ordered[step.step]?.from ?? 0, to: ordered[step.step]?.to ?? 0 })),
      partial: members.some(({ hiddenIn }) => hiddenIn.length > 0),
    }
  })
}
