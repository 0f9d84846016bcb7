/** Entry of a worker thread: does what the main thread says (`orders.ts`). */
import { parentPort, workerData } from 'node:worker_threads'
import { createLog } from '#platform/log/log.ts'
import type { Order, Report, WorkerStart } from './orders.ts'
import { openThread } from './thread.ts'

const { settings, plan, index } = workerData as WorkerStart
const log = createLog({ level: 'info', name: 'terminology' })
const report = (message: Report): void => parentPort?.postMessage(message)

const opened = await openThread(settings, plan, (error) =>
  log.failure('request-failed', error, { part: `thread-${index}` }),
)
if (!opened.ok) report({ kind: 'failed', problem: opened.problem })
else {
  const thread = opened.value
  parentPort?.on('message', async (order: Order) => {
    if (order.kind === 'answer-other') thread.answerOther(order.port)
    else if (order.kind === 'ask-first') thread.askFirst(order.port)
    else if (order.kind === 'listen') {
      const port = await thread.listen(order.port)
      report(port.ok ? { kind: 'listening', port: port.value } : { kind: 'failed', problem: port.problem })
    } else if (order.kind === 'replace') {
      const replaced = await thread.replace(order.plan)
      report(replaced.ok ? { kind: 'replaced' } : { kind: 'failed', problem: replaced.problem })
    } else {
      await thread.close()
      report({ kind: 'stopped' })
      parentPort?.close()
      process.exit(0)
    }
  })
  report({ kind: 'opened' })
}
