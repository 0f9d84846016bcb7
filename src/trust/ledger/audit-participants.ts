/** The people, organisations, nodes and patients of an audit event, as BALP writes them. Pure. */

import { isIP } from 'node:net'
import type {
  AuditEventAgent,
  AuditEventAgentNetwork,
  AuditEventEntity,
  CodeableConcept,
  Coding,
  Reference,
} from 'fhir/r4'
import { PURPOSE_SYSTEM, ROLE_SYSTEM } from '../tokens/access-grant.ts'
import { ACT_REASON, AGENT_TYPE, ENTITY } from './audit-codes.ts'

export type AuditPurpose = 'TREATMENT' | 'EMERGENCY'

/** The professional as this node knows him: from his sign-in (country B) or from the access token (country A). */
export interface AuditPerson {
  /** `system|value`. */
  readonly identifier: string
  readonly name: string
  /** ISCO code of eHDSIHealthcareProfessionalRole. */
  readonly role?: { readonly code: string; readonly display: string } | undefined
  readonly organisation: { readonly identifier: string; readonly name: string }
}

/** One of the two national contact points. */
export interface AuditNode {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** Bare OID; absent when the other side could not be identified. */
  readonly homeCommunityId?: string | undefined
  /** Base URL, IP address or host name. */
  readonly address: string
}

/** `system|value` → identifier; a value without `|` has no system. */
export function identifierOf(token: string): { system?: string; value: string } {
  const bar = token.indexOf('|')
  if (bar <= 0) return { value: token.slice(bar + 1) }
  return { system: token.slice(0, bar), value: token.slice(bar + 1) }
}

export function nodeReference({ country, homeCommunityId }: AuditNode): Reference {
  const display = `National contact point for eHealth of ${country}`
  if (homeCommunityId === undefined) return { display }
  return { type: 'Device', identifier: { system: 'urn:ietf:rfc:3986', value: `urn:oid:${homeCommunityId}` }, display }
}

export function nodeAgent(type: Coding, node: AuditNode, requestor = false): AuditEventAgent {
  return { type: concept(type), who: nodeReference(node), requestor, network: networkOf(node.address) }
}

/** FHIR network-type: 1 machine name, 2 IP address, 5 URI. */
function networkOf(address: string): AuditEventAgentNetwork {
  return { address, type: isIP(address) ? '2' : address.includes('://') ? '5' : '1' }
}

/** The professional and, beside him, the organisation that he acts for. */
export function personAgents(person: AuditPerson, purpose: AuditPurpose | undefined): readonly AuditEventAgent[] {
  const { role, organisation } = person
  return [
    {
      type: concept(AGENT_TYPE.person),
      ...(role ? { role: [concept({ system: ROLE_SYSTEM, code: role.code, display: role.display })] } : {}),
      who: { type: 'Practitioner', identifier: identifierOf(person.identifier), display: person.name },
      name: person.name,
      requestor: true,
      ...(purpose ? { purposeOfUse: [purposeConcept(purpose)] } : {}),
    },
    {
      type: concept(AGENT_TYPE.organisation),
      who: { type: 'Organization', identifier: identifierOf(organisation.identifier), display: organisation.name },
      requestor: false,
    },
  ]
}

export function purposeConcept(purpose: AuditPurpose): CodeableConcept {
  return { coding: [ACT_REASON[purpose], { system: PURPOSE_SYSTEM, code: purpose }] }
}

/** What was said about the patient's data in this event, beside who he is. */
export interface PatientDetail {
  /** e.g. `urn:tessera:reason`. */
  readonly type: string
  readonly value: string
}

export function patientEntity(patient: string, details: readonly PatientDetail[] = []): AuditEventEntity {
  return {
    what: { type: 'Patient', identifier: identifierOf(patient) },
    type: ENTITY.person,
    role: ENTITY.patientRole,
    ...(details.length > 0 ? { detail: details.map(({ type, value }) => ({ type, valueString: value })) } : {}),
  }
}

export function queryEntity(query: string): AuditEventEntity {
  return { type: ENTITY.systemObject, role: ENTITY.queryRole, query: Buffer.from(query, 'utf8').toString('base64') }
}

export function documentEntity(document: string): AuditEventEntity {
  return {
    what: { type: 'DocumentReference', identifier: { value: document } },
    type: ENTITY.systemObject,
    role: ENTITY.reportRole,
  }
}

export function requestEntity(requestId: string): AuditEventEntity {
  return { what: { identifier: { value: requestId } }, type: ENTITY.requestId }
}

export function concept(coding: Coding): CodeableConcept {
  return { coding: [coding] }
}
