/** Which countries answer at present: all asked at once, with a short patience, and remembered for half a minute. */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import { ncpehClient } from '#wire/fhir/ncpeh-client.ts'
import type { CountryState } from './country-b.ts'

export interface StatesOptions {
  readonly country: string
  readonly directory: Directory
  readonly fetch: PeerFetch
  readonly clock: () => Date
  readonly probeTimeoutMs: number
  readonly freshMs: number
}

export type States = () => Promise<readonly CountryState[]>

/** The other countries of the directory in alphabetical order; empty while there is no directory. */
export function countryStates(options: StatesOptions): States {
  const known = new Map<string, { readonly state: CountryState; readonly until: number }>()
  const running = new Map<string, Promise<CountryState>>()

  function stateOf(participant: Participant): Promise<CountryState> {
    const { country } = participant
    const earlier = known.get(country)
    if (earlier && earlier.until > options.clock().getTime()) return Promise.resolve(earlier.state)
    const already = running.get(country)
    if (already) return already
    const probing = probe(participant, options)
      .then((state) => {
        // A country that is back must not look lost for long.
        const lost = state.services.some((service) => service.state === 'unavailable')
        const fresh = lost ? Math.min(options.freshMs, LOST_MS) : options.freshMs
        known.set(country, { state, until: options.clock().getTime() + fresh })
        return state
      })
      .finally(() => running.delete(country))
    running.set(country, probing)
    return probing
  }

  return async () => {
    const participants = await options.directory.participants()
    if (!participants.ok) return []
    const others = participants.value.filter(({ country }) => country !== options.country)
    const states = await Promise.all(others.map(stateOf))
    return states.sort((left, right) => left.country.localeCompare(right.country))
  }
}

/** How long “does not answer” is believed. */
const LOST_MS = 5000

const SERVICES = ['patient-identification', 'patient-summary'] as const

async function probe(participant: Participant, { fetch, clock, probeTimeoutMs }: StatesOptions): Promise<CountryState> {
  const client = ncpehClient({ fetch, base: participant.fhirBase ?? '', fingerprints: participant.certificates })
  const answer = await client.probe(probeTimeoutMs)
  return {
    country: participant.country,
    services: SERVICES.map((kind) => ({
      kind,
      state: !participant.services.includes(kind) ? 'not-offered' : answer.ok ? 'available' : 'unavailable',
    })),
    checkedAt: clock().toISOString(),
  }
}
