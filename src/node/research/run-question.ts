/** A typed question to a dataset that is held here, under a permit of this country: the door, the job, the released answer. */
import { failed, type Result } from '#platform/result/result.ts'
import type { Analysis } from '#research/analysis/analysis.ts'
import { authorise, recordRefusal } from '#research/permits/authorise.ts'
import type { Access } from '#research/permits/check.ts'
import type { DatasetId, PurposeCode } from '#research/permits/permit.ts'
import { type PermittedAnswer, runPermittedAnalysis } from '#research/workspace/typed-query/run-permitted-analysis.ts'
import type { Foundation } from './foundation.ts'

export interface LocalQuestion {
  readonly analysis: Analysis
  readonly dataset: DatasetId
  /** Of a permit that this body has given. */
  readonly permit: string
  /** `system|value`, one of the persons of the permit. */
  readonly person: string
  readonly purpose: PurposeCode
  /** Names the answer: asked again under the same name, the same is told. */
  readonly releaseKey: string
}

type Parts = Pick<Foundation, 'door' | 'work' | 'datasets' | 'permits' | 'body'>

/** Rejects when the ledger does not take the entry: then nothing is answered. */
export async function runQuestion(parts: Parts, question: LocalQuestion): Promise<Result<PermittedAnswer>> {
  const { door, datasets, permits, body } = parts
  const text = await permits.permitText(body.country, question.permit)
  if (text === undefined) {
    const sentence = 'This body has given no permit with this number.'
    return failed('permit-not-there', sentence, 'Look for it in the case, or in the register.')
  }
  const access: Access = {
    person: question.person,
    purpose: question.purpose,
    at: new Date(),
    memberState: body.country,
    dataset: question.dataset,
    releases: await datasets.releasesOf(question.dataset),
    tool: 'typed-query',
    output: 'statistics',
  }
  const authorised = await authorise(door, text, access, { question: question.releaseKey })
  if (!authorised.ok) return authorised
  const answer = await underJob(parts, question, authorised.value)
  return answer.ok ? answer : recordRefusal(door, authorised.value.permit.content, access, answer.problem)
}

async function underJob(
  { work, datasets }: Parts,
  { analysis, dataset, releaseKey }: LocalQuestion,
  { permit, scope }: Extract<Awaited<ReturnType<typeof authorise>>, { ok: true }>['value'],
): Promise<Result<PermittedAnswer>> {
  const means = datasets.meansOf(dataset, scope.release)
  if (!means) return failed('dataset-not-open', 'The dataset is not held here, or not loaded yet.', 'Load it first.')
  const job = await work.begin(permit.content, { dataset, tool: 'typed-query' })
  let ended = 'interrupted'
  try {
    const asked = { analysis, permit: permit.content, scope, releaseKey, signal: job.signal }
    const answer = await runPermittedAnalysis(asked, means)
    ended = answer.ok ? 'answered' : answer.problem.code
    return answer
  } finally {
    await job.end(ended)
  }
}
