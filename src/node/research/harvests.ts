/** Fetches the public catalogues of other countries again and again (EHDS Art. 79): at the Union's node, and where researchers apply. */
import { createBell } from '#platform/background/bell.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/log/log.ts'
import { type Harvester, openHarvester, type Peer } from '#research/catalogue/harvest/harvester.ts'

export interface Harvests {
  /** There may be somebody new. */
  ring(): void
  close(): Promise<void>
}

export interface HarvestParts {
  readonly database: Database
  /** Whose catalogues, by what the Union publishes at the moment; undefined while that is not known. */
  readonly peers: () => Promise<readonly Peer[] | undefined>
  readonly log: Log
  /** Between two complete harvests of a catalogue; ten minutes unless told. */
  readonly everyMs?: number
}

/** After a harvest that was not complete; doubles up to a minute. */
const AGAIN_MS = 1000
const LONGEST_PAUSE_MS = 60_000

/** Needs `catalogueMigrations`. */
export function keepHarvesting(parts: HarvestParts): Harvests {
  const { database, peers, log, everyMs = 600_000 } = parts
  // A catalogue that sends elsewhere is not followed: it would choose whom this node asks.
  const harvester = openHarvester(database, { fetch: (request) => fetch(request, { redirect: 'manual' }) })
  /** Address → when it is due again, by the monotonic clock, and how often in a row it was not complete. */
  const known = new Map<string, { readonly due: number; readonly failures: number }>()
  const bell = createBell()
  let closed = false

  const turn = async (): Promise<void> => {
    for (const peer of (await peers()) ?? []) {
      const { due, failures } = known.get(peer.address) ?? { due: 0, failures: 0 }
      if (closed || performance.now() < due) continue
      const complete = await harvested(harvester, peer, log)
      const pause = complete ? everyMs : Math.min(AGAIN_MS * 2 ** failures, LONGEST_PAUSE_MS)
      known.set(peer.address, { due: performance.now() + pause, failures: complete ? 0 : failures + 1 })
    }
  }
  const turning = (async () => {
    while (!closed) {
      await turn().catch((error: unknown) => log.failure('harvest-failed', error))
      await bell.wait(AGAIN_MS)
    }
  })()
  return {
    ring: () => bell.ring(),
    async close() {
      closed = true
      bell.ring()
      await turning
    },
  }
}

/** False: soon again. An empty catalogue is mostly one that is about to be filled. */
async function harvested(harvester: Harvester, peer: Peer, log: Log): Promise<boolean> {
  const { outcome, valid, invalid, unchanged, problem } = await harvester.harvest(peer)
  if (problem) log.warn('harvest-not-complete', { country: peer.source, code: problem.code })
  else if (valid > 0 || invalid > 0) log.info('harvested', { country: peer.source, count: valid })
  return outcome === 'complete' && valid + invalid + unchanged > 0
}
