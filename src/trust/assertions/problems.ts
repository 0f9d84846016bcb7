/** Why assertions are not accepted, and the eHDSI code that says so on the wire. */
import { type Failed, failed } from '#platform/result/result.ts'
import { SIGNATURE_PROBLEMS } from '../signature/problems.ts'
import { SIGNER_PROBLEMS } from '../signature/signer-trust.ts'

const ASSERTION_PROBLEMS = [
  'assertion-hcp-missing',
  'assertion-trc-missing',
  'assertion-several',
  'assertion-kind',
  'assertion-shape',
  'assertion-identifier',
  'assertion-issuer',
  'assertion-country',
  'assertion-not-yet-valid',
  'assertion-expired',
  'assertion-life',
  'assertion-audience',
  'assertion-confirmation',
  'assertion-authentication-weak',
  'assertion-attribute',
  'assertion-subject',
  'assertion-role',
  'assertion-facility-type',
  'assertion-locality',
  'assertion-purpose',
  'assertion-permissions',
  'assertion-patient',
  'assertion-next-of-kin',
  'assertion-belongs-to-another',
] as const
export type AssertionProblemCode =
  | (typeof ASSERTION_PROBLEMS)[number]
  | (typeof SIGNATURE_PROBLEMS)[number]
  | (typeof SIGNER_PROBLEMS)[number]

const INTEGRITY = 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'
/** Assertion not valid. */
const INVALID = '1001'
/** TRC assertion does not match the HCP assertion. */
const MISMATCH = '1002'
const WEAK_AUTHENTICATION = '4702'
const INSUFFICIENT_RIGHTS = '4703'

const WIRE_CODES: Readonly<Partial<Record<AssertionProblemCode, string>>> = {
  'assertion-hcp-missing': 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED',
  'assertion-belongs-to-another': MISMATCH,
  'assertion-authentication-weak': WEAK_AUTHENTICATION,
  'assertion-subject': 'ERROR_HPI_NO_INFORMATION',
  'assertion-role': INSUFFICIENT_RIGHTS,
  'assertion-facility-type': 'ERROR_HPI_HAI_NO_INFORMATION',
  'assertion-locality': 'ERROR_HPI_POC_NO_INFORMATION',
  'assertion-purpose': 'ERROR_HPI_INSUFFICIENT_INFORMATION',
  'assertion-permissions': INSUFFICIENT_RIGHTS,
  'assertion-issuer': INTEGRITY,
  'assertion-country': INTEGRITY,
}

const INTEGRITY_PROBLEMS: ReadonlySet<string> = new Set([...SIGNATURE_PROBLEMS, ...SIGNER_PROBLEMS])

/** The eHDSI code for a problem of ours. */
export function wireCodeOf(code: AssertionProblemCode): string {
  return WIRE_CODES[code] ?? (INTEGRITY_PROBLEMS.has(code) ? INTEGRITY : INVALID)
}

export function refused(code: AssertionProblemCode, sentence: string): Failed<AssertionProblemCode> {
  return failed(code, sentence, 'Sign in again, so that new assertions are made, and ask again.')
}
