/** Tells the body's lists of revoked permits to every coordinator, which hands them to the nodes; each until it has taken them. */
import { createBell } from '#platform/background/bell.ts'
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Log } from '#platform/log/log.ts'
import { PATHS } from '#research/federation/coordinator-handler.ts'
import type { PermitStore } from '#research/permits/permit-store.ts'
import type { FollowedTrust } from './trust.ts'

export interface RevocationTeller {
  /** There is a new list, or a coordinator more. */
  ring(): void
  close(): Promise<void>
}

export interface TellerParts {
  readonly body: { readonly id: string; readonly country: string }
  readonly permits: Pick<PermitStore, 'latest'>
  readonly trust: FollowedTrust
  readonly fetch: PeerFetch['fetch']
  readonly renewList: () => Promise<void>
  readonly log: Log
  /** Between two tries; 15 s unless told. */
  readonly pauseMs?: number
}

const PAUSE_MS = 15_000

export function tellRevocations(parts: TellerParts): RevocationTeller {
  const { body, permits, trust, fetch, renewList, log, pauseMs = PAUSE_MS } = parts
  /** Coordinator → number of the list it has taken from this process. */
  const told = new Map<string, number>()
  const bell = createBell()
  let closed = false

  const turn = async (): Promise<void> => {
    // Before the body itself stands on the lists nobody would believe what it signs.
    if (!trust.party(body.id)) return
    await renewList()
    const latest = await permits.latest(body.country, body.id)
    if (!latest) return
    for (const { id, url, certificates, country } of trust.coordinators()) {
      // Its own coordinator reads the same database.
      if (id === body.id || told.get(id) === latest.list.number || closed) continue
      const answered = await fetch({
        url: `${url}${PATHS.revocations}`,
        method: 'POST',
        headers: { 'content-type': 'application/jose' },
        body: latest.text,
        repeatable: true,
        pinnedFingerprints: certificates,
      })
      if (answered.ok && answered.value.status === 200) told.set(id, latest.list.number)
      else log.warn('revocations-not-told', { country, code: answered.ok ? 'refused' : answered.problem.code })
    }
  }
  const telling = (async () => {
    while (!closed) {
      await turn().catch((error: unknown) => log.failure('revocations-not-told', error))
      await bell.wait(pauseMs)
    }
  })()
  return {
    ring: () => bell.ring(),
    async close() {
      closed = true
      bell.ring()
      await telling
    },
  }
}
