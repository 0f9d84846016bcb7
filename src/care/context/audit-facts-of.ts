/** An access → what the audit trail of MyHealth@EU says about it. Pure. */
import type { AuditEventName, AuditFacts, AuditParty } from '#trust/audit/audit-facts.ts'
import type { AuditOutcomeIndicator } from '#trust/audit/audit-message.ts'
import { type AuditNode, type AuditPerson, identifierOf } from '#trust/ledger/audit-participants.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { AccessOutcome, AccessRecord } from './access-record.ts'
import type { ExchangedDigests } from './transaction-facts.ts'

/** Which service's list or retrieval, as eHDSI names them: patient, order, original clinical documents. */
const FAMILY: Readonly<Record<ServiceKind, 'patient-summary' | 'prescription' | 'clinical-document'>> = {
  'patient-identification': 'patient-summary',
  'patient-summary': 'patient-summary',
  eprescription: 'prescription',
  edispensation: 'prescription',
  'laboratory-report': 'clinical-document',
  'discharge-report': 'clinical-document',
  'imaging-report': 'clinical-document',
  'medical-image': 'clinical-document',
}

/** The other country could not be reached: the reference implementation audits that as an event of its own. */
const UNREACHABLE: ReadonlySet<string> = new Set(['ERROR_GENERIC_CONNECTION_NOT_POSSIBLE', 'ERROR_GENERIC_TIMEOUT'])

export function isUnreachable({ code }: AccessOutcome): boolean {
  return code !== undefined && UNREACHABLE.has(code)
}

/** @param site AuditSourceID of this node, e.g. `PT-11` */
export function auditFactsOf(record: AccessRecord, exchanged: ExchangedDigests | undefined, site: string): AuditFacts {
  const { side, outcome, professional, purpose, patient } = record
  const messageId = exchanged?.messageId ?? record.requestId
  return {
    event: eventOf(record),
    side,
    wire: exchanged?.wire ?? record.wire ?? 'fhir',
    recorded: record.recorded.toISOString(),
    outcome: outcomeOf(outcome),
    ...(outcome.code === undefined ? {} : { outcomeDescription: outcome.code }),
    ...(purpose === undefined ? {} : { purpose }),
    site,
    ...(professional ? { pointOfCare: pointOfCare(professional), humanRequestor: human(professional) } : {}),
    serviceConsumer: gateway(record.client, exchanged?.clientName),
    serviceProvider: gateway(record.server, exchanged?.serverName),
    ...(patient === undefined ? {} : { patients: [cxOf(patient)] }),
    ...whatOf(record, messageId),
    ...(outcome.code === undefined ? {} : { error: { id: messageId ?? outcome.code, message: outcome.code } }),
    ...messagesOf(messageId, exchanged),
  }
}

function eventOf({ step, service }: AccessRecord): AuditEventName {
  switch (step) {
    case 'identify':
      return 'patient-discovery'
    case 'list':
    case 'retrieve':
      return `${FAMILY[service ?? 'patient-summary']}-${step}`
    case 'dispense':
      return 'dispensation'
    case 'discard':
      return 'discard'
  }
}

/** What was asked for, and what came. */
function whatOf(record: AccessRecord, messageId: string | undefined): Partial<AuditFacts> {
  const homeCommunityId = record.server.homeCommunityId
  const query = (text: string) => ({
    id: messageId ?? homeCommunityId ?? record.server.country,
    text,
    ...(homeCommunityId === undefined ? {} : { homeCommunityId }),
  })
  switch (record.step) {
    case 'identify':
      return { query: query(record.query) }
    case 'list':
      return { query: query(record.query), targets: record.documents }
    case 'retrieve':
      return { query: query(record.document), targets: [record.document] }
    case 'dispense':
    case 'discard':
      return { submissionSet: record.submission, targets: [record.document] }
  }
}

function messagesOf(messageId: string | undefined, exchanged: ExchangedDigests | undefined): Partial<AuditFacts> {
  if (!exchanged || messageId === undefined) return {}
  const { requestDigest, responseDigest, responseMessageId } = exchanged
  return {
    request: { id: messageId, ...(requestDigest === undefined ? {} : { digest: requestDigest }) },
    ...(responseDigest === undefined
      ? {}
      : { response: { id: responseMessageId ?? messageId, digest: responseDigest } }),
  }
}

/** DICOM: 4 minor (nothing there), 8 serious (refused, did not work), 12 major (the other side is away). */
function outcomeOf(outcome: AccessOutcome): AuditOutcomeIndicator {
  if (outcome.kind === 'success') return '0'
  if (outcome.kind === 'nothing') return '4'
  return isUnreachable(outcome) ? '12' : '8'
}

/** eHDSI audit trail: `<nameid@issuer>`. */
function human({ identifier, name }: AuditPerson): AuditParty {
  const { system, value } = identifierOf(identifier)
  return { userId: system === undefined ? value : `<${value}@${system}>`, alternativeUserId: name }
}

function pointOfCare({ organisation }: AuditPerson): AuditParty {
  return { userId: organisation.name, alternativeUserId: organisation.identifier }
}

function gateway({ address, country }: AuditNode, certificateName: string | undefined): AuditParty {
  const host = URL.canParse(address) ? new URL(address).hostname || address : address
  const userId = certificateName ?? (host || country)
  return { userId, alternativeUserId: userId, ...(host === '' ? {} : { address: host }) }
}

/** `system|value` → HL7 CX, as patients are named on the IHE wire. */
export function cxOf(patient: string): string {
  const { system, value } = identifierOf(patient)
  if (system === undefined) return value
  return system.startsWith('urn:oid:') ? `${value}^^^&${system.slice(8)}&ISO` : `${value}^^^&${system}&URI`
}
