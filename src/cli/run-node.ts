/** Runs one node until it is asked to stop. Under a supervisor, tells it when ready and ends when it goes away. */
import { readConfiguration } from '#node/configuration.ts'
import { startNode } from '#node/start.ts'
import { createLog } from '#platform/log/log.ts'
import { describeProblem } from '#platform/result/result.ts'
import { EXIT } from './program.ts'

export async function runNode(file: string): Promise<number> {
  // Databases and caches are nobody else's to read, whatever folder they lie in.
  process.umask(0o077)
  logStrayErrors()
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
  const stopAsked = askedToStop()
  if (process.connected) process.send?.({ ready: true })
  await stopAsked
  await node.value.stop()
  if (process.connected) process.disconnect()
  return EXIT.fine
}

/**
 * What no request has caught. A promise that nobody waited for ends no process; after an exception outside of any
 * promise the process cannot be trusted, so it ends, and the supervisor starts it again. Never with the message, which
 * may hold personal data.
 */
function logStrayErrors(): void {
  const log = createLog({ level: 'info', name: 'process' })
  process.on('unhandledRejection', (reason) => log.failure('stray-rejection', reason))
  process.on('uncaughtException', (error) => {
    log.failure('stray-exception', error)
    process.exit(EXIT.failed)
  })
}

/** Ctrl-C, a service manager's SIGTERM, or the end of the supervisor. */
export function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
    process.once('disconnect', () => resolve())
    // A supervisor that went away while the node was starting.
    if (process.send && !process.connected) resolve()
  })
}
