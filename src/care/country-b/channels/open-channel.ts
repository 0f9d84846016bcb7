/** Opens the way to another country: over the wire that both speak, or through the own bridge. */
import type { Participant } from '#wire/discovery/directory.ts'
import type { Wire } from '../../border/border-service.ts'
import { assertionDesk } from './assertion-desk.ts'
import type { OpenChannel } from './channel.ts'
import { type FhirAsking, fhirChannel } from './fhir-channel.ts'
import { type IheAsking, iheChannel } from './ihe-channel.ts'
import { addressOf, type BridgeAddress, routeTo } from './route.ts'

export interface Channels {
  /** Undefined when there is no way to that country. `wire`: only this one, for what must be repeated as it was. */
  open(participant: Participant, wire?: Wire): OpenChannel | undefined
}

export interface ChannelsOptions {
  readonly fhir?: FhirAsking
  readonly ihe?: IheAsking
  readonly bridge?: BridgeAddress
}

/** The own wires are those that are configured. */
export function openChannels({ fhir, ihe, bridge }: ChannelsOptions): Channels {
  const own: readonly Wire[] = [...(fhir ? (['fhir'] as const) : []), ...(ihe ? (['ihe'] as const) : [])]
  const desk = ihe && assertionDesk(ihe)
  return {
    open(participant, wire) {
      const route = routeTo(participant, wire === undefined ? own : own.filter((one) => one === wire), bridge)
      if (!route) return undefined
      const address = addressOf(route)
      if (route.wire === 'fhir') {
        if (!fhir) return undefined
        const channel = fhirChannel(fhir, participant, route)
        // Behind a bridge stands a country on IHE, which promises nothing of the kind.
        return { wire: 'fhir', channel, address, repeatsAnswers: !route.throughBridge }
      }
      if (!ihe || !desk) return undefined
      return { wire: 'ihe', channel: iheChannel(ihe, desk, participant, route), address, repeatsAnswers: false }
    },
  }
}
