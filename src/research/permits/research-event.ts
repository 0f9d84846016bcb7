/** What the research half writes in the ledger: FHIR R4 AuditEvents with permit, dataset, person, purpose and outcome. Pure. */
import type { AuditEvent, AuditEventAgent, AuditEventEntity, CodeableConcept, Coding } from 'fhir/r4'
import { AGENT_TYPE, APPLICATION_SERVER, ENTITY, EVENT_TYPE } from '#trust/ledger/audit-codes.ts'
import { concept, identifierOf, patientEntity } from '#trust/ledger/audit-participants.ts'
import type { PurposeCode } from './permit.ts'

/** The node or body that writes. */
export interface ResearchNode {
  readonly id: string
  readonly name: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

export type ResearchStep =
  | 'access-decided'
  | 'answer-released'
  | 'task-decided'
  | 'permit-issued'
  | 'release-chosen'
  | 'revocations-accepted'
  | 'second-factor-enrolled'
  | 'workspace-entered'
  | 'workspace-left'
  | 'output-requested'
  | 'output-decided'
  | 'output-collected'
  | 'environment-audited'
  | 'audit-followed-up'
  | 'opt-out-recorded'
  | 'opt-out-withdrawn'
  | 'opt-out-looked-up'
  | 'opt-outs-imported'
  | 'persons-matched'

export interface ResearchRecord {
  readonly step: ResearchStep
  readonly recorded: Date
  readonly node: ResearchNode
  /** Absent when nobody was recognised. */
  readonly person?: { readonly identifier: string; readonly name?: string }
  /** `system|value` of the natural person whom this is about: he finds it as a patient finds what was done with his documents. */
  readonly about?: string
  readonly purpose?: PurposeCode
  readonly permit?: string
  readonly dataset?: string
  /** Absent: all was well. `code`: stable. */
  readonly refused?: { readonly code: string; readonly sentence: string }
  /** What else must be found later: tool, task, hash of what was signed or released. No value of a person. */
  readonly details?: Readonly<Record<string, string>>
}

const WORDS: Readonly<Record<ResearchStep, string>> = {
  'access-decided': 'Decision whether a permit covers an access',
  'answer-released': 'Answer that left after disclosure control',
  'task-decided': 'Decision whether a task of a federation is run',
  'permit-issued': 'Permit issued by the health data access body',
  'release-chosen': 'Release of a dataset chosen by its holder to answer questions',
  'revocations-accepted': 'List of revoked permits accepted',
  'second-factor-enrolled': 'Second factor for secure processing environments enrolled',
  'workspace-entered': 'Entry into a secure processing environment',
  'workspace-left': 'End of a session in a secure processing environment',
  'output-requested': 'Request to take results out of a secure processing environment',
  'output-decided': 'Decision on a request to take results out',
  'output-collected': 'Results taken out of a secure processing environment',
  'environment-audited': 'Audit of a secure processing environment recorded',
  'audit-followed-up': 'Record of what became of the measures of an audit',
  'opt-out-recorded': 'Opt-out from secondary use recorded',
  'opt-out-withdrawn': 'Opt-out from secondary use withdrawn',
  'opt-out-looked-up': 'Look into the register of opt-outs for one person',
  'opt-outs-imported': 'Opt-outs taken over from a file of another register',
  'persons-matched': 'Persons of a dataset matched with their identities, so that opt-outs find them',
}

/** EHDS Art. 53(1), in short. */
const PURPOSES: Readonly<Record<PurposeCode, string>> = {
  a: 'public interest in public or occupational health',
  b: 'policy making and regulatory activities',
  c: 'statistics',
  d: 'education or teaching',
  e: 'scientific research',
  f: 'improving the delivery of care',
}

export function researchEvent(record: ResearchRecord): AuditEvent {
  const { step, node, person, purpose, refused } = record
  const observer = { type: 'Device', identifier: { system: 'urn:tessera:node', value: node.id }, display: node.name }
  const subtype: Coding = { system: 'urn:tessera:audit-event-type', code: step, display: WORDS[step] }
  const agents: AuditEventAgent[] = [
    { type: concept(AGENT_TYPE.application), who: observer, requestor: person === undefined },
  ]
  if (person) agents.push(personAgent(person, purpose))
  const entities = entitiesOf(record)
  return {
    resourceType: 'AuditEvent',
    type: refused ? EVENT_TYPE.securityAlert : EVENT_TYPE.applicationActivity,
    subtype: [subtype],
    action: 'E',
    recorded: record.recorded.toISOString(),
    // DICOM: 8 is a serious failure, here an access that was not allowed.
    outcome: refused ? '8' : '0',
    ...(refused ? { outcomeDesc: `${refused.code}: ${refused.sentence}` } : {}),
    ...(purpose ? { purposeOfEvent: [purposeConcept(purpose)] } : {}),
    agent: agents,
    source: { site: node.country, observer, type: [APPLICATION_SERVER] },
    ...(entities.length > 0 ? { entity: entities } : {}),
  }
}

function personAgent(
  { identifier, name }: NonNullable<ResearchRecord['person']>,
  purpose: PurposeCode | undefined,
): AuditEventAgent {
  return {
    type: concept(AGENT_TYPE.person),
    who: { identifier: identifierOf(identifier), ...(name === undefined ? {} : { display: name }) },
    ...(name === undefined ? {} : { name }),
    requestor: true,
    ...(purpose ? { purposeOfUse: [purposeConcept(purpose)] } : {}),
  }
}

function purposeConcept(purpose: PurposeCode): CodeableConcept {
  return concept({ system: 'urn:tessera:ehds-53-1', code: purpose, display: PURPOSES[purpose] })
}

function entitiesOf({ about, permit, dataset, details = {} }: ResearchRecord): AuditEventEntity[] {
  const of = (system: string, value: string | undefined, role: Coding): AuditEventEntity[] =>
    value === undefined ? [] : [{ what: { identifier: { system, value } }, type: ENTITY.systemObject, role }]
  const detail = Object.entries(details).map(([type, valueString]) => ({ type: `urn:tessera:${type}`, valueString }))
  return [
    ...(about === undefined ? [] : [patientEntity(about)]),
    ...of('urn:tessera:permit', permit, ENTITY.securityRole),
    ...of('urn:tessera:dataset', dataset, ENTITY.queryRole),
    ...(detail.length > 0 ? [{ type: ENTITY.systemObject, detail }] : []),
  ]
}
