/**
 * A typed question under a permit: its views, the engine bound to them, the exact answer, disclosure control. The same
 * function for workspaces and for tasks of the federation. Who asks has been through the door (`../../permits/authorise.ts`).
 */
import { failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import type { Analysis } from '../../analysis/analysis.ts'
import type { ExactAnswer } from '../../analysis/answer.ts'
import { type FitProblemCode, fitRegression } from '../../analysis/fit-regression.ts'
import { type RunAnalysisProblemCode, runAnalysis } from '../../analysis/run.ts'
import type { DisclosureProblemCode } from '../../disclosure/problems.ts'
import { type ReleaseContext, releaseTable } from '../../disclosure/release.ts'
import { type FittedModel, releaseModel } from '../../disclosure/statistics.ts'
import { answerTable } from '../../federation/answer-of-release.ts'
import type { AnswerTable } from '../../federation/node-result.ts'
import type { DatasetScope, Permit } from '../../permits/permit.ts'
import { permitEngine } from '../../permits/permit-engine.ts'
import type { DatasetDoor } from '../../permits/prepare.ts'
import { permitViews, type ViewProblemCode } from '../../permits/views.ts'
import type { QueryEngine } from '../../query/engine.ts'
import type { AnswerStore } from './answer-store.ts'
import { tablesOf } from './tables-of.ts'

export interface PermittedAnalysis {
  readonly analysis: Analysis
  readonly permit: Permit
  /** As `checkAccess` gave it. */
  readonly scope: DatasetScope
  /** Names the answer: asked again under the same name, the same is told. A new question has a new one. */
  readonly releaseKey: string
  /** Aborted when the permit no longer holds. */
  readonly signal?: AbortSignal
}

/** What a node has for one dataset. */
export interface AnalysisMeans {
  readonly engine: QueryEngine
  readonly dataset: Pick<DatasetDoor, 'facts' | 'optedOut'>
  readonly disclosure: Pick<ReleaseContext, 'ledger' | 'secret' | 'budget' | 'now'>
  readonly answers: AnswerStore
  /** Under whom answers of several permits are taken together; absent: the principal investigator. */
  readonly applicantOf?: (permit: Permit) => string
  readonly mostSeconds?: number
}

/** Everything in it has been released. */
export interface PermittedAnswer {
  readonly kind: Analysis['kind']
  readonly tables: readonly AnswerTable[]
  /** Of regressions. */
  readonly coefficients?: FittedModel['coefficients']
  /** What disclosure control did not let out. */
  readonly withheld: readonly { readonly name: string; readonly problem: Problem }[]
}

export type PermittedAnalysisProblemCode =
  | ViewProblemCode
  | RunAnalysisProblemCode
  | FitProblemCode
  | DisclosureProblemCode

/** Rejects when the database fails: then nothing has been told. */
export async function runPermittedAnalysis(
  asked: PermittedAnalysis,
  means: AnalysisMeans,
): Promise<Result<PermittedAnswer, PermittedAnalysisProblemCode>> {
  const known = await means.answers.find(asked.releaseKey)
  if (known) return ok(known)
  const exact = await exactAnswer(asked, means)
  if (!exact.ok) return exact
  const answer = await releasedAnswer(exact.value, contextOf(asked, means))
  if (!answer.ok) return answer
  const of = { dataset: asked.scope.dataset, permit: asked.permit.id }
  return ok(await means.answers.keep(asked.releaseKey, of, answer.value))
}

export async function exactAnswer(
  { analysis, permit, scope, signal }: PermittedAnalysis,
  { engine, dataset, mostSeconds }: AnalysisMeans,
): Promise<Result<ExactAnswer, ViewProblemCode | RunAnalysisProblemCode>> {
  const optedOut = permit.optOutException === undefined ? await dataset.optedOut(permit.optOutAsOf) : 'exception'
  // Persons keep their numbers in the dataset: disclosure control compares answers of several permits. None leaves.
  const options = { permit, scope, facts: dataset.facts, optedOut, pseudonyms: 'none', output: 'statistics' } as const
  const views = permitViews(options)
  if (!views.ok) return views
  const { tables, columns } = views.value
  return runAnalysis(analysis, {
    engine: permitEngine(engine, views.value),
    // The bound engine puts the steps of the views before those of the question.
    scope: { steps: [], tables, columns, period: scope.period },
    ...(signal && { signal }),
    ...(mostSeconds !== undefined && { mostSeconds }),
  })
}

export function contextOf({ permit, scope }: PermittedAnalysis, means: AnalysisMeans): ReleaseContext {
  const applicant = (means.applicantOf ?? principalInvestigator)(permit)
  return { ...means.disclosure, dataset: scope.dataset, applicant, permit: permit.id, rules: permit.disclosure }
}

function principalInvestigator({ persons, id }: Permit): string {
  const [first = { identifier: id }] = [...persons.filter(({ role }) => role === 'principal-investigator'), ...persons]
  return first.identifier
}

/** Refused only when nothing of it may be told. */
async function releasedAnswer(
  exact: ExactAnswer,
  context: ReleaseContext,
): Promise<Result<PermittedAnswer, DisclosureProblemCode | FitProblemCode>> {
  const tables: AnswerTable[] = []
  const withheld: { readonly name: string; readonly problem: Problem<DisclosureProblemCode> }[] = []
  for (const [name, table] of tablesOf(exact, context.rules)) {
    const released = await releaseTable(table, context)
    if (released.ok) tables.push(answerTable(name, released.value))
    else withheld.push({ name, problem: released.problem })
  }
  const [first] = withheld
  if (first && tables.length === 0) return { ok: false, problem: first.problem }
  if (!exact.observations) return ok({ kind: exact.kind, tables, withheld })
  const coefficients = await releasedModel(exact, context)
  return coefficients.ok ? ok({ kind: exact.kind, tables, withheld, coefficients: coefficients.value }) : coefficients
}

async function releasedModel(
  exact: ExactAnswer,
  { rules }: ReleaseContext,
): Promise<Result<FittedModel['coefficients'], DisclosureProblemCode | FitProblemCode>> {
  if (rules.privacyBudget) {
    const sentence = 'Under the privacy budget of this permit only counts are told, no models.'
    return failed('disclosure-table-invalid', sentence, 'Ask for counts, or for a permit without such a budget.')
  }
  const model = await fitRegression(exact)
  return model.ok ? releaseModel(model.value, rules) : model
}
