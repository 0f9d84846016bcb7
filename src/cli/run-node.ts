/** Runs one node until it is asked to stop. Under a supervisor, tells it when ready and ends when it goes away. */
import { readConfiguration } from '#node/configuration.ts'
import { startNode } from '#node/start.ts'
import { describeProblem } from '#platform/result/result.ts'
import { EXIT } from './program.ts'

export async function runNode(file: string): Promise<number> {
  const configuration = await readConfiguration(file)
  if (!configuration.ok) {
    console.error(describeProblem(configuration.problem))
    return EXIT.failed
  }
  const node = await startNode(configuration.value)
  if (!node.ok) {
    console.error(describeProblem(node.problem))
    return EXIT.failed
  }
  process.send?.({ ready: true })
  await askedToStop()
  await node.value.stop()
  if (process.connected) process.disconnect()
  return EXIT.fine
}

/** Ctrl-C, a service manager's SIGTERM, or the end of the supervisor. */
export function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
    process.once('disconnect', () => resolve())
  })
}
