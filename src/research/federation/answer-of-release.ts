/** The only way of counts into an answer: a table that disclosure control has released. */
import type { Released } from '../disclosure/stages.ts'
import type { AnswerTable } from './node-result.ts'

/** @param name of the table in its analysis, the same at all nodes */
export function answerTable(name: string, released: Released): AnswerTable {
  const { dimensions, cells, evidence } = released
  return {
    name,
    dimensions: dimensions.map((dimension) => ({ name: dimension.name, levels: dimension.levels })),
    cells: cells.map(({ key, persons, measures }) => ({
      key,
      persons,
      ...(measures && persons !== null ? { sums: sumsOf(measures) } : {}),
    })),
    evidence: { ...evidence },
  }
}

/** Of each measure its sum, and the persons who have a value: means add up only through both. */
function sumsOf(measures: NonNullable<Released['cells'][number]['measures']>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(measures).flatMap(([name, { sum, persons }]) => [
      [name, sum],
      [`${name} persons`, persons],
    ]),
  )
}
