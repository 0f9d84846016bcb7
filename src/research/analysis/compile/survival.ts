/** Who left the risk of an event in which step, and how: the counts of survival curves. */
import { and, atMost, choose, column, columns, equals, integer, isNotNull, least, named } from '../../query/build.ts'
import { innerJoin, leftJoin, select, source } from '../../query/build-relations.ts'
import type { Rows } from '../../query/engine.ts'
import type { Analysis } from '../analysis.ts'
import { type CompiledPart, result } from './compiled.ts'
import { compileDimensions, keyColumns } from './dimensions.ts'
import { firstEntries } from './entries.ts'
import { daysUntil, followUpDays } from './measures.ts'
import { numberOf, readTable } from './read-table.ts'
import type { Compilation } from './scope.ts'

/** How the compilation calls the cohort of the event. */
export const EVENT = 'event'

const OUTCOMES = ['event', 'censored'] as const

/** Table `steps`: the dimensions, then `step` (its first day), then `outcome`. */
export function compileSurvival(
  compilation: Compilation,
  { by, step, until }: Extract<Analysis, { kind: 'survival' }>,
): CompiledPart {
  const dimensions = compileDimensions(compilation, by, 'e')
  const first = firstEntries(compilation)
  const observed = column('o', 'value')
  const event = column('v', 'value')
  const inTime = and(isNotNull(event), atMost(event, observed), atMost(event, integer(until)))
  const shown = [
    ...keyColumns(dimensions),
    ...columns('e', 'person_id'),
    named('days', choose([[inTime, event]], least(observed, integer(until)))),
    named('outcome', choose([[inTime, integer(0)]], integer(1))),
  ]
  const left = select({
    from: source(first, 'e'),
    joins: [
      innerJoin(followUpDays(compilation, first), 'o', equals(column('o', 'person_id'), column('e', 'person_id'))),
      leftJoin(daysUntil(compilation, first, EVENT), 'v', equals(column('v', 'person_id'), column('e', 'person_id'))),
      ...dimensions.flatMap((dimension) => dimension.joins),
    ],
    columns: shown,
  })
  const steps = Array.from({ length: Math.floor(until / step) + 1 }, (_, index) => String(index * step))
  const stepDimension = { name: 'step', levels: steps, level: String }
  const outcome = { name: 'outcome', levels: OUTCOMES, level: (value: number) => OUTCOMES[value] ?? '' }
  return {
    results: [result('left', left, shown)],
    read: (rows) => ({
      tables: {
        steps: readTable(inSteps(rows('left'), dimensions.length, step), [...dimensions, stepDimension, outcome]),
      },
      discovered: [],
    }),
  }
}

/** (keys, person, days, outcome) → (keys, first day of the step, outcome, person). */
function inSteps({ columns: names, rows }: Rows, keys: number, step: number): Rows {
  return {
    columns: [...names.slice(0, keys), 'step', 'outcome', 'person_id'],
    rows: rows.map((row) => [
      ...row.slice(0, keys),
      Math.floor(numberOf(row[keys + 1]) / step) * step,
      row[keys + 2] ?? null,
      row[keys] ?? null,
    ]),
  }
}
