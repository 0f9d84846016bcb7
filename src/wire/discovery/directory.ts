/**
 * What the Union's central services publish: who takes part, where, with which keys, and what each country asks in
 * order to find a patient. Types only; reading, signing and verifying are beside this file.
 */
export type CountryCode = string

export type ServiceKind = 'patient-identification' | 'patient-summary'

export interface Participant {
  readonly country: CountryCode
  /** NCP OID, used as homeCommunityId. */
  readonly homeCommunityId: string
  /** Base of the NCPeH FHIR API, e.g. `https://127.0.0.1:4011/fhir`. */
  readonly fhirBase: string
  readonly services: readonly ServiceKind[]
  /** SHA-256 (hex) of the DER of the TLS certificates accepted from this country. */
  readonly certificates: readonly string[]
  /** Public keys that sign this country's access tokens. */
  readonly tokenKeys: readonly import('jose').JWK[]
}

export interface SearchMaskField {
  /** Stable name inside the form, e.g. `id-1.2.208.176.1.2` or `birthDate`. */
  readonly name: string
  readonly kind: 'identifier' | 'text' | 'birthDate' | 'gender'
  /** OID of the identifier's domain, for identifiers. */
  readonly domain?: string
  /** Message key of the label, e.g. `label.ism.nationalIdentityCardNumber`. */
  readonly label: string
  /** Regular expression (ISM `format`), anchored. */
  readonly format?: string
  /** Message key of the help text (ISM `contextualDescription`). */
  readonly help?: string
  readonly mandatory: boolean
}

/** International Search Mask (eHDSI ISM). `alternatives`: any one group of fields is enough (ISM type CHOICE). */
export interface SearchMask {
  readonly country: CountryCode
  readonly alternatives: readonly (readonly SearchMaskField[])[]
}
