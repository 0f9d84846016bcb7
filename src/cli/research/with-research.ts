/** A node's research for one command, also while the node runs: its database, its keys, whom it believes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { surroundings } from '#node/answering.ts'
import { openNetwork } from '#node/network.ts'
import { type Foundation, openFoundation } from '#node/research/foundation.ts'
import { openStores } from '#node/stores.ts'
import { createLog } from '#platform/log/log.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem, failed, type Problem } from '#platform/result/result.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export interface NodeOptions {
  readonly node: string
  readonly config?: string
}

const PATIENCE_MS = 30_000
const NOTHING_NOTED = { imported() {}, lookedUp() {} }

/** Runs the work and closes everything; a problem becomes one sentence and exit code 1. */
export async function withResearch(
  options: NodeOptions,
  work: (research: Foundation) => Promise<number>,
): Promise<number> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) return tell(configuration.problem)
  const settings = configuration.value.research
  if (!settings) {
    return tell(failed('no-research', 'This node takes no part in HealthData@EU.', 'Name another node.').problem)
  }
  const log = createLog({ level: 'silent', name: 'command' })
  try {
    const stores = await openStores(configuration.value)
    const around = { ...surroundings(configuration.value.country), log }
    const network = openNetwork(configuration.value, stores.keys, around, NOTHING_NOTED)
    const parts = { configuration: configuration.value, stores, network, around }
    const research = await openFoundation(parts, settings)
    try {
      const known = await believed(research)
      return known ? await work(research) : tell(UNKNOWN)
    } finally {
      await research.close()
      network.fetch.close()
      await stores.database.close()
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return tell(error.problem)
  }
}

const UNKNOWN: Problem = {
  code: 'parties-unknown',
  sentence: 'The Union’s lists do not name this body, or the central services cannot be reached and no copy is here.',
  next: 'Check that the body is registered and that the central services answer.',
}

async function believed({ trust, body }: Foundation): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS
  while (trust.party(body.id) === undefined && performance.now() < end) await sleep(50)
  return trust.party(body.id) !== undefined
}

export function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}
