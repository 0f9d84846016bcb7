/** Over which wire another country is asked, and where. Pure: the directory says what it speaks, the configuration what we speak. */
import type { IheEndpoints, Participant } from '#wire/discovery/directory.ts'
import type { Wire } from '../../border/border-service.ts'

/** The own bridge, for countries that speak none of our wires. Its paths name the country that is meant. */
export interface BridgeAddress {
  /** Of the bridge: `https://bridge.example` serves `https://bridge.example/countries/PT/fhir`. */
  readonly fhirBase?: string
  readonly ihe?: IheEndpoints
  /** Hex SHA-256 of its TLS certificates. */
  readonly fingerprints: readonly string[]
}

interface Peer {
  /** Hex SHA-256 of the TLS certificates accepted there. */
  readonly fingerprints: readonly string[]
  readonly throughBridge: boolean
}

export type Route =
  | (Peer & { readonly wire: 'fhir'; readonly base: string })
  | (Peer & { readonly wire: 'ihe'; readonly endpoints: IheEndpoints })

/** FHIR when both speak it, then IHE, then the own bridge; undefined when there is no way. */
export function routeTo(participant: Participant, wires: readonly Wire[], bridge?: BridgeAddress): Route | undefined {
  const { country, fhirBase, ihe, certificates } = participant
  const direct = { fingerprints: certificates, throughBridge: false }
  if (fhirBase !== undefined && wires.includes('fhir')) return { ...direct, wire: 'fhir', base: fhirBase }
  if (ihe && wires.includes('ihe')) return { ...direct, wire: 'ihe', endpoints: ihe }
  if (!bridge) return undefined
  const through = { fingerprints: bridge.fingerprints, throughBridge: true }
  // The bridge speaks the wire that we do not: it is of use only when the country is on that wire.
  if (bridge.fhirBase !== undefined && wires.includes('fhir') && ihe) {
    return { ...through, wire: 'fhir', base: bridgedBase(bridge.fhirBase, country) }
  }
  if (bridge.ihe && wires.includes('ihe') && fhirBase !== undefined) {
    return { ...through, wire: 'ihe', endpoints: bridgedEndpoints(bridge.ihe, country) }
  }
  return undefined
}

/** Path under which a bridge stands for another country. */
export function bridgedPath(country: string): string {
  return `/countries/${country}`
}

function bridgedBase(base: string, country: string): string {
  return `${base.replace(/\/$/, '')}${bridgedPath(country)}/fhir`
}

function bridgedEndpoints(endpoints: IheEndpoints, country: string): IheEndpoints {
  const bridged = (address: string): string => {
    const url = new URL(address)
    return `${url.origin}${bridgedPath(country)}${url.pathname}`
  }
  return {
    patientDiscovery: bridged(endpoints.patientDiscovery),
    query: bridged(endpoints.query),
    retrieve: bridged(endpoints.retrieve),
    submission: bridged(endpoints.submission),
    profile: endpoints.profile,
  }
}

/** Where a question goes, for the ledger. */
export function addressOf(route: Route): string {
  return route.wire === 'fhir' ? route.base : route.endpoints.query
}
