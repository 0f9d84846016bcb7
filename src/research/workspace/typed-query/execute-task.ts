/** The port `Execute` of the federation: a task is a typed question under the permit of this country. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Execute, Execution } from '../../federation/answer-task.ts'
import type { AnswerTable } from '../../federation/node-result.ts'
import type { DatasetId } from '../../permits/permit.ts'
import { type AnalysisMeans, runPermittedAnalysis } from './run-permitted-analysis.ts'

/** @param meansOf undefined: the release is not open at this node */
export function executeTask(
  meansOf: (dataset: DatasetId, release: string | undefined) => AnalysisMeans | undefined,
): Execute {
  return async (execution: Execution): Promise<Result<readonly AnswerTable[], string>> => {
    const { permit, scope, releaseKey, signal } = execution
    const { analysis } = execution.task
    const means = meansOf(scope.dataset, scope.release)
    if (!means) return failed('dataset-not-open', 'The dataset is not open at this node.', 'Ask its holder to open it.')
    if (analysis.kind === 'linear-regression' || analysis.kind === 'logistic-regression') {
      // Each node compares with the first group that somebody is in: coefficients of several nodes do not add up.
      const sentence = 'Regressions are fitted in a workspace at one node; their coefficients cannot be merged.'
      return failed('analysis-not-federated', sentence, 'Ask for counts or distributions, or work in a workspace.')
    }
    const answer = await runPermittedAnalysis({ analysis, permit, scope, releaseKey, signal }, means)
    if (!answer.ok) return answer
    // An answer is merged table by table: one that is missing would be read as empty.
    const [withheld] = answer.value.withheld
    return withheld ? { ok: false, problem: withheld.problem } : ok(answer.value.tables)
  }
}
