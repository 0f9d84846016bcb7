/**
 * What one country asks of another, whatever the wire: the meeting point of IHE and FHIR. Country A answers it
 * (`country-a/`), country B's channels ask it of a peer (`country-b/channels/`), and the bridge is one made of the other.
 */
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { PrescriptionFacts } from '#wire/ihe/exchange.ts'
import type { CareProblemCode, Purpose } from '../context/care-context.ts'

export type Wire = 'ihe' | 'fhir'

/** The professional as the other country has vouched for him, the same facts from a token and from assertions. */
export interface VerifiedCaller {
  /** Country of the professional, ISO 3166-1 alpha-2. */
  readonly country: string
  /** Bare OID of his national contact point. */
  readonly homeCommunityId: string | undefined
  readonly professional: {
    readonly identifier: string
    readonly name: string
    readonly role: { readonly code: string; readonly display: string }
    readonly organisation: { readonly identifier: string; readonly name: string }
    /** `Hospital`, `Pharmacy`, …; absent when the wire does not tell. */
    readonly facilityType?: string
    readonly pointOfCare?: string
    readonly onBehalfOf?: string
  }
  readonly purpose: Purpose
  /** `system|value`: the one patient this call may be about. Undefined while he is being identified over IHE. */
  readonly patient: string | undefined
  /** Declared treatment relationship: time of the declaration, or of the TRC assertion. */
  readonly relationship?: { readonly declaredAt: string }
  readonly notice?: { readonly version: string; readonly languages: readonly string[]; readonly recordedAt: string }
  readonly nextOfKin?: { readonly family: string; readonly given: string; readonly identifiers: readonly string[] }
  readonly dispensationPin?: string
  readonly prescriptionId?: string
  /** Vouched for by the own bridge, which verified him on a wire that has no place for the notice to the patient. */
  readonly throughBridge?: true
}

export interface IdentifyQuestion {
  readonly identifiers: readonly string[]
  readonly family?: string
  readonly given?: string
  readonly birthDate?: string
  readonly gender?: string
  /** Further standard search parameters (FHIR names), e.g. `address-city`; over IHE those of the address count. */
  readonly traits?: Readonly<Record<string, string>>
}

export interface FoundPatient {
  /** `system|value`; the first is the one that documents are asked with. */
  readonly identifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
}

export interface ListQuestion {
  readonly patient: string
  readonly service: ServiceKind
  /** Document classes (LOINC, or `x-clinical-image`); at least one, all of `service`. */
  readonly classCodes: readonly string[]
  readonly maximumSize?: number
  readonly createdAfter?: string
  readonly createdBefore?: string
  readonly prescriptionId?: string
  readonly pin?: string
}

/**
 * How a document can be had. `structured`: coded (FHIR document, or CDA level 3); `pdf`: the original as PDF;
 * `image`: PNG or JPEG; `source`: the national CDA as it is.
 */
export type Form = 'structured' | 'pdf' | 'image' | 'source'

export interface ListedForm {
  readonly form: Form
  /** Opaque on the FHIR wire, the XDS unique id on the IHE wire. */
  readonly id: string
  readonly mediaType: string
  readonly size?: number
  /** Hex: SHA-256, or SHA-1 where that is what the wire has. */
  readonly hash?: string
  /** The content, when it came along with the list (FHIR `Attachment.data`). */
  readonly inline?: Uint8Array
}

export interface ListedDocument {
  /** Names the document in ledgers of both sides. */
  readonly id: string
  readonly classCode: string
  readonly title: string
  /** ISO 8601. */
  readonly created: string
  readonly author: string
  readonly authorSpecialty?: string
  readonly language: string
  readonly confidentiality: string
  readonly forms: readonly ListedForm[]
  /** What it is called by whoever keeps it, when `id` is only a name of the wire; for ledgers. */
  readonly name?: string
  /** `system|value`: further identifiers of the same patient, as the list has them. */
  readonly patients?: readonly string[]
  readonly description?: string
  readonly serviceStart?: string
  /** Kinds of study of a laboratory report and the like. */
  readonly categories?: readonly { readonly code: string; readonly system: string; readonly display: string }[]
  /** The patient as country A knows him, where the wire tells it with the list. */
  readonly subject?: FoundPatient
  readonly prescription?: PrescriptionFacts & {
    readonly prescriptionId: string
    readonly product?: string
    /** Ids of the dispensations that country A counts, when it tells. */
    readonly dispensations?: readonly string[]
  }
  readonly reasonOfHospitalisation?: { readonly code: string; readonly system: string; readonly display: string }
}

export interface RetrieveQuestion {
  readonly patient: string
  readonly service: ServiceKind
  /** The id of one `ListedForm`. */
  readonly id: string
  readonly form: Form
  /** As the list said, when it did: an answer of another type or with another hash is refused. */
  readonly mediaType?: string
  readonly hash?: string
  /** What the asking wire can carry. A PDF goes as it is over FHIR and inside CDA level 1 over IHE. */
  readonly as: 'fhir' | 'cda' | 'as-is'
}

export interface DocumentContent {
  readonly id: string
  readonly classCode: string
  readonly mediaType: string
  readonly bytes: Uint8Array
}

/** A dispensation sent to country A. The same `submissionId` twice is one dispensation. */
export interface DispensationSubmission {
  readonly kind: 'dispensation' | 'discard'
  /** Made once by country B when the pharmacist confirms, kept in its outbox; on IHE the submission set's unique id. */
  readonly submissionId: string
  /** Id of the eD document; for a discard, of the eD that is taken back. */
  readonly dispensationId: string
  readonly patient: string
  readonly prescriptionId: string
  /** ISO 8601. */
  readonly submitted: string
  /** The eD in the pivot: CDA over IHE, FHIR document over FHIR. */
  readonly document: { readonly format: 'cda' | 'fhir'; readonly bytes: Uint8Array }
}

export interface SubmissionReceipt {
  readonly submissionId: string
  /** False when this very submission had been accepted before (a retry, a duplicate). */
  readonly first: boolean
}

/** Why not, in words of the error table; `unknown` when it cannot be told whether country A acted. */
export interface BorderRefusal {
  readonly code: CareProblemCode
  readonly sentence: string
  readonly next: string
  /** Finer reason, for ledger and operator only. */
  readonly detail?: string
  readonly outcome: 'refused' | 'failed' | 'unknown'
}

export type BorderAnswer<T> =
  | { readonly ok: true; readonly value: T; readonly warnings?: readonly string[] }
  | { readonly ok: false; readonly refusal: BorderRefusal }

/** `Call` is what identifies the asker: credentials still to be verified (country A) or to be issued (a channel). */
export interface BorderService<Call> {
  identify(question: IdentifyQuestion, call: Call): Promise<BorderAnswer<readonly FoundPatient[]>>
  list(question: ListQuestion, call: Call): Promise<BorderAnswer<readonly ListedDocument[]>>
  retrieve(question: RetrieveQuestion, call: Call): Promise<BorderAnswer<DocumentContent>>
  submit(submission: DispensationSubmission, call: Call): Promise<BorderAnswer<SubmissionReceipt>>
}
