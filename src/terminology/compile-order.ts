/** What the compiling process is told and what it tells back. */
import { fork } from 'node:child_process'
import type { CompileProgress } from './compile.ts'
import { isObject, objects, text } from './load/json.ts'
import type { TerminologySources } from './sources.ts'

export interface CompileOrder {
  readonly sources: TerminologySources
  readonly file: string
}

/** Ends when the file is written; rejects with the reason otherwise. */
export function compileInProcess(
  { sources, file }: CompileOrder,
  progress: ((step: CompileProgress) => void) | undefined,
): Promise<void> {
  const packages = sources.packages.map(({ files, ...rest }) => ({ ...rest, files: files.source }))
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./compile-process.ts', import.meta.url), { execArgv: [] })
    let failure = ''
    child.on('message', (message) => {
      if (!isObject(message)) return
      const { step } = message
      if (isObject(step)) {
        progress?.({ done: Number(step.done), total: Number(step.total), what: String(step.what) })
      }
      failure = text(message.failure) ?? failure
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`Terminology could not be compiled: ${failure || `its process ended with ${code}`}.`))
    })
    child.send({ terms: sources.terms, icu: sources.icu, packages, file })
  })
}

export function readOrder(message: unknown): CompileOrder {
  const order = isObject(message) ? message : {}
  return {
    file: text(order.file) ?? '',
    sources: {
      terms: text(order.terms) ?? '',
      icu: order.icu === true,
      packages: objects(order.packages).map((item) => ({
        folder: text(item.folder) ?? '',
        source: text(item.source) ?? '',
        files: new RegExp(text(item.files) ?? ''),
      })),
    },
  }
}
