/** Who asks, about whom, why, and by which relationship: nothing clinical happens without one. */
import type { Professional } from '../../trust/people/professional.ts'

/** eHDSI XSPA PurposeOfUse. */
export type Purpose = 'TREATMENT' | 'EMERGENCY'

/** `system|value` of the patient in country A, e.g. `urn:oid:2.16.17.710.820.1000.990.1.1|298123456`. */
export type PatientIdentifier = string

export interface CareContext {
  readonly professional: Professional
  readonly patient: PatientIdentifier
  /** Country of affiliation (A). */
  readonly country: string
  readonly purpose: Purpose
  /** Free words when `purpose` is EMERGENCY; required then. */
  readonly reason?: string
  readonly relationship: { readonly declaredAt: string }
  /** On whose word the patient was identified, when a relative speaks for him. */
  readonly nextOfKin?: { readonly family: string; readonly given: string; readonly identifiers: readonly string[] }
  /** The information notice shown to the patient. */
  readonly notice: { readonly version: string; readonly languages: readonly string[]; readonly recordedAt: string }
}

export const EHDSI_PROBLEMS = [
  'ERROR_PI_NO_MATCH',
  'ERROR_PI_MULTIPLE_MATCHES',
  'ERROR_PI_INCORRECT_FORMATTING',
  'ERROR_PI_MISSING_REQUIRED_FIELDS',
  'ERROR_PS_NOT_FOUND',
  'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'ERROR_GENERIC_TIMEOUT',
  'ERROR_GENERIC_DOCUMENT_MISSING',
  'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN',
  'ERROR_GENERIC',
  'ERROR_HPI_GENERIC',
  'ERROR_HPI_INSUFFICIENT_INFORMATION',
  'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED',
  'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
  'ERROR_SEC_INSUFFICIENT_RIGHTS',
  'ERROR_EP_NOT_FOUND',
  'ERROR_ORCD_NOT_FOUND',
  'ERROR_ED_GENERIC',
  'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION',
  'ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED',
  'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE',
  'ERROR_ED_EDISPENSATION_NOT_STORED',
  'ERROR_ED_DISCARD_FAILED',
  '4105',
  '4106',
  '4203',
  '4701',
  '4703',
  'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS',
] as const

/** Stable codes of refusals and failures on the border; eHDSI names where eHDSI has one. */
export type CareProblemCode = (typeof EHDSI_PROBLEMS)[number]
