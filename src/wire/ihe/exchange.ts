/**
 * What travels on the IHE wire of MyHealth@EU, as types: XCPD ITI-55, XCA ITI-38 and ITI-39, XDR ITI-41. Codecs are in
 * `xcpd/`, `xca/`, `xdr/`; SOAP, WS-Addressing and MTOM/XOP in `soap/`. Nothing here decides who may have what.
 */
import type { Connection } from '#platform/http/connection.ts'
import type { Result } from '#platform/result/result.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

/** How a peer is spoken to. `openncp` sends and tolerates the reference implementation's quirks; `standard` does not. */
export type IheProfile = 'openncp' | 'standard'

/** A code of the eHDSI error table with what the wire carries beside it. */
export interface IheError {
  /** As on the wire: `ERROR_PI_NO_MATCH`, `4701`, `XDSMissingDocument`, … */
  readonly code: string
  readonly severity: 'error' | 'warning'
  /** One sentence for people; never a stack trace, never personal data. */
  readonly text: string
}

/** Who calls and with what, as far as the wire knows; the assertions are not looked at here. */
export interface IheCall {
  readonly transaction: 'ITI-55' | 'ITI-38' | 'ITI-39' | 'ITI-41'
  readonly connection: Connection
  /** `wsse:Security`, undefined when the envelope has none. */
  readonly security: XmlElement | undefined
  /** The whole envelope, of the same parse as `security`: identifiers of signed parts must be unique in it. */
  readonly message?: XmlElement
  /** WS-Addressing MessageID of the request. */
  readonly messageId: string | undefined
  /** The whole request and, once it is made, the whole answer: for audit and evidence. SHA-256, hex. */
  readonly requestDigest: string
  /** The request envelope as text, for audit (`ParticipantObjectQuery`) and the operator; documents stand as XOP parts outside. */
  readonly requestEnvelope: string
}

export interface Address {
  readonly street?: string
  readonly city?: string
  readonly postalCode?: string
  readonly country?: string
}

export interface PatientDiscovery {
  /** `system|value`, at least one. */
  readonly identifiers: readonly string[]
  readonly family?: string
  readonly given?: readonly string[]
  /** ISO date. */
  readonly birthDate?: string
  readonly gender?: 'male' | 'female' | 'other' | 'unknown'
  readonly address?: Address
  /** Bare OIDs of sender and receiver. */
  readonly sender: string
  readonly receiver: string
}

export interface DiscoveredPatient {
  readonly identifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
  readonly address?: Address
}

export interface DiscoveryAnswer {
  readonly patients: readonly DiscoveredPatient[]
  readonly errors: readonly IheError[]
  /** Reason codes of ITI-55 (`AnswerNotAvailable`, `InsufficientRights`, `DemographicsQueryNotAllowed`, …). */
  readonly reason?: string
}

export interface DocumentQuery {
  /** `system|value`. */
  readonly patient: string
  /** LOINC (or `x-clinical-image`) codes, at least one. */
  readonly classCodes: readonly string[]
  readonly status: readonly string[]
  readonly maximumSize?: number
  /** ISO instants. */
  readonly createdBefore?: string
  readonly createdAfter?: string
}

/** One ExtrinsicObject. */
export interface DocumentMetadata {
  /** `repositoryOid` and the XDS unique id. */
  readonly repositoryId: string
  readonly documentId: string
  /** A bare OID; '' when the sender does not say. */
  readonly homeCommunityId: string
  /** `system|value`. */
  readonly patient: string
  readonly classCode: string
  readonly formatCode: string
  readonly mimeType: string
  readonly title: string
  readonly description?: string
  /** ISO 8601. */
  readonly created: string
  readonly serviceStart?: string
  readonly language: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly confidentiality: string
  readonly authors: readonly { readonly person: string; readonly specialties: readonly string[] }[]
  readonly size?: number
  /** Hex SHA-1, as XDS has it; absent for on-demand documents. */
  readonly hash?: string
  /** Of ePrescriptions (event code list). */
  readonly prescription?: PrescriptionFacts
  readonly reasonOfHospitalisation?: { readonly code: string; readonly system: string; readonly display: string }
  /** Document id of the other rendition: this entry is its transformation (XFRM). */
  readonly transforms?: string
}

/** What the list of ePrescriptions tells before a document is opened (eHDSI XCA profile, event codes). */
export interface PrescriptionFacts {
  readonly dispensable: boolean
  /** May another product be given? HL7 substitution code, e.g. `N`, `G`, `E`. */
  readonly substitution?: { readonly code: string; readonly display: string }
  readonly atc?: { readonly code: string; readonly display: string }
  readonly doseForm?: { readonly code: string; readonly display: string }
  readonly strength?: string
}

export interface QueryAnswer {
  readonly documents: readonly DocumentMetadata[]
  readonly errors: readonly IheError[]
  readonly status: 'success' | 'partial' | 'failure'
}

export interface DocumentRequest {
  /** A bare OID; '' when the asking country does not say. */
  readonly homeCommunityId: string
  readonly repositoryId: string
  readonly documentId: string
}

export interface RetrievedContent extends DocumentRequest {
  readonly mimeType: string
  readonly bytes: Uint8Array
}

export interface RetrieveAnswer {
  readonly documents: readonly RetrievedContent[]
  readonly errors: readonly IheError[]
  readonly status: 'success' | 'partial' | 'failure'
}

/** One ProvideAndRegisterDocumentSet-b: a dispensation or its discard. */
export interface DocumentSubmission {
  /** Unique id of the submission set: the key of an idempotent submission, and the discard id. */
  readonly submissionId: string
  /** ISO 8601. */
  readonly submitted: string
  readonly sourceId: string
  readonly patient: string
  readonly author: {
    readonly person: string
    readonly institution: string
    /** `system|value`; `urn:ietf:rfc:3986|urn:oid:…` when the institution is an OID itself. */
    readonly institutionId?: string
  }
  /** `sourcePatientInfo`: how country B knows the patient. */
  readonly demographics?: Partial<Pick<DiscoveredPatient, 'family' | 'given' | 'birthDate' | 'gender'>>
  readonly metadata: DocumentMetadata
  readonly bytes: Uint8Array
}

export interface SubmissionAnswer {
  readonly status: 'success' | 'failure'
  readonly errors: readonly IheError[]
}

/** What country A answers. Handlers check assertions, policy and consent themselves, and record before they answer. */
export interface IheHandlers {
  discoverPatients(question: PatientDiscovery, call: IheCall): Promise<DiscoveryAnswer>
  queryDocuments(question: DocumentQuery, call: IheCall): Promise<QueryAnswer>
  retrieveDocuments(requests: readonly DocumentRequest[], call: IheCall): Promise<RetrieveAnswer>
  submitDocument(submission: DocumentSubmission, call: IheCall): Promise<SubmissionAnswer>
}

export type IheProblemCode =
  | 'peer-unreachable'
  | 'peer-timeout'
  | 'peer-untrusted'
  | 'peer-too-large'
  | 'peer-malformed'
  | 'peer-fault'
  /** The connection broke, or patience ended, after the request may have arrived: what country A did is unknown. */
  | 'peer-outcome-unknown'

/** One message as sent and as received, for audit, evidence and the operator. */
export interface ExchangedMessages {
  readonly messageId: string
  readonly requestEnvelope: string
  readonly requestDigest: string
  readonly responseEnvelope?: string
  readonly responseDigest?: string
}

export type IheReply<T> = Result<T, IheProblemCode> & { readonly messages: ExchangedMessages }

/** Assertions as XML text, signed, ready to stand inside `wsse:Security` (order on the wire: next of kin, HCP, TRC). */
export interface OutgoingAssertions {
  readonly nextOfKin?: string
  readonly hcp: string
  readonly trc?: string
}

export interface IheClient {
  discoverPatients(question: PatientDiscovery, assertions: OutgoingAssertions): Promise<IheReply<DiscoveryAnswer>>
  queryDocuments(question: DocumentQuery, assertions: OutgoingAssertions): Promise<IheReply<QueryAnswer>>
  retrieveDocument(request: DocumentRequest, assertions: OutgoingAssertions): Promise<IheReply<RetrieveAnswer>>
  submitDocument(submission: DocumentSubmission, assertions: OutgoingAssertions): Promise<IheReply<SubmissionAnswer>>
}
