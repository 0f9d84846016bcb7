/**
 * What the Union's central services publish: who takes part, where, with which keys, and what each country asks in
 * order to find a patient. Types only; reading, signing and verifying are beside this file.
 */
export type CountryCode = string

export const SERVICES = [
  'patient-identification',
  'patient-summary',
  'eprescription',
  'edispensation',
  'laboratory-report',
  'discharge-report',
  'imaging-report',
  'medical-image',
] as const
export type ServiceKind = (typeof SERVICES)[number]

/** Where a country answers over IHE, and how it is spoken to. */
export interface IheEndpoints {
  /** ITI-55, e.g. `https://ncp.example:8443/openncp-ws-server/services/XCPD_Service`. */
  readonly patientDiscovery: string
  /** ITI-38. */
  readonly query: string
  /** ITI-39; OpenNCP has one service for both. */
  readonly retrieve: string
  /** ITI-41. */
  readonly submission: string
  /** `openncp` sends and tolerates the reference implementation's quirks. */
  readonly profile: 'openncp' | 'standard'
}

export interface Participant {
  readonly country: CountryCode
  /** NCP OID, used as homeCommunityId. */
  readonly homeCommunityId: string
  /** Base of the NCPeH FHIR API, e.g. `https://127.0.0.1:4011/fhir`; absent for a country that does not speak FHIR. */
  readonly fhirBase?: string
  /** Absent for a country that does not speak IHE. */
  readonly ihe?: IheEndpoints
  readonly services: readonly ServiceKind[]
  /** SHA-256 (hex) of the DER of the TLS certificates accepted from this country. */
  readonly certificates: readonly string[]
  /** Public keys that sign this country's access tokens. */
  readonly tokenKeys: readonly import('jose').JWK[]
  /** PEM of the certificates whose keys sign this country's SAML assertions and documents; subject with `C=`. */
  readonly sealCertificates: readonly string[]
  /** Its part in HealthData@EU; absent for a country without a health data access body here. */
  readonly research?: ResearchAddress
  /**
   * Whose signatures count in secondary use, as `research/permits/trust-list.ts` reads them. They stand on the trust list of
   * the Union, like the certificates of the border: bodies verify each other's permits for years (EHDS Art. 68, 75).
   */
  readonly researchParties?: readonly Readonly<Record<string, unknown>>[]
}

/** Where a country's health data access body is found. */
export interface ResearchAddress {
  /** For bodies and nodes, over mutual TLS: cases, federated tasks, lists of revoked permits. */
  readonly base: string
  /** The public catalogue as DCAT (EHDS Art. 77), for harvesting (Art. 79). */
  readonly catalogue?: string
}

export interface SearchMaskField {
  /** Stable name inside the form, e.g. `id-1.2.208.176.1.2` or `birthDate`. */
  readonly name: string
  readonly kind: 'identifier' | 'text' | 'birthDate' | 'gender' | 'prescription-id' | 'dispensation-pin'
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
  /** What must or may be given before prescriptions are shown; absent when nothing is asked. */
  readonly documentSearch?: readonly SearchMaskField[]
  /** By what a next of kin is named, when one may speak for the patient. */
  readonly nextOfKin?: readonly (readonly SearchMaskField[])[]
}
