/** A comparison in a thread that ends afterwards: others are answered meanwhile, and its memory is given back. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Result } from '#platform/result/result.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'

/** Plain data: the thread gets a copy. */
export interface ThreadComparison {
  readonly home: string
  readonly cache: string
  readonly from: readonly ArtifactId[]
  readonly to: readonly ArtifactId[]
  /** Folder of the documents whose meaning is compared; none when absent. */
  readonly documents?: string
  readonly limit?: number
}

/** Rejects when the thread breaks. */
export function compareInThread(comparison: ThreadComparison): Promise<Result<ReleaseDifference>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'difference-worker.ts'), { workerData: comparison })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The thread that compares releases ended without an answer.')))
  })
}
