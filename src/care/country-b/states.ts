/** Which countries answer at present: all asked at once, with a short patience, and remembered for half a minute. */
import type { PeerFetch } from '#platform/http/peer-fetch.ts'
import { type Participant, SERVICES, type ServiceKind } from '#wire/discovery/directory.ts'
import type { Directory } from '#wire/discovery/directory-client.ts'
import { ncpehClient } from '#wire/fhir/ncpeh-client.ts'
import type { Wire } from '../border/border-service.ts'
import { type BridgeAddress, routeTo } from './channels/route.ts'
import type { CountryState } from './country-b.ts'

export interface StatesOptions {
  readonly country: string
  readonly directory: Directory
  readonly fetch: PeerFetch
  readonly clock: () => Date
  readonly wires?: readonly Wire[]
  readonly bridge?: BridgeAddress
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

/** Always told of; the others when a country offers them. */
const BASIC: readonly ServiceKind[] = ['patient-identification', 'patient-summary']

async function probe(participant: Participant, options: StatesOptions): Promise<CountryState> {
  const answers = await doesAnswer(participant, options)
  const { services } = participant
  const kinds = SERVICES.filter((kind) => BASIC.includes(kind) || services.includes(kind))
  return {
    country: participant.country,
    services: kinds.map((kind) => ({
      kind,
      state: !services.includes(kind) ? 'not-offered' : answers ? 'available' : 'unavailable',
    })),
    checkedAt: options.clock().toISOString(),
  }
}

/**
 * Asked on the way that questions would take, without any patient's data: FHIR has a page about itself; on IHE it is enough
 * that the service is there behind its own certificate, whatever it says to a request without a message.
 */
async function doesAnswer(
  participant: Participant,
  { fetch, wires = ['fhir'], bridge, probeTimeoutMs }: StatesOptions,
): Promise<boolean> {
  const route = routeTo(participant, wires, bridge)
  if (!route) return false
  const { fingerprints } = route
  if (route.wire === 'fhir')
    return (await ncpehClient({ fetch, base: route.base, fingerprints }).probe(probeTimeoutMs)).ok
  const { query: url } = route.endpoints
  const reply = await fetch.fetch({
    url,
    pinnedFingerprints: fingerprints,
    timeoutMs: probeTimeoutMs,
    maxBytes: 65_536,
  })
  return reply.ok && reply.value.status !== 404
}
