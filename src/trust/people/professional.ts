/** What a person may do here that is no profession; the identity provider tells it in the place of one. */
export const OFFICES = [
  'terminology-authority',
  'node-operator',
  // HealthData@EU: who uses data, who holds it, and the duties of a health data access body (EHDS Art. 55(2)).
  'data-user',
  'data-holder',
  'access-body-intake',
  'access-body-assessor',
  'access-body-coordinator',
  'access-body-data-preparer',
  'access-body-output-checker',
  'access-body-auditor',
] as const
export type Office = (typeof OFFICES)[number]

/** Who is asking. Filled from the identity provider's claims and the exercise the professional chose at sign-in. */
export interface Professional {
  /** `system|value`, e.g. `urn:oid:1.2.250.1.71.4.2.1|899700218896` (RPPS). */
  readonly identifier: string
  readonly given: string
  readonly family: string
  /** European role, ISCO code of eHDSIHealthcareProfessionalRole, e.g. `2211`; undefined when the profession has none. */
  readonly role: { readonly code: string; readonly display: string } | undefined
  /** Opens pages of an authority or of the operator, and no way to patients. */
  readonly office?: Office
  /** The profession and speciality in words, as the national system names it. */
  readonly profession: string
  readonly organisation: {
    readonly identifier: string
    readonly name: string
    readonly kind: 'Hospital' | 'Resident Physician' | 'Pharmacy' | 'Other'
  }
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** Level of assurance reached at sign-in, e.g. `eidas1`. */
  readonly assurance: string
}
