/**
 * What a country plugs in: the ten questions that the border asks of a national infrastructure. Implementations: folder/
 * (a folder of documents). Every call carries the verified caller; a connector may refuse on national grounds.
 */
import type { Result } from '../platform/result/result.ts'

export type NationalProblemCode =
  | 'national-no-match'
  | 'national-multiple-matches'
  | 'national-unavailable'
  | 'national-insufficient-rights'
  | 'national-not-offered'
  | 'national-document-missing'
  /** Dispensations: eHDSI 4105, 4106, ERROR_ED_*. */
  | 'national-prescription-unknown'
  | 'national-already-dispensed'
  | 'national-not-dispensable'
  | 'national-substitution-not-allowed'
  | 'national-dispensation-unknown'
  | 'national-dispensation-not-stored'

/** The verified claims of the foreign professional. */
export interface Caller {
  readonly country: string
  readonly professional: {
    readonly identifier: string
    readonly name: string
    readonly role: string
    readonly organisation: string
    /** `system|value`, when the caller's country tells it. */
    readonly organisationIdentifier?: string
  }
  readonly purpose: 'TREATMENT' | 'EMERGENCY'
}

export interface PatientQuery {
  /** `system|value` each. */
  readonly identifiers: readonly string[]
  readonly family?: string
  readonly given?: string
  readonly birthDate?: string
  readonly gender?: string
}

export interface NationalPatient {
  readonly identifiers: readonly string[]
  readonly family: string
  readonly given: readonly string[]
  readonly birthDate: string
  readonly gender: 'male' | 'female' | 'other' | 'unknown'
  /** The same name in another script or the name at birth, as the national register holds it. */
  readonly otherNames?: readonly { readonly family: string; readonly given: readonly string[] }[]
}

export interface NationalDocument {
  readonly id: string
  readonly patient: string
  /** LOINC class, e.g. 60591-5. */
  readonly classCode: string
  readonly title: string
  readonly effectiveTime: string
  readonly author: string
  readonly language: string
  readonly format: 'cda-l3' | 'cda-l1' | 'fhir' | 'pdf' | 'png' | 'jpeg'
  /** What is inside CDA of level 1; a PDF when absent. */
  readonly content?: 'pdf' | 'png' | 'jpeg'
  readonly size: number
  /** Hex SHA-256. */
  readonly hash: string
  readonly confidentiality: string
  /** L3 and L1 of one summary name each other. */
  readonly related?: string
  /** For `png` and `jpeg` documents and PDFs of other kinds than summaries, as the national side classifies them. */
  readonly authorSpecialty?: string
  /** ISO 8601, when it differs from the time of writing. */
  readonly serviceStart?: string
  readonly description?: string
  /** Kinds of study of a laboratory report (eHDSILabStudyType) and the like. */
  readonly categories?: readonly { readonly code: string; readonly system: string; readonly display: string }[]
  readonly reasonOfHospitalisation?: { readonly code: string; readonly system: string; readonly display: string }
  /** For prescriptions: what the list may tell, and whether they can still be dispensed. */
  readonly prescription?: NationalPrescription
}

export interface NationalPrescription {
  /** `system|value` of the prescription, the same in all its renditions. */
  readonly prescriptionId: string
  readonly status: 'open' | 'partly-dispensed' | 'dispensed' | 'cancelled' | 'expired'
  /** The national rules let a foreign pharmacist dispense it (locked, narcotic, magistral… are not). */
  readonly crossBorder: boolean
  /** Asked with PIN or prescription id only, where the country or the patient wants that. */
  readonly pinRequired: boolean
  /** Ids of the dispensations of the asking country that count. */
  readonly dispensations?: readonly string[]
  readonly product?: string
  readonly atc?: { readonly code: string; readonly display: string }
  readonly doseForm?: { readonly code: string; readonly display: string }
  readonly strength?: string
  readonly substitution?: { readonly code: string; readonly display: string }
}

/** A dispensation of another country, after the border has checked its form. */
export interface NationalDispensation {
  /** The same id twice is one dispensation: the connector answers the second as it answered the first. */
  readonly submissionId: string
  readonly dispensationId: string
  readonly prescriptionId: string
  /** Line of the prescription → packages given. */
  readonly items: readonly {
    readonly prescribedItem: string
    readonly packages: number
    readonly product: string
    readonly substituted: boolean
  }[]
  /** The eD document, translated into a national language, in the form that the country keeps. */
  readonly document: { readonly format: 'cda' | 'fhir'; readonly bytes: Uint8Array }
}

export interface NationalConnector {
  findPatients(query: PatientQuery, caller: Caller): Promise<Result<readonly NationalPatient[], NationalProblemCode>>
  listPatientSummaries(
    patient: string,
    caller: Caller,
  ): Promise<Result<readonly NationalDocument[], NationalProblemCode>>
  listPrescriptions(
    patient: string,
    filter: { readonly prescriptionId?: string; readonly pin?: string },
    caller: Caller,
  ): Promise<Result<readonly NationalDocument[], NationalProblemCode>>
  listOriginalDocuments(
    patient: string,
    filter: {
      readonly kind?: string
      readonly maximumSize?: number
      readonly createdAfter?: string
      readonly createdBefore?: string
    },
    caller: Caller,
  ): Promise<Result<readonly NationalDocument[], NationalProblemCode>>
  getDocument(
    patient: string,
    documentId: string,
    caller: Caller,
  ): Promise<Result<{ readonly document: NationalDocument; readonly bytes: Uint8Array }, NationalProblemCode>>
  submitDispensation(
    dispensation: NationalDispensation,
    patient: string,
    caller: Caller,
  ): Promise<Result<void, NationalProblemCode>>
  discardDispensation(
    discard: { readonly submissionId: string; readonly dispensationId: string },
    patient: string,
    caller: Caller,
  ): Promise<Result<void, NationalProblemCode>>
  searchFhir(
    resource: string,
    parameters: URLSearchParams,
    caller: Caller,
  ): Promise<Result<import('fhir/r4').Bundle, NationalProblemCode>>
  /** The patient's national choice, beside the node's own consent store. */
  consents(
    patient: string,
    country: string,
    purpose: Caller['purpose'],
    documentClass: string,
  ): Promise<Result<boolean, NationalProblemCode>>
  notifyAccess(
    access: { readonly patient: string; readonly documentId?: string; readonly recorded: string },
    caller: Caller,
  ): Promise<Result<void, NationalProblemCode>>
}
