/** The port `Execute` of the federation: a task is a typed question under the permit of this country. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Execute, Execution } from '../../federation/answer-task.ts'
import type { AnswerTable } from '../../federation/node-result.ts'
import { isRegression } from '../../federation/regression/run.ts'
import type { DatasetId } from '../../permits/permit.ts'
import { runPermittedRegression } from './regression-sums.ts'
import { type AnalysisMeans, runPermittedAnalysis } from './run-permitted-analysis.ts'

/** @param meansOf undefined: the release is not open at this node */
export function executeTask(
  meansOf: (dataset: DatasetId, release: string | undefined) => AnalysisMeans | undefined,
): Execute {
  return async (execution: Execution): Promise<Result<readonly AnswerTable[], string>> => {
    const { permit, scope, releaseKey, signal } = execution
    const { analysis, round } = execution.task
    const means = meansOf(scope.dataset, scope.release)
    if (!means) return failed('dataset-not-open', 'The dataset is not open at this node.', 'Ask its holder to open it.')
    const asked = { analysis, permit, scope, releaseKey, signal }
    if (isRegression({ analysis })) return runPermittedRegression({ ...asked, ...(round && { round }) }, means)
    const answer = await runPermittedAnalysis(asked, means)
    if (!answer.ok) return answer
    // An answer is merged table by table: one that is missing would be read as empty.
    const [withheld] = answer.value.withheld
    return withheld ? { ok: false, problem: withheld.problem } : ok(answer.value.tables)
  }
}
