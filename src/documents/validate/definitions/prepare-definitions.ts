/** Compiles definitions beside the running node: compiling reads 90 MB of JSON, and a thread gives that memory back. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { CompileProgress } from '../compile/compile-definitions.ts'
import { areDefinitionsReady, type OpenOptions, openDefinitions } from './open-definitions.ts'

/** Options without functions: they travel to the thread. */
export type PrepareOptions = Omit<OpenOptions, 'progress'>

type Progress = Parameters<CompileProgress>[0]

/** After this `openDefinitions` with the same options opens at once. Rejects when compiling fails. */
export async function prepareDefinitions(options: PrepareOptions, progress?: CompileProgress): Promise<void> {
  if (areDefinitionsReady(options)) return
  const task: Task = { prepare: options }
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task })
    worker.on('message', (message: Progress) => progress?.(message))
    worker.on('error', reject)
    worker.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`Compiling definitions ended with ${code}.`)),
    )
  })
}

interface Task {
  readonly prepare: PrepareOptions
}

function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && 'prepare' in value
}

if (!isMainThread && isTask(workerData)) {
  const { prepare } = workerData
  openDefinitions({ ...prepare, progress: (step) => parentPort?.postMessage(step) })
}
