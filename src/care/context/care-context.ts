/** Who asks, about whom, why, and by which relationship: nothing clinical happens without one. */
import { EHDSI_CODES, type EhdsiCode } from '#wire/errors/ehdsi-errors.ts'
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

/** Stable codes of refusals and failures on the border: the one table of both wires. */
export const EHDSI_PROBLEMS = EHDSI_CODES
export type CareProblemCode = EhdsiCode
