/** Signs in a thread of its own, so that the one that answers requests does not wait for RSA. */
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SealSigner } from '../assertions/assertions.ts'
import type { SigningAnswer, SigningOrder } from './signing-thread.ts'

export interface BackgroundSigning {
  /** Each text, which is in exclusive canonical form, with an enveloped signature over the whole of it, in order. Rejects when the thread ends or a text is no XML. */
  sign(texts: readonly string[]): Promise<readonly string[]>
  close(): Promise<void>
}

interface Waiting {
  readonly resolve: (signed: readonly string[]) => void
  readonly reject: (error: Error) => void
}

/** The thread starts with the first text, and again after it died. It keeps no process alive that waits for nothing. */
export function backgroundSigning(signer: SealSigner): BackgroundSigning {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let last = 0

  const settle = (number: number, then: (one: Waiting) => void): void => {
    const one = waiting.get(number)
    waiting.delete(number)
    if (waiting.size === 0) worker?.unref()
    if (one) then(one)
  }
  const ended = (): void => {
    worker = undefined
    for (const number of [...waiting.keys()])
      settle(number, ({ reject }) => reject(new Error('The signing thread ended.')))
  }
  const start = (): Worker => {
    const made = new Worker(join(import.meta.dirname, 'signing-thread.ts'), { workerData: signer })
    made.on('message', ({ number, signed }: SigningAnswer) => {
      settle(number, ({ resolve, reject }) => {
        if (signed) resolve(signed)
        else reject(new TypeError('What is to be signed is no XML.'))
      })
    })
    made.once('error', ended)
    made.once('exit', ended)
    return made
  }
  return {
    sign(texts) {
      if (texts.length === 0) return Promise.resolve([])
      worker ??= start()
      worker.ref()
      last += 1
      const order: SigningOrder = { number: last, texts }
      worker.postMessage(order)
      return new Promise((resolve, reject) => waiting.set(order.number, { resolve, reject }))
    },
    async close() {
      // Until it has ended, so that whoever waits for that is not left waiting.
      worker?.ref()
      await worker?.terminate()
    },
  }
}
