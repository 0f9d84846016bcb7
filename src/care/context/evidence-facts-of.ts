/** An access → the evidences that the policy demands of it. Pure. */

import { type EvidenceFacts, type EvidenceParty, evidenceId } from '#trust/evidence/evidence.ts'
import { type EvidenceDue, type EvidencePolicy, evidencesDue } from '#trust/evidence/evidence-policy.ts'
import type { AuditNode } from '#trust/ledger/audit-participants.ts'
import type { AccessRecord } from './access-record.ts'
import type { ExchangedDigests } from './transaction-facts.ts'

export interface LedgerPlace {
  readonly node: string
  readonly sequence: number
  readonly hash: string
}

/** All that are due, the ones about a message whose digest is not known yet included: see `canBeMade`. */
export function evidencesOf(
  record: AccessRecord,
  exchanged: ExchangedDigests | undefined,
  ledger: LedgerPlace,
  policy: EvidencePolicy,
): readonly EvidenceFacts[] {
  // Nothing crossed the border: there is no message that anybody could deny.
  if (exchanged?.requestDigest === undefined) return []
  const occasion = {
    side: record.side,
    step: record.step,
    // Country A records before it answers, and always answers.
    answered: record.side === 'A' || exchanged.responseDigest !== undefined,
    succeeded: record.outcome.kind === 'success' || record.outcome.kind === 'nothing',
  }
  return evidencesDue(policy, occasion).map((due) => factsOf(due, record, exchanged, ledger, policy.policyId))
}

/** False while the message that the evidence is about has not been made. */
export function canBeMade({ message }: EvidenceFacts): boolean {
  return message.digest !== undefined
}

function factsOf(
  { kind, part, positive }: EvidenceDue,
  record: AccessRecord,
  exchanged: ExchangedDigests,
  ledger: LedgerPlace,
  policyId: string,
): EvidenceFacts {
  const [asking, answering] = [partyOf(record.client), partyOf(record.server)]
  const digest = part === 'request' ? exchanged.requestDigest : exchanged.responseDigest
  const id = part === 'request' ? exchanged.messageId : (exchanged.responseMessageId ?? exchanged.messageId)
  const { code } = record.outcome
  return {
    id: evidenceId(ledger, part, kind),
    kind,
    positive,
    ...(positive || code === undefined ? {} : { reason: code }),
    policyId,
    issuer: record.side === 'A' ? answering : asking,
    sender: part === 'request' ? asking : answering,
    recipient: part === 'request' ? answering : asking,
    eventTime: record.recorded.toISOString(),
    message: {
      part,
      transaction: exchanged.transaction,
      ...(id === undefined ? {} : { id }),
      ...(digest === undefined ? {} : { digest }),
    },
    ledger,
  }
}

function partyOf({ country, homeCommunityId, address }: AuditNode): EvidenceParty {
  return {
    name: `National contact point for eHealth of ${country}`,
    uri: homeCommunityId === undefined ? address : `urn:oid:${homeCommunityId}`,
  }
}
