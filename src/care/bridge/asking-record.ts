/** What the bridge's ledger says as the side that asked: the second of its two entries for one access. */

import type { Participant } from '#wire/discovery/directory.ts'
import type { BorderAnswer } from '../border/border-service.ts'
import type { AccessRecord } from '../context/access-record.ts'
import type { Desk, Errand } from '../country-a/desk.ts'
import type { AskingCall, OpenChannel } from '../country-b/channels/channel.ts'

export function askingRecord(
  { clock, base, homeCommunityId }: Pick<Desk, 'clock' | 'base' | 'homeCommunityId'>,
  owner: string,
  errand: Errand,
  asking: { readonly channel: OpenChannel; readonly participant: Participant; readonly call: AskingCall },
  query: string,
  answer: BorderAnswer<unknown>,
): AccessRecord {
  const { channel, participant, call } = asking
  const { caller, requestId } = call
  const common = {
    side: 'B',
    recorded: clock(),
    requestId,
    client: { country: owner, homeCommunityId, address: base },
    server: { country: participant.country, homeCommunityId: participant.homeCommunityId, address: channel.address },
    professional: caller.professional,
    patient: caller.patient ?? errand.patients?.[0],
    purpose: caller.purpose,
    service: errand.service,
    wire: channel.wire,
    outcome: answer.ok
      ? { kind: 'success' as const }
      : {
          kind: answer.refusal.outcome === 'refused' ? ('refused' as const) : ('failed' as const),
          code: answer.refusal.code,
        },
  } as const
  switch (errand.step) {
    case 'identify':
      return { ...common, step: 'identify', query }
    case 'list':
      return { ...common, step: 'list', query, documents: [] }
    case 'retrieve':
      return { ...common, step: 'retrieve', document: errand.document }
    case 'dispense':
    case 'discard': {
      const { step, document, prescription, submission } = errand
      return { ...common, step, document, prescription, submission }
    }
  }
}
