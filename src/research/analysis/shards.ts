/**
 * One dataset as several: everything of a person is in one shard, chosen by a hash of the person. All logic of cohorts and
 * analyses stays inside one person, so shards are asked the same question and their exact answers merge.
 */
import { ok, type Result } from '#platform/result/result.ts'
import { column, equals, floorDivide, integer, modulo, multiply, named } from '../query/build.ts'
import { inlineStep, select, source, step } from '../query/build-relations.ts'
import type { QueryEngine } from '../query/engine.ts'
import type { Expression } from '../query/tree.ts'
import type { Analysis } from './analysis.ts'
import type { ExactAnswer } from './answer.ts'
import type { AnalysisScope } from './compile/scope.ts'
import { mergeExact } from './merge-exact.ts'
import { type RunAnalysisOptions, type RunAnalysisProblemCode, runAnalysis } from './run.ts'

/** Prime below 2^31, and a multiplier of full period (Lehmer; Park and Miller's): products stay below 2^63. */
const PRIME = 2_147_483_647
const MULTIPLIER = 48_271

/** 0 to shards - 1; the same on every engine, spread also when numbers of persons have a pattern. */
export function shardOf(person: Expression, shards: number): Expression {
  const mixed = modulo(multiply(modulo(person, PRIME), MULTIPLIER), PRIME)
  return modulo(floorDivide(mixed, 8), shards)
}

/** The scope as one shard sees it. `isOfPersons`: tables that have a person_id; the others are whole in every shard. */
export function shardScope(
  scope: AnalysisScope,
  shard: number,
  shards: number,
  isOfPersons: (table: string) => boolean,
  columnsOf: (table: string) => readonly string[],
): AnalysisScope {
  const views = [...scope.tables].map(([name, relation]) => {
    if (!isOfPersons(name)) return { name, relation, made: [] }
    const part = select({
      from: source(relation, 's'),
      where: equals(shardOf(column('s', 'person_id'), shards), integer(shard)),
      columns: columnsOf(name).map((one) => named(one, column('s', one))),
    })
    return { name, relation: step(`shard_${name}`), made: [inlineStep(`shard_${name}`, part)] }
  })
  return {
    ...scope,
    steps: [...scope.steps, ...views.flatMap((view) => view.made)],
    tables: new Map(views.map((view) => [view.name, view.relation])),
  }
}

export interface Shard {
  readonly engine: QueryEngine
  readonly scope: AnalysisScope
}

/** All shards at once; the first problem is the answer, and stops the others. */
export async function runOnShards(
  analysis: Analysis,
  shards: readonly [Shard, ...Shard[]],
  options: Omit<RunAnalysisOptions, 'engine' | 'scope'> = {},
): Promise<Result<ExactAnswer, RunAnalysisProblemCode>> {
  const others = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, others.signal]) : others.signal
  let problem: Result<never, RunAnalysisProblemCode> | undefined
  const run = async (shard: Shard): Promise<ExactAnswer | undefined> => {
    const answer = await runAnalysis(analysis, { ...options, ...shard, signal })
    if (answer.ok) return answer.value
    problem ??= answer
    others.abort()
    return undefined
  }
  const answers = (await Promise.all(shards.map(run))).filter((answer) => answer !== undefined)
  const [first, ...rest] = answers
  if (problem !== undefined) return problem
  if (first === undefined) throw new Error('A shard gave neither an answer nor a problem.')
  return ok(mergeExact([first, ...rest]))
}
