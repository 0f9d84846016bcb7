/**
 * A regression that is fitted over several nodes, at one of them: the sums of its persons, or in later rounds the sums at
 * given coefficients. What leaves is exact, so that the answer is that of all persons together; therefore all of it passes
 * disclosure control, or nothing leaves.
 */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { groupPairs, modelFacts } from '../../analysis/model-facts.ts'
import { chancesOf, logisticSums } from '../../analysis/statistics/logistic-regression.ts'
import { dependent, type GroupedObservations, type Observations } from '../../analysis/statistics/observations.ts'
import { admitModelSums, numbersOf } from '../../disclosure/model-sums.ts'
import { type ReleaseContext, releaseTable } from '../../disclosure/release.ts'
import { answerTable } from '../../federation/answer-of-release.ts'
import type { AnswerTable } from '../../federation/node-result.ts'
import { roundTable, sumsTable } from '../../federation/regression/sums-table.ts'
import type { TaskRound } from '../../federation/task.ts'
import type { DatasetScope } from '../../permits/permit.ts'
import {
  type AnalysisMeans,
  contextOf,
  exactAnswer,
  type PermittedAnalysis,
  type PermittedAnalysisProblemCode,
} from './run-permitted-analysis.ts'
import { tablesOf } from './tables-of.ts'

export interface PermittedRegression extends PermittedAnalysis {
  /** Absent: the first sums, with which a linear regression is answered. */
  readonly round?: TaskRound
}

/** Tables `persons` and `sums`, or `persons` and `round`. Rejects when the database fails: then nothing has been told. */
export async function runPermittedRegression(
  asked: PermittedRegression,
  means: AnalysisMeans,
): Promise<Result<readonly AnswerTable[], PermittedAnalysisProblemCode>> {
  const known = await means.answers.find(asked.releaseKey)
  if (known) return ok(known.tables)
  const exact = await exactAnswer(asked, means)
  if (!exact.ok) return exact
  const { kind, observations, tables } = exact.value
  if (!observations || observations.rows.length === 0) return nobody()
  const twice = observations.columns.find((column, at) => observations.columns.indexOf(column) !== at)
  if (twice !== undefined) return dependent(twice)
  const context = contextOf(asked, means)
  const [[name, everybody] = []] = tablesOf(exact.value, context.rules)
  if (name === undefined || everybody === undefined) return nobody()
  const persons = await releaseTable(everybody, context)
  if (!persons.ok) return persons
  const at = asked.round && { round: asked.round, narrowed: narrowed(observations, asked.round.columns) }
  const chances = at && chancesOf(at.narrowed, at.round, at.round.coefficients)
  const facts = modelFacts(
    observations,
    kind === 'linear-regression' ? 'linear' : 'logistic',
    chances?.map((chance) => chance * (1 - chance)),
  )
  const admitted = await admitModelSums(facts, groupPairs(tables.groups ?? everybody), context)
  if (!admitted.ok) return admitted
  const evidence = evidenceOf(context, asked.scope, facts.parameters)
  const sums = at
    ? roundTable(logisticSums(at.narrowed, at.round, at.round.coefficients), evidence)
    : sumsTable(observations, evidence)
  const answer = { kind, tables: [answerTable(name, persons.value), sums], withheld: [] }
  const of = { dataset: asked.scope.dataset, permit: asked.permit.id }
  return ok((await means.answers.keep(asked.releaseKey, of, answer)).tables)
}

/** Columns that only other nodes have are 0 here. */
function narrowed({ columns, rows }: GroupedObservations, wanted: readonly string[]): Observations {
  const place = wanted.map((column) => columns.indexOf(column))
  return { columns: wanted, rows: rows.map((row) => ({ ...row, values: place.map((at) => row.values[at] ?? 0) })) }
}

/** What was looked at, for those who read the answer later; with the release, all rounds are about the same data. */
function evidenceOf(
  { rules, permit }: ReleaseContext,
  { dataset, release }: DatasetScope,
  parameters: number,
): AnswerTable['evidence'] {
  const { version, frequencyFloor } = rules
  return {
    ...{ format: 1, rules: version, dataset, permit, frequencyFloor, parameters },
    numbers: numbersOf(parameters),
    ...(release === undefined ? {} : { release }),
  }
}

function nobody() {
  const sentence = 'Nobody has a value of the outcome and of every covariate.'
  return failed('regression-no-data', sentence, 'Choose other covariates, or widen the cohort.')
}
