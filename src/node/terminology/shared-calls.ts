/**
 * Most calls can be answered by any thread. Those that lean on what a client said before (closure tables, resources kept
 * under a `cache-id`) are answered by the first thread, so that they never depend on which thread took a connection.
 */
import type { MessagePort } from 'node:worker_threads'
import type { Answer, OperationCall, TerminologyHandlers } from '#wire/terminology/handlers.ts'

/** True when earlier calls matter. */
export function leansOnEarlierCalls({ operation, parameters }: OperationCall): boolean {
  return operation === 'closure' || (parameters.parameter?.some(({ name }) => name === 'cache-id') ?? false)
}

interface Question {
  readonly number: number
  readonly call: OperationCall
}

type Reply = { readonly number: number } & ({ readonly answer: Answer } | { readonly failed: true })

/** Side of the first thread: answers what others ask through their port. */
export function answerOthers(
  port: MessagePort,
  handlers: () => TerminologyHandlers,
  onError: (error: unknown) => void,
): void {
  port.on('message', async ({ number, call }: Question) => {
    let reply: Reply
    try {
      reply = { number, answer: await handlers().operation(call) }
    } catch (error) {
      onError(error)
      reply = { number, failed: true }
    }
    port.postMessage(reply)
  })
}

export interface AskingFirst {
  readonly handlers: TerminologyHandlers
  /** The way to the first thread, given anew when that thread was started again. */
  connect(port: MessagePort): void
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/** Side of the other threads: the same handlers, but calls that lean on earlier ones go to the first thread. */
export function askingFirst(own: () => TerminologyHandlers): AskingFirst {
  const waiting = new Map<number, Waiting>()
  let port: MessagePort | undefined
  let gone = false
  let next = 0
  const lost = (): void => {
    for (const { reject } of waiting.values()) reject(new Error('The first thread went away.'))
    waiting.clear()
  }
  return {
    connect(given) {
      lost()
      port?.close()
      port = given
      gone = false
      // The thread at the other end has ended; another one comes, and is connected.
      given.on('close', () => {
        if (port !== given) return
        gone = true
        lost()
      })
      port.on('message', (reply: Reply) => {
        const asked = waiting.get(reply.number)
        waiting.delete(reply.number)
        if ('answer' in reply) asked?.resolve(reply.answer)
        else asked?.reject(new Error('The first thread could not answer.'))
      })
    },
    handlers: {
      operation(call) {
        if (!port || !leansOnEarlierCalls(call)) return own().operation(call)
        if (gone) return Promise.reject(new Error('The first thread went away.'))
        const [to, number] = [port, next++]
        return new Promise((resolve, reject) => {
          waiting.set(number, { resolve, reject })
          to.postMessage({ number, call } satisfies Question)
        })
      },
      read: (type, id) => own().read(type, id),
      search: (type, query, context) => own().search(type, query, context),
      capabilityStatement: (context) => own().capabilityStatement(context),
      terminologyCapabilities: (context) => own().terminologyCapabilities(context),
    },
  }
}
