/** One dataset in one file and cut into several: the same questions, and how many cells differ. */
import { isDeepStrictEqual } from 'node:util'
import type { Analysis } from '../../src/research/analysis/analysis.ts'
import type { ExactAnswer } from '../../src/research/analysis/answer.ts'
import { runAnalysis } from '../../src/research/analysis/run.ts'
import { runOnShards } from '../../src/research/analysis/shards.ts'
import type { Cell, QueryEngine, Rows } from '../../src/research/query/engine.ts'
import type { Say } from '../benchmark.ts'
import { cutShards } from './cut-shards.ts'
import { asked, expectValue, opened, type Population, SCOPE, timed } from './measuring.ts'
import { nineCohorts } from './nine-cohorts.ts'
import { questions } from './questions.ts'

const SHARDS = 4

export async function shardsAgainstWhole(population: Population, say: Say): Promise<void> {
  const [paths, cut] = await timed(() => cutShards(population.file, SHARDS))
  const whole = await opened(population)
  const parts = await Promise.all(paths.map((file) => opened({ ...population, file })))
  const [first, ...others] = parts.map((engine) => ({ engine, scope: SCOPE }))
  if (!first) throw new Error('There are no shards.')
  const question = cohortQuestion()
  const [answer, wholeSeconds] = await timed(async () =>
    expectValue(await runAnalysis(question, { engine: whole, scope: SCOPE })),
  )
  const [merged, shardSeconds] = await timed(async () => expectValue(await runOnShards(question, [first, ...others])))
  const conditions = await conditionsOf(whole, parts)
  for (const engine of [whole, ...parts]) await engine.close()
  say(
    `${SHARDS} shards (cut in ${cut.toFixed(0)} s): cohort by age, sex and year, ${differing(answer, merged)} of ${cellsOf(answer).size} cells differ; persons of each condition, ${conditions.differing} of ${conditions.all} differ; whole ${wholeSeconds.toFixed(2)} s, shards ${shardSeconds.toFixed(2)} s on one machine`,
  )
}

function cohortQuestion(): Analysis {
  const [definition] = nineCohorts('common')
  return {
    kind: 'count',
    cohort: definition?.definition ?? {},
    by: [{ kind: 'age-group', bounds: [0, 18, 40, 65, 80] }, { kind: 'sex' }, { kind: 'calendar-year' }],
  }
}

/** Plain counts: those of the shards are added. */
async function conditionsOf(whole: QueryEngine, parts: readonly QueryEngine[]) {
  const counting = questions().find(({ name }) => name.startsWith('Q3'))?.program
  if (!counting) throw new Error('There is no question Q3.')
  const all = countsOf(await asked(whole, counting))
  const added = new Map<Cell, number>()
  for (const engine of parts) {
    for (const [concept, persons] of countsOf(await asked(engine, counting))) {
      added.set(concept, (added.get(concept) ?? 0) + persons)
    }
  }
  const concepts = new Set([...all.keys(), ...added.keys()])
  return { all: all.size, differing: [...concepts].filter((one) => added.get(one) !== all.get(one)).length }
}

function countsOf(answer: ReadonlyMap<string, Rows>): ReadonlyMap<Cell, number> {
  return new Map(answer.get('answer')?.rows.map((row) => [row[0] ?? null, Number(row[1])]))
}

function differing(left: ExactAnswer, right: ExactAnswer): number {
  const [one, other] = [cellsOf(left), cellsOf(right)]
  const keys = new Set([...one.keys(), ...other.keys()])
  return [...keys].filter((key) => !isDeepStrictEqual(one.get(key), other.get(key))).length
}

function cellsOf(answer: ExactAnswer): ReadonlyMap<string, readonly number[]> {
  return new Map(answer.tables.persons?.cells.map((cell) => [cell.key.join('|'), Array.from(cell.persons, Number)]))
}
