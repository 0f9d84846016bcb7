/** A node's research for one command, also while the node runs: its database, its keys, whom it believes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { surroundings } from '#node/answering.ts'
import { openNetwork } from '#node/network.ts'
import { type Foundation, openFoundation } from '#node/research/foundation.ts'
import { openStores } from '#node/stores.ts'
import { createLog } from '#platform/log/log.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { Problem } from '#platform/result/result.ts'
import { type NodeOptions, researchConfiguration, tell } from './configuration.ts'

const PATIENCE_MS = 30_000
const NOTHING_NOTED = { imported() {}, lookedUp() {} }

/** Runs the work and closes everything; a problem becomes one sentence and exit code 1. */
export async function withResearch(
  options: NodeOptions,
  work: (research: Foundation) => Promise<number>,
): Promise<number> {
  const read = await researchConfiguration(options)
  if (!read.ok) return tell(read.problem)
  const { configuration, settings } = read.value
  const log = createLog({ level: 'silent', name: 'command' })
  try {
    const stores = await openStores(configuration)
    const around = { ...surroundings(configuration.country), log }
    const network = openNetwork(configuration, stores.keys, around, NOTHING_NOTED)
    const parts = { configuration, stores, network, around }
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
  next: 'Check that the body is registered (`tessera research keys`) and that the central services answer.',
}

async function believed({ trust, body }: Foundation): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS
  while (trust.party(body.id) === undefined && performance.now() < end) await sleep(50)
  return trust.party(body.id) !== undefined
}
