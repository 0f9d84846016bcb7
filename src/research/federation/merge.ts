/**
 * How answers come together: a merged answer is the set of what each source said, so that merging is associative,
 * commutative, has an identity, and hearing the same answer twice changes nothing. Sums are made once, at the end, in one
 * order. Sources are nodes of a federation, or shards of one dataset cut by a hash of the person.
 */
import { isDeepStrictEqual } from 'node:util'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { AnswerCell, AnswerTable } from './node-result.ts'

export type Merged = ReadonlyMap<string, readonly AnswerTable[]>

export type MergeProblemCode = 'merge-two-answers' | 'merge-other-question'

/** The identity. */
export const NOTHING: Merged = new Map()

export function answerOf(source: string, tables: readonly AnswerTable[]): Merged {
  return new Map([[source, tables]])
}

export function merge(one: Merged, other: Merged): Result<Merged, MergeProblemCode> {
  for (const [source, tables] of other) {
    const known = one.get(source)
    if (known && !isDeepStrictEqual(known, tables)) {
      const sentence = `${source} has given two different answers to one question.`
      return failed('merge-two-answers', sentence, 'Ask its operator which of them holds.')
    }
  }
  return ok(new Map([...one, ...other]))
}

export interface TotalTable {
  readonly name: string
  readonly dimensions: AnswerTable['dimensions']
  readonly cells: readonly TotalCell[]
}

export interface TotalCell {
  readonly key: AnswerCell['key']
  /** Of the sources that show this cell. */
  readonly persons: number
  readonly sums: Readonly<Record<string, number>>
  /** Sources that hide it: the true total is larger. */
  readonly hiddenIn: readonly string[]
}

/** The sums over all sources. A cell that a source does not mention is empty there. */
export function totals(merged: Merged): Result<readonly TotalTable[], MergeProblemCode> {
  // By name of the source, so that sums of fractions come out the same whoever answered first.
  const sources = [...merged].sort(([a], [b]) => (a < b ? -1 : 1))
  const [first, ...others] = sources
  if (!first) return ok([])
  const [name, tables] = first
  const other = others.find(([, theirs]) => !isSameQuestion(theirs, tables))
  if (other) {
    const sentence = `${other[0]} has answered another question than ${name}.`
    return failed('merge-other-question', sentence, 'Compare the versions of these nodes.')
  }
  return ok(
    tables.map((table, index) =>
      totalOf(
        table.name,
        sources.map(([source, all]) => ({ source, part: all[index] })),
      ),
    ),
  )
}

/** The same tables by the same dimensions, in the same order; levels may differ where they are found in the data. */
function isSameQuestion(theirs: readonly AnswerTable[], ours: readonly AnswerTable[]): boolean {
  const shape = (tables: readonly AnswerTable[]) =>
    tables.map(({ name, dimensions }) => [name, ...dimensions.map((dimension) => dimension.name)])
  return isDeepStrictEqual(shape(theirs), shape(ours))
}

interface Part {
  readonly source: string
  readonly part: AnswerTable | undefined
}

function totalOf(name: string, parts: readonly Part[]): TotalTable {
  const cells = new Map<string, TotalCell>()
  for (const { source, part } of parts) {
    for (const cell of part?.cells ?? []) {
      const at = JSON.stringify(cell.key)
      cells.set(at, plus(cells.get(at) ?? { key: cell.key, persons: 0, sums: {}, hiddenIn: [] }, cell, source))
    }
  }
  const dimensions = (parts[0]?.part?.dimensions ?? []).map((dimension, index) => ({
    name: dimension.name,
    levels: [...new Set(parts.flatMap(({ part }) => part?.dimensions[index]?.levels ?? []))],
  }))
  return { name, dimensions, cells: [...cells.values()] }
}

function plus(total: TotalCell, { persons, sums = {} }: AnswerCell, source: string): TotalCell {
  if (persons === null) return { ...total, hiddenIn: [...total.hiddenIn, source] }
  const names = new Set([...Object.keys(total.sums), ...Object.keys(sums)])
  const added = [...names].map((name) => [name, (total.sums[name] ?? 0) + (sums[name] ?? 0)] as const)
  return { ...total, persons: total.persons + persons, sums: Object.fromEntries(added) }
}
