/** Codes of audit events: DICOM PS3.16 Annex D, FHIR R4, IHE BALP 1.1. */
import type { Coding } from 'fhir/r4'

const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type'
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role'
const INTERACTION = 'http://hl7.org/fhir/restful-interaction'
const RESOURCE = 'http://hl7.org/fhir/resource-types'
const IHE_TRANSACTION = 'urn:ihe:event-type-code'
const BALP = 'https://profiles.ihe.net/ITI/BALP'
/** What no standard names. */
const OWN = 'urn:tessera:audit-event-type'

function coding(system: string, code: string, display: string): Coding {
  return { system, code, display }
}

export const EVENT_TYPE = {
  rest: coding('http://terminology.hl7.org/CodeSystem/audit-event-type', 'rest', 'RESTful Operation'),
  applicationActivity: coding(DICOM, '110100', 'Application Activity'),
  securityAlert: coding(DICOM, '110113', 'Security Alert'),
  userAuthentication: coding(DICOM, '110114', 'User Authentication'),
} as const

export const EVENT_SUBTYPE = {
  search: coding(INTERACTION, 'search', 'search'),
  read: coding(INTERACTION, 'read', 'read'),
  patientSearch: coding(IHE_TRANSACTION, 'ITI-78', 'Mobile Patient Demographics Query'),
  documentSearch: coding(IHE_TRANSACTION, 'ITI-67', 'Find Document References'),
  documentRetrieve: coding(IHE_TRANSACTION, 'ITI-68', 'Retrieve Document'),
  documentProvide: coding(IHE_TRANSACTION, 'ITI-65', 'Provide Document Bundle'),
  login: coding(DICOM, '110122', 'Login'),
  logout: coding(DICOM, '110123', 'Logout'),
  emergencyOverride: coding(DICOM, '110127', 'Emergency Override Started'),
  securityConfiguration: coding(DICOM, '110129', 'Security Configuration'),
  consentDecision: coding(
    `${BALP}/CodeSystem/AuthZsubType`,
    'AuthZ-Consent',
    'Authorization Decision using Roles and Consent',
  ),
  roleDecision: coding(`${BALP}/CodeSystem/AuthZsubType`, 'AuthZ-Role', 'Authorization Decision using only Roles'),
  // eHDSI audits these as EHDSI-53 (information notice) and EHDSI-92 (treatment relationship confirmed).
  noticeShown: coding(OWN, 'notice-shown', 'Information notice shown to the patient'),
  identityConfirmed: coding(OWN, 'identity-confirmed', 'Identity of the patient confirmed against a document'),
  relationshipDeclared: coding(OWN, 'relationship-declared', 'Treatment relationship declared'),
  peerEntered: coding(OWN, 'peer-entered', 'Country entered or replaced in the own list of peers'),
  peerRemoved: coding(OWN, 'peer-removed', 'Country removed from the own list of peers'),
  requestRefused: coding(OWN, 'request-refused', 'Request of another country that could not be read as a question'),
  submissionSettled: coding(OWN, 'submission-settled', 'Submission settled by hand after asking in country A'),
} as const

export const AGENT_TYPE = {
  person: coding('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP', 'information recipient'),
  organisation: coding('http://terminology.hl7.org/CodeSystem/v3-RoleClass', 'PROV', 'healthcare provider'),
  source: coding(DICOM, '110153', 'Source Role ID'),
  destination: coding(DICOM, '110152', 'Destination Role ID'),
  application: coding(DICOM, '110150', 'Application'),
  authoriser: coding(
    'http://terminology.hl7.org/CodeSystem/extra-security-role-type',
    'authserver',
    'authorization server',
  ),
} as const

export const ENTITY = {
  person: coding(ENTITY_TYPE, '1', 'Person'),
  systemObject: coding(ENTITY_TYPE, '2', 'System Object'),
  requestId: coding(
    `${BALP}/CodeSystem/BasicAuditEntityType`,
    'XrequestId',
    'transport specific unique identifier where http X-Request-Id is used',
  ),
  consent: coding(RESOURCE, 'Consent', 'Consent'),
  documentReference: coding(RESOURCE, 'DocumentReference', 'DocumentReference'),
  patientRole: coding(OBJECT_ROLE, '1', 'Patient'),
  securityRole: coding(OBJECT_ROLE, '13', 'Security Resource'),
  reportRole: coding(OBJECT_ROLE, '3', 'Report'),
  queryRole: coding(OBJECT_ROLE, '24', 'Query'),
} as const

export const APPLICATION_SERVER = coding(
  'http://terminology.hl7.org/CodeSystem/security-source-type',
  '4',
  'Application Server',
)

/** v3-ActReason beside the eHDSI purpose, because AuditEvent.purposeOfEvent is bound to it. */
export const ACT_REASON = {
  TREATMENT: coding('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'TREAT', 'treatment'),
  EMERGENCY: coding('http://terminology.hl7.org/CodeSystem/v3-ActReason', 'ETREAT', 'Emergency Treatment'),
} as const

export const PROFILE = {
  patientSearch: {
    A: 'https://profiles.ihe.net/ITI/PDQm/StructureDefinition/IHE.PDQm.Query.Audit.Supplier',
    B: 'https://profiles.ihe.net/ITI/PDQm/StructureDefinition/IHE.PDQm.Query.Audit.Consumer',
  },
  documentSearch: {
    A: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.FindDocumentReferences.Audit.Responder',
    B: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.FindDocumentReferences.Audit.Consumer',
  },
  documentProvide: {
    A: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.ProvideBundle.Audit.Recipient',
    B: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.ProvideBundle.Audit.Source',
  },
  documentRetrieve: {
    A: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.RetrieveDocument.Audit.Responder',
    B: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.RetrieveDocument.Audit.Consumer',
  },
  authorisation: `${BALP}/StructureDefinition/IHE.BasicAudit.AuthZconsent`,
} as const
