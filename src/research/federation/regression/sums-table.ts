/**
 * The sums of a regression as tables of an answer, so that they are signed, kept and merged as all answers are. Every number
 * of a table is about the same persons; the key says which columns it is the product of.
 */
import { type LinearSums, linearSums } from '../../analysis/statistics/linear-regression.ts'
import type { LogisticSums } from '../../analysis/statistics/logistic-regression.ts'
import { CONSTANT, type GroupedObservations } from '../../analysis/statistics/observations.ts'
import type { AnswerCell, AnswerTable } from '../node-result.ts'

export const SUMS = 'sums'
export const ROUND = 'round'
export const OUTCOME = 'outcome'

/** What one node says of its persons: about its own means, so that no digits are lost. */
export interface NodeSums {
  /** Columns of the covariates; the outcome comes last in `sums`. */
  readonly sums: LinearSums
  /** For each covariate that is a group: its columns. */
  readonly groups: readonly (readonly string[])[]
  /** Of the dataset, where the node names one. */
  readonly release: string | undefined
}

export function sumsTable(observations: GroupedObservations, evidence: AnswerTable['evidence']): AnswerTable {
  const { persons, shift, products } = linearSums(observations)
  const names = [...observations.columns, OUTCOME]
  const groupOf = (name: string): number => observations.groups.findIndex((group) => group.includes(name))
  const cells = names.flatMap((name, row): readonly AnswerCell[] => {
    const group = groupOf(name)
    const mean = { mean: shift[row] ?? 0, ...(group < 0 ? {} : { group }) }
    return [{ key: [name, null], persons, sums: mean }, ...upper(names, row, products[row] ?? [], 'product', persons)]
  })
  return { name: SUMS, dimensions: square(names), cells: [{ key: [null, null], persons }, ...cells], evidence }
}

export function roundTable(sums: LogisticSums, evidence: AnswerTable['evidence']): AnswerTable {
  const names = [CONSTANT, ...sums.columns]
  const { persons, withOutcome, logLikelihood } = sums
  const cells = names.flatMap((name, row): readonly AnswerCell[] => [
    { key: [name, null], persons, sums: { score: sums.score[row] ?? 0 } },
    ...upper(names, row, sums.information[row] ?? [], 'information', persons),
  ])
  const all: AnswerCell = { key: [null, null], persons, sums: { withOutcome, logLikelihood } }
  return { name: ROUND, dimensions: square(names), cells: [all, ...cells], evidence }
}

function square(names: readonly string[]): AnswerTable['dimensions'] {
  return ['row', 'column'].map((name) => ({ name, levels: names }))
}

/** The matrix is symmetric: each product is told once. */
function upper(names: readonly string[], row: number, line: readonly number[], as: string, persons: number) {
  return names.slice(row).map((other, index): AnswerCell => {
    return { key: [names[row] ?? '', other], persons, sums: { [as]: line[row + index] ?? 0 } }
  })
}

/** Undefined when it is not such a table, or a number is missing. */
export function readSums(table: AnswerTable | undefined): NodeSums | undefined {
  const names = table?.dimensions[0]?.levels
  if (table?.name !== SUMS || names?.at(-1) !== OUTCOME) return undefined
  const read = readerOf(table)
  const means = names.map((name) => read([name, null], 'mean'))
  const products = names.map((row) => names.map((column) => read([row, column], 'product')))
  const persons = read([null, null])
  if (![persons, ...means, ...products.flat()].every(Number.isFinite)) return undefined
  const groups: string[][] = []
  for (const name of names) {
    const group = read([name, null], 'group')
    if (!Number.isSafeInteger(group) || group < 0 || group > names.length) continue
    while (groups.length <= group) groups.push([])
    groups[group]?.push(name)
  }
  const sums = { columns: names.slice(0, -1), shift: means, persons, sums: means.map(() => 0), products }
  return { sums, groups, release: releaseIn(table) }
}

/** The release of the dataset that a table is about. */
export function releaseIn({ evidence: { release } }: AnswerTable): string | undefined {
  return typeof release === 'string' ? release : undefined
}

/** @param columns that were asked for: an answer about others is none */
export function readRound(table: AnswerTable | undefined, columns: readonly string[]): LogisticSums | undefined {
  if (table?.name !== ROUND) return undefined
  const read = readerOf(table)
  const names = [CONSTANT, ...columns]
  const score = names.map((name) => read([name, null], 'score'))
  const information = names.map((row) => names.map((column) => read([row, column], 'information')))
  const [persons, withOutcome, logLikelihood] = [
    read([null, null]),
    read([null, null], 'withOutcome'),
    read([null, null], 'logLikelihood'),
  ]
  const all = [persons, withOutcome, logLikelihood, ...score, ...information.flat()]
  return all.every(Number.isFinite) ? { columns, persons, withOutcome, logLikelihood, score, information } : undefined
}

/** A number of a cell, in either half of the matrix; NaN when it is not there. */
function readerOf({ cells }: AnswerTable): (key: AnswerCell['key'], sum?: string) => number {
  const known = new Map(cells.map((cell) => [JSON.stringify(cell.key), cell]))
  return (key, sum) => {
    const cell = known.get(JSON.stringify(key)) ?? known.get(JSON.stringify([...key].reverse()))
    return (sum === undefined ? cell?.persons : cell?.sums?.[sum]) ?? Number.NaN
  }
}
