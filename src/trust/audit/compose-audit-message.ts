/** Facts → the message that the event table prescribes. Pure. */
import { isIP } from 'node:net'
import type { AuditFacts, AuditParty, ExchangedMessage } from './audit-facts.ts'
import {
  type AuditDetail,
  type AuditMessage,
  type AuditObject,
  type AuditParticipant,
  toBase64,
} from './audit-message.ts'
import { type EventRule, type EventTable, eventTable, type ObjectRule, type ParticipantKind } from './event-table.ts'

/** DICOM PS3.16 CID 402: an application server process. */
const APPLICATION_SERVER = '4'

/** The message of one event, as the national contact point of `facts.side` writes it. */
export function composeAuditMessage(facts: AuditFacts, table: EventTable = eventTable()): AuditMessage {
  const rule = table.event(facts.event)
  const { outcomeDescription, purpose } = facts
  return {
    event: {
      ...eventCodes(rule, facts, table),
      action: rule.action[facts.side],
      time: facts.recorded,
      outcome: facts.outcome,
      ...(outcomeDescription === undefined ? {} : { description: outcomeDescription }),
      purposes:
        purpose === undefined
          ? []
          : [{ code: purpose, system: 'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse', text: purpose }],
    },
    participants: participantsOf(rule, facts, table),
    sources: [{ id: facts.site, site: facts.site, types: [{ code: APPLICATION_SERVER }] }],
    objects: table.objects(rule).flatMap((object) => objectsOf(object, facts)),
  }
}

function eventCodes(rule: EventRule, facts: AuditFacts, table: EventTable) {
  const { code, transaction } = facts.wire === 'fhir' && rule.fhir ? rule.fhir : rule
  const { text, ...eventId } = table.eventId(rule.eventId[facts.side])
  const id = { ...eventId, display: transaction, text }
  const type = { code, system: rule.codeSystem ?? 'IHE Transactions', display: rule.service, text: transaction }
  return { id, types: rule.repeatsEventId ? [type, id] : [type] }
}

function participantsOf(rule: EventRule, facts: AuditFacts, table: EventTable): readonly AuditParticipant[] {
  const found: AuditParticipant[] = []
  for (const kind of Object.keys(rule.participants) as ParticipantKind[]) {
    // The index of patients is part of the provider's system.
    const party = facts[kind === 'masterPatientIndex' ? 'serviceProvider' : kind]
    if (party) found.push(participantOf(party, rule.participants[kind] ?? false, table.role(kind)))
  }
  return found
}

function participantOf(
  party: AuditParty,
  requestor: boolean,
  role: AuditParticipant['roles'][number],
): AuditParticipant {
  const { userId, alternativeUserId, address } = party
  return {
    userId,
    ...(alternativeUserId === undefined ? {} : { alternativeUserId }),
    requestor,
    ...(address === undefined ? {} : { networkAddress: address, networkType: isIP(address) ? '2' : '1' }),
    roles: [role],
  }
}

/** None when the facts do not tell what the table has room for. */
function objectsOf(rule: ObjectRule, facts: AuditFacts): readonly AuditObject[] {
  const make = (id: string | undefined, details: readonly AuditDetail[] = [], query?: string): AuditObject => ({
    ...(id === undefined ? {} : { id: rule.base64 ? toBase64(id) : id }),
    type: rule.type,
    ...(rule.role === undefined ? {} : { role: rule.role }),
    ...(rule.lifeCycle === undefined ? {} : { lifeCycle: rule.lifeCycle }),
    idType: rule.code,
    ...(query === undefined ? {} : { query: toBase64(query) }),
    details,
  })
  switch (rule.kind) {
    case 'patient':
      return (facts.patients ?? []).map((patient) => make(patient))
    case 'guarantor':
      return (facts.guarantors ?? []).map((guarantor) => make(guarantor))
    case 'target':
      return (facts.targets ?? []).map((target) => make(target))
    case 'submissionSet':
      return facts.submissionSet === undefined ? [] : [make(facts.submissionSet)]
    case 'query':
      return facts.query ? [make(facts.query.id, homeCommunity(facts.query.homeCommunityId), facts.query.text)] : []
    case 'error':
      return facts.error ? [make(facts.error.id, [detail('errormsg', facts.error.message)])] : []
    case 'request':
    case 'response': {
      const message = facts[rule.kind]
      return message ? [make(message.id, messageDetails(message))] : []
    }
    case 'input':
    case 'output':
      return facts.input === undefined ? [] : [make(facts[rule.kind])]
    case 'ledger':
      return facts.ledger ? [make(`${facts.ledger.node}:${facts.ledger.sequence}`, ledgerDetails(facts.ledger))] : []
  }
}

function homeCommunity(id: string | undefined): readonly AuditDetail[] {
  return id === undefined ? [] : [detail('ihe:homeCommunityID', id)]
}

function messageDetails({ digest, securityHeader }: ExchangedMessage): readonly AuditDetail[] {
  return [
    ...(securityHeader === undefined ? [] : [detail('securityheader', securityHeader)]),
    ...(digest === undefined ? [] : [detail('urn:tessera:sha256', digest)]),
  ]
}

function ledgerDetails({ sequence, hash }: NonNullable<AuditFacts['ledger']>): readonly AuditDetail[] {
  return [detail('urn:tessera:ledger-sequence', String(sequence)), detail('urn:tessera:ledger-hash', hash)]
}

function detail(type: string, value: string): AuditDetail {
  return { type, value: toBase64(value) }
}
