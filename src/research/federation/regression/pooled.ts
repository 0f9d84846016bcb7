/** Sums of several nodes brought to the same columns and added: what the persons of all of them together would have given. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { at } from '../../analysis/statistics/cholesky.ts'
import { aboutShift, addLinearSums, type LinearSums } from '../../analysis/statistics/linear-regression.ts'
import type { Scaling } from '../../analysis/statistics/logistic-regression.ts'
import type { Merged } from '../merge.ts'
import { type NodeSums, readSums } from './sums-table.ts'

export interface Pooled {
  /** Of the columns that are fitted, about the means of all persons; the outcome comes last. */
  readonly sums: LinearSums
  /** Groups that others are compared with: one of each covariate. */
  readonly references: readonly string[]
  /** Whom each node has answered about, in the order of their names. */
  readonly nodes: ReadonlyMap<string, { readonly persons: number; readonly release: string | undefined }>
}

export type PooledProblemCode = 'model-unreadable' | 'merge-other-question'

/**
 * In the order of names, so that the digits do not depend on who answered first.
 * @param merged not empty
 */
export function pooled(merged: Merged): Result<Pooled, PooledProblemCode> {
  const parts: (readonly [string, NodeSums])[] = []
  for (const [node, tables] of [...merged].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = tables.map(readSums).find((sums) => sums !== undefined)
    if (!read) return unreadable(node)
    parts.push([node, read])
  }
  const columns = columnsOf(parts.map(([, part]) => part))
  const numbers = (part: NodeSums) => part.sums.columns.filter((column) => !part.groups.flat().includes(column))
  const [first] = parts
  const other = parts.find(([, part]) => first && numbers(part).join('\0') !== numbers(first[1]).join('\0'))
  if (!first) throw new TypeError('Nobody has answered.')
  if (other) return otherQuestion(other[0])
  const wide = parts.map(([, { sums }]) => widened(sums, columns))
  const persons = wide.reduce((sum, one) => sum + one.persons, 0)
  const means = [...columns, ''].map((_, index) =>
    wide.reduce((sum, one) => sum + ((one.shift[index] ?? 0) * one.persons) / persons, 0),
  )
  const added = wide.map((one) => aboutShift(one, means)).reduce((all, one) => addLinearSums(all, one) ?? all)
  const { kept, references } = fitted(added, groupsOf(parts.map(([, part]) => part)))
  return ok({
    sums: picked(added, kept),
    references,
    nodes: new Map(parts.map(([node, { sums, release }]) => [node, { persons: sums.persons, release }])),
  })
}

/** Means and deviations of all persons: with them a logistic system is well conditioned. */
export function scalingOfPooled({ sums }: Pooled): Scaling {
  const { columns, shift, products, persons } = sums
  return {
    shift: shift.slice(0, columns.length),
    scale: columns.map((_, index) => Math.sqrt(at(products, index, index) / persons) || 1),
  }
}

function groupsOf(parts: readonly NodeSums[]): readonly (readonly string[])[] {
  const most = Math.max(0, ...parts.map(({ groups }) => groups.length))
  return Array.from({ length: most }, (_, index) => [...new Set(parts.flatMap(({ groups }) => groups[index] ?? []))])
}

/** Those of the first node, with groups that only others found beside the groups they belong to. */
function columnsOf(parts: readonly NodeSums[]): readonly string[] {
  const groups = groupsOf(parts)
  const starts = new Map(groups.map((group) => [group[0], group]))
  const inside = new Set(groups.flat())
  return (parts[0]?.sums.columns ?? []).flatMap((one) => starts.get(one) ?? (inside.has(one) ? [] : [one]))
}

/** A group that a node does not know has nobody there: all its values are 0. */
function widened(sums: LinearSums, columns: readonly string[]): LinearSums {
  return picked(
    sums,
    columns.map((column) => sums.columns.indexOf(column)),
    columns,
  )
}

/** Some columns, and the outcome. An index below 0 stands for a column of zeros. */
function picked(sums: LinearSums, kept: readonly number[], names?: readonly string[]): LinearSums {
  const all = [...kept, sums.columns.length]
  return {
    columns: names ?? kept.map((index) => sums.columns[index] ?? ''),
    shift: all.map((index) => sums.shift[index] ?? 0),
    persons: sums.persons,
    sums: all.map((index) => sums.sums[index] ?? 0),
    products: all.map((row) => all.map((column) => at(sums.products, row, column))),
  }
}

/** Without the groups that nobody is in, and the first group of each covariate that somebody is in. */
function fitted({ columns, shift }: LinearSums, groups: readonly (readonly string[])[]) {
  const isThere = (column: string): boolean => (shift[columns.indexOf(column)] ?? 0) > 0
  const references = groups.flatMap((group) => group.filter(isThere).slice(0, 1))
  const dropped = new Set([...references, ...groups.flat().filter((column) => !isThere(column))])
  const kept = [...columns.keys()].filter((index) => !dropped.has(columns[index] ?? ''))
  return { kept, references }
}

function unreadable(node: string): Result<never, PooledProblemCode> {
  const sentence = `${node} has answered without the sums that a regression is fitted from.`
  return failed('model-unreadable', sentence, 'Compare the versions of the nodes.')
}

function otherQuestion(node: string): Result<never, PooledProblemCode> {
  return failed(
    'merge-other-question',
    `${node} has answered about other covariates.`,
    'Compare the versions of the nodes.',
  )
}
