/** Every reason for a refusal of country A, and what country B is told: an HTTP status and a code of the table of errors. */
import type { NationalProblemCode } from '#national/connector.ts'
import type { Problem } from '#platform/result/result.ts'
import type { TokenProblemCode } from '#trust/tokens/verify.ts'
import { missingMapping } from '#wire/errors/ehdsi-errors.ts'
import type { NcpehRefusal, RefusalStatus } from '#wire/fhir/outcome.ts'
import { groupOf } from '#wire/ihe/document-classes.ts'
import type { BorderRefusal } from '../border/border-service.ts'
import type { CareProblemCode } from '../context/care-context.ts'

/** A refusal that both wires can tell. */
export interface CareRefusal extends NcpehRefusal, BorderRefusal {
  readonly code: CareProblemCode
  readonly detail?: string
}

type Telling = readonly [RefusalStatus, CareProblemCode]

/** A refusal; from status 500 on the fault is ours, so it counts as a failure. */
export function careRefusal(
  [status, code]: Telling,
  sentence: string,
  next: string,
  more: { readonly detail?: string; readonly outcome?: BorderRefusal['outcome'] } = {},
): CareRefusal {
  return { status, code, sentence, next, outcome: status >= 500 ? 'failed' : 'refused', ...more }
}

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
  return careRefusal(TOKEN[code], sentence, next, { detail: code })
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
  return careRefusal(NATIONAL[code], sentence, next)
}

export const SEVERAL_MATCHES = careRefusal(
  [403, 'ERROR_PI_MULTIPLE_MATCHES'],
  'Several people match; none is shown.',
  'Ask again with more of the traits that the search mask offers.',
)

export const NO_SUCH_DOCUMENT = careRefusal(
  [404, 'ERROR_GENERIC_DOCUMENT_MISSING'],
  'There is no such document.',
  'List the documents again.',
)

export const UNKNOWN_CLASS = careRefusal(
  [400, 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN'],
  'This class of documents is not offered here.',
  'Ask for a class of the CapabilityStatement, e.g. 60591-5.',
)

export const NO_RELATIONSHIP = careRefusal(
  [403, 'ERROR_HPI_INSUFFICIENT_INFORMATION'],
  'The access token states no present treatment relationship, or no notice to the patient.',
  'Give the patient the notice, declare the treatment relationship, and ask again.',
)

export const NOT_ALLOWED = careRefusal(
  [403, 'ERROR_SEC_INSUFFICIENT_RIGHTS'],
  'The policy of this country does not allow this access.',
  'See which roles and purposes this country accepts.',
)

export const ANOTHER_PATIENT = careRefusal(
  [403, '4206'],
  'The credentials are about another patient than the request.',
  'Confirm the treatment of this patient, then ask again.',
)

export const TOO_MANY_REQUESTS = careRefusal(
  [429, 'WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS'],
  'More requests came than this country answers in this time.',
  'Wait, or ask the national contact point for eHealth of this country.',
)

export const NOT_IDENTIFIABLE = careRefusal(
  [404, 'ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE'],
  'There is no such prescription of this patient.',
  'List the prescriptions again, and dispense from the list.',
)

export const UNREADABLE_DOCUMENT = careRefusal(
  [500, 'ERROR_GENERIC'],
  'The national document cannot be read, so it cannot be handed over in structured form.',
  'Ask for the original rendition, if there is one.',
)

/** TM 45xx: a code that must be European has no European code; better no structured document than a wrong one. */
export function withheld(classCode: string, code: string): CareRefusal {
  return careRefusal(
    [500, missingMapping(groupOf(classCode))],
    'A code of the national document has no European code, so it is withheld in structured form.',
    'Ask for the original rendition, if there is one.',
    { detail: code },
  )
}

export const LEDGER_DOWN = careRefusal(
  [503, 'ERROR_GENERIC'],
  'The access could not be recorded, so it did not happen.',
  'Try again later.',
  { detail: 'ledger-unavailable' },
)

export const OWN_ERROR = careRefusal(
  [500, 'ERROR_GENERIC'],
  'This node could not answer because of an error of its own.',
  'Try again later.',
)
