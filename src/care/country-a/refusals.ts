/** Every reason for a refusal of country A, and what country B is told: an HTTP status and an eHDSI code. */

import type { NationalProblemCode } from '#national/connector.ts'
import type { Problem } from '#platform/result/result.ts'
import type { TokenProblemCode } from '#trust/tokens/verify.ts'
import type { NcpehRefusal, RefusalStatus } from '#wire/fhir/outcome.ts'
import type { CareProblemCode } from '../context/care-context.ts'

/** A refusal of the wire with a code that this room knows. */
export interface CareRefusal extends NcpehRefusal {
  readonly code: CareProblemCode
}

type Telling = readonly [RefusalStatus, CareProblemCode]

/**
 * IUA: any failure of the token is 401; what a good token does not allow is 403. A token of the wrong time is no sign of
 * a forged one (clocks differ), so its professional is told that he was not recognised, not that a document was altered.
 */
const TOKEN: Readonly<Record<TokenProblemCode, Telling>> = {
  'token-missing': [401, 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED'],
  'token-malformed': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-claims': [401, 'ERROR_HPI_INSUFFICIENT_INFORMATION'],
  'token-issuer': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-certificate': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-signature': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-audience': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-clock': [401, 'ERROR_HPI_GENERIC'],
  'token-not-yet-valid': [401, 'ERROR_HPI_GENERIC'],
  'token-expired': [401, 'ERROR_HPI_GENERIC'],
  'token-lifetime': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-replayed': [401, 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'],
  'token-busy': [429, 'ERROR_GENERIC'],
  'token-scope': [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
  'token-purpose': [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
  'token-role': [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
  'token-patient': [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
}

export function tokenRefusal({ code, sentence, next }: Problem<TokenProblemCode>): CareRefusal {
  const [status, careCode] = TOKEN[code]
  return { status, code: careCode, sentence, next, detail: code }
}

const NATIONAL: Readonly<Record<NationalProblemCode, Telling>> = {
  'national-no-match': [404, 'ERROR_PI_NO_MATCH'],
  'national-multiple-matches': [403, 'ERROR_PI_MULTIPLE_MATCHES'],
  'national-unavailable': [503, 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE'],
  'national-insufficient-rights': [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
  'national-not-offered': [404, 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN'],
  'national-document-missing': [410, 'ERROR_GENERIC_DOCUMENT_MISSING'],
  'national-prescription-unknown': [404, 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE'],
  'national-already-dispensed': [403, '4106'],
  'national-not-dispensable': [403, 'ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION'],
  'national-substitution-not-allowed': [403, 'ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED'],
  'national-dispensation-unknown': [404, 'ERROR_ED_DISCARD_FAILED'],
  'national-dispensation-not-stored': [503, 'ERROR_ED_EDISPENSATION_NOT_STORED'],
}

export function nationalRefusal({ code, sentence, next }: Problem<NationalProblemCode>): CareRefusal {
  const [status, careCode] = NATIONAL[code]
  return { status, code: careCode, sentence, next }
}

export const SEVERAL_MATCHES: CareRefusal = {
  status: 403,
  code: 'ERROR_PI_MULTIPLE_MATCHES',
  sentence: 'Several people match; none is shown.',
  next: 'Ask again with more of the traits that the search mask offers.',
}

export const NO_SUCH_DOCUMENT: CareRefusal = {
  status: 404,
  code: 'ERROR_GENERIC_DOCUMENT_MISSING',
  sentence: 'There is no such document.',
  next: 'List the documents again.',
}

export const UNKNOWN_CLASS: CareRefusal = {
  status: 400,
  code: 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN',
  sentence: 'This class of documents is not offered here.',
  next: 'Ask for a class of the CapabilityStatement, e.g. 60591-5.',
}

export const NO_RELATIONSHIP: CareRefusal = {
  status: 403,
  code: 'ERROR_HPI_INSUFFICIENT_INFORMATION',
  sentence: 'The access token states no present treatment relationship, or no notice to the patient.',
  next: 'Give the patient the notice, declare the treatment relationship, and ask again.',
}

export const NOT_ALLOWED: CareRefusal = {
  status: 403,
  code: 'ERROR_SEC_INSUFFICIENT_RIGHTS',
  sentence: 'The policy of this country does not allow this access.',
  next: 'See which roles and purposes this country accepts.',
}

export const UNREADABLE_DOCUMENT: CareRefusal = {
  status: 500,
  code: 'ERROR_GENERIC',
  sentence: 'The national document cannot be read, so it cannot be handed over in structured form.',
  next: 'Ask for the original rendition, if there is one.',
}

export const LEDGER_DOWN: CareRefusal = {
  status: 503,
  code: 'ERROR_GENERIC',
  sentence: 'The access could not be recorded, so it did not happen.',
  next: 'Try again later.',
  detail: 'ledger-unavailable',
}

export const OWN_ERROR: CareRefusal = {
  status: 500,
  code: 'ERROR_GENERIC',
  sentence: 'This node could not answer because of an error of its own.',
  next: 'Try again later.',
}
