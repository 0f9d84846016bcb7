/** Entry of the thread that compares two releases and then ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Result } from '#platform/result/result.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import type { ThreadComparison } from './compare-in-thread.ts'
import { openComparing } from './difference.ts'
import { usedCodesOf } from './used-codes.ts'

const { home, cache, from, to, documents, limit } = workerData as ThreadComparison

async function compare(): Promise<Result<ReleaseDifference>> {
  try {
    const used = documents === undefined ? undefined : await usedCodesOf(documents)
    return await openComparing({ home, cache }).diff(from, to, {
      ...(used && { used }),
      ...(limit !== undefined && { limit }),
    })
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { ok: false, problem: error.problem }
  }
}

parentPort?.postMessage(await compare())
