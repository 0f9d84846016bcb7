/** Puts load on an HTTP server from a thread of its own. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  /** Path and query. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Load {
  readonly host: string
  readonly port: number
  /** Sent in turn by all connections together. */
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly seconds: number
  /** Seconds before the counting begins. */
  readonly warmUp?: number
}

export interface LoadResult {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly requests: number
  /** Requests in all, those of the warm-up too. */
  readonly sent: number
  /** Answers whose status was not 2xx. */
  readonly failures: number
  readonly bytesPerAnswer: number
}

export function applyLoad(load: Load): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'worker.ts'), { workerData: load })
    worker.once('message', (result: LoadResult) => {
      resolve(result)
      void worker.terminate()
    })
    worker.once('error', reject)
  })
}
