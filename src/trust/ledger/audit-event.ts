/**
 * FHIR R4 AuditEvents of everything that this node decides, in the profiles of IHE BALP, MHD and PDQm. Country A (the
 * server) and country B (the client) each write their own: `side` says which of the two is writing. Pure.
 */
import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from 'fhir/r4'
import { AGENT_TYPE, APPLICATION_SERVER, ENTITY, EVENT_SUBTYPE, EVENT_TYPE, PROFILE } from './audit-codes.ts'
import {
  type AuditNode,
  type AuditPerson,
  type AuditPurpose,
  concept,
  documentEntity,
  nodeAgent,
  nodeReference,
  type PatientDetail,
  patientEntity,
  personAgents,
  purposeConcept,
  queryEntity,
  requestEntity,
} from './audit-participants.ts'

export type { AuditNode, AuditPerson, AuditPurpose } from './audit-participants.ts'

/** FHIR: 0 success, 4 minor failure (refused, nothing found), 8 serious failure (denied, broken down). */
export interface AuditOutcome {
  readonly code: '0' | '4' | '8'
  /** Why not: a stable code or a sentence without personal data. */
  readonly reason?: string
}

/** What every event across the border has in common. */
export interface BorderAccess {
  readonly side: 'A' | 'B'
  /** ISO 8601. */
  readonly recorded: string
  /** Node of country B, which asks. */
  readonly client: AuditNode
  /** Node of country A, which answers. */
  readonly server: AuditNode
  /** Absent when nobody was authenticated. */
  readonly person?: AuditPerson | undefined
  /** `system|value`; absent while nobody has been found. */
  readonly patient?: string | undefined
  readonly purpose?: AuditPurpose | undefined
  /** Success unless told. */
  readonly outcome?: AuditOutcome | undefined
  /** The X-Request-Id that both sides write. */
  readonly requestId?: string | undefined
}

/** What happens inside one node, without the border. */
export interface NodeEvent {
  readonly recorded: string
  readonly node: AuditNode
  readonly person?: AuditPerson | undefined
  readonly outcome?: AuditOutcome | undefined
}

const SUCCESS: AuditOutcome = { code: '0' }

/** A patient was looked for (PDQm, ITI-78). `query` is the request as it went over the wire. */
export function patientSearchEvent(access: BorderAccess & { readonly query: string }): AuditEvent {
  return searchEvent(access, EVENT_SUBTYPE.patientSearch, PROFILE.patientSearch[access.side], [])
}

/** Documents of a patient were looked for (MHD, ITI-67). `listed`: the documents that were answered. */
export function documentSearchEvent(
  access: BorderAccess & { readonly query: string; readonly listed?: readonly string[] },
): AuditEvent {
  const listed = (access.listed ?? []).map((value) => ({ type: 'urn:tessera:document-listed', value }))
  return searchEvent(access, EVENT_SUBTYPE.documentSearch, PROFILE.documentSearch[access.side], listed)
}

/** A document was handed over (MHD, ITI-68). */
export function documentRetrieveEvent(access: BorderAccess & { readonly document: string }): AuditEvent {
  return borderEvent(access, {
    profile: PROFILE.documentRetrieve[access.side],
    subtype: [EVENT_SUBTYPE.read, EVENT_SUBTYPE.documentRetrieve],
    action: 'R',
    // BALP Read: data flow from the server (source) to the client (destination).
    client: AGENT_TYPE.destination,
    server: AGENT_TYPE.source,
    entity: [documentEntity(access.document), ...patients(access.patient, [countryOfPatient(access)])],
  })
}

/** A document was sent to country A: a dispensation, or its discard (MHD, ITI-65; XDR, ITI-41). */
export function documentProvideEvent(
  access: BorderAccess & { readonly document: string; readonly details: readonly PatientDetail[] },
): AuditEvent {
  return borderEvent(access, {
    profile: PROFILE.documentProvide[access.side],
    subtype: [EVENT_SUBTYPE.documentProvide],
    action: 'C',
    client: AGENT_TYPE.source,
    server: AGENT_TYPE.destination,
    entity: [
      documentEntity(access.document),
      ...patients(access.patient, [countryOfPatient(access), ...access.details]),
    ],
  })
}

/** The professional signed in at this node. */
export function loginEvent(event: NodeEvent & { readonly person: AuditPerson }): AuditEvent {
  return nodeEvent(event, EVENT_TYPE.userAuthentication, [EVENT_SUBTYPE.login])
}

export function logoutEvent(event: NodeEvent & { readonly person: AuditPerson }): AuditEvent {
  return nodeEvent(event, EVENT_TYPE.userAuthentication, [EVENT_SUBTYPE.logout])
}

/** The patient was shown how his data will be used, before anything was asked (eHDSI patient information notice). */
export function noticeShownEvent(
  event: NodeEvent & {
    readonly person: AuditPerson
    readonly patient: string
    readonly notice: { readonly version: string; readonly languages: readonly string[] }
  },
): AuditEvent {
  const { version, languages } = event.notice
  const notice: AuditEventEntity = {
    what: { type: 'DocumentReference', identifier: { system: 'urn:tessera:notice', value: version } },
    type: ENTITY.documentReference,
    detail: languages.map((language) => ({ type: 'urn:ietf:bcp:47', valueString: language })),
  }
  return nodeEvent(
    event,
    EVENT_TYPE.applicationActivity,
    [EVENT_SUBTYPE.noticeShown],
    [...patients(event.patient), notice],
  )
}

/** The professional compared the person found with an identity document; `details` say which, and why if it differed. */
export function identityConfirmedEvent(
  event: NodeEvent & {
    readonly person: AuditPerson
    readonly patient: string
    readonly details: readonly PatientDetail[]
  },
): AuditEvent {
  return nodeEvent(
    event,
    EVENT_TYPE.applicationActivity,
    [EVENT_SUBTYPE.identityConfirmed],
    patients(event.patient, event.details),
  )
}

/** The professional declares that he treats the patient; with a reason when it is an emergency ("break glass"). */
export function relationshipDeclaredEvent(
  event: NodeEvent & {
    readonly person: AuditPerson
    readonly patient: string
    readonly purpose: AuditPurpose
    readonly reason?: string | undefined
    /** A relative who speaks for the patient. */
    readonly nextOfKin?: string | undefined
  },
): AuditEvent {
  const emergency = event.purpose === 'EMERGENCY'
  const details = [
    ...(event.reason === undefined ? [] : [{ type: 'urn:tessera:reason', value: event.reason }]),
    ...(event.nextOfKin === undefined ? [] : [{ type: 'urn:tessera:next-of-kin', value: event.nextOfKin }]),
  ]
  return {
    ...nodeEvent(
      event,
      emergency ? EVENT_TYPE.securityAlert : EVENT_TYPE.applicationActivity,
      [...(emergency ? [EVENT_SUBTYPE.emergencyOverride] : []), EVENT_SUBTYPE.relationshipDeclared],
      patients(event.patient, details),
      event.purpose,
    ),
    purposeOfEvent: [purposeConcept(event.purpose)],
  }
}

/** A request was refused before anybody was recognised in it. `client`: who holds the connection; `reason`: a stable code. */
export function requestRefusedEvent(event: NodeEvent & { readonly client: AuditNode }): AuditEvent {
  return {
    ...nodeEvent(event, EVENT_TYPE.securityAlert, [EVENT_SUBTYPE.requestRefused]),
    agent: [nodeAgent(AGENT_TYPE.source, event.client, true), nodeAgent(AGENT_TYPE.destination, event.node)],
  }
}

/** What an operator changed by hand; no patient stands in it. */
export type OperatorChange =
  /** `details`: certificates and addresses as they are from now on. */
  | {
      readonly kind: 'peer-entered' | 'peer-removed'
      readonly country: string
      readonly details: readonly PatientDetail[]
    }
  /** `details`: the outcome, and who told it in country A. */
  | { readonly kind: 'submission-settled'; readonly submission: string; readonly details: readonly PatientDetail[] }

/** The operator of the node changed whom it trusts, or wrote down what he found out in another country. */
export function operatorChangeEvent(
  event: NodeEvent & { readonly person: AuditPerson; readonly change: OperatorChange },
): AuditEvent {
  const { change } = event
  const detail = change.details.map(({ type, value }) => ({ type, valueString: value }))
  if (change.kind === 'submission-settled') {
    const what = { identifier: { value: change.submission } }
    const entity = { what, type: ENTITY.systemObject, detail }
    return nodeEvent(event, EVENT_TYPE.applicationActivity, [EVENT_SUBTYPE.submissionSettled], [entity])
  }
  const what = { identifier: { system: 'urn:iso:std:iso:3166', value: change.country } }
  const entity = { what, type: ENTITY.systemObject, role: ENTITY.securityRole, detail }
  const subtype = change.kind === 'peer-entered' ? EVENT_SUBTYPE.peerEntered : EVENT_SUBTYPE.peerRemoved
  return nodeEvent(event, EVENT_TYPE.securityAlert, [EVENT_SUBTYPE.securityConfiguration, subtype], [entity])
}

/**
 * Country A decided whether this professional may have this patient's data (BALP authorisation decision).
 * `policy` names what decided: a service policy and version, or the patient's choice.
 */
export function authorisationEvent(
  access: Omit<BorderAccess, 'side'> & {
    readonly person: AuditPerson
    readonly patient: string
    readonly by: 'consent' | 'role'
    readonly policy: string
  },
): AuditEvent {
  const { person, purpose, client, server } = access
  const consent: AuditEventEntity = {
    what: { type: 'Consent', identifier: { system: 'urn:tessera:policy', value: access.policy } },
    type: ENTITY.consent,
  }
  return {
    ...frame(access, server, EVENT_TYPE.securityAlert, 'E'),
    // Unlike the other profiles, this one is for refusals too.
    meta: { profile: [PROFILE.authorisation] },
    subtype: [access.by === 'consent' ? EVENT_SUBTYPE.consentDecision : EVENT_SUBTYPE.roleDecision],
    ...(purpose ? { purposeOfEvent: [purposeConcept(purpose)] } : {}),
    agent: [
      nodeAgent(AGENT_TYPE.application, client),
      ...personAgents(person, purpose),
      { type: concept(AGENT_TYPE.authoriser), who: nodeReference(server), requestor: false },
    ],
    entity: [...patients(access.patient), consent],
  }
}

function searchEvent(
  access: BorderAccess & { readonly query: string },
  transaction: Coding,
  profile: string,
  details: readonly PatientDetail[],
): AuditEvent {
  return borderEvent(access, {
    profile,
    subtype: [EVENT_SUBTYPE.search, transaction],
    action: 'E',
    // BALP Query: the query flows from the client (source) to the server (destination).
    client: AGENT_TYPE.source,
    server: AGENT_TYPE.destination,
    entity: [queryEntity(access.query), ...patients(access.patient, [countryOfPatient(access), ...details])],
  })
}

interface BorderParts {
  readonly profile: string
  readonly subtype: Coding[]
  readonly action: 'C' | 'E' | 'R'
  readonly client: Coding
  readonly server: Coding
  readonly entity: readonly AuditEventEntity[]
}

function borderEvent(access: BorderAccess, parts: BorderParts): AuditEvent {
  const { person, purpose, requestId, patient } = access
  // The profiles are for what succeeded (outcome is fixed to 0) and, for documents, name the patient.
  const fits = (access.outcome ?? SUCCESS).code === '0' && (patient !== undefined || isPatientSearch(parts))
  return {
    ...frame(access, access.side === 'A' ? access.server : access.client, EVENT_TYPE.rest, parts.action),
    ...(fits ? { meta: { profile: [parts.profile] } } : {}),
    subtype: parts.subtype,
    ...(purpose ? { purposeOfEvent: [purposeConcept(purpose)] } : {}),
    agent: [
      nodeAgent(parts.client, access.client, person === undefined),
      nodeAgent(parts.server, access.server),
      ...(person ? personAgents(person, purpose) : []),
    ],
    entity: [...parts.entity, ...(requestId === undefined ? [] : [requestEntity(requestId)])],
  }
}

function isPatientSearch({ subtype }: BorderParts): boolean {
  return subtype.includes(EVENT_SUBTYPE.patientSearch)
}

function nodeEvent(
  event: NodeEvent,
  type: Coding,
  subtype: Coding[],
  entity: readonly AuditEventEntity[] = [],
  purpose?: AuditPurpose,
): AuditEvent {
  const agents: AuditEventAgent[] = [nodeAgent(AGENT_TYPE.application, event.node, event.person === undefined)]
  return {
    ...frame(event, event.node, type, 'E'),
    subtype,
    agent: [...agents, ...(event.person ? personAgents(event.person, purpose) : [])],
    ...(entity.length > 0 ? { entity: [...entity] } : {}),
  }
}

/** Every event: when, what kind, with what outcome, and which node observed it. */
function frame(
  event: { readonly recorded: string; readonly outcome?: AuditOutcome | undefined },
  observer: AuditNode,
  type: Coding,
  action: 'C' | 'E' | 'R',
) {
  const { code, reason } = event.outcome ?? SUCCESS
  return {
    resourceType: 'AuditEvent' as const,
    type,
    action,
    recorded: event.recorded,
    outcome: code,
    ...(reason === undefined ? {} : { outcomeDesc: reason }),
    source: { site: observer.country, observer: nodeReference(observer), type: [APPLICATION_SERVER] },
  }
}

/** Whose patient: readers of the ledger are told without knowing identifier systems. */
function countryOfPatient({ server }: BorderAccess): PatientDetail {
  return { type: 'country-a', value: server.country }
}

function patients(patient: string | undefined, details: readonly PatientDetail[] = []): readonly AuditEventEntity[] {
  return patient === undefined ? [] : [patientEntity(patient, details)]
}
