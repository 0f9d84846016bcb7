/** Everything that can go wrong on the way to another country, as an eHDSI code with a sentence and the next step. */
import { type Failed, failed } from '#platform/result/result.ts'
import type { DirectoryProblemCode } from '#wire/discovery/directory-client.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'
import type { BorderRefusal } from '../border/border-service.ts'
import type { CareProblemCode } from '../context/care-context.ts'

export type Step = 'identify' | 'list' | 'retrieve' | 'submit'
export type CareFailure = Failed<CareProblemCode>

/** Sentences that name the country, where they say more than those of the table. */
const TELLING: Readonly<Partial<Record<CareProblemCode, readonly [sentence: string, next: string]>>> = {
  ERROR_PI_NO_MATCH: [
    '{country} knows nobody with these details.',
    'Compare them with the identity document and try again.',
  ],
  ERROR_PI_MULTIPLE_MATCHES: [
    'Several people in {country} match these details, so none is shown.',
    'Add more of the details that the form offers.',
  ],
  ERROR_PI_INCORRECT_FORMATTING: [
    '{country} says that an answer does not have the right format.',
    'Compare it with the identity document.',
  ],
  ERROR_PI_MISSING_REQUIRED_FIELDS: [
    '{country} needs more details in order to find the patient.',
    'Fill in every required field.',
  ],
  ERROR_PS_NOT_FOUND: [
    '{country} has no patient summary to show for this patient.',
    'Ask the patient, who may have other documents; treat as without a summary.',
  ],
  ERROR_GENERIC_CONNECTION_NOT_POSSIBLE: ['{country} cannot be reached at present.', 'Try again later.'],
  ERROR_GENERIC_TIMEOUT: ['{country} did not answer in time.', 'Try again in a moment.'],
  ERROR_GENERIC_DOCUMENT_MISSING: ['{country} no longer has this document.', 'List the documents again.'],
  ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN: [
    '{country} does not offer this service.',
    'Choose another service or country.',
  ],
  ERROR_GENERIC: ['The exchange with {country} failed.', 'Try again; if it fails again, tell the contact point.'],
  ERROR_HPI_GENERIC: [
    '{country} did not accept how this contact point identifies its professionals.',
    'Tell the national contact point.',
  ],
  ERROR_HPI_INSUFFICIENT_INFORMATION: [
    'Too little is known about the professional, or about the treatment, to ask {country}.',
    'Sign in with an exercise that has a health profession, and complete the declaration.',
  ],
  ERROR_HPI_AUTHENTICATION_NOT_RECEIVED: ['{country} received no proof of who asks.', 'Sign in again.'],
  ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED: [
    'The exchange with {country} cannot be trusted, so nothing is shown.',
    'Do not repeat it; tell the national contact point.',
  ],
  ERROR_SEC_INSUFFICIENT_RIGHTS: [
    'This profession or purpose may not use this service of {country}.',
    'A professional whose role is accepted must ask.',
  ],
  ERROR_EP_NOT_FOUND: [
    '{country} has no such prescription for this patient.',
    'Check the patient and the identifiers.',
  ],
  ERROR_ORCD_NOT_FOUND: [
    '{country} has no original document of this kind for this patient.',
    'Ask for another kind, or ask the patient.',
  ],
  ERROR_ED_GENERIC: ['{country} did not take the dispensation.', 'Do not hand out again; tell the contact point.'],
  ERROR_ED_NOT_DISPENSABLE_EPRESCRIPTION: [
    'This prescription may not be dispensed abroad.',
    'Ask the patient to see a prescriber here.',
  ],
  ERROR_ED_SUBSTITUTION_INFORMATION_NOT_ALLOWED: [
    'The prescriber does not allow another product.',
    'Dispense the product that was prescribed.',
  ],
  ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE: [
    '{country} does not know this prescription.',
    'List the prescriptions again.',
  ],
  ERROR_ED_EDISPENSATION_NOT_STORED: [
    '{country} could not store the dispensation, so it does not count there.',
    'Try again; if it fails again, tell the contact point.',
  ],
  ERROR_ED_DISCARD_FAILED: [
    '{country} did not take the dispensation back.',
    'Tell the contact point; the dispensation still counts.',
  ],
  '4105': ['{country} knows no open prescription for this dispensation.', 'List the prescriptions again.'],
  '4106': ['This prescription has been dispensed already.', 'Hand out nothing; list the prescriptions again.'],
  '4203': [
    '{country} has the document, but could not express it in the European codes.',
    'Ask for the original, or call the prescriber.',
  ],
  '4701': ['{country} has nothing to show for this patient.', 'Ask the patient.'],
  '4703': [
    'This profession or purpose may not use this service of {country}.',
    'A professional whose role is accepted must ask.',
  ],
  WARNING_SEC_UNEXPECTED_NUMBER_OF_REQUESTS: [
    'There were unexpectedly many requests; they wait for a check.',
    'Tell the national contact point.',
  ],
}

export function careFailure(code: CareProblemCode, country: string): CareFailure {
  const { meaning, next: step } = ehdsiError(code)
  const [sentence, next] = TELLING[code] ?? [`${country}: ${meaning}`, step]
  return failed(code, sentence.replace('{country}', country), next)
}

const DIRECTORY: Readonly<Record<DirectoryProblemCode, CareProblemCode>> = {
  'country-unknown': 'ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN',
  'directory-unreachable': 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'directory-too-old': 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'directory-clock': 'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  'directory-signature': 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
  'directory-rolled-back': 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED',
  'directory-malformed': 'ERROR_GENERIC',
  'mask-not-xml': 'ERROR_GENERIC',
  'mask-not-ism': 'ERROR_GENERIC',
  'mask-incomplete': 'ERROR_GENERIC',
  'mask-too-wide': 'ERROR_GENERIC',
}

/** A refusal of the border, as a failure of the question. */
export function refusalFailure({ code, sentence, next }: BorderRefusal): CareFailure {
  return failed(code, sentence, next)
}

export function directoryFailure(code: DirectoryProblemCode, country: string): CareFailure {
  return careFailure(DIRECTORY[code], country)
}
